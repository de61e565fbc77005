"""What time and place a release covers, as its contract's ``coverage`` asks.

Computed from what is open. Of rows that are not open only the months are told, and no place
but by a column that is public, so that the catalogue may say it to everyone.
"""

from __future__ import annotations

import duckdb

from contracts.model import Access, Contract, Coverage
from contracts.quoting import quoted
from contracts.times import TIME_ZONE

_DAY = r"^\d{4}(-\d{2}){0,2}$"
_QUARTER = r"^\d{4}-Q[1-4]$"
_MONTHS_OF = {"min": ("01", "04", "07", "10"), "max": ("03", "06", "09", "12")}
_MONTH = 7  # characters of YYYY-MM


def covered(connection: duckdb.DuckDBPyConnection, contract: Contract) -> dict[str, object] | None:
    """``{"from", "to", "units"}`` of the relation ``open_rows``, or of ``candidate`` where
    the dataset is not open; None where the contract declares no coverage.

    `from` and `to` are ISO days, months or years, None where unknown (`to`: or still going
    on). `units` are sorted codes of administrative units.
    """
    said = contract.coverage
    if said is None:
        return None
    is_open = contract.access is Access.OPEN
    relation = "open_rows" if is_open else "candidate"
    first, last = _times(connection, relation, contract, said)
    if not is_open:
        first, last = first and first[:_MONTH], last and last[:_MONTH]
    return {"from": first, "to": last, "units": _units(connection, relation, said)}


def _times(
    connection: duckdb.DuckDBPyConnection, relation: str, contract: Contract, said: Coverage
) -> tuple[str | None, str | None]:
    if said.time is None:
        return None, None
    last = _extreme(contract, "max", said.time)
    if said.until is not None:
        end = quoted(said.until)
        last = f"CASE WHEN count(*) = count({end}) THEN {_extreme(contract, 'max', said.until)} END"
    first = _extreme(contract, "min", said.time)
    row = connection.execute(f"SELECT {first}, {last} FROM {relation}").fetchone()
    return (row[0], row[1]) if row else (None, None)


def _extreme(contract: Contract, which: str, name: str) -> str:
    """The least or the greatest of a column as ISO text of the day in Vietnam. A quarter begins
    with its first month and ends with its last; texts that are no day, month, quarter or year do
    not count."""
    column, kind = quoted(name), contract.column(name).logical_type
    if kind == "timestamp":
        return f"strftime(timezone('{TIME_ZONE}', {which}({column})), '%Y-%m-%d')"
    if kind == "date":
        return f"strftime({which}({column}), '%Y-%m-%d')"
    month = f"list_value{_MONTHS_OF[which]}[CAST(right({column}, 1) AS INTEGER)]"
    return (
        f"{which}(CASE WHEN regexp_matches({column}, '{_DAY}') THEN {column}"
        f" WHEN regexp_matches({column}, '{_QUARTER}') THEN left({column}, 5) || {month} END)"
    )


def _units(connection: duckdb.DuckDBPyConnection, relation: str, said: Coverage) -> list[str]:
    if said.place is None:
        return []
    column = quoted(said.place)
    still = f" AND {quoted(said.until)} IS NULL" if said.until else ""
    rows = connection.execute(
        f"SELECT DISTINCT {column} FROM {relation}"
        f" WHERE {column} IS NOT NULL AND left({column}, 1) <> '_'{still} ORDER BY 1"
    ).fetchall()
    return [str(row[0]) for row in rows]
