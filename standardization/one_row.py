"""One landed row, column by column: what was read, what was made of it and by which rule.

Values of personal and sensitive columns, and raw values that any such column is made of, never
leave here. Finding the row and what became of it later is `orchestration.explaining`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb

from contracts.model import Classification, Column, Contract
from contracts.quoting import literal, quoted
from standardization.compiler import CompiledMapping, compile_mapping
from standardization.shape import RAW_PREFIX
from standardization.snapshots import Landing

_SHOWN = frozenset({Classification.PUBLIC, Classification.INTERNAL})


@dataclass(frozen=True)
class ExplainedColumn:
    """One column of the row. `before` are the raw values by ``alias.column``, None where they
    may not be seen; `after` the standardised one as text, None where `hidden`. `rules` are the
    fixes in this column; `how` is what was done (vi, en)."""

    name: str
    reads: tuple[str, ...]
    before: Mapping[str, str | None] | None
    after: str | None
    hidden: bool
    rules: tuple[str, ...]
    unreadable: bool
    how: tuple[str, str]


def leave_only(
    connection: duckdb.DuckDBPyConnection, compiled: CompiledMapping, landing: Landing, row: int
) -> None:
    """Leave one row, by its landing id, in the relation of the key table."""
    relation = compiled.key_relation
    if compiled.shape_sql:
        rows = f"SELECT * FROM ({compiled.shape_sql}) WHERE _landing_id = {row}"
        connection.execute(f"CREATE OR REPLACE TABLE {quoted(relation)} AS {rows}")
        return
    file = landing.tables[relation.removeprefix(RAW_PREFIX)].path
    connection.execute(
        f"CREATE OR REPLACE VIEW {quoted(relation)} AS SELECT * FROM "
        f"read_parquet({literal(str(file))}) WHERE _landing_id = {row}"
    )


def explain_columns(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    compiled: CompiledMapping,
    unreadable: Sequence[str],
) -> tuple[ExplainedColumn, ...]:
    """Every column of the one row that `leave_only` left, each compiled alone so that its own
    fixes are known; `unreadable` are those of the row that could not be read."""
    cursor = connection.execute(compiled.landed_sql)
    names = [column[0] for column in cursor.description or ()]
    values = (None if value is None else str(value) for value in cursor.fetchone() or ())
    raw = dict(zip(names, values, strict=True))
    secret = _secret(contract, compiled.reads)
    bare = replace(compiled.mapping, exclusions=(), fixes=(), doubts=(), order=None)
    explained = []
    for column in contract.columns:
        alone = compile_mapping(replace(contract, columns=(column,)), bare)
        made = connection.execute(
            f"SELECT CAST({quoted(column.name)} AS VARCHAR), _fixed FROM ({alone.sql})"
        ).fetchone()
        after, rules = made or (None, [])
        explained.append(
            _column(column, compiled, raw, secret, after, rules, column.name in unreadable)
        )
    return tuple(explained)


def _secret(contract: Contract, reads: Mapping[str, tuple[str, ...]]) -> set[str]:
    """The raw columns that nobody may see: those a hidden column is made of, unless it is made
    of others too and a shown column of that one alone, as a day that a code is resolved by."""
    hidden = [reads[c.name] for c in contract.columns if c.classification not in _SHOWN]
    shown = [reads[c.name] for c in contract.columns if c.classification in _SHOWN]
    alone = {names[0] for names in hidden if len(names) == 1}
    open_alone = {names[0] for names in shown if len(names) == 1}
    return alone | ({name for names in hidden for name in names} - open_alone)


def _column(
    column: Column,
    compiled: CompiledMapping,
    raw: Mapping[str, str | None],
    secret: set[str],
    after: str | None,
    rules: Sequence[str],
    unreadable: bool,
) -> ExplainedColumn:
    reads = compiled.reads[column.name]
    hidden = column.classification not in _SHOWN
    return ExplainedColumn(
        name=column.name,
        reads=reads,
        before=None
        if hidden or secret.intersection(reads)
        else {name: raw.get(name) for name in reads},
        after=None if hidden else after,
        hidden=hidden,
        rules=tuple(rules),
        unreadable=unreadable,
        how=compiled.how[column.name],
    )
