"""A dataset derived from another: grouped counts, protected where the contract says so.

Here belongs how a derivation becomes SQL: the input's rows that count, the cells of each
breakdown, the batch relation, and the measure that reconciles with the input. Which cells
may be shown is `standardization.disclosure`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
from sqlglot import exp

from contracts.errors import Place
from contracts.mappings import Derivation, TableUse
from contracts.model import ALL_TOGETHER, Breakdown, Contract, Disclosure, Localized
from contracts.quoting import literal, quoted
from contracts.releases import Reconciliation
from contracts.sql import REFERENCE, parse_expression, to_sql
from standardization.disclosure import (
    BREAKDOWN,
    TRUE_TOTAL,
    BreakdownShare,
    protect,
    refuse_nested,
    shares,
)
from standardization.explain import How, explain_dimension, explain_measure, origins
from standardization.faults import failed
from standardization.functions import FUNCTIONS
from standardization.periods import closed

INPUT_ALIAS = "i"
PERIOD_OPEN = "period_open"
"""Name of the exclusion of cells whose period has not closed yet."""


@dataclass(frozen=True)
class CompiledDerivation:
    """The SQL of a derivation over relation ``ref_<input>``.

    `sql` gives the batch relation; `measure_sql` one row (breakdown, derived, expected) per
    breakdown, before suppression and whatever the period; `report_sql` is what
    `disclosure_report` runs (None without disclosure control). `lineage` and `how` as of a
    mapping.
    """

    derivation: Derivation
    sql: str
    measure_sql: str
    report_sql: str | None
    lineage: Mapping[str, tuple[str, ...]]
    how: Mapping[str, tuple[str, str]]


def compile_derivation(
    contract: Contract, derivation: Derivation, *, today: date
) -> CompiledDerivation:
    """Compile the derivation of `contract`.

    Args:
        contract: of the derived dataset.
        derivation: from its folder.
        today: the day on which periods count as closed or not.

    Raises:
        Fault: ``disclosure.nested``, or from `contracts.sql` where an expression is not
            allow-listed.
    """
    if contract.disclosure:
        refuse_nested(contract)
    breakdowns = contract.breakdowns or (
        Breakdown("", tuple(derivation.dimensions), Localized("", "")),
    )
    cells = _cells(contract, derivation, breakdowns)
    report = None
    if contract.disclosure:
        order = [column.name for column in contract.columns if column.name in derivation.dimensions]
        shown = protect("cells", contract, contract.disclosure, order)
        report = _report(cells, shown, contract, contract.disclosure, today)
    else:
        shown = "SELECT * FROM cells"
    how = How(
        derivation.input, {INPUT_ALIAS: TableUse(derivation.input, INPUT_ALIAS, dataset=True)}
    )
    dimensions = {name: _parse(text) for name, text in derivation.dimensions.items()}
    measures = {name: _parse(text) for name, text in derivation.measures.items()}
    rule = contract.disclosure
    guarded = {rule.total, *rule.parts} if rule else set()
    sentences = {name: explain_dimension(how, tree) for name, tree in dimensions.items()} | {
        name: explain_measure(how, tree, rule if name in guarded else None)
        for name, tree in measures.items()
    }
    return CompiledDerivation(
        derivation=derivation,
        sql=f"{cells},\nshown AS ({shown})\n{_batch(contract, derivation, today)}",
        measure_sql=_measure(cells, derivation, breakdowns),
        report_sql=report,
        lineage={name: origins(how, tree) for name, tree in (dimensions | measures).items()},
        how=sentences,
    )


def derive(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    compiled: CompiledDerivation,
    out: Path,
) -> int:
    """Write the batch relation to the Parquet file `out`; gives the cells written.

    Raises:
        Fault: ``standardise.failed``.
    """
    copy = f"COPY ({compiled.sql}) TO {literal(str(out))} (FORMAT parquet, COMPRESSION lz4)"
    try:
        written = connection.execute(copy).fetchone()
    except duckdb.Error as error:
        raise failed(error, _place(contract, compiled)) from None
    return int(written[0]) if written else 0


def reconcile(
    connection: duckdb.DuckDBPyConnection, contract: Contract, compiled: CompiledDerivation
) -> Reconciliation:
    """The derived total against the input's rows: that of the first breakdown where they
    differ, else of the last."""
    found = Reconciliation(compiled.derivation.reconcile, 0, 0)
    try:
        rows = connection.execute(compiled.measure_sql).fetchall()
    except duckdb.Error as error:
        raise failed(error, _place(contract, compiled)) from None
    for _name, derived, expected in rows:
        found = Reconciliation(compiled.derivation.reconcile, derived, expected)
        if not found.passed:
            break
    return found


def disclosure_report(
    connection: duckdb.DuckDBPyConnection, contract: Contract, compiled: CompiledDerivation
) -> tuple[BreakdownShare, ...]:
    """What each breakdown shows of its closed periods; empty without disclosure control."""
    if compiled.report_sql is None:
        return ()
    try:
        return shares(connection, compiled.report_sql)
    except duckdb.Error as error:
        raise failed(error, _place(contract, compiled)) from None


def _parse(text: str) -> exp.Expr:
    return parse_expression(text, frozenset(FUNCTIONS))


def _cells(contract: Contract, derivation: Derivation, breakdowns: Sequence[Breakdown]) -> str:
    """WITH clause: the input's rows that count, each dimension computed once, and all cells."""
    measures = {name: _parse(text) for name, text in derivation.measures.items()}
    read = {c.parts[1].name for tree in measures.values() for c in tree.find_all(exp.Column)}
    items = [
        f"{to_sql(_parse(text))} AS {quoted(f'dimension:{name}')}"
        for name, text in derivation.dimensions.items()
    ]
    items += [f"{INPUT_ALIAS}.{quoted(name)}" for name in sorted(read)]
    counted = f"FROM {quoted(REFERENCE + derivation.input)} AS {INPUT_ALIAS}"
    inputs = f"SELECT {', '.join(items)} {counted}{_where(derivation)}"
    union = "\nUNION ALL\n".join(
        _breakdown(contract, derivation, measures, breakdown) for breakdown in breakdowns
    )
    return f"WITH inputs AS MATERIALIZED ({inputs}),\ncells AS ({union})"


def _where(derivation: Derivation) -> str:
    tests = [
        f"NOT coalesce({to_sql(_parse(exclusion.condition))}, false)"
        for exclusion in derivation.exclusions
    ]
    return " WHERE " + " AND ".join(tests) if tests else ""


def _breakdown(
    contract: Contract,
    derivation: Derivation,
    measures: Mapping[str, exp.Expr],
    breakdown: Breakdown,
) -> str:
    items = [f"{literal(breakdown.name)} AS {BREAKDOWN}"]
    for column in contract.columns:
        if column.name in breakdown.by:
            value = quoted(f"dimension:{column.name}")
        elif column.name in measures:
            value = to_sql(measures[column.name])
        elif column.name in derivation.dimensions and column.sql_type.upper() == "VARCHAR":
            value = literal(ALL_TOGETHER)
        else:
            value = "NULL"
        items.append(f"TRY_CAST({value} AS {column.sql_type}) AS {quoted(column.name)}")
    by = ", ".join(quoted(f"dimension:{name}") for name in breakdown.by)
    return f"SELECT {', '.join(items)} FROM inputs AS {INPUT_ALIAS} GROUP BY {by}"


def _batch(contract: Contract, derivation: Derivation, today: date) -> str:
    dimensions = [c.name for c in contract.columns if c.name in derivation.dimensions]
    order = ", ".join([BREAKDOWN, *map(quoted, dimensions)])
    key = ", ".join(f"CAST({quoted(name)} AS VARCHAR)" for name in dimensions)
    open_ = f"NOT {closed(contract.calendar, today)}"
    items = [quoted(column.name) for column in contract.columns]
    items += [
        f"{literal(derivation.input)} AS source_system",
        f"concat_ws('|', {key}) AS source_key",
        "'ok' AS quality_flag",
        f"row_number() OVER (ORDER BY {order}) - 1 AS _landing_id",
        f"{literal(derivation.name)} AS _mapping",
        f"CASE WHEN {open_} THEN {literal(PERIOD_OPEN)} END AS _excluded",
        *(f"[]::VARCHAR[] AS {name}" for name in ("_unreadable", "_fixed", "_doubts")),
        "CAST(NULL AS VARCHAR) AS _order",
        "CAST(0 AS INTEGER) AS _precedence",
    ]
    return f"SELECT {', '.join(items)}\nFROM shown"


def _measure(cells: str, derivation: Derivation, breakdowns: Sequence[Breakdown]) -> str:
    names = ", ".join(f"({at}, {literal(b.name)})" for at, b in enumerate(breakdowns))
    return (
        f"{cells}\nSELECT name, CAST(coalesce((SELECT sum({quoted(derivation.reconcile)}) "
        f"FROM cells WHERE {BREAKDOWN} = name), 0) AS BIGINT), (SELECT count(*) FROM inputs)\n"
        f"FROM (VALUES {names}) AS named(position, name) ORDER BY position"
    )


def _report(cells: str, shown: str, contract: Contract, disclosure: Disclosure, today: date) -> str:
    total = quoted(disclosure.total)
    names = ", ".join(f"({at}, {literal(b.name)})" for at, b in enumerate(contract.breakdowns))
    return (
        f"{cells},\nshown AS ({shown})\n"
        f"SELECT name, count({TRUE_TOTAL}), count({total}), "
        f"CAST(coalesce(sum({TRUE_TOTAL}), 0) AS BIGINT), CAST(coalesce(sum({TRUE_TOTAL}) "
        f"FILTER (WHERE {total} IS NOT NULL), 0) AS BIGINT)\n"
        f"FROM (VALUES {names}) AS named(position, name)\n"
        f"LEFT JOIN (SELECT * FROM shown WHERE {closed(contract.calendar, today)}) "
        f"ON {BREAKDOWN} = name GROUP BY position, name ORDER BY position"
    )


def _place(contract: Contract, compiled: CompiledDerivation) -> Place:
    return Place(dataset=contract.id, file=compiled.derivation.path.name)
