"""Commits: only what differs, once, whole, whoever races or dies."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from contracts.errors import Fault
from contracts.failpoints import EXIT_STATUS, VARIABLE
from lakehouse import tables
from lakehouse.digests import content_hash
from lakehouse.stores import ObjectStore, Stores, Zone

_FIRST = datetime(2026, 1, 1, tzinfo=UTC)
_LATER = datetime(2026, 2, 1, tzinfo=UTC)
# Names that are words of SQL, and every type a contract can have.
_COLUMNS = """
    "order" VARCHAR, "level" VARCHAR, small SMALLINT, whole BIGINT, ratio DOUBLE,
    money DECIMAL(12,3), yes BOOLEAN, day DATE, moment TIMESTAMPTZ, tags VARCHAR[],
    source_system VARCHAR, source_key VARCHAR, quality_flag VARCHAR
"""
_NAMES = [column.split()[0].strip('"') for column in _COLUMNS.replace("(12,3)", "").split(",")]


@pytest.fixture
def shared(stores: Stores) -> ObjectStore:
    stores.ensure()
    return stores[Zone.SHARED]


@pytest.fixture
def rows(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """A connection with the relation ``candidate``: 300 rows."""
    connection.execute(f"CREATE TABLE candidate ({_COLUMNS})")
    connection.execute(
        """
        INSERT INTO candidate
        SELECT 'k' || i, 'Xã ' || i, i, i * 1000000000, i / 3, i / 8, i % 2 = 0,
               DATE '2024-01-01' + i::INTEGER, TIMESTAMPTZ '2024-01-01 00:30:00+07' + to_seconds(i),
               ['a', 'b'], 's', i::VARCHAR, 'ok'
        FROM range(300) AS t(i)
        """
    )
    return connection


def _commit(
    store: ObjectStore,
    connection: duckdb.DuckDBPyConnection,
    run_key: str = "run",
    *,
    select: str = "SELECT * FROM candidate",
    at: datetime = _FIRST,
    key: tuple[str, ...] = ("order",),
) -> tables.TableCommit:
    wanted = _wanted(store, connection, select=select, at=at, key=key)
    return tables.commit(wanted, run_key=run_key)


def _wanted(
    store: ObjectStore,
    connection: duckdb.DuckDBPyConnection,
    *,
    select: str = "SELECT * FROM candidate",
    at: datetime = _FIRST,
    key: tuple[str, ...] = ("order",),
) -> tables.Wanted:
    return tables.Wanted(store, "sample", connection, select, key, at)


def _served(store: ObjectStore, connection: duckdb.DuckDBPyConnection, version: int) -> str:
    return content_hash(connection, tables.served(store, "sample", version), _NAMES)


def _hash(connection: duckdb.DuckDBPyConnection) -> str:
    return content_hash(connection, "SELECT * FROM candidate", _NAMES)


def test_the_first_commit_holds_all_rows_as_they_are(
    shared: ObjectStore, rows: duckdb.DuckDBPyConnection
) -> None:
    done = _commit(shared, rows)
    assert (done.inserted, done.updated, done.deleted) == (300, 0, 0)
    assert _served(shared, rows, done.version) == _hash(rows)
    types = rows.execute(f"DESCRIBE ({tables.served(shared, 'sample', done.version)})").fetchall()
    wanted = rows.execute("DESCRIBE candidate").fetchall()
    assert [t[:2] for t in types] == [
        *(t[:2] for t in wanted),
        ("ingested_at", "TIMESTAMP WITH TIME ZONE"),
    ]


def test_nothing_changed_makes_no_version(
    shared: ObjectStore, rows: duckdb.DuckDBPyConnection
) -> None:
    first = _commit(shared, rows, "one")
    again = _commit(shared, rows, "two", at=_LATER)
    assert again.version == first.version
    assert again.changed == 0


def test_only_what_differs_is_written(shared: ObjectStore, rows: duckdb.DuckDBPyConnection) -> None:
    first = _commit(shared, rows, "one")
    rows.execute('UPDATE candidate SET "level" = NULL WHERE small < 10')
    rows.execute("DELETE FROM candidate WHERE small >= 295")
    rows.execute("INSERT INTO candidate (\"order\", source_key) VALUES ('new', 'n')")
    before = _served(shared, rows, first.version)
    done = _commit(shared, rows, "two", at=_LATER)
    assert (done.inserted, done.updated, done.deleted) == (1, 10, 5)
    assert _served(shared, rows, done.version) == _hash(rows)
    assert _served(shared, rows, first.version) == before
    stamped = rows.execute(
        f"SELECT ingested_at = TIMESTAMPTZ '{_LATER.isoformat()}', count(*)"
        f" FROM ({tables.served(shared, 'sample', done.version)}) GROUP BY 1 ORDER BY 1"
    ).fetchall()
    assert stamped == [(False, 285), (True, 11)]


def test_when_much_differs_the_rest_keeps_its_time(
    shared: ObjectStore, rows: duckdb.DuckDBPyConnection
) -> None:
    _commit(shared, rows, "one")
    rows.execute("UPDATE candidate SET ratio = -1 WHERE small < 200")
    rows.execute("DELETE FROM candidate WHERE small >= 290")
    done = _commit(shared, rows, "two", at=_LATER)
    assert (done.inserted, done.updated, done.deleted) == (0, 200, 10)
    assert _served(shared, rows, done.version) == _hash(rows)
    stamped = rows.execute(
        f"SELECT ratio = -1, ingested_at = TIMESTAMPTZ '{_LATER.isoformat()}', count(*)"
        f" FROM ({tables.served(shared, 'sample', done.version)}) GROUP BY ALL ORDER BY 1"
    ).fetchall()
    assert stamped == [(False, False, 90), (True, True, 200)]


def test_all_rows_can_go_and_come_back(
    shared: ObjectStore, rows: duckdb.DuckDBPyConnection
) -> None:
    _commit(shared, rows, "one")
    none = _commit(shared, rows, "two", select="SELECT * FROM candidate WHERE FALSE")
    assert none.deleted == 300
    assert rows.execute(
        f"SELECT count(*) FROM ({tables.served(shared, 'sample', none.version)})"
    ).fetchone() == (0,)
    # The same key as a run long ago, as when a source goes back to an earlier state.
    back = _commit(shared, rows, "one")
    assert back.inserted == 300
    assert _served(shared, rows, back.version) == _hash(rows)


def test_a_new_column_rewrites_the_table_and_keeps_times_of_rows(
    shared: ObjectStore, rows: duckdb.DuckDBPyConnection
) -> None:
    _commit(shared, rows, "one")
    grown = (
        "SELECT * EXCLUDE (small), small::BIGINT AS small,"
        " CASE WHEN small < 7 THEN 'x' END AS extra FROM candidate"
    )
    done = _commit(shared, rows, "two", select=grown, at=_LATER)
    assert (done.inserted, done.updated, done.deleted) == (0, 7, 0)
    stamped = rows.execute(
        f"SELECT extra, ingested_at = TIMESTAMPTZ '{_LATER.isoformat()}', count(*)"
        f" FROM ({tables.served(shared, 'sample', done.version)}) GROUP BY ALL ORDER BY 1"
    ).fetchall()
    assert stamped == [("x", True, 7), (None, False, 293)]
    assert _commit(shared, rows, "three", select=grown).changed == 0


@pytest.mark.parametrize("broken", ["'k1'", "NULL"])
def test_a_repeated_or_empty_key_is_refused(
    file_stores: Stores, rows: duckdb.DuckDBPyConnection, broken: str
) -> None:
    store = file_stores[Zone.SHARED]
    rows.execute("CREATE TABLE good AS FROM candidate")
    rows.execute(f"INSERT INTO candidate (\"order\", source_key) VALUES ({broken}, 'x')")
    with pytest.raises(Fault) as first:
        _commit(store, rows)
    kept = _commit(store, rows, select="SELECT * FROM good")
    with pytest.raises(Fault) as later:
        _commit(store, rows)
    assert first.value.check == later.value.check == "table.key"
    assert _commit(store, rows, select="SELECT * FROM good").version == kept.version


def test_a_draft_reaches_no_store_and_spares_the_commit_its_work(
    shared: ObjectStore, rows: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    wanted = _wanted(shared, rows)
    draft = tables.draft(wanted, tmp_path / "first")
    assert draft is not None
    assert list(shared.list()) == []
    first = tables.commit(wanted, run_key="one", drafted=draft)
    assert (first.inserted, first.updated, first.deleted) == (300, 0, 0)
    assert _served(shared, rows, first.version) == _hash(rows)
    rows.execute("UPDATE candidate SET ratio = -1 WHERE small < 5")
    there = {info.key for info in shared.list()}
    draft = tables.draft(_wanted(shared, rows, at=_LATER), tmp_path / "later")
    assert draft is not None
    assert {info.key for info in shared.list()} == there
    # The very files of the draft: what it read may be gone by then.
    done = tables.commit(_wanted(shared, rows, at=_LATER), run_key="two", drafted=draft)
    assert (done.inserted, done.updated, done.deleted) == (0, 5, 0)
    assert {file.path.name for file in draft.files} == {
        info.key.rpartition("/")[2] for info in shared.list() if info.key.endswith(".parquet")
    } - {key.rpartition("/")[2] for key in there}
    assert _served(shared, rows, done.version) == _hash(rows)


def test_a_draft_on_a_version_that_is_no_longer_the_latest_is_made_anew(
    shared: ObjectStore, rows: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    early = tables.draft(_wanted(shared, rows), tmp_path / "early")
    _commit(shared, rows, "one", select="SELECT * FROM candidate WHERE small < 200")
    done = tables.commit(_wanted(shared, rows, at=_LATER), run_key="two", drafted=early)
    assert (done.inserted, done.updated, done.deleted) == (100, 0, 0)
    assert _served(shared, rows, done.version) == _hash(rows)


def test_other_columns_have_no_draft(
    shared: ObjectStore, rows: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    _commit(shared, rows, "one")
    grown = _wanted(shared, rows, select="SELECT *, 1 AS extra FROM candidate")
    assert tables.draft(grown, tmp_path / "draft") is None
    assert tables.commit(grown, run_key="two").updated == 300


def test_a_draft_refuses_what_the_commit_would(
    shared: ObjectStore, rows: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    twice = "FROM candidate UNION ALL FROM candidate"
    with pytest.raises(Fault) as refused:
        tables.draft(_wanted(shared, rows, select=twice), tmp_path / "draft")
    assert refused.value.check == "table.key"
    broken = "SELECT * REPLACE (error('no') AS \"level\") FROM candidate"
    with pytest.raises(Fault) as failed:
        tables.draft(_wanted(shared, rows, select=broken), tmp_path / "draft")
    assert failed.value.check == "table.failed"


def test_keys_that_a_gate_judged_are_not_looked_at_again(
    shared: ObjectStore, rows: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    twice = _wanted(shared, rows, select="FROM candidate UNION ALL FROM candidate")
    drafted = tables.draft(replace(twice, judged=True), tmp_path / "draft")
    assert drafted is not None
    assert drafted.counts.inserted == 600


def _race(store: ObjectStore, same: bool) -> list[tables.TableCommit]:
    def commit(number: int) -> tables.TableCommit:
        value = 0 if same else number
        with duckdb.connect() as connection:
            rows = f"SELECT 'k' || i AS k, {value} AS v FROM range(50) AS t(i)"
            wanted = tables.Wanted(store, "race", connection, rows, ("k",), _FIRST)
            return tables.commit(wanted, run_key="same" if same else f"run {number}")

    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(commit, range(4)))


def test_the_same_run_twice_at_once_commits_once(
    shared: ObjectStore, connection: duckdb.DuckDBPyConnection
) -> None:
    done = _race(shared, same=True)
    assert sorted(commit.inserted for commit in done) == [0, 0, 0, 50]
    # A create that lost its race can add a version without rows of its own after the winner's;
    # whichever version a run was given serves the same rows.
    for version in {commit.version for commit in done}:
        rows = tables.served(shared, "race", version)
        assert connection.execute(f"SELECT count(*) FROM ({rows})").fetchone() == (50,)


def test_racing_runs_never_mix(shared: ObjectStore, connection: duckdb.DuckDBPyConnection) -> None:
    done = _race(shared, same=False)
    assert len({commit.version for commit in done}) == 4
    for commit in done:
        rows = tables.served(shared, "race", commit.version)
        counted = f"SELECT count(*), count(DISTINCT v) FROM ({rows})"
        assert connection.execute(counted).fetchone() == (50, 1)


_KILLED = """
import sys
from datetime import UTC, datetime
from pathlib import Path
import duckdb
from lakehouse import tables
from lakehouse.stores import StoreSettings, Zone, open_stores

root, rows = sys.argv[1:]
stores = open_stores(StoreSettings(f"file://{root}", Path(root) / "cache"))
wanted = tables.Wanted(
    stores[Zone.SHARED], "sample", duckdb.connect(),
    f"SELECT 'k' || i AS k, {rows} AS v FROM range({rows}) AS t(i)", ("k",),
    datetime(2026, 1, 1, tzinfo=UTC),
)
tables.commit(wanted, run_key=rows)
"""


@pytest.mark.parametrize(
    ("failpoint", "there"), [("before_shared_commit", 10), ("after_shared_commit", 20)]
)
def test_a_kill_leaves_the_old_or_the_new_version(
    tmp_path: Path,
    file_stores: Stores,
    connection: duckdb.DuckDBPyConnection,
    failpoint: str,
    there: int,
) -> None:
    def run(rows: int, **environment: str) -> int:
        return subprocess.run(
            [sys.executable, "-c", _KILLED, str(tmp_path / "store"), str(rows)],
            env={**os.environ, **environment},
            check=False,
            capture_output=True,
        ).returncode

    def counted(version: int) -> tuple[int, ...] | None:
        rows = tables.served(file_stores[Zone.SHARED], "sample", version)
        return connection.execute(f"SELECT count(*) FROM ({rows})").fetchone()

    assert run(10) == 0
    assert run(20, **{VARIABLE: failpoint}) == EXIT_STATUS
    newest = 1 if there == 10 else 2
    assert counted(newest) == (there,)
    assert run(20) == 0
    assert counted(2) == (20,)
    with pytest.raises(Fault) as refused:
        tables.served(file_stores[Zone.SHARED], "sample", 3)
    assert refused.value.check == "table.unreadable"


def test_a_table_that_is_not_there_is_named(file_stores: Stores) -> None:
    with pytest.raises(Fault) as refused:
        tables.served(file_stores[Zone.SHARED], "nothing", 0)
    assert refused.value.check == "table.missing"


def test_a_lost_data_file_is_named_not_read_around(
    file_stores: Stores, rows: duckdb.DuckDBPyConnection
) -> None:
    store = file_stores[Zone.SHARED]
    done = _commit(store, rows)
    for info in list(store.list("sample/")):
        if info.key.endswith(".parquet"):
            store.delete(info.key)
    with pytest.raises(Fault) as refused:
        tables.served(store, "sample", done.version)
    assert refused.value.check == "store.missing"


def test_an_empty_relation_has_its_types(connection: duckdb.DuckDBPyConnection) -> None:
    select = tables.empty([("a", "DATE"), ("order", "DECIMAL(10,3)")])
    described = connection.execute(f"DESCRIBE ({select})").fetchall()
    assert [column[:2] for column in described] == [("a", "DATE"), ("order", "DECIMAL(10,3)")]
    assert connection.execute(select).fetchall() == []
