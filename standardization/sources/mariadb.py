"""MariaDB and MySQL, streamed by PyMySQL in one snapshot.

One session reads everything inside ``START TRANSACTION WITH CONSISTENT SNAPSHOT``, which a
driver that opens a connection for each query cannot (``docs/decisions/mariadb-by-pymysql.md``).
Tables of engines without transactions (MyISAM) are each read in one statement.

Integers, decimals up to 38 digits, dates and times are read as such, bytes as hexadecimal text
and everything else as text. Dates with a zero for year, month or day, which stand for "none",
are null. Times of TIMESTAMP columns are UTC.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pyarrow as pa
import pyarrow.compute as pc
import pymysql
from pymysql.constants import CR, ER
from pymysql.converters import encoders
from pymysql.cursors import SSCursor

from contracts.errors import Fault
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
_INTEGERS = frozenset(("tinyint", "smallint", "mediumint", "int", "bigint", "year"))
_TIMES: dict[str, pa.DataType] = {
    "date": pa.date32(),
    "datetime": pa.timestamp("us"),
    "timestamp": pa.timestamp("us"),
}
_BYTES = frozenset(("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"))
_REFUSALS = frozenset(
    (
        *(ER.ACCESS_DENIED_ERROR, ER.DBACCESS_DENIED_ERROR, ER.TABLEACCESS_DENIED_ERROR),
        *(ER.COLUMNACCESS_DENIED_ERROR, ER.SPECIFIC_ACCESS_DENIED_ERROR),
        *(1698, 1820, 1862, 4151),  # no password, expired password, locked account
        *(CR.CR_AUTH_PLUGIN_CANNOT_LOAD,),
    )
)
_UNREADABLE = frozenset((ER.NO_SUCH_TABLE, ER.BAD_FIELD_ERROR, ER.BAD_DB_ERROR, ER.PARSE_ERROR))
_COLUMNS = """
SELECT column_name, data_type, column_type, numeric_precision, numeric_scale
FROM information_schema.columns WHERE table_schema = %s AND table_name = %s
ORDER BY ordinal_position
"""
_TABLES = """
SELECT table_name FROM information_schema.tables WHERE table_schema = %s ORDER BY table_name
"""


@dataclass(frozen=True)
class _Described:
    """A column: as what it is read, and by which expression."""

    kind: pa.DataType
    expression: str


class MariadbReader(Driver):
    """Reads one database inside one read-only transaction."""

    incremental = True

    def __init__(self, source: Source, location: Location) -> None:
        super().__init__(source, location)
        self._url = location.url
        self._database = ""
        self._connection: pymysql.Connection[Any]
        self._columns: dict[str, dict[str, _Described]] = {}

    def _enter(self) -> None:
        try:
            self._connection = self._connect()
            for statement in (
                "SET SESSION time_zone = '+00:00'",
                "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
                "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
            ):
                self._rows(statement)
        except (pymysql.MySQLError, OSError, ValueError, RuntimeError) as error:
            raise self._fault(error) from None

    def _leave(self) -> None:
        unfinished = vars(self._connection).get("_result")
        if unfinished is not None:
            # PyMySQL would read the rest of a result nobody wants, from a connection that is gone.
            unfinished.unbuffered_active = False
        if self._connection.open:
            self._connection.close()

    def tables(self) -> tuple[str, ...]:
        """Tables and views of the database."""
        return tuple(row[0] for row in self._asked(_TABLES, self._database))

    def schema(self, table: str) -> pa.Schema:
        """Columns as they will be read."""
        return pa.schema([pa.field(n, column.kind) for n, column in self._describe(table).items()])

    def read(
        self, table: str, columns: Sequence[str], since: Since | None = None
    ) -> pa.RecordBatchReader:
        """Rows in the order in which the server keeps them."""
        described = self._describe(table)
        wanted = pa.schema([pa.field(column, described[column].kind) for column in columns])
        items = ", ".join(described[column].expression for column in columns) or "1"
        sql = f"SELECT {items} FROM {_quoted(self._database)}.{_quoted(table)}"
        values: tuple[str, ...] = ()
        if since:
            name = _quoted(since.column)
            sql, values = f"{sql} WHERE {name} >= %s OR {name} IS NULL", (since.value,)
        return pa.RecordBatchReader.from_batches(wanted, self._batches(table, sql, values, wanted))

    def _connect(self) -> pymysql.Connection[Any]:
        parts = urlsplit(self._url)
        options = dict(parse_qsl(parts.query))
        self._database = self.source.schema or unquote(parts.path.lstrip("/"))
        return pymysql.connect(
            host=parts.hostname or "localhost",
            port=parts.port or 3306,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            database=unquote(parts.path.lstrip("/")) or None,
            charset="utf8mb4",
            ssl_ca=options.get("ssl_ca"),
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_SILENT_SECONDS,
            write_timeout=_SILENT_SECONDS,
            local_infile=False,
            autocommit=False,
            program_name="dungchung",
            # Cells come as the bytes they travel as: Arrow converts whole columns, many times as
            # fast as Python does cell by cell.
            conv=dict[Any, Any](encoders),
            use_unicode=False,
        )

    def _batches(
        self, table: str, sql: str, values: tuple[str, ...], schema: pa.Schema
    ) -> Iterator[pa.RecordBatch]:
        try:
            cursor = self._connection.cursor(SSCursor)
            # Without values PyMySQL takes % as it stands, as in a column's name.
            cursor.execute(sql, values or None)
            while rows := cursor.fetchmany(BATCH_ROWS):
                columns = zip(zip(*rows, strict=True), schema, strict=False)
                arrays = [_array(column, field.type) for column, field in columns]
                yield pa.RecordBatch.from_arrays(arrays, schema=schema)
            cursor.close()
        except (pymysql.MySQLError, OSError) as error:
            raise self._fault(error, table) from None
        except (pa.ArrowException, UnicodeError, ValueError):
            raise unreadable(self.source, table) from None

    def _describe(self, table: str) -> dict[str, _Described]:
        if table not in self._columns:
            found = self._asked(_COLUMNS, self._database, table)
            if not found:
                raise KeyError(table)
            self._columns[table] = {row[0]: _describe(*row) for row in found}
        return self._columns[table]

    def _asked(self, sql: str, *values: str) -> list[tuple[str, ...]]:
        try:
            return self._rows(sql, *values)
        except (pymysql.MySQLError, OSError) as error:
            raise self._fault(error) from None

    def _rows(self, sql: str, *values: str) -> list[tuple[str, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(sql, values or None)
            return [tuple((v or b"").decode() for v in row) for row in cursor.fetchall()]

    def _fault(self, error: Exception, table: str | None = None) -> Fault:
        """By the server's error number; nothing of its text."""
        number = error.args[0] if error.args and isinstance(error.args[0], int) else 0
        # A RuntimeError: the account's kind of log-in needs TLS or a package that is not here.
        if number in _REFUSALS or isinstance(error, RuntimeError):
            return refused(self.source)
        if number in _UNREADABLE:
            return unreadable(self.source, table)
        return unreachable(self.source)


def _array(values: Sequence[bytes | None], kind: pa.DataType) -> pa.Array[Any]:
    texts = pc.cast(pa.array(values, pa.binary()), pa.string())
    if pa.types.is_timestamp(kind):
        return pc.cast(pc.cast(texts, pa.timestamp("us")), kind)
    return texts if kind == pa.string() else pc.cast(texts, kind)


def _describe(name: str, kind: str, full: str, precision: str, scale: str) -> _Described:
    column, kind = _quoted(name), kind.lower()
    if kind in _INTEGERS:
        unsigned = kind == "bigint" and "unsigned" in full.lower()
        return _Described(pa.uint64() if unsigned else pa.int64(), column)
    if kind == "bit":
        return _Described(pa.uint64(), f"CAST({column} AS UNSIGNED)")
    if kind == "decimal" and int(precision) <= 38:
        return _Described(pa.decimal128(int(precision), int(scale)), column)
    if kind in ("float", "double"):
        return _Described(pa.float64(), column)
    if kind in _TIMES:
        real = f"YEAR({column}) > 0 AND MONTH({column}) > 0 AND DAYOFMONTH({column}) > 0"
        zone = pa.timestamp("us", "UTC") if kind == "timestamp" else _TIMES[kind]
        return _Described(zone, f"IF({real}, {column}, NULL)")
    if kind in _BYTES:
        return _Described(pa.string(), f"HEX({column})")
    return _Described(pa.string(), f"CAST({column} AS CHAR)")


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
