"""Data files of Delta tables: written by DuckDB, on as many cores as there are.

A file that was put is in no version until `lakehouse.delta` or `lakehouse.patching` commits it.
delta-rs writes files as well, on one core, and keeps batches waiting: two million cases took it
twice the processor time and 300 MB more.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb
from deltalake import Schema
from deltalake.transaction import AddAction, RemoveAction

from contracts.quoting import literal, quoted
from lakehouse.store import ObjectStore
from lakehouse.versions import duckdb_types

ROW_GROUP = 61_440
"""Rows that look-ups can skip at once."""
_GROUPS = 2
FILE_ROWS = _GROUPS * ROW_GROUP
"""Rows of a full file: `lakehouse.patching` writes whole files again."""

# A level more, or dictionaries for columns of many values: 3 % smaller for a third more time.
_FORMAT = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, DICTIONARY_SIZE_LIMIT 1000"


@dataclass(frozen=True)
class DataFile:
    """A file that is in no store yet, and how many rows it has."""

    path: Path
    rows: int


def write(
    connection: duckdb.DuckDBPyConnection,
    schema: Schema,
    select: str,
    folder: Path,
) -> list[DataFile]:
    """Write the rows of `select` as files of a table with `schema` into `folder`.

    Rows that come together stay together; no rows make no file.

    Raises:
        duckdb.Error: a row does not fit the columns of the table.
    """
    # Parquet has types that Delta has not: what is written is exactly the table's.
    columns = ", ".join(
        f"CAST({quoted(column)} AS {kind}) AS {quoted(column)}"
        for column, kind in duckdb_types(connection, schema)
    )
    written = connection.execute(
        f"COPY (SELECT {columns} FROM ({select})) TO {literal(str(folder))}"
        f" ({_FORMAT}, OVERWRITE_OR_IGNORE, RETURN_STATS,"
        f" FILENAME_PATTERN 'part-{{uuid}}.zstd', ROW_GROUP_SIZE {ROW_GROUP},"
        f" ROW_GROUPS_PER_FILE {_GROUPS})"
    ).fetchall()
    return [DataFile(Path(path), rows) for path, rows, *_rest in written if rows]


def put(store: ObjectStore, name: str, files: Iterable[DataFile]) -> list[AddAction | RemoveAction]:
    """Put `files` beside those of the table called `name`.

    The actions tell the number of rows; minima and maxima stand in the files, where DuckDB and
    delta-rs look for them.
    """
    return [_put(store, name, file.path, file.rows) for file in files]


def removal(path: str, size: int) -> RemoveAction:
    """That no later version has the file at `path` of `size` bytes."""
    return RemoveAction(path, True, _now(), size, {})


def _put(store: ObjectStore, name: str, path: Path, rows: int) -> AddAction:
    store.put(f"{name}/{path.name}", path)
    return AddAction(
        path=path.name,
        size=path.stat().st_size,
        partition_values={},
        modification_time=_now(),
        data_change=True,
        stats=json.dumps({"numRecords": rows}),
    )


def _now() -> int:
    """Milliseconds since 1970."""
    return int(time.time() * 1000)
