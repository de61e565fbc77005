"""PostgreSQL, streamed to Arrow by ADBC (COPY in binary) in one snapshot.

Types that Arrow has are read as they are; everything else (enums, json, arrays, numerics
without a precision) as PostgreSQL's own text of it. ``infinity`` in dates is read as null:
an open end, which is what it stands for.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import adbc_driver_postgresql
import pyarrow as pa
import pyarrow.compute as pc
from adbc_driver_manager import AdbcConnection, AdbcStatement
from adbc_driver_manager import Error as AdbcError

from contracts.errors import Fault
from contracts.mappings import Source
from contracts.quoting import literal, quoted
from standardization.sources.dsn import Location
from standardization.sources.reader import Driver, Since, refused, unreachable, unreadable

_TYPES: dict[str, pa.DataType] = {
    "bool": pa.bool_(),
    "int2": pa.int16(),
    "int4": pa.int32(),
    "int8": pa.int64(),
    "float4": pa.float32(),
    "float8": pa.float64(),
    "text": pa.string(),
    "varchar": pa.string(),
    "bpchar": pa.string(),
    "name": pa.string(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "timestamptz": pa.timestamp("us", "UTC"),
}
_ENDLESS = frozenset(("date", "timestamp", "timestamptz"))
# libpq reports a refused log-in in words only; these are its own.
_REFUSALS = re.compile(
    r"authentication failed|no password supplied|pg_hba\.conf|role .* does not exist"
    r"|permission denied|password"
)
_TRANSACTION_FAILED = "25P02"
# A batch has 16 MB; writing takes the rows of three at once.
_BATCHES_AHEAD = 4
_PATIENCE = (
    "connect_timeout=15&keepalives=1&keepalives_idle=30&keepalives_interval=10"
    "&keepalives_count=3&tcp_user_timeout=60000&client_encoding=UTF8&application_name=dungchung"
)
_COLUMNS = """
SELECT a.attname::text AS name, t.typname::text AS kind, a.atttypmod AS modifier
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_type t ON t.oid = a.atttypid
WHERE n.nspname = {schema} AND c.relname = {table} AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
"""
_TABLES = """
SELECT c.relname::text AS name
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = {schema} AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
ORDER BY c.relname
"""


class PostgresqlReader(Driver):
    """Reads one schema inside one REPEATABLE READ, READ ONLY transaction."""

    incremental = True

    def __init__(self, source: Source, location: Location) -> None:
        super().__init__(source, location)
        self._url = location.url
        self._schema_name = source.schema or "public"
        # Not ADBC's DB-API module: it imports pandas, which takes longer than many a read.
        self._connection: AdbcConnection
        self._open = ExitStack()
        self._columns: dict[str, dict[str, tuple[str, int]]] = {}

    def _enter(self) -> None:
        url = self._url + ("&" if "?" in self._url else "?") + _PATIENCE
        try:
            with ExitStack() as opening:
                database = opening.enter_context(adbc_driver_postgresql.connect(url))
                self._connection = opening.enter_context(AdbcConnection(database))
                self._connection.set_autocommit(enabled=False)
                self._execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                # Every read of an unchanged table starts at its first page, so that ties between
                # rows are broken alike each time.
                self._execute("SET LOCAL synchronize_seqscans = off")
                # The snapshot begins with the first query.
                self._execute("SELECT 1")
                self._open = opening.pop_all()
        except AdbcError as error:
            raise self._fault(error) from None

    def _leave(self) -> None:
        self._open.close()

    def tables(self) -> tuple[str, ...]:
        """Tables, views and foreign tables of the schema."""
        found = self._rows(_TABLES.format(schema=literal(self._schema_name)))
        return tuple(row["name"] for row in found)

    def schema(self, table: str) -> pa.Schema:
        """Columns as they will be read."""
        columns = self._described(table)
        return pa.schema([pa.field(n, _arrow(k, m)) for n, (k, m) in columns.items()])

    def read(
        self, table: str, columns: Sequence[str], since: Since | None = None
    ) -> pa.RecordBatchReader:
        """Rows in the order in which the server keeps them."""
        described = self._described(table)
        wanted = pa.schema([pa.field(c, _arrow(*described[c])) for c in columns])
        items = ", ".join(_expression(column, *described[column]) for column in columns) or "1"
        sql = f"SELECT {items} FROM {quoted(self._schema_name)}.{quoted(table)}"
        if since:
            column = quoted(since.column)
            sql += f" WHERE {column} >= {literal(since.value)} OR {column} IS NULL"
        batches = self._batches(table, sql, wanted)
        # A connection is not closed over a statement, as one would be that nobody reads to its end.
        self._open.callback(batches.close)
        return pa.RecordBatchReader.from_batches(wanted, batches)

    def _batches(
        self, table: str, sql: str, schema: pa.Schema
    ) -> Generator[pa.RecordBatch, None, None]:
        try:
            with self._asked(sql) as found:
                for batch in _ahead(found):
                    arrays = [
                        array if array.type == field.type else pc.cast(array, field.type)
                        for array, field in zip(batch.columns, schema, strict=False)
                    ]
                    yield pa.RecordBatch.from_arrays(arrays, schema=schema)
        except AdbcError as error:
            raise self._fault(error, table) from None
        except (OSError, pa.ArrowException):
            raise self._broken(table) from None

    def _broken(self, table: str) -> Fault:
        """What breaks between batches comes through Arrow, without an SQLSTATE: a server that
        still answers, if only that the transaction has failed, could not read its own rows."""
        try:
            self._execute("SELECT 1")
        except AdbcError as error:
            if _state(error) != _TRANSACTION_FAILED:
                return unreachable(self.source)
        return unreadable(self.source, table)

    def _described(self, table: str) -> dict[str, tuple[str, int]]:
        if table not in self._columns:
            sql = _COLUMNS.format(schema=literal(self._schema_name), table=literal(table))
            found = self._rows(sql)
            if not found:
                raise KeyError(table)
            self._columns[table] = {r["name"]: (r["kind"], r["modifier"]) for r in found}
        return self._columns[table]

    def _rows(self, sql: str) -> list[dict[str, Any]]:
        try:
            with self._asked(sql) as found:
                rows: list[dict[str, Any]] = found.read_all().to_pylist()
                return rows
        except AdbcError as error:
            raise self._fault(error) from None

    def _execute(self, sql: str) -> None:
        with self._asked(sql):
            pass

    @contextmanager
    def _asked(self, sql: str) -> Iterator[pa.RecordBatchReader]:
        with AdbcStatement(self._connection) as statement:
            statement.set_sql_query(sql)
            stream, _rows = _interruptible(statement)
            with pa.RecordBatchReader.from_stream(stream) as found:
                yield found

    def _fault(self, error: AdbcError, table: str | None = None) -> Fault:
        """By SQLSTATE class where there is one: 28 refused, 42501 no right, 08/57 gone."""
        state = _state(error)
        if state.startswith("28") or state == "42501":
            return refused(self.source)
        if not state.strip("\0") and _REFUSALS.search(str(error)):
            return refused(self.source)
        if state.startswith(("22", "42")):
            return unreadable(self.source, table)
        return unreachable(self.source)


def _state(error: AdbcError) -> str:
    """SQLSTATE of `error`, "" without one."""
    return error.sqlstate or ""


def _interruptible(statement: AdbcStatement) -> Any:
    """Run `statement` in another thread: nobody could interrupt this one while it waits for a
    lock in the source."""
    with ThreadPoolExecutor(1) as running:
        found = running.submit(statement.execute_query)
        try:
            return found.result()
        except BaseException:
            if not found.done():
                # A server that cannot be reached to cancel it is given up as `_PATIENCE` says.
                with suppress(AdbcError):
                    statement.cancel()
            raise


def _ahead(batches: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    """`batches`, read by another thread while those before are worked on: the server need not
    wait until rows are written."""
    with ThreadPoolExecutor(1) as reading:
        coming = deque(reading.submit(next, batches, None) for _ in range(_BATCHES_AHEAD))
        try:
            while (batch := coming.popleft().result()) is not None:
                coming.append(reading.submit(next, batches, None))
                yield batch
        finally:
            reading.shutdown(cancel_futures=True)


def _precision(modifier: int) -> tuple[int, int] | None:
    """(precision, scale) of a numeric, None when it has none or more than Arrow holds."""
    if modifier < 4:
        return None
    precision, scale = (modifier - 4) >> 16, (modifier - 4) & 0xFFFF
    return (precision, scale) if precision <= 38 and scale <= precision else None


def _arrow(kind: str, modifier: int) -> pa.DataType:
    if kind == "numeric" and (sized := _precision(modifier)):
        return pa.decimal128(*sized)
    return _TYPES.get(kind, pa.string())


def _expression(column: str, kind: str, modifier: int) -> str:
    name = quoted(column)
    if kind in _ENDLESS:
        return f"CASE WHEN isfinite({name}) THEN {name} END AS {name}"
    return name if kind in _TYPES else f"{name}::text AS {name}"
