"""SQLite files, by the standard library.

SQLite types values, not columns. A column is read as the one storage class its values have;
where they mix, as text, so that no value changes. Text that is not UTF-8 keeps what can be
read and marks the rest with U+FFFD.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from contracts.errors import Fault
from contracts.mappings import Source
from contracts.quoting import quoted
from standardization.sources.dsn import Location
from standardization.sources.reader import BATCH_ROWS, Driver, Since, unreachable, unreadable

_DECLARED: dict[str, pa.DataType] = {
    "INT": pa.int64(),
    "REAL": pa.float64(),
    "FLOA": pa.float64(),
    "DOUB": pa.float64(),
}
_STORED: dict[tuple[str, str], pa.DataType] = {
    ("integer", "integer"): pa.int64(),
    ("real", "real"): pa.float64(),
    # A NUMERIC column stores 2.0 as the integer 2: still numbers, all of them.
    ("integer", "real"): pa.float64(),
}
# Seconds to wait for a writer to finish.
_PATIENCE = 30.0
_TRANSIENT = frozenset(
    (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)
)


class SqliteReader(Driver):
    """Reads one SQLite file inside one read transaction."""

    incremental = True

    def __init__(self, source: Source, location: Location) -> None:
        super().__init__(source, location)
        self._connection: sqlite3.Connection
        self._schemas: dict[str, pa.Schema] = {}

    def _enter(self) -> None:
        if not self._path.is_file():
            raise unreachable(self.source)
        uri = self._path.resolve().as_uri() + "?mode=ro"
        try:
            self._connection = sqlite3.connect(
                uri, uri=True, isolation_level=None, timeout=_PATIENCE
            )
            self._connection.text_factory = bytes
            self._connection.execute("BEGIN")
            # The snapshot begins with the first read.
            self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.DatabaseError as error:
            raise self._fault(error) from None

    def _leave(self) -> None:
        self._connection.close()

    def tables(self) -> tuple[str, ...]:
        """Tables and views, without SQLite's own."""
        found = self._connection.execute(
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') "
            "AND name NOT LIKE 'sqlite_%' ORDER BY name"
        )
        return tuple(row[0].decode() for row in found)

    def schema(self, table: str) -> pa.Schema:
        """Declared types, corrected by what is stored."""
        if table not in self._schemas:
            found = self._connection.execute(
                "SELECT name, type FROM pragma_table_info(?)", (table,)
            )
            declared = {name.decode(): kind.decode().upper() for name, kind in found}
            if not declared:
                raise KeyError(table)
            self._schemas[table] = pa.schema(self._fields(table, declared))
        return self._schemas[table]

    def read(
        self, table: str, columns: Sequence[str], since: Since | None = None
    ) -> pa.RecordBatchReader:
        """Rows in rowid order."""
        schema = self.schema(table)
        wanted = pa.schema([schema.field(column) for column in columns])
        items = ", ".join(_expression(field) for field in wanted) or "NULL"
        where, values = "", list[str | int | float]()
        if since:
            column = quoted(since.column)
            where, values = f" WHERE {column} >= ? OR {column} IS NULL", [_bound(schema, since)]
        cursor = self._connection.execute(f"SELECT {items} FROM {quoted(table)}{where}", values)
        return pa.RecordBatchReader.from_batches(wanted, self._batches(table, cursor, wanted))

    def _fields(self, table: str, declared: dict[str, str]) -> Iterator[pa.Field[Any]]:
        """One scan finds the storage classes of all columns that may hold numbers."""
        guesses = {name: _declared(kind) for name, kind in declared.items()}
        numbers = [name for name, guess in guesses.items() if guess != pa.string()]
        stored: dict[str, tuple[str | None, str | None]] = {}
        if numbers:
            kinds = [f"nullif(typeof({quoted(name)}), 'null')" for name in numbers]
            items = ", ".join(f"min({kind}), max({kind})" for kind in kinds)
            row = self._connection.execute(f"SELECT {items} FROM {quoted(table)}").fetchone()
            texts = [None if value is None else value.decode() for value in row]
            stored = dict(zip(numbers, zip(texts[::2], texts[1::2], strict=True), strict=True))
        for name, guess in guesses.items():
            low, high = stored.get(name, (None, None))
            if low is None or high is None:
                yield pa.field(name, pa.string() if guess == pa.null() else guess)
            else:
                yield pa.field(name, _STORED.get((low, high), pa.string()))

    def _batches(
        self, table: str, cursor: sqlite3.Cursor, schema: pa.Schema
    ) -> Iterator[pa.RecordBatch]:
        try:
            while rows := cursor.fetchmany(BATCH_ROWS):
                arrays = [
                    _array(values, field.type)
                    for values, field in zip(zip(*rows, strict=True), schema, strict=False)
                ]
                yield pa.RecordBatch.from_arrays(arrays, schema=schema)
        except sqlite3.DatabaseError as error:
            raise self._fault(error, table) from None

    def _fault(self, error: sqlite3.DatabaseError, table: str | None = None) -> Fault:
        """Busy, locked, gone or failing to read: it may well answer the next time."""
        if error.sqlite_errorcode & 0xFF in _TRANSIENT:
            return unreachable(self.source)
        return unreadable(self.source, table)


def _declared(kind: str) -> pa.DataType:
    """Type of a column by its declaration; text where its affinity is TEXT."""
    if any(word in kind for word in ("CHAR", "CLOB", "TEXT")):
        return pa.string()
    return next((found for word, found in _DECLARED.items() if word in kind), pa.null())


def _expression(field: pa.Field[Any]) -> str:
    name = quoted(field.name)
    return f"CAST({name} AS TEXT)" if field.type == pa.string() else name


def _array(values: Sequence[object], kind: pa.DataType) -> pa.Array[Any]:
    if kind != pa.string():
        return pa.array(values, kind)
    raw = pa.array(values, pa.binary())
    try:
        return pc.cast(raw, pa.string())
    except pa.ArrowInvalid:
        texts = [v.decode("utf-8", "replace") if isinstance(v, bytes) else None for v in values]
        return pa.array(texts, pa.string())


def _bound(schema: pa.Schema, since: Since) -> str | int | float:
    kind = schema.field(since.column).type
    if kind == pa.int64():
        return int(since.value)
    return float(since.value) if kind == pa.float64() else since.value
