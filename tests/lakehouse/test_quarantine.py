"""Refused rows stay until their source repairs them, and not longer."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pytest

from lakehouse import quarantine
from lakehouse.stores import ObjectStore, Stores, Zone


@pytest.fixture
def zone(stores: Stores) -> ObjectStore:
    stores.ensure()
    return stores[Zone.QUARANTINE]


def _keep(
    store: ObjectStore,
    connection: duckdb.DuckDBPyConnection,
    read: Sequence[tuple[str, str]],
    refused: Sequence[tuple[str, str, str]],
    full: Sequence[str] = (),
    more: str = "",
) -> int:
    """One run: `read` are (source, key), `refused` (source, key, rule)."""
    connection.execute("CREATE OR REPLACE TABLE batch (source_system VARCHAR, source_key VARCHAR)")
    connection.execute(
        f"""CREATE OR REPLACE TABLE quarantine (a INTEGER {more}, source_system VARCHAR,
        source_key VARCHAR, _landing_id BIGINT, _rules VARCHAR[])"""
    )
    for row in read:
        connection.execute("INSERT INTO batch VALUES (?, ?)", row)
    for number, (source, key, rule) in enumerate(refused):
        connection.execute(
            "INSERT INTO quarantine (source_system, source_key, _landing_id, _rules)"
            " VALUES (?, ?, ?, ?)",
            (source, key, number, [rule]),
        )
    return quarantine.keep(store, "sample", connection, full_sources=full)


def _kept(store: ObjectStore, connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str]]:
    select = quarantine.rows(store, "sample")
    assert select is not None
    return connection.execute(
        f"SELECT source_system, source_key, _rules[1] FROM ({select}) ORDER BY ALL"
    ).fetchall()


def test_nothing_was_ever_refused(zone: ObjectStore, connection: duckdb.DuckDBPyConnection) -> None:
    assert quarantine.rows(zone, "sample") is None
    _keep(zone, connection, [("s", "1")], [])
    assert _kept(zone, connection) == []


def test_a_row_stays_until_it_is_read_again(
    zone: ObjectStore, connection: duckdb.DuckDBPyConnection
) -> None:
    first = _keep(
        zone, connection, [("s", "1"), ("s", "2")], [("s", "1", "old"), ("s", "2", "old")]
    )
    # 1 is read again and good; 2 is not read.
    second = _keep(zone, connection, [("s", "1"), ("s", "3")], [("s", "3", "new")])
    assert _kept(zone, connection) == [("s", "2", "old"), ("s", "3", "new")]
    assert second > first


def test_a_source_read_whole_keeps_nothing_it_no_longer_has(
    zone: ObjectStore, connection: duckdb.DuckDBPyConnection
) -> None:
    _keep(zone, connection, [("s", "1"), ("t", "1")], [("s", "1", "r"), ("t", "1", "r")])
    _keep(zone, connection, [("s", "2")], [("s", "2", "r")], full=["s"])
    assert _kept(zone, connection) == [("s", "2", "r"), ("t", "1", "r")]


def test_the_same_rows_make_no_version(
    zone: ObjectStore, connection: duckdb.DuckDBPyConnection
) -> None:
    run = ([("s", "1")], [("s", "1", "r")])
    assert _keep(zone, connection, *run) == _keep(zone, connection, *run, full=["s"])


def test_a_grown_contract_keeps_older_rows(
    zone: ObjectStore, connection: duckdb.DuckDBPyConnection
) -> None:
    _keep(zone, connection, [("s", "1")], [("s", "1", "r")])
    _keep(zone, connection, [("s", "2")], [("s", "2", "r")], more=", extra DATE")
    assert _kept(zone, connection) == [("s", "1", "r"), ("s", "2", "r")]
