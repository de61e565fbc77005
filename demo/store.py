"""Where the sample systems are written: a SQLite file or a schema of a PostgreSQL database.

A system appears whole or not at all: SQLite is written beside its place and renamed, a schema
is made in one transaction. Both hold the same tables, columns and values.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    import psycopg

Cell: TypeAlias = str | int | float | None
Row: TypeAlias = dict[str, Cell]


@dataclass(frozen=True)
class Table:
    """A table: columns in order, those in `integers` whole numbers, those in `reals` numbers
    with a fraction and the rest text; `index` the columns that the vendor indexed, `key` the
    vendor's primary key."""

    name: str
    columns: tuple[str, ...]
    integers: frozenset[str] = frozenset()
    index: tuple[str, ...] = ()
    reals: frozenset[str] = frozenset()
    key: str = "ID"

    def statement(self, prefix: str, text: str, integer: str, real: str) -> str:
        """CREATE TABLE with the given type names; `prefix` is the schema with its dot, or
        empty."""
        kinds = dict.fromkeys(self.columns, text)
        kinds |= dict.fromkeys(self.integers, integer) | dict.fromkeys(self.reals, real)
        body = ", ".join(f'"{name}" {kind}' for name, kind in kinds.items())
        return f'CREATE TABLE {prefix}"{self.name}" ({body}, PRIMARY KEY ("{self.key}"))'

    def indexes(self, prefix: str) -> Iterator[str]:
        """Its CREATE INDEX; to be run when the rows are there, since keys that come in no
        order would move through the whole index again and again."""
        for name in self.index:
            yield f'CREATE INDEX "IX_{self.name}_{name}" ON {prefix}"{self.name}" ("{name}")'

    def tuples(self, rows: Iterable[Mapping[str, Cell]]) -> Iterator[tuple[Cell, ...]]:
        """Rows given as mappings, in column order; a column that is not given is NULL."""
        for row in rows:
            yield tuple(map(row.get, self.columns))


class Writer(Protocol):
    """One system being written."""

    def create(self, table: Table) -> None:
        """Make the table."""

    def insert(self, table: Table, rows: Iterable[Sequence[Cell]]) -> None:
        """Add rows, cells in column order."""


class _SqliteWriter:
    def __init__(self, db: sqlite3.Connection, progress: Callable[[int], None]) -> None:
        self._db = db
        self._progress = progress
        self._rows = 0
        self._tables: list[Table] = []

    def create(self, table: Table) -> None:
        self._db.execute(table.statement("", "TEXT", "INTEGER", "REAL"))
        self._tables.append(table)

    def insert(self, table: Table, rows: Iterable[Sequence[Cell]]) -> None:
        marks = ", ".join("?" * len(table.columns))
        done = self._db.executemany(f'INSERT INTO "{table.name}" VALUES ({marks})', rows)
        self._rows += max(0, done.rowcount)
        self._progress(self._rows)

    def finish(self) -> None:
        for table in self._tables:
            for statement in table.indexes(""):
                self._db.execute(statement)


class _PostgresWriter:
    def __init__(self, db: psycopg.Connection[tuple[Cell, ...]], schema: str) -> None:
        self._db = db
        self._prefix = f'"{schema}".'
        self._tables: list[Table] = []

    def create(self, table: Table) -> None:
        statement = table.statement(self._prefix, "text", "bigint", "double precision")
        self._db.execute(statement.encode())
        self._tables.append(table)

    def insert(self, table: Table, rows: Iterable[Sequence[Cell]]) -> None:
        with (
            self._db.cursor() as cursor,
            cursor.copy(f'COPY {self._prefix}"{table.name}" FROM STDIN'.encode()) as copy,
        ):
            for row in rows:
                copy.write_row(row)

    def finish(self) -> None:
        for table in self._tables:
            for statement in table.indexes(self._prefix):
                self._db.execute(statement.encode())


@contextmanager
def sqlite_file(path: Path) -> Iterator[sqlite3.Connection]:
    """A new SQLite file that takes its place only when the block ends well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(partial, isolation_level=None)) as db:
            # Nothing reads a half-written file, so its journal would protect nobody.
            db.execute("PRAGMA journal_mode = OFF")
            db.execute("PRAGMA synchronous = OFF")
            db.execute("BEGIN")
            yield db
            db.execute("COMMIT")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def sqlite_writer(path: Path, progress: Callable[[int], None]) -> Iterator[Writer]:
    """Write a system as a SQLite file; `progress` is told the rows so far."""
    with sqlite_file(path) as db:
        writer = _SqliteWriter(db, progress)
        yield writer
        writer.finish()


def connect(dsn: str) -> AbstractContextManager[psycopg.Connection[tuple[Cell, ...]]]:
    """A PostgreSQL connection; committed when its block ends well."""
    # Imported here: the embedded demo runs where no PostgreSQL client library is.
    import psycopg

    return psycopg.connect(dsn)


MARK = "sample province"
"""How the comment of a schema begins that a demo made."""


class ForeignSchemaError(Exception):
    """A schema that the demo would have to replace, and did not make. `args[0]` is its name."""


@contextmanager
def postgres_writer(dsn: str, schema: str, mark: str) -> Iterator[Writer]:
    """Write a system as a schema, in one transaction; `mark` is kept as its comment.

    Raises:
        ForeignSchemaError: there is a schema of that name which no demo made.
    """
    found = postgres_schema(dsn, schema)
    if found is not None and not found.startswith(MARK):
        raise ForeignSchemaError(schema)
    with connect(dsn) as db:
        db.execute(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE'.encode())
        db.execute(f'CREATE SCHEMA "{schema}"'.encode())
        writer = _PostgresWriter(db, schema)
        yield writer
        writer.finish()
        db.execute(f"COMMENT ON SCHEMA \"{schema}\" IS '{mark}'".encode())


def postgres_schema(dsn: str, schema: str) -> str | None:
    """The comment of a schema ("" without one), or None where there is no such schema."""
    query = b"SELECT coalesce(obj_description(oid), '') FROM pg_namespace WHERE nspname = %s"
    with connect(dsn) as db:
        found = db.execute(query, [schema]).fetchone()
    return None if found is None else str(found[0])


class System(Protocol):
    """A system that exists already, opened for reading and changing in one transaction.
    Statements carry ``?`` placeholders and quoted names."""

    def query(self, statement: str, values: Sequence[Cell] = ()) -> list[tuple[Cell, ...]]:
        """All rows."""

    def execute(self, statement: str, values: Sequence[Cell] = ()) -> None:
        """Change something."""


class _SqliteSystem:
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def query(self, statement: str, values: Sequence[Cell] = ()) -> list[tuple[Cell, ...]]:
        return self._db.execute(statement, values).fetchall()

    def execute(self, statement: str, values: Sequence[Cell] = ()) -> None:
        self._db.execute(statement, values)


class _PostgresSystem:
    def __init__(self, db: psycopg.Connection[tuple[Cell, ...]]) -> None:
        self._db = db

    def query(self, statement: str, values: Sequence[Cell] = ()) -> list[tuple[Cell, ...]]:
        return self._db.execute(statement.replace("?", "%s").encode(), values).fetchall()

    def execute(self, statement: str, values: Sequence[Cell] = ()) -> None:
        self._db.execute(statement.replace("?", "%s").encode(), values)


@contextmanager
def open_system(path: Path, dsn: str | None, schema: str) -> Iterator[System]:
    """The system in the file `path`, or in `schema` of the database of `dsn`; what was changed
    is committed when the block ends well."""
    if dsn is None:
        with closing(sqlite3.connect(path)) as file, file:
            yield _SqliteSystem(file)
    else:
        with connect(dsn) as db:
            db.execute(f'SET search_path TO "{schema}"'.encode())
            yield _PostgresSystem(db)
