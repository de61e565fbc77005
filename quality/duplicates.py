"""UNIQUE checks: which of several rows with the same key is kept.

Of the landed rows with one key the row of the better source (lowest precedence) wins, then the
latest by the source's own order, then the smaller source key (so that the choice does not hang
on the order in which a store hands rows out). The choice is made among all judged rows: a
newer row that breaks another rule is not replaced by the older one it superseded. A landed row
also loses against a served row of a better source that this run did not read.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from contracts.checks import Check
from contracts.model import Contract
from contracts.quoting import literal, quoted
from quality.sql import listed


def losers_sql(check: Check) -> str:
    """(_landing_id, _mapping) of the landed rows that lose against another landed row.

    The window runs over duplicated keys only; a key with a missing part is no key and is left
    to the REQUIRED checks.
    """
    key = listed(check.columns)
    judged = f"FROM batch WHERE _excluded IS NULL AND {_complete(check)}"
    return (
        f"SELECT _landing_id, _mapping FROM (SELECT * {judged}) SEMI JOIN"
        f" (SELECT {key} {judged} GROUP BY ALL HAVING count(*) > 1) USING ({key})"
        f" QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY _precedence NULLS LAST,"
        " _order DESC NULLS LAST, source_key, _landing_id) > 1"
    )


def outranked_sql(check: Check, precedence: Mapping[str, int]) -> str:
    """(_landing_id, _mapping) of the landed rows whose key ``rivals`` has from a better source.

    `precedence`: source → its rank, lower is better; a source without one never outranks.
    """
    ranks = " ".join(f"WHEN {literal(name)} THEN {rank}" for name, rank in precedence.items())
    same = " AND ".join(f"rivals.{quoted(name)} = batch.{quoted(name)}" for name in check.columns)
    return (
        "SELECT _landing_id, _mapping FROM batch WHERE _excluded IS NULL AND EXISTS ("
        f"SELECT 1 FROM rivals WHERE {same}"
        f" AND CASE rivals.source_system {ranks} END < batch._precedence)"
    )


def find_duplicates(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    check: Check,
    precedence: Mapping[str, int],
) -> None:
    """Insert the losers of `check` into ``flags``; duckdb.Error where it cannot be evaluated."""
    found = losers_sql(check)
    if check.columns == contract.primary_key and precedence:
        found = f"{found} UNION {outranked_sql(check, precedence)}"
    connection.execute(f"INSERT INTO flags SELECT *, {literal(check.id)} FROM ({found})")


def _complete(check: Check) -> str:
    return " AND ".join(f"{quoted(name)} IS NOT NULL" for name in check.columns)
