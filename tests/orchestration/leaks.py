"""Looking for the canary persons in bytes of every kind that a home or a catalogue holds."""

from __future__ import annotations

import gzip
import io
import re
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq

from demo.canaries import CANARIES

# Numbers are looked for without their leading zero, so that +84… and integers are found too.
NEEDLES = tuple({canary.lstrip("0") if canary.isdigit() else canary for canary in CANARIES})
_LOOK = re.compile("|".join(map(re.escape, sorted(NEEDLES, key=len))).encode())
_SQLITE = b"SQLite format 3\x00"


def leaks_in(data: bytes) -> set[str]:
    """The canaries in `data`, which is decoded where its first bytes say what it is."""
    return {hit.decode() for part in decoded(data) for hit in _LOOK.findall(part)}


def leaks_below(root: Path, but: tuple[Path, ...] = ()) -> dict[str, set[str]]:
    """File → canaries, of every file below `root` that is not below one of `but`."""
    found = {}
    for path in sorted(root.rglob("*")):
        if not path.is_file() or any(path.is_relative_to(place) for place in but):
            continue
        leaks = leaks_in(path.read_bytes())
        if _LOOK.search(str(path).encode()):
            leaks.add("the name of the file")
        if leaks:
            found[str(path.relative_to(root))] = leaks
    return found


def decoded(data: bytes) -> Iterator[bytes]:
    """`data`, and what is packed in it if it is Parquet, zip, gzip, XLSX or SQLite."""
    yield data
    if data.startswith(b"PAR1"):
        table = pq.read_table(io.BytesIO(data))
        for column in table.columns:
            yield "\n".join(map(str, column.to_pylist())).encode()
    elif data.startswith(b"PK\x03\x04"):
        yield from _zipped(data)
    elif data.startswith(b"\x1f\x8b"):
        yield from decoded(gzip.decompress(data))
    elif data.startswith(_SQLITE):
        yield from _database(data)


def _zipped(data: bytes) -> Iterator[bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        for name in names:
            yield from decoded(archive.read(name))
    if "xl/workbook.xml" in names:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
        for sheet in book.worksheets:
            for row in sheet.iter_rows(values_only=True):
                yield "\n".join(map(str, row)).encode()


def _database(data: bytes) -> Iterator[bytes]:
    """Every cell: a long one lies in pieces in the file."""
    with closing(sqlite3.connect(":memory:")) as connection:
        # Bytes 18 and 19 ask for a write-ahead log, which a database in memory has not.
        connection.deserialize(data[:18] + b"\x01\x01" + data[20:])
        connection.text_factory = bytes
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (name,) in names.fetchall():
            for row in connection.execute(f'SELECT * FROM "{name.decode()}"'):
                for cell in row:
                    yield from _cell(cell)


def _cell(cell: object) -> Iterator[bytes]:
    if not isinstance(cell, bytes):
        yield str(cell).encode()
        return
    yield from decoded(cell)
    try:
        yield zlib.decompress(cell)
    except zlib.error:
        return
