"""SQL Server, streamed by pymssql (FreeTDS) in one snapshot.

One session reads everything inside a transaction of isolation level SNAPSHOT, which the owner
must have allowed for the database (``docs/decisions/sqlserver-by-pymssql.md``). There is no
read-only transaction in SQL Server: the account should have the role ``db_datareader`` alone.
No live SQL Server has been read yet: the tests run against an emulated one.

Numbers, decimals, dates and times are read as such (to the microsecond), bytes as hexadecimal
text and everything else as text. Texts in a code page are turned into Unicode by the server,
which knows the collation of each column. Times with an offset become UTC.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pyarrow as pa
import pymssql
from pymssql._mssql import MSSQLException

from contracts.errors import Fault, Place
from contracts.i18n import _
from contracts.mappings import Source
from standardization.sources.dsn import Location
from standardization.sources.reader import (
    BATCH_ROWS,
    Driver,
    Since,
    refused,
    unreachable,
    unreadable,
)

_CONNECT_SECONDS = 15
_SILENT_SECONDS = 300
"""How long the server may send nothing in answer to a query."""
_TYPES: Mapping[str, pa.DataType] = {
    **dict.fromkeys(("tinyint", "smallint", "int", "bigint"), pa.int64()),
    "bit": pa.bool_(),
    "real": pa.float32(),
    "float": pa.float64(),
    "money": pa.decimal128(19, 4),
    "smallmoney": pa.decimal128(10, 4),
    "date": pa.date32(),
    **dict.fromkeys(("datetime", "smalldatetime", "datetime2"), pa.timestamp("us")),
    "datetimeoffset": pa.timestamp("us", "UTC"),
    **dict.fromkeys(("nchar", "nvarchar", "uniqueidentifier", "binary", "varbinary"), pa.string()),
}
"""Types that are read as they come; all others the server casts to bytes or to text."""
_TEXTS: Mapping[str, Callable[[Any], str]] = {
    **dict.fromkeys(("binary", "varbinary", "image", "timestamp"), lambda raw: raw.hex().upper()),
    "uniqueidentifier": lambda identifier: str(identifier).upper(),
}
"""How values of a type become the text that SQL Server itself shows."""
_LONGEST = 4000
"""Characters of an nvarchar that is not a large object."""
_REFUSALS = frozenset(
    (
        *(18450, 18451, 18452, 18456, 18461, 18470, 18486, 18487, 18488),  # the log-in
        *(4060, 4064, 916),  # the database is not there for this account
        *(229, 230, 297, 300),  # no right to an object, a column, an action
    )
)
_UNREADABLE = frozenset((102, 156, 207, 208, 241, 242, 245, 248, 8114, 8115, 8152))
_NO_SNAPSHOT = 3952
_ANSWERED, _NOT_CONNECTED = b"message 20018,", b"message 20002,"
"""FreeTDS's own words for a log-in that the server answered with an error, and for one that
ended before (TLS was not agreed, or the certificate does not fit). Of a log-in that fails pymssql
may give the error number of one that failed before, so these words are looked at first."""
_SECTION, _CONFIGURATION = "dungchung", "FREETDSCONF"
_COLUMNS = """
SELECT COLUMN_NAME, DATA_TYPE, CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION, NUMERIC_SCALE
FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = {schema} AND TABLE_NAME = {table}
ORDER BY ORDINAL_POSITION
"""
_TABLES = "SELECT TABLE_NAME FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = {schema}"
_connecting = Lock()


@dataclass(frozen=True)
class _Described:
    """A column: SQL Server's name of its type, as what it is read, and by which expression."""

    declared: str
    kind: pa.DataType
    expression: str


class SqlserverReader(Driver):
    """Reads one schema (``dbo`` if none is named) of one database."""

    incremental = True

    def __init__(self, source: Source, location: Location) -> None:
        super().__init__(source, location)
        self._url = location.url
        self._schema_name = source.schema or "dbo"
        self._connection: pymssql.Connection[tuple[Any, ...]]
        self._columns: dict[str, dict[str, _Described]] = {}

    def _enter(self) -> None:
        try:
            self._connection = _connect(self._url)
        except pymssql.Error as error:
            raise self._not_connected(error) from None
        except (MSSQLException, ValueError):
            raise unreachable(self.source) from None
        for statement in (
            # What a text such as 2026-01-02 means hangs on the account's language else.
            "SET DATEFORMAT ymd",
            "SET TRANSACTION ISOLATION LEVEL SNAPSHOT",
            "BEGIN TRANSACTION",
        ):
            self._executed(statement)

    def _leave(self) -> None:
        self._connection.close()

    def tables(self) -> tuple[str, ...]:
        """Tables and views of the schema that the account may read."""
        found = self._asked(_TABLES.format(schema=_literal(self._schema_name)))
        return tuple(sorted(row[0] for row in found))

    def schema(self, table: str) -> pa.Schema:
        """Columns as they will be read."""
        return pa.schema([pa.field(n, column.kind) for n, column in self._describe(table).items()])

    def read(
        self, table: str, columns: Sequence[str], since: Since | None = None
    ) -> pa.RecordBatchReader:
        """Rows in the order in which the server gives them."""
        described = self._describe(table)
        wanted = [described[column] for column in columns]
        schema = pa.schema(
            [pa.field(name, d.kind) for name, d in zip(columns, wanted, strict=True)]
        )
        items = ", ".join(column.expression for column in wanted) or "1"
        sql = f"SELECT {items} FROM {_quoted(self._schema_name)}.{_quoted(table)}"
        if since:
            name, bound = _quoted(since.column), _bound(described[since.column], since)
            sql += f" WHERE {name} >= {bound} OR {name} IS NULL"
        converters = [_TEXTS.get(column.declared) for column in wanted]
        batches = self._batches(table, sql, schema, converters)
        return pa.RecordBatchReader.from_batches(schema, batches)

    def _batches(
        self,
        table: str,
        sql: str,
        schema: pa.Schema,
        converters: Sequence[Callable[[Any], str] | None],
    ) -> Iterator[pa.RecordBatch]:
        try:
            cursor = self._executed(sql, table)
            while rows := cursor.fetchmany(BATCH_ROWS):
                columns = zip(zip(*rows, strict=True), schema, converters, strict=False)
                arrays = [_array(values, field.type, how) for values, field, how in columns]
                yield pa.RecordBatch.from_arrays(arrays, schema=schema)
        except pymssql.Error as error:
            raise self._fault(error, table) from None
        except (pa.ArrowException, UnicodeError, ValueError):
            raise unreadable(self.source, table) from None

    def _describe(self, table: str) -> dict[str, _Described]:
        if table not in self._columns:
            names = {"schema": _literal(self._schema_name), "table": _literal(table)}
            found = self._asked(_COLUMNS.format(**names))
            if not found:
                raise KeyError(table)
            self._columns[table] = {row[0]: _describe(*row) for row in found}
        return self._columns[table]

    def _asked(self, sql: str) -> list[tuple[Any, ...]]:
        try:
            return self._executed(sql).fetchall()
        except pymssql.Error as error:
            raise self._fault(error) from None

    def _executed(self, sql: str, table: str | None = None) -> pymssql.Cursor[tuple[Any, ...]]:
        try:
            cursor = self._connection.cursor()
            cursor.execute(sql)
        except pymssql.Error as error:
            raise self._fault(error, table) from None
        return cursor

    def _fault(self, error: Exception, table: str | None = None) -> Fault:
        """By the server's error number; nothing of its text."""
        number = error.args[0] if error.args else 0
        if number in _REFUSALS:
            return refused(self.source)
        if number in _UNREADABLE:
            return unreadable(self.source, table)
        if number == _NO_SNAPSHOT:
            return Fault(
                "source.no_snapshot",
                _("The database does not allow reading all its tables as of one moment."),
                remedy=_("Ask its owner: ALTER DATABASE … SET ALLOW_SNAPSHOT_ISOLATION ON."),
                place=Place(source=self.source.name, table=table),
            )
        return unreachable(self.source)

    def _not_connected(self, error: pymssql.Error) -> Fault:
        """Of a log-in the arguments are one pair of number and text."""
        number, text = error.args[0] if isinstance(error.args[0], tuple) else (0, b"")
        if _ANSWERED in text:
            return self._fault(pymssql.OperationalError(number))
        if _NOT_CONNECTED in text:
            return Fault(
                "source.not_secured",
                _("The connection could not be encrypted, or the certificate is not the server's."),
                remedy=_(
                    "Check the host and ssl_ca in {connection}; the server must have TLS 1.2."
                ),
                place=Place(source=self.source.name),
                connection=self.source.connection,
            )
        return unreachable(self.source)


def _connect(url: str) -> pymssql.Connection[tuple[Any, ...]]:
    parts = urlsplit(url)
    host, port = parts.hostname or "localhost", parts.port or 1433
    with _configured(host, dict(parse_qsl(parts.query)).get("ssl_ca")):
        return pymssql.connect(
            server=_SECTION,
            port=str(port),
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            database=unquote(parts.path.lstrip("/")),
            tds_version="7.4",
            encryption="require",
            login_timeout=_CONNECT_SECONDS,
            timeout=_SILENT_SECONDS,
            appname="dungchung",
            read_only=True,
            use_datetime2=True,
            autocommit=True,  # the transaction is begun here, at its own level
        )


@contextmanager
def _configured(host: str, ssl_ca: str | None) -> Iterator[None]:
    """FreeTDS's configuration for one connection: the only way to have the server's certificate
    checked, and nothing of what this machine's own says (another host, a log with passwords)."""
    lines = [f"[{_SECTION}]", f"host = {host}"]
    if ssl_ca:
        lines += [f"ca file = {ssl_ca}", "check certificate hostname = yes"]
    with _connecting, tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "freetds.conf")
        file.write_text("\n".join((*lines, "")), encoding="utf-8")
        before = os.environ.get(_CONFIGURATION)
        os.environ[_CONFIGURATION] = str(file)
        try:
            yield
        finally:
            del os.environ[_CONFIGURATION]
            if before is not None:
                os.environ[_CONFIGURATION] = before


def _array(
    values: Sequence[Any], kind: pa.DataType, text: Callable[[Any], str] | None
) -> pa.Array[Any]:
    if text:
        values = [None if value is None else text(value) for value in values]
    return pa.array(values, kind)


def _describe(name: str, declared: str, length: int, precision: int, scale: int) -> _Described:
    column, declared = _quoted(name), declared.lower()
    if declared in ("decimal", "numeric"):
        return _Described(declared, pa.decimal128(precision, scale), column)
    if declared in _TYPES:
        return _Described(declared, _TYPES[declared], column)
    if declared in _TEXTS:
        return _Described(declared, pa.string(), f"CAST({column} AS varbinary(max))")
    size = length if declared in ("char", "varchar") and 0 < length <= _LONGEST else "max"
    return _Described(declared, pa.string(), f"CAST({column} AS nvarchar({size}))")


def _bound(column: _Described, since: Since) -> str:
    """The lower bound of an incremental read. A fraction of a second is left out: it may have
    more digits than the column's type takes, and to read a row again does no harm."""
    timed = pa.types.is_timestamp(column.kind)
    return _literal(since.value.partition(".")[0] if timed else since.value)


def _literal(text: str) -> str:
    return "N'" + text.replace("'", "''") + "'"


def _quoted(name: str) -> str:
    return "[" + name.replace("]", "]]") + "]"
