"""A workbook's tables, whatever format it is in: each visible sheet, or what `sheets` declares.

Cells are text: dates ISO, whole numbers without ``.0``, formula errors as they are shown
(``#N/A``). Hidden sheets are no tables and hidden columns are not read; hidden rows are, since
a filter hides rows that are none the less there.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

import pyarrow as pa

from contracts.mappings import Sheet, Source
from contracts.never import folded
from standardization.sources.dsn import Location
from standardization.sources.reader import Row, TextDriver, batches, unreachable, unreadable
from standardization.sources.sheets import Grid, Header, data_rows, find_header


class WorkbookReader(TextDriver):
    """Reads one workbook; a format says how its sheets become grids."""

    def __init__(self, source: Source, location: Location) -> None:
        super().__init__(source, location)
        self._grids: Mapping[str, Grid] = {}
        self._headers: dict[tuple[str, Sheet], Header] = {}

    @abstractmethod
    def _open(self) -> Mapping[str, Grid]:
        """The visible sheets by name, in order. Fault ``source.unreadable``."""

    @abstractmethod
    def _close(self) -> None:
        """Let go of the file."""

    def _enter(self) -> None:
        if not self._path.is_file():
            raise unreachable(self.source)
        self._grids = self._open()

    def _leave(self) -> None:
        self._close()

    def tables(self) -> tuple[str, ...]:
        """What `sheets` declares, then the visible sheets that it does not name."""
        declared = {t: self._sheets_of(t, sheet) for t, sheet in self.source.sheets.items()}
        taken = {name for names in declared.values() for name in names}
        found = (table for table, names in declared.items() if names)
        return (*found, *(name for name in self._grids if name not in taken))

    def schema(self, table: str) -> pa.Schema:
        """The header's names, all text."""
        names: dict[str, None] = {}
        for title, sheet in self._parts(table):
            names.update(dict.fromkeys(self._columns(table, title, sheet)))
        return pa.schema([pa.field(name, pa.string()) for name in names])

    def _batches(self, table: str, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        for title, sheet in self._parts(table):
            if set(schema.names) - set(self._columns(table, title, sheet)):
                raise unreadable(self.source, title)
            yield from batches(self._rows(table, title, sheet), schema)

    def _rows(self, table: str, title: str, sheet: Sheet) -> Iterator[Row]:
        header = self._header(table, title, sheet)
        places = [(at, name) for at, name in enumerate(header.names) if name]
        for section, cells in data_rows(self._grids[title], header, sheet):
            row: Row = {name: cells[at] if at < len(cells) else None for at, name in places}
            if sheet.section:
                row[sheet.section] = section
            if sheet.sheet_column:
                row[sheet.sheet_column] = title
            yield row

    def _columns(self, table: str, title: str, sheet: Sheet) -> list[str]:
        names = [name for name in self._header(table, title, sheet).names if name]
        return [*names, *(extra for extra in (sheet.section, sheet.sheet_column) if extra)]

    def _header(self, table: str, title: str, sheet: Sheet) -> Header:
        if (title, sheet) not in self._headers:
            header = find_header(self._grids[title], sheet)
            if header is None or not any(header.names):
                raise unreadable(self.source, table)
            self._headers[title, sheet] = header
        return self._headers[title, sheet]

    def _parts(self, table: str) -> list[tuple[str, Sheet]]:
        """The sheets that `table` is made of; KeyError where there is none."""
        sheet = self.source.sheets.get(table)
        names = self._sheets_of(table, sheet) if sheet else [n for n in self._grids if n == table]
        if not names:
            raise KeyError(table)
        return [(name, sheet or Sheet()) for name in names]

    def _sheets_of(self, table: str, sheet: Sheet) -> list[str]:
        pattern = folded(sheet.sheet or table)
        return [name for name in self._grids if fnmatchcase(folded(name), pattern)]
