"""The database behind the emulated SQL Server: DuckDB, with columns as SQL Server declares them.

Here T-SQL becomes DuckDB's SQL: SELECT alone, by sqlglot. What is not understood is refused as
SQL Server refuses it, with its error numbers. Who is connected is `tests.sqlserver.server`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from tests.sqlserver.values import Kind

_STORED = {
    "tinyint": "UTINYINT", "smallint": "SMALLINT", "int": "INTEGER", "bigint": "BIGINT",
    "bit": "BOOLEAN", "real": "FLOAT", "float": "DOUBLE", "money": "DECIMAL(19,4)",
    "smallmoney": "DECIMAL(10,4)", "date": "DATE", "time": "TIME", "datetime": "TIMESTAMP",
    "datetime2": "TIMESTAMP", "smalldatetime": "TIMESTAMP", "uniqueidentifier": "UUID",
    "binary": "BLOB", "varbinary": "BLOB", "image": "BLOB", "timestamp": "BLOB",
}  # fmt: skip
_INTEGERS = ("ORDINAL_POSITION", "CHARACTER_MAXIMUM_LENGTH", "NUMERIC_PRECISION", "NUMERIC_SCALE")
_CATALOGUE = """
CREATE SCHEMA dbo; CREATE SCHEMA catalogue;
CREATE TABLE catalogue.tables(TABLE_SCHEMA TEXT, TABLE_NAME TEXT);
CREATE TABLE catalogue.columns(TABLE_SCHEMA TEXT, TABLE_NAME TEXT, COLUMN_NAME TEXT,
    ORDINAL_POSITION INT, DATA_TYPE TEXT, CHARACTER_MAXIMUM_LENGTH INT, NUMERIC_PRECISION INT,
    NUMERIC_SCALE INT)
"""


class SqlServerError(Exception):
    """An error of the server: number, severity, text."""

    def __init__(self, number: int, severity: int, text: str) -> None:
        super().__init__(text)
        self.number, self.severity, self.text = number, severity, text


@dataclass(frozen=True)
class Query:
    """A SELECT as DuckDB reads it, the types in which its columns travel (None: as text), and
    the tables of the schema ``dbo`` that it reads."""

    sql: str
    kinds: Sequence[Kind | None]
    tables: frozenset[str]


@dataclass
class Database:
    """Tables of the schema ``dbo``; `store` holds their rows."""

    store: duckdb.DuckDBPyConnection = field(default_factory=duckdb.connect)
    kinds: dict[str, dict[str, Kind]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.store.execute(_CATALOGUE)

    def table(
        self, name: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]] = ()
    ) -> None:
        """A table ``dbo.name`` with columns as SQL Server declares them, such as ``{"TEN":
        "nvarchar(50)"}``. Values of datetimeoffset are ISO texts."""
        kinds = {column: Kind.parse(declared) for column, declared in columns.items()}
        self.kinds[name] = kinds
        items = ", ".join(f"{_quoted(column)} {_stored(kind)}" for column, kind in kinds.items())
        self.run(f"CREATE TABLE dbo.{_quoted(name)} ({items})")
        self.run("INSERT INTO catalogue.tables VALUES ('dbo', ?)", name)
        for at, (column, kind) in enumerate(kinds.items(), 1):
            decimal = kind.name in ("decimal", "numeric")
            self.run(
                "INSERT INTO catalogue.columns VALUES ('dbo', ?, ?, ?, ?, ?, ?, ?)",
                *(name, column, at, kind.name, -1 if kind.size is None else kind.size),
                *((kind.size, kind.scale) if decimal else (None, None)),
            )
        if rows:
            marks = ", ".join("?" * len(kinds))
            into = f"INSERT INTO dbo.{_quoted(name)} VALUES ({marks})"
            self.store.cursor().executemany(into, rows)

    def run(self, sql: str, *bound: Any) -> None:
        """Change something (in DuckDB's SQL), as the sector system does while it is read."""
        self.store.cursor().execute(sql, bound)

    def translated(self, statement: str) -> Query:
        """A SELECT of T-SQL. SqlServerError 102 where it is none, 208 without such a table."""
        try:
            tree = sqlglot.parse_one(statement, read="tsql")
        except SqlglotError:
            tree = exp.Null()
        if not isinstance(tree, exp.Select):
            raise SqlServerError(102, 15, f"Incorrect syntax near '{statement[:20]}'.")
        known: dict[str, Kind] = {}
        tables = set()
        for table in tree.find_all(exp.Table):
            if table.db.upper() == "INFORMATION_SCHEMA":
                table.set("db", exp.to_identifier("catalogue"))
                known |= dict.fromkeys(_INTEGERS, Kind("int"))
            elif table.db == "dbo" and table.name in self.kinds:
                tables.add(table.name)
                known |= self.kinds[table.name]
            else:
                raise SqlServerError(208, 16, f"Invalid object name '{table.db}.{table.name}'.")
        kinds = [_kind_of(item.unalias(), known) for item in tree.selects]
        for cast in tree.find_all(exp.Cast):
            cast.set("to", exp.DataType.build(_stored(_target(cast)), dialect="duckdb"))
        # A text that is bare takes the type of what it is compared with, as in SQL Server.
        plain = tree.transform(lambda n: exp.Literal.string(n.name) if _is_text(n) else n)
        return Query(plain.sql("duckdb"), kinds, frozenset(tables))


def execute(store: duckdb.DuckDBPyConnection, query: Query) -> list[tuple[str, Kind]]:
    """Run a query in a session; gives the names and types of its columns. SqlServerError 207
    without such a column."""
    try:
        store.execute(query.sql)
    except duckdb.BinderException as error:
        name = re.search(r'column "([^"]*)" not found', str(error))
        if name is None:
            raise
        raise SqlServerError(207, 16, f"Invalid column name '{name[1]}'.") from None
    described = zip(store.description or (), query.kinds, strict=True)
    return [(str(column[0]), kind or Kind("nvarchar", 4000)) for column, kind in described]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _stored(kind: Kind) -> str:
    if kind.name in ("decimal", "numeric"):
        return f"DECIMAL({kind.size},{kind.scale})"
    return _STORED.get(kind.name, "TEXT")


def _is_text(node: exp.Expression) -> bool:
    return isinstance(node, exp.National)


def _target(cast: exp.Cast) -> Kind:
    """The type that a CAST names."""
    return Kind.parse(cast.to.sql("tsql"))


def _kind_of(item: exp.Expression, known: Mapping[str, Kind]) -> Kind | None:
    if isinstance(item, exp.Column):
        return known.get(item.name)
    return _target(item) if isinstance(item, exp.Cast) else None
