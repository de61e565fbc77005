"""What every source driver offers: tables, their schema, and their rows in Arrow batches.

Here belong the `Reader` protocol, what drivers have in common (`Driver` and, where every column
is text, `TextDriver` and `RowsDriver`), the filter of an incremental read and the faults. How one
kind of source is read is in the module named for it; what becomes of the rows is
`standardization.landing`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from types import TracebackType
from typing import Protocol, Self, TypeVar

import pyarrow as pa

from contracts.errors import Fault, Place
from contracts.i18n import _
from contracts.mappings import Source
from standardization.sources.dsn import Location

BATCH_ROWS = 20_000
"""Rows in one Arrow batch of a driver that makes its batches itself."""

T = TypeVar("T")
Row = dict[str, str | None]
"""A row of text: column → cell."""


@dataclass(frozen=True)
class Since:
    """Rows of a table whose `column` is at or after `value` or is null (so that a row without
    the date is never lost). `value` is as text what the column holds."""

    column: str
    value: str


class Reader(Protocol):
    """An open source. Everything read between `__enter__` and `__exit__` is one snapshot.

    `incremental` tells whether `read` honours `since`; a driver that does not reads all.
    """

    source: Source
    incremental: bool

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def tables(self) -> tuple[str, ...]:
        """Names of the tables, sorted."""

    def schema(self, table: str) -> pa.Schema:
        """Columns of `table` with the types in which they are read; KeyError without it."""

    def read(
        self, table: str, columns: Sequence[str], since: Since | None = None
    ) -> pa.RecordBatchReader:
        """The rows of `table`, only `columns`, in that order; as many batches as it takes."""


class Driver(ABC):
    """A reader that opens its source in `_enter` and lets go of it in `_leave`; `_path` is where
    a source is that is a file or a folder."""

    incremental = False

    def __init__(self, source: Source, location: Location) -> None:
        self.source = source
        self._path = location.path

    def __enter__(self) -> Self:
        self._enter()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._leave()

    @abstractmethod
    def _enter(self) -> None:
        """Open the source. Fault ``source.unreachable`` and others."""

    def _leave(self) -> None:  # noqa: B027 - files that are read at once need nothing here
        """Let go of the source. By default nothing stays open between reads."""

    @abstractmethod
    def tables(self) -> tuple[str, ...]:
        """As `Reader.tables`."""

    @abstractmethod
    def schema(self, table: str) -> pa.Schema:
        """As `Reader.schema`."""


class TextDriver(Driver):
    """A driver of sources in which every column is text."""

    def read(
        self, table: str, columns: Sequence[str], since: Since | None = None
    ) -> pa.RecordBatchReader:
        """All rows in the order of the source; empty cells of a text file are empty text."""
        wanted = pa.schema([pa.field(column, pa.string()) for column in columns])
        return pa.RecordBatchReader.from_batches(wanted, self._batches(table, wanted))

    @abstractmethod
    def _batches(self, table: str, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        """The columns of `schema` of all rows."""


class RowsDriver(TextDriver):
    """A driver that gives rows one by one, by the names of their columns."""

    @abstractmethod
    def _rows(self, table: str) -> Iterator[Row]:
        """The rows; a column that a row lacks is null."""

    def _batches(self, table: str, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        return batches(self._rows(table), schema)


def batches(rows: Iterable[Row], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Rows of text as batches with the columns of `schema`."""
    for chunk in chunks(rows):
        arrays = [pa.array([row.get(name) for row in chunk], pa.string()) for name in schema.names]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def chunks(rows: Iterable[T]) -> Iterator[list[T]]:
    """`rows` in lists of `BATCH_ROWS`, the last one shorter."""
    rest = iter(rows)
    while chunk := list(islice(rest, BATCH_ROWS)):
        yield chunk


def unreachable(source: Source) -> Fault:
    """The source does not answer, or stopped answering."""
    return Fault(
        "source.unreachable",
        _("The source cannot be reached or stopped answering."),
        remedy=_("Check that it runs and that {connection} names it, then run again."),
        place=Place(source=source.name),
        connection=source.connection,
    )


def refused(source: Source) -> Fault:
    """The source answered but does not accept the credentials."""
    return Fault(
        "source.credentials",
        _("The source refused the user name, the password or the right to read."),
        remedy=_("Ask its owner for a valid account and put it into {connection}."),
        place=Place(source=source.name),
        connection=source.connection,
    )


def unreadable(source: Source, table: str | None = None) -> Fault:
    """The source is there but is not what its kind says (not a database, not UTF-8 …)."""
    return Fault(
        "source.unreadable",
        _("The source is not readable as {connection} describes it."),
        remedy=_("Check the kind, the encoding and that the file is whole."),
        place=Place(source=source.name, table=table),
        connection=source.connection,
    )
