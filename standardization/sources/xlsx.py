"""An XLSX workbook: each visible sheet is a table, each cell text.

The header is the first row with at least two filled cells (or the first filled row, where
none has two). Dates become ISO text, whole numbers lose their ``.0``, blank rows are left out.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from types import TracebackType
from typing import Self

import openpyxl
import pyarrow as pa
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook

from contracts.mappings import Source
from standardization.sources.dsn import Location
from standardization.sources.reader import Since, chunks, unreachable, unreadable

Row = tuple[object, ...]


class XlsxReader:
    """Reads one workbook row by row, without holding it."""

    incremental = False

    def __init__(self, source: Source, location: Location) -> None:
        self.source = source
        self._path = location.path
        self._book: Workbook

    def __enter__(self) -> Self:
        if not self._path.is_file():
            raise unreachable(self.source)
        try:
            self._book = openpyxl.load_workbook(self._path, read_only=True, data_only=True)
        except (InvalidFileException, zipfile.BadZipFile, KeyError, OSError, ValueError):
            raise unreadable(self.source) from None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._book.close()

    def tables(self) -> tuple[str, ...]:
        """Names of the sheets that are not hidden."""
        return tuple(s.title for s in self._book.worksheets if s.sheet_state == "visible")

    def schema(self, table: str) -> pa.Schema:
        """The header's names, all text."""
        header, _rows = self._open(table)
        return pa.schema([pa.field(name, pa.string()) for name in header if name])

    def read(
        self, table: str, columns: Sequence[str], since: Since | None = None
    ) -> pa.RecordBatchReader:
        """Rows in sheet order."""
        wanted = pa.schema([pa.field(column, pa.string()) for column in columns])
        return pa.RecordBatchReader.from_batches(wanted, self._batches(table, wanted))

    def _batches(self, table: str, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        header, rows = self._open(table)
        places = [header.index(name) for name in schema.names]
        filled = (row for row in rows if any(cell is not None for cell in row))
        for chunk in chunks(filled):
            arrays = [
                pa.array([_text(row[at]) if at < len(row) else None for row in chunk], pa.string())
                for at in places
            ]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    def _open(self, table: str) -> tuple[list[str], Iterator[Row]]:
        """The header and the rows after it."""
        if table not in self.tables():
            raise KeyError(table)
        rows = self._book[table].iter_rows(values_only=True)
        narrow: tuple[list[str], int] | None = None
        for number, row in enumerate(rows):
            names = [(_text(cell) or "").strip() for cell in row]
            filled = sum(1 for name in names if name)
            if filled > 1:
                return names, rows
            if filled and narrow is None:
                narrow = (names, number)
        if narrow is None:
            raise unreadable(self.source, table)
        rows = self._book[table].iter_rows(values_only=True, min_row=narrow[1] + 2)
        return narrow[0], rows


def _text(cell: object) -> str | None:
    match cell:
        case None:
            return None
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime():
            # Excel stores a date as midnight; openpyxl cannot tell them apart either.
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
        case date() | time():
            return cell.isoformat()
    return str(cell)
