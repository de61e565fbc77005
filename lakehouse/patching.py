"""Changing a few rows of a Delta table: only the files that hold them are written again.

delta-rs has a merge of its own, which joins the whole table and writes what it touched as one
file in any order; after some of them every change touches everything. Here a file keeps the
rows it has, so that rows of one time stay together. Which rows change is `lakehouse.tables`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable
from deltalake.exceptions import CommitFailedError

from contracts.quoting import literal, quoted
from lakehouse.delta import ROW_GROUP, Said
from lakehouse.store import ObjectStore

FILE_ROWS = 120_000
"""Rows up to which new ones are put into a file that is there."""
_CHECKPOINT_EVERY = 100


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


def patch(
    store: ObjectStore,
    table: str,
    connection: duckdb.DuckDBPyConnection,
    found: DeltaTable,
    changes: str,
    key: Sequence[str],
    said: Said,
) -> None:
    """Commit the next version after `found`, and open it there.

    Args:
        changes: a relation of the connection: the table's columns and ``_change``, which is
            ``insert``, ``update`` or ``delete``; one row for each key that changes.
        key: columns that tell rows apart.
        said: what the commit says of itself.

    Raises:
        CommitFailedError: another writer made that version first.
    """
    files = _files(store, table, found)
    on = ", ".join(map(quoted, key))
    old = f"(SELECT {on} FROM {changes} WHERE _change <> 'insert')"
    new = f"SELECT * EXCLUDE (_change) FROM {changes} WHERE _change <> 'delete'"
    touched = _touched(connection, files, old, on)
    selects = {file.path: f"{file.select} ANTI JOIN {old} USING ({on})" for file in touched}
    room = min(files, key=lambda file: file.rows, default=None)
    if room and room.rows + _count(connection, new) <= FILE_ROWS:
        # As a rule the file that was filled last: new rows go where rows of their time are.
        selects[room.path] = f"{selects.get(room.path, room.select)} UNION ALL BY NAME {new}"
        touched = touched if room in touched else [*touched, room]
    else:
        selects[""] = new
    now = int(time.time() * 1000)
    with TemporaryDirectory() as scratch:
        written = list(_write(connection, selects.values(), _schema(found), Path(scratch)))
        actions = [*said.actions(now), *(_removed(file, now) for file in touched)]
        for path, rows in written:
            store.put(f"{table}/{path.name}", path)
            actions.append(_added(path, rows, now))
    lines = "".join(json.dumps(action) + "\n" for action in actions)
    version = found.version() + 1
    if not store.put_if_absent(f"{table}/_delta_log/{version:020d}.json", lines.encode()):
        raise CommitFailedError
    found.update_incremental()
    if version % _CHECKPOINT_EVERY == 0:
        found.create_checkpoint()


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
    connection: duckdb.DuckDBPyConnection, files: Sequence[_File], old: str, on: str
) -> list[_File]:
    """The files that hold a row of `old`."""
    if not files:
        return []
    paths = ", ".join(literal(str(file.local)) for file in files)
    rows = connection.execute(
        f"SELECT DISTINCT filename FROM read_parquet([{paths}], filename = true)"
        f" SEMI JOIN {old} USING ({on})"
    ).fetchall()
    names = {name for (name,) in rows}
    return [file for file in files if str(file.local) in names]


def _schema(found: DeltaTable) -> pa.Schema:
    return pa.table(found.schema().to_arrow().empty_table()).schema


def _write(
    connection: duckdb.DuckDBPyConnection,
    selects: Iterable[str],
    schema: pa.Schema,
    folder: Path,
) -> Iterator[tuple[Path, int]]:
    """The rows of each SELECT as a file of its own, with their number; none without rows."""
    names = ", ".join(quoted(name) for name in schema.names)
    for select in selects:
        path, rows = folder / f"part-{uuid4()}.zstd.parquet", 0
        reader = connection.execute(f"SELECT {names} FROM ({select})").to_arrow_reader(ROW_GROUP)
        with pq.ParquetWriter(path, schema, compression="zstd") as out:
            for batch in reader:
                rows += batch.num_rows
                out.write_batch(batch.cast(schema))
        if rows:
            yield path, rows


def _added(path: Path, rows: int, now: int) -> dict[str, object]:
    return {
        "add": {
            "path": path.name,
            "partitionValues": {},
            "size": path.stat().st_size,
            "modificationTime": now,
            "dataChange": True,
            "stats": json.dumps({"numRecords": rows}),
        }
    }


def _removed(file: _File, now: int) -> dict[str, object]:
    return {
        "remove": {
            "path": file.path,
            "deletionTimestamp": now,
            "dataChange": True,
            "extendedFileMetadata": True,
            "partitionValues": {},
            "size": file.bytes,
        }
    }


def _count(connection: duckdb.DuckDBPyConnection, select: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM ({select})").fetchone()
    return int(row[0]) if row else 0
