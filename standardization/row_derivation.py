"""A dataset made from another row by row, as SQL.

Each row of the input becomes one row of the batch relation or is excluded by name, so that
the account of rows covers the whole input. Grouping is `standardization.grouping`.
"""

from __future__ import annotations

from contracts.mappings import Derivation
from contracts.model import Column, Contract
from contracts.quoting import literal, quoted
from contracts.sql import to_sql
from standardization.grouping import INPUT_ALIAS, parse

_NO_WORDS = "[]::VARCHAR[]"


def rows_sql(contract: Contract, derivation: Derivation, relation: str) -> str:
    """The batch relation over `relation`, the served rows of the input.

    A value that does not take its column's type is unreadable, as in a mapping; the flag of
    the input's row stays with the row made from it.
    """
    branches = " ".join(
        f"WHEN {to_sql(parse(e.condition))} THEN {literal(e.name)}" for e in derivation.exclusions
    )
    valued = [
        f"{to_sql(parse(derivation.rows[column.name]))} AS {quoted('value:' + column.name)}"
        for column in contract.columns
    ]
    valued += [
        f"CAST({to_sql(parse(derivation.key or 'NULL'))} AS VARCHAR) AS source_key",
        f"{INPUT_ALIAS}.quality_flag AS quality_flag",
        f"{f'CASE {branches} END' if branches else 'CAST(NULL AS VARCHAR)'} AS _excluded",
    ]
    items = [f"{_cast(column)} AS {quoted(column.name)}" for column in contract.columns]
    items += [
        f"{literal(derivation.input)} AS source_system",
        "source_key",
        "quality_flag",
        "row_number() OVER () - 1 AS _landing_id",
        f"{literal(derivation.name)} AS _mapping",
        "_excluded",
        f"{_unreadable(contract)} AS _unreadable",
        f"{_NO_WORDS} AS _fixed",
        f"{_NO_WORDS} AS _doubts",
        "CAST(NULL AS VARCHAR) AS _order",
        "CAST(0 AS INTEGER) AS _precedence",
    ]
    return (
        f"WITH valued AS (SELECT {', '.join(valued)} FROM {relation} AS {INPUT_ALIAS})\n"
        f"SELECT {', '.join(items)}\nFROM valued"
    )


def rows_measure_sql(derivation: Derivation, relation: str) -> str:
    """(name, rows made, rows expected): what became of the rows that were not excluded."""
    tests = [f"NOT coalesce({to_sql(parse(e.condition))}, false)" for e in derivation.exclusions]
    return (
        "SELECT '', (SELECT count(*) FROM batch WHERE _excluded IS NULL), "
        f"(SELECT count(*) FROM {relation} AS {INPUT_ALIAS} "
        f"WHERE {' AND '.join(tests) or 'true'})"
    )


def _cast(column: Column) -> str:
    return f"TRY_CAST({quoted('value:' + column.name)} AS {column.sql_type})"


def _unreadable(contract: Contract) -> str:
    tests = [
        f"CASE WHEN {quoted('value:' + column.name)} IS NOT NULL AND {_cast(column)} IS NULL "
        f"THEN {literal(column.name)} END"
        for column in contract.columns
        if column.sql_type.upper() != "VARCHAR"
    ]
    if not tests:
        return _NO_WORDS
    return f"list_filter([{', '.join(tests)}], lambda word: word IS NOT NULL)"
