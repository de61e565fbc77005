"""Changing a few rows of a Delta table: only the files that hold them are written again.

delta-rs has a merge of its own, which joins the whole table and writes what it touched as one
file in any order; after some of them every change touches everything. Here a file keeps the
rows it has, so that rows of one time stay together. Which rows change is `lakehouse.drafting`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
from deltalake import DeltaTable
from deltalake.transaction import AddAction, RemoveAction

from contracts.quoting import literal, quoted
from lakehouse import data_files
from lakehouse.data_files import DataFile
from lakehouse.places import FILE
from lakehouse.store import ObjectStore
from lakehouse.versions import failure


@dataclass(frozen=True)
class _File:
    """A data file of a version: its path within the table, where it is to be read."""

    path: str
    bytes: int
    rows: int
    local: Path

    @property
    def select(self) -> str:
        return f"SELECT * FROM read_parquet({literal(str(self.local))})"


@dataclass(frozen=True)
class Patch:
    """What brings a version to the next one: files to add and files that go."""

    files: list[DataFile]
    removed: list[AddAction | RemoveAction]


def patch(
    store: ObjectStore,
    table: str,
    connection: duckdb.DuckDBPyConnection,
    found: DeltaTable,
    changes: str,
    key: Sequence[str],
    folder: Path,
) -> Patch:
    """Write into `folder` what the version after `found` needs.

    Args:
        changes: a relation of the connection: the table's columns; ``_change``, which is
            ``insert``, ``update`` or ``delete``; the file in which the row was (`FILE`). One row
            for each key that changes.
        key: columns that tell rows apart.

    Raises:
        Fault: ``table.failed`` where the files would not have the rows they should.
    """
    files = _files(store, table, found)
    on = ", ".join(map(quoted, key))
    old = f"(SELECT {on} FROM {changes} WHERE _change <> 'insert')"
    new = f"SELECT * EXCLUDE (_change, {FILE}) FROM {changes} WHERE _change <> 'delete'"
    touched = _touched(connection, files, changes)
    selects = {file.path: f"{file.select} ANTI JOIN {old} USING ({on})" for file in touched}
    room = min(files, key=lambda file: file.rows, default=None)
    added = _count(connection, new)
    if room and room.rows + added <= data_files.FILE_ROWS:
        # As a rule the file that was filled last: new rows go where rows of their time are.
        selects[room.path] = f"{selects.get(room.path, room.select)} UNION ALL BY NAME {new}"
        touched = touched if room in touched else [*touched, room]
    else:
        selects[""] = new
    written = [
        file
        for select in selects.values()
        for file in data_files.write(connection, found.schema(), select, folder)
    ]
    # A row that is not in the file it was told to be in would stay beside the one that follows it.
    rows = sum(file.rows for file in touched) - _count(connection, old) + added
    if sum(file.rows for file in written) != rows:
        raise failure(table, "table.failed")
    return Patch(written, [data_files.removal(file.path, file.bytes) for file in touched])


def _files(store: ObjectStore, table: str, found: DeltaTable) -> list[_File]:
    actions = pa.table(found.get_add_actions(flatten=True)).to_pylist()
    return [
        _File(
            action["path"],
            action["size_bytes"],
            action["num_records"],
            store.local(f"{table}/{action['path']}", size=action["size_bytes"]),
        )
        for action in actions
    ]


def _touched(
    connection: duckdb.DuckDBPyConnection, files: Sequence[_File], changes: str
) -> list[_File]:
    """The files that hold a row which changes or goes."""
    rows = connection.execute(f"SELECT DISTINCT {FILE} FROM {changes} WHERE _change <> 'insert'")
    names = {name for (name,) in rows.fetchall()}
    return [file for file in files if str(file.local) in names]


def _count(connection: duckdb.DuckDBPyConnection, select: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM ({select})").fetchone()
    return int(row[0]) if row else 0
