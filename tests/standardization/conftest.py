"""A working connection and one SQLite source for the tests of this room."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from lakehouse.file_store import FileStore
from lakehouse.store import Zone
from standardization.engine import workbench
from tests.standardization.factory import KEY

MakeTable = Callable[[str, str, Sequence[Sequence[Any]]], str]


@pytest.fixture(scope="session")
def _bench(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    folder = tmp_path_factory.mktemp("bench")
    return workbench(folder, memory_limit="500MB", threads=2, pseudonym_key=KEY)


@pytest.fixture
def bench(_bench: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """A workbench without relations."""
    yield _bench
    found = _bench.execute("SELECT table_name, table_type FROM information_schema.tables")
    for name, kind in found.fetchall():
        _bench.execute(f'DROP {"VIEW" if kind == "VIEW" else "TABLE"} "{name}"')


@pytest.fixture
def database(tmp_path: Path) -> MakeTable:
    """Makes tables of a SQLite file and gives its DSN."""
    path = tmp_path / "office.db"

    def make(table: str, columns: str, rows: Sequence[Sequence[Any]]) -> str:
        with sqlite3.connect(path) as connection:
            connection.execute(f'CREATE TABLE "{table}" ({columns})')
            if rows:
                marks = ", ".join("?" * len(rows[0]))
                connection.executemany(f'INSERT INTO "{table}" VALUES ({marks})', rows)
        connection.close()
        return f"sqlite:///{path}"

    return make


@pytest.fixture
def landing_zone(tmp_path: Path) -> FileStore:
    """An empty zone ``landing``."""
    store = FileStore(Zone.LANDING, tmp_path / "zones" / "landing")
    store.ensure()
    return store
