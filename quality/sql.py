"""Small pieces of DuckDB SQL text, and stable names for what a DuckDB error means.

Nothing here knows a check or a contract. The raw text of an error is never passed on: it can
hold a cell's value.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from contracts.quoting import quoted

_REASONS: tuple[tuple[type[duckdb.Error], str], ...] = (
    (duckdb.CatalogException, "check.relation_missing"),
    (duckdb.BinderException, "check.not_understood"),
    (duckdb.ParserException, "check.not_understood"),
    (duckdb.ConversionException, "check.failed_on_a_value"),
    (duckdb.OutOfRangeException, "check.failed_on_a_value"),
    (duckdb.InvalidInputException, "check.failed_on_a_value"),
    (duckdb.OutOfMemoryException, "engine.out_of_memory"),
)


def reason(error: duckdb.Error) -> str:
    """The stable name of what went wrong, e.g. ``check.relation_missing``."""
    return next((name for kind, name in _REASONS if isinstance(error, kind)), "engine.failed")


def listed(names: Iterable[str]) -> str:
    """Names as a comma-separated list of identifiers."""
    return ", ".join(quoted(name) for name in names)


def number(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    """The one whole number a query gives; 0 where it gives none."""
    row = connection.execute(sql).fetchone()
    return int(row[0]) if row and row[0] is not None else 0
