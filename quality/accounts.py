"""Accounts: where every landed row went, per mapping, counted from the relations themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import duckdb

from contracts.errors import Fault, Place
from contracts.i18n import _
from contracts.model import Contract
from contracts.releases import Account


def make_accounts(
    connection: duckdb.DuckDBPyConnection, contract: Contract
) -> Mapping[str, Account]:
    """Mapping name → its account; a mapping that landed no row has none.

    Read, accepted, quarantined and excluded are counted independently of each other.
    `fixed_by` and `doubted_by` count rows that were not excluded.
    Fault ``gate.unbalanced`` when a row went nowhere or to two places.
    """
    read = connection.execute(
        "SELECT _mapping, any_value(source_system), count(*), count(_excluded) FROM batch"
        " GROUP BY _mapping ORDER BY _mapping"
    ).fetchall()
    accepted = _by_mapping(connection, "accepted")
    quarantined = _by_mapping(connection, "quarantine")
    quarantined_by = _by_name(connection, "unnest(_rules)", "quarantine")
    excluded_by = _by_name(connection, "_excluded", "batch WHERE _excluded IS NOT NULL")
    fixed_by = _by_name(connection, "unnest(_fixed)", _noted("_fixed"))
    doubted_by = _by_name(connection, "unnest(_doubts)", _noted("_doubts"))
    accounts = {
        mapping: Account(
            source=source,
            read=rows,
            accepted=accepted.get(mapping, 0),
            quarantined=quarantined.get(mapping, 0),
            excluded=excluded,
            quarantined_by=quarantined_by.get(mapping, {}),
            excluded_by=excluded_by.get(mapping, {}),
            fixed_by=fixed_by.get(mapping, {}),
            doubted_by=doubted_by.get(mapping, {}),
        )
        for mapping, source, rows, excluded in read
    }
    for mapping, account in accounts.items():
        if not account.balanced or sum(account.excluded_by.values()) != account.excluded:
            raise Fault(
                "gate.unbalanced",
                _("{read} rows were landed by {mapping}, but not all of them are accounted for."),
                remedy=_("Nothing was published. Report this with the run's log."),
                place=Place(dataset=contract.id, source=account.source),
                mapping=mapping,
                read=account.read,
            )
    return accounts


def _noted(column: str) -> str:
    # The length filter spares unnesting the many rows without a note.
    return f"batch WHERE _excluded IS NULL AND len({column}) > 0"


def _by_mapping(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, int]:
    counted = connection.execute(f"SELECT _mapping, count(*) FROM {relation} GROUP BY _mapping")
    return dict(counted.fetchall())


def _by_name(
    connection: duckdb.DuckDBPyConnection, name: str, relation: str
) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    counted = connection.execute(
        "SELECT _mapping, name, count(*) FROM"
        f" (SELECT _mapping, {name} AS name FROM {relation}) GROUP BY ALL ORDER BY ALL"
    )
    for mapping, what, rows in counted.fetchall():
        counts[mapping][what] = rows
    return counts
