"""A legacy XLS workbook (BIFF in OLE2), by xlrd; such a sheet has 65,536 rows at most.

Files whose size is no multiple of the OLE2 sector, as the General Statistics Office exports
them, are whole none the less and are read.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Mapping
from datetime import datetime, time
from typing import Literal

import xlrd
from xlrd.biffh import XLRDError
from xlrd.compdoc import CompDocError
from xlrd.sheet import Cell, Sheet

from contracts.mappings import Source
from standardization.sources.dsn import Location
from standardization.sources.reader import unreadable
from standardization.sources.sheets import Cells, Grid, Merge
from standardization.sources.workbook import WorkbookReader

_BROKEN = (
    *(XLRDError, CompDocError, struct.error, OSError, ValueError, LookupError),
    *(AssertionError, TypeError, AttributeError),
)
"""What xlrd lets through for a file that is not a whole workbook."""


class XlsReader(WorkbookReader):
    """Reads one ``.xls``."""

    def __init__(self, source: Source, location: Location) -> None:
        super().__init__(source, location)
        self._book: xlrd.Book | None = None

    def _open(self) -> Mapping[str, Grid]:
        try:
            # xlrd says what it finds odd on standard output; nobody reads it there.
            self._book = xlrd.open_workbook(
                str(self._path), logfile=io.StringIO(), formatting_info=True
            )
            sheets = [sheet for sheet in self._book.sheets() if sheet.visibility == 0]
            return {sheet.name: _grid(sheet, self._book.datemode) for sheet in sheets}
        except _BROKEN:
            raise unreadable(self.source) from None

    def _close(self) -> None:
        if self._book:
            self._book.release_resources()


def _grid(sheet: Sheet, datemode: Literal[0, 1]) -> Grid:
    hidden = {at for at, column in sheet.colinfo_map.items() if column.hidden}
    merges = tuple(
        Merge(top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells
    )

    def rows() -> Iterator[Cells]:
        for number in range(sheet.nrows):
            yield [_text(cell, datemode) for cell in sheet.row(number)]

    return Grid(rows, merges, frozenset(hidden))


def _text(cell: Cell, datemode: Literal[0, 1]) -> str | None:
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return None
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return "true" if cell.value else "false"
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(int(cell.value), "#N/A")
    if cell.ctype == xlrd.XL_CELL_DATE:
        return _date(float(cell.value), datemode)
    if cell.ctype == xlrd.XL_CELL_NUMBER:
        number = float(cell.value)
        return str(int(number)) if number.is_integer() else repr(number)
    return str(cell.value)


def _date(number: float, datemode: Literal[0, 1]) -> str:
    """ISO text; a number that is no date of Excel's stays a number, to be judged."""
    try:
        found: datetime = xlrd.xldate_as_datetime(number, datemode)
    except (ValueError, OverflowError, xlrd.xldate.XLDateError):
        return repr(number)
    if number < 1:
        return found.time().isoformat()
    return found.date().isoformat() if found.time() == time() else found.isoformat(" ")
