"""An open DuckDB connection as the DB-API connection that SQLAlchemy's DuckDB dialect wants.

Great Expectations opens and closes a connection around each query and reads the result only
afterwards; a DuckDB result does not outlive that. (It spares the dialects it knows, by a
private list that DuckDB is not on.) So a cursor here reads its rows when it executes. Nothing
here knows Great Expectations or a check.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import duckdb

FETCHED_ROWS = 1_000
"""Rows a cursor keeps of a result: aggregates give one, and nothing here needs more."""

Row: TypeAlias = "tuple[object, ...]"


@dataclass(frozen=True)
class Rows:
    """The answer to a query: a description of its columns as the DB-API has it, and rows."""

    description: tuple[tuple[object, ...], ...]
    rows: list[Row]


Answer: TypeAlias = Callable[[str, Sequence[object]], Rows]
"""Answers a statement with its parameters, or raises `duckdb.Error`."""


def answering(connection: duckdb.DuckDBPyConnection) -> Answer:
    """Answers from `connection`, with the first `FETCHED_ROWS` rows."""

    def answer(statement: str, parameters: Sequence[object]) -> Rows:
        result = connection.execute(statement, parameters or None)
        # Types as text: DuckDB's own cannot go to another process.
        described = tuple((name, str(kind), *rest) for name, kind, *rest in result.description)
        return Rows(described, result.fetchmany(FETCHED_ROWS))

    return answer


class BorrowedConnection:
    """Lends out a connection that `answer` reaches, in this process or another: closing,
    committing and rolling back leave it as it is, so that views and registered relations of
    the run are seen and survive."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.notices: list[str] = []

    def cursor(self) -> ReadAheadCursor:
        """A cursor on the borrowed connection."""
        return ReadAheadCursor(self._answer, self)

    def begin(self) -> None:
        """Nothing: only reads come through here."""

    def commit(self) -> None:
        """Nothing, as `begin`."""

    def rollback(self) -> None:
        """Nothing, as `begin`."""

    def close(self) -> None:
        """Nothing: the owner closes the connection."""


class ReadAheadCursor:
    """A DB-API cursor that holds its (few) rows itself."""

    arraysize = 1
    rowcount = -1

    def __init__(self, answer: Answer, connection: BorrowedConnection) -> None:
        self._answer = answer
        self._rows: list[Row] = []
        self.connection = connection
        self.description: object = None

    def execute(
        self, statement: str, parameters: Sequence[object] | None = None, context: object = None
    ) -> None:
        """Run a query and read its first `FETCHED_ROWS` rows."""
        found = self._answer(statement, parameters or ())
        self.description = found.description
        self._rows = list(found.rows)

    def fetchone(self) -> Row | None:
        """The next row, if any."""
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int | None = None) -> list[Row]:
        """The next `size` rows."""
        size = size or self.arraysize
        taken, self._rows = self._rows[:size], self._rows[size:]
        return taken

    def fetchall(self) -> list[Row]:
        """All rows that are left."""
        taken, self._rows = self._rows, []
        return taken

    def close(self) -> None:
        """Let the rows go."""
        self._rows = []
