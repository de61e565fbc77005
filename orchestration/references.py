"""Served rows of releases as relations of the working connection.

Only look-up by manifest: which version is read is what the release says, never what the
table's newest version happens to be.
"""

from __future__ import annotations

import duckdb

from contracts.model import Contract
from contracts.quoting import quoted
from contracts.releases import Release
from lakehouse.places import PLACE
from lakehouse.stores import Stores, Zone
from lakehouse.tables import empty, served


def register_served(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    stores: Stores,
    release: Release | None,
    contract: Contract,
    *,
    placed: bool = False,
) -> None:
    """Make the view `name`: the rows `release` serves, with the columns of `contract`; `placed`
    adds where each row is, as the gate asks it of ``served``.

    A column that the contract has and the release has not is NULL, as it is for rows read
    before a contract grew. Without a release the view is empty.
    """
    columns = [(column.name, column.sql_type) for column in contract.served_columns]
    if release is None:
        sql = empty(columns, placed=placed)
    else:
        version = shared_version(release)
        rows = served(stores[Zone.SHARED], contract.id, version, placed=placed)
        there = {column.name: column.type for column in release.schema}
        picked = ", ".join(
            f"{quoted(column)}"
            if there.get(column) == kind
            else f"TRY_CAST({quoted(column)} AS {kind}) AS {quoted(column)}"
            if column in there
            else f"CAST(NULL AS {kind}) AS {quoted(column)}"
            for column, kind in columns
        )
        place = PLACE if placed else ()
        sql = f"SELECT {', '.join((picked, *place))} FROM ({rows})"
    connection.execute(f"CREATE OR REPLACE VIEW {quoted(name)} AS {sql}")


def shared_version(release: Release) -> int:
    """The Delta version of the shared table that `release` serves."""
    return next(table.version for table in release.tables if table.zone == Zone.SHARED.value)
