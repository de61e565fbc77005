"""An XLSX workbook, row by row: its values by openpyxl, its layout from the same XML.

Neither values nor layout are held whole: a workbook of any length is read in bounded memory.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from xml.etree.ElementTree import ParseError, iterparse

import openpyxl
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook

from contracts.mappings import Source
from standardization.sources.dsn import Location
from standardization.sources.reader import unreadable
from standardization.sources.sheets import Cells, Grid, Merge
from standardization.sources.workbook import WorkbookReader

_BROKEN = (
    *(InvalidFileException, zipfile.BadZipFile, KeyError, OSError, ValueError, ParseError),
    *(EOFError, NotImplementedError, TypeError, AttributeError, zipfile.error),
)
"""What openpyxl lets through for a file that is not a whole workbook."""
_UNPACKED = 1 << 30
"""Bytes that the parts of a workbook may have together; a zip bomb has more."""


class XlsxReader(WorkbookReader):
    """Reads one ``.xlsx``."""

    def __init__(self, source: Source, location: Location) -> None:
        super().__init__(source, location)
        self._book: Workbook | None = None

    def _open(self) -> Mapping[str, Grid]:
        try:
            with zipfile.ZipFile(self._path) as archive:
                if sum(part.file_size for part in archive.infolist()) > _UNPACKED:
                    raise unreadable(self.source)
                self._book = openpyxl.load_workbook(self._path, read_only=True, data_only=True)
                shown = [s for s in self._book.worksheets if s.sheet_state == "visible"]
                return {s.title: self._grid(archive, s.title) for s in shown}
        except _BROKEN:
            raise unreadable(self.source) from None

    def _close(self) -> None:
        if self._book:
            self._book.close()

    def _grid(self, archive: zipfile.ZipFile, title: str) -> Grid:
        book = self._book
        if book is None:
            raise KeyError(title)
        sheet = book[title]
        # Without it openpyxl trusts the extent that the file claims, which may be wrong.
        vars(sheet).update(_max_row=None, _max_column=None)
        merges, hidden = _layout(archive, vars(sheet)["_worksheet_path"])

        def rows() -> Iterator[Cells]:
            try:
                for row in sheet.iter_rows(values_only=True):
                    yield [_text(cell) for cell in row]
            except _BROKEN:
                raise unreadable(self.source, title) from None

        return Grid(rows, merges, hidden)


def _layout(archive: zipfile.ZipFile, path: str) -> tuple[tuple[Merge, ...], frozenset[int]]:
    """Merged cells and hidden columns of one sheet."""
    merges: list[Merge] = []
    hidden: set[int] = set()
    with archive.open(path) as stream:
        # expat refuses entities that unfold without bound; the zip's size is bounded above.
        for _event, element in iterparse(stream):  # noqa: S314 - see the line above
            name = re.sub(r"^\{.*\}", "", element.tag)
            if name == "col" and element.get("hidden") in ("1", "true"):
                first, last = int(element.get("min", "1")), int(element.get("max", "1"))
                hidden.update(range(first - 1, min(last, 16_384)))
            elif name == "mergeCell":
                left, top, right, bottom = range_boundaries(element.get("ref", "A1"))
                if left and top and right and bottom:
                    merges.append(Merge(top - 1, left - 1, bottom - 1, right - 1))
            if name in ("row", "col", "mergeCell"):
                element.clear()
    return tuple(merges), frozenset(hidden)


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
        case timedelta():
            return str(cell)
    return str(cell)
