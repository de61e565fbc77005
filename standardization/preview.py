"""Twenty rows before and after: what a mapping makes of its source.

Here belongs choosing the rows and putting raw and standardised values side by side, for the
steward who writes the mapping. Values are shown to that steward only: nothing here is
stored. Showing them is the command line's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from contracts.model import Contract, Localized
from contracts.quoting import literal, quoted
from standardization.compiler import CompiledMapping
from standardization.engine import standardise
from standardization.snapshots import Landing

_CONTROLS = ("source_key", "_excluded", "_unreadable", "_fixed", "_doubts")


@dataclass(frozen=True)
class PreviewColumn:
    """A column of the dataset, the raw columns it reads (``alias.column``) and what was done
    (vi, en)."""

    name: str
    title: Localized
    reads: tuple[str, ...]
    how: tuple[str, str]


@dataclass(frozen=True)
class PreviewRow:
    """One row: raw values by ``alias.column`` and standardised values by column, both as text
    (None for null), and what would become of it."""

    source_key: str
    before: Mapping[str, str | None]
    after: Mapping[str, str | None]
    excluded: str | None
    unreadable: tuple[str, ...]
    fixed: tuple[str, ...]
    doubts: tuple[str, ...]


@dataclass(frozen=True)
class Preview:
    """The chosen rows, in landing order, out of `staged` rows."""

    columns: tuple[PreviewColumn, ...]
    rows: tuple[PreviewRow, ...]
    staged: int


def preview(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    compiled: CompiledMapping,
    landing: Landing,
    scratch: Path,
    rows: int = 20,
) -> Preview:
    """Standardise `landing` into `scratch` and show `rows` of it.

    The rows are chosen so that each different outcome (an exclusion, a doubt, a column that
    could not be read …) is seen before any is seen twice.

    Raises:
        Fault: as `standardization.engine.standardise`.
    """
    staged = scratch / "preview.parquet"
    count = standardise(connection, contract, compiled, landing, staged)
    columns = [column.name for column in contract.columns]
    after = ", ".join(f"CAST({quoted(name)} AS VARCHAR)" for name in columns)
    outcomes = ", ".join(_CONTROLS[1:])
    chosen = connection.execute(
        f"SELECT _landing_id, {', '.join(_CONTROLS)}, {after} "
        f"FROM (SELECT *, row_number() OVER (PARTITION BY {outcomes} ORDER BY _landing_id) AS seen "
        f"FROM read_parquet({literal(str(staged))})) ORDER BY seen, _landing_id LIMIT {rows}"
    ).fetchall()
    raw = _raw(connection, compiled, [row[0] for row in chosen])
    return Preview(
        columns=tuple(
            PreviewColumn(c.name, c.title, compiled.reads[c.name], compiled.how[c.name])
            for c in contract.columns
        ),
        rows=tuple(
            PreviewRow(
                source_key=row[1],
                before=raw[row[0]],
                after=dict(zip(columns, row[6:], strict=True)),
                excluded=row[2],
                unreadable=tuple(row[3]),
                fixed=tuple(row[4]),
                doubts=tuple(row[5]),
            )
            for row in sorted(chosen)
        ),
        staged=count,
    )


def _raw(
    connection: duckdb.DuckDBPyConnection, compiled: CompiledMapping, ids: list[int]
) -> dict[int, dict[str, str | None]]:
    wanted = ", ".join(str(number) for number in ids) or "NULL"
    cursor = connection.execute(
        f"SELECT * FROM ({compiled.landed_sql}) WHERE _landing_id IN ({wanted})"
    )
    names = [column[0] for column in cursor.description or ()]
    found = {}
    for row in cursor.fetchall():
        values = dict(zip(names, (None if v is None else str(v) for v in row), strict=True))
        found[int(values.pop("_landing_id") or 0)] = values
    return found
