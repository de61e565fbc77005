"""Names and values of a contract as DuckDB SQL text.

For what comes from contracts only: values of users are always bound parameters.
"""

from __future__ import annotations


def quoted(name: str) -> str:
    """A column name as a DuckDB identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: object, sql_type: str = "VARCHAR") -> str:
    """A value of a contract as DuckDB literal of a type."""
    if isinstance(value, int | float):
        return repr(value)
    text = "'" + str(value).replace("'", "''") + "'"
    return text if sql_type == "VARCHAR" else f"CAST({text} AS {sql_type})"
