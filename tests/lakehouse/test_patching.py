"""Changing a few rows of a table: what is written, what is left, and who may read it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from deltalake import DeltaTable
from deltalake.exceptions import CommitFailedError

from contracts.errors import Fault
from lakehouse import data_files, patching, tables
from lakehouse.delta import commit, say
from lakehouse.digests import content_sums
from lakehouse.store import ObjectStore, Zone
from lakehouse.stores import Stores
from lakehouse.versions import open_table

_AT = datetime(2026, 1, 1, tzinfo=UTC)
_ROWS = "SELECT i AS id, 'r' || i AS name, ['a'] AS tags FROM range(300) AS t(i)"


@pytest.fixture
def store(file_stores: Stores) -> ObjectStore:
    file_stores.ensure()
    return file_stores[Zone.SHARED]


@pytest.fixture
def rows() -> duckdb.DuckDBPyConnection:
    made = duckdb.connect()
    made.execute(f"CREATE TABLE rows AS {_ROWS}")
    return made


def _commit(
    store: ObjectStore,
    rows: duckdb.DuckDBPyConnection,
    run: str,
    change: tables.Change | None = None,
    settled_by: str | None = None,
) -> tables.TableCommit:
    select = "SELECT * FROM rows"
    sums = content_sums(rows, select, ["id", "name"])
    wanted = tables.Wanted(store, "t", rows, select, ("id",), _AT, change, settled_by=settled_by)
    return tables.commit(wanted, run_key=run, sums=sums)


def _paths(store: ObjectStore) -> dict[str, int]:
    found = open_table(store, "t")
    assert found is not None
    actions = pa.table(found.get_add_actions(flatten=True)).to_pylist()
    return {action["path"]: action["num_records"] for action in actions}


def test_only_files_with_changed_rows_are_written_again(
    store: ObjectStore, rows: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_files, "FILE_ROWS", 310)
    _commit(store, rows, "one")
    (first,) = _paths(store)
    rows.execute("INSERT INTO rows SELECT 1000 + i, 'n' || i, [] FROM range(20) AS t(i)")
    _commit(store, rows, "two")
    assert sorted(_paths(store).values()) == [20, 300], "no room in the first file"
    assert first in _paths(store)
    rows.execute("UPDATE rows SET name = 'changed' WHERE id = 1003")
    rows.execute("DELETE FROM rows WHERE id = 1004")
    done = _commit(store, rows, "three")
    assert (done.inserted, done.updated, done.deleted) == (0, 1, 1)
    assert sorted(_paths(store).values()) == [19, 300]
    assert first in _paths(store)
    rows.execute("DELETE FROM rows WHERE id >= 1000")
    _commit(store, rows, "four")
    assert list(_paths(store)) == [first], "a file without rows is no file"


def test_a_big_table_is_several_files_and_a_change_in_one_of_them_writes_that_one(
    store: ObjectStore, rows: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    # DuckDB fills row groups by vectors of 2,048 rows.
    monkeypatch.setattr(data_files, "ROW_GROUP", 2048)
    monkeypatch.setattr(data_files, "FILE_ROWS", 4096)
    rows.execute("SET threads = 1")
    rows.execute("INSERT INTO rows SELECT i, 'r' || i, NULL FROM range(300, 10000) AS t(i)")
    _commit(store, rows, "one")
    first = _paths(store)
    assert sum(first.values()) == 10_000
    assert len(first) >= 3
    rows.execute("UPDATE rows SET name = 'changed' WHERE id = 0")
    done = _commit(store, rows, "two")
    assert (done.inserted, done.updated, done.deleted) == (0, 1, 0)
    kept = first.keys() & _paths(store).keys()
    assert len(first) - len(kept) <= 2, "its own, and perhaps the one with the most room"
    table = DeltaTable(store.delta_uri("t"), storage_options=store.storage_options)
    assert table.count() == 10_000


def test_rows_that_may_change_have_files_of_their_own(
    store: ObjectStore, rows: duckdb.DuckDBPyConnection
) -> None:
    rows.execute("UPDATE rows SET name = NULL WHERE id % 30 = 0")
    _commit(store, rows, "one", settled_by="name")
    (settled,) = (path for path, number in _paths(store).items() if number == 290)
    assert sorted(_paths(store).values()) == [10, 290]
    rows.execute("UPDATE rows SET name = 'settled' WHERE id = 30")
    _commit(store, rows, "two", settled_by="name")
    assert settled in _paths(store), "only the file of rows that may change is written again"
    assert sorted(_paths(store).values()) == [10, 290]
    rows.execute("UPDATE rows SET tags = ['b']")
    _commit(store, rows, "three", settled_by="name")
    assert sorted(_paths(store).values()) == [9, 291], "all is written anew, and sorted out again"


def test_delta_rs_reads_what_was_patched(
    store: ObjectStore, rows: duckdb.DuckDBPyConnection
) -> None:
    _commit(store, rows, "one")
    rows.execute("UPDATE rows SET name = NULL, tags = NULL WHERE id < 5")
    done = _commit(store, rows, "two")
    table = DeltaTable(store.delta_uri("t"), storage_options=store.storage_options)
    assert table.version() == done.version
    read = pa.table(table.to_pyarrow_table()).drop_columns("ingested_at").sort_by("id")
    assert read.to_pylist() == rows.execute("FROM rows ORDER BY id").to_arrow_table().to_pylist()


def test_a_change_that_is_told_spares_the_comparison(
    store: ObjectStore, rows: duckdb.DuckDBPyConnection
) -> None:
    first = _commit(store, rows, "one")
    placed = tables.served(store, "t", first.version, placed=True)
    gone = f"SELECT * EXCLUDE (ingested_at, _row) FROM ({placed}) WHERE id IN (7, 8)"
    rows.execute(f"CREATE TABLE gone AS {gone}")
    rows.execute("UPDATE rows SET name = 'seven' WHERE id = 7")
    rows.execute("DELETE FROM rows WHERE id = 8")
    # Not told, and so not looked at: that is the point, and why only the gate may tell.
    rows.execute("UPDATE rows SET name = 'nine' WHERE id = 9")
    told = tables.Change(first.version, "FROM gone", "FROM rows WHERE id = 7")
    done = _commit(store, rows, "two", told)
    assert (done.inserted, done.updated, done.deleted) == (0, 1, 1)
    # The version has moved on: everything is compared again, and the ninth is found.
    again = _commit(store, rows, "three", told)
    assert (again.inserted, again.updated, again.deleted) == (0, 1, 0)


def test_sums_are_kept_with_the_latest_version_alone(
    store: ObjectStore, rows: duckdb.DuckDBPyConnection
) -> None:
    first = _commit(store, rows, "one")
    sums = tables.sums_of(store, "t", first.version)
    assert sums == content_sums(rows, "FROM rows", ["id", "name"])
    rows.execute("DELETE FROM rows WHERE id = 1")
    second = _commit(store, rows, "two")
    assert tables.sums_of(store, "t", first.version) is None
    assert tables.sums_of(store, "t", second.version) != sums
    assert tables.sums_of(store, "other", 1) is None


def test_of_two_patches_of_one_version_one_fails(
    store: ObjectStore, rows: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    first = _commit(store, rows, "one")
    one, other = open_table(store, "t"), open_table(store, "t")
    assert one is not None
    assert other is not None
    _change_the_third(store, rows, first.version)
    patch = patching.patch(store, "t", rows, one, "changes", ["id"], tmp_path)
    actions = [*data_files.put(store, "t", patch.files), *patch.removed]
    commit(one, actions, "append", say(one, "a"))
    with pytest.raises(CommitFailedError):
        commit(other, actions, "append", say(other, "b"))


def test_a_row_that_is_not_where_it_is_said_to_be_is_not_served_twice(
    store: ObjectStore, rows: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    first = _commit(store, rows, "one")
    found = open_table(store, "t")
    assert found is not None
    _change_the_third(store, rows, first.version)
    rows.execute("UPDATE changes SET _file = 'elsewhere.parquet'")
    with pytest.raises(Fault) as raised:
        patching.patch(store, "t", rows, found, "changes", ["id"], tmp_path)
    assert raised.value.check == "table.failed"


def _change_the_third(store: ObjectStore, rows: duckdb.DuckDBPyConnection, version: int) -> None:
    """The relation ``changes``: the row 3 has another name."""
    placed = tables.served(store, "t", version, placed=True)
    rows.execute(
        "CREATE TABLE changes AS SELECT 'update' AS _change, _file, id, 'x' AS name, tags, "
        f"TIMESTAMPTZ '{_AT.isoformat()}' AS ingested_at FROM ({placed}) WHERE id = 3"
    )
