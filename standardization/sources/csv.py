"""A folder of CSV files: each file is a table, each column text.

The DSN may say ``?delimiter=;``, ``?encoding=…`` and ``?header=3``, the line where the header
begins (the first). Otherwise the delimiter is the one of comma, semicolon, tab and bar that the
header has most of, and the encoding UTF-8. Here bytes become characters: ``tcvn3`` and ``vni``
are fonts over the Western code page, so their bytes are read as that page's letters, which the
cleaning functions ``tcvn3_text`` and ``vni_text`` turn into Vietnamese; VIQR is plain ASCII and
needs ``viqr_text`` alone.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import pyarrow as pa
from pyarrow import csv as arrow_csv

from contracts.errors import Fault, Place
from contracts.i18n import _
from contracts.mappings import Source
from standardization.sources.dsn import Location
from standardization.sources.reader import TextDriver, unreachable, unreadable
from standardization.sources.sheets import label, unique_names

_DELIMITERS = (",", ";", "\t", "|")
_END = "end of the file"
_FONTS = {"tcvn3": "cp1252", "vni": "cp1252", "viqr": "utf-8-sig"}
_LARGEST_CELL = 64 << 20
"""Characters of one cell; a file whose quotes do not close has larger ones."""


@dataclass(frozen=True)
class _Header:
    """Names of the columns ("" where there is none) and what stands between them."""

    names: tuple[str, ...]
    delimiter: str


class CsvReader(TextDriver):
    """Reads ``<folder>/<table>.csv`` in blocks; of a single file, that file's table."""

    def __init__(self, source: Source, location: Location) -> None:
        super().__init__(source, location)
        encoding = location.options.get("encoding", "utf-8-sig").lower()
        self._encoding = _FONTS.get(encoding, encoding)
        self._delimiter = location.options.get("delimiter")
        line = location.options.get("header", "1")
        self._lines_above = int(line) - 1 if line.isdigit() and int(line) > 0 else 0

    def _enter(self) -> None:
        if not self._path.exists():
            raise unreachable(self.source)
        try:
            codecs.lookup(self._encoding)
        except LookupError:
            raise unreadable(self.source) from None

    def tables(self) -> tuple[str, ...]:
        """File names without ``.csv``."""
        return tuple(sorted(self._files()))

    def schema(self, table: str) -> pa.Schema:
        """The header's names, all text."""
        names = self._header(table).names
        return pa.schema([pa.field(name, pa.string()) for name in names if name])

    def _files(self) -> dict[str, Path]:
        if self._path.is_file():
            return {self._path.stem: self._path}
        return {path.stem: path for path in self._path.glob("*.csv")}

    def _batches(self, table: str, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        header = self._header(table)
        self._refuse_open_quote(table, header.delimiter)
        # A column without a name still takes its place in every row.
        names = [name or f"\0{position}" for position, name in enumerate(header.names)]
        encoding = "utf-8" if self._encoding == "utf-8-sig" else self._encoding
        try:
            with arrow_csv.open_csv(
                self._files()[table],
                # A header may hold line breaks: it is skipped as a row, not as a line.
                read_options=arrow_csv.ReadOptions(
                    column_names=names,
                    skip_rows=self._lines_above,
                    skip_rows_after_names=1,
                    encoding=encoding,
                ),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=header.delimiter, newlines_in_values=True
                ),
                convert_options=arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()),
                    include_columns=schema.names,
                    strings_can_be_null=False,
                ),
            ) as reader:
                yield from reader
        except (pa.ArrowException, UnicodeError, OSError):
            self._refuse(table, header)

    def _refuse_open_quote(self, table: str, delimiter: str) -> None:
        """A quote that is never closed would take all rows after it into one cell."""
        path = self._files()[table]
        try:
            with path.open("rb") as stream:
                blocks = iter(lambda: stream.read(1 << 20), b"")
                even = sum(block.count(b'"') for block in blocks) % 2 == 0
            if even and not self._encoding.startswith("utf-16"):
                return
            csv.field_size_limit(_LARGEST_CELL)
            last: list[str] = []
            with path.open(encoding=self._encoding, newline="") as lines:
                for row in csv.reader(chain(lines, ("\n", _END)), delimiter=delimiter):
                    last = row or last
        except (UnicodeError, OSError, csv.Error):
            raise unreadable(self.source, table) from None
        if last != [_END]:
            raise unreadable(self.source, table)

    def _refuse(self, table: str, header: _Header) -> None:
        """Raise what is wrong with a file that could not be read whole: the line where a row
        has not as many cells as the header, else that it is unreadable."""
        csv.field_size_limit(_LARGEST_CELL)
        try:
            with self._files()[table].open(encoding=self._encoding, newline="") as lines:
                rows = csv.reader(lines, delimiter=header.delimiter)
                width = len(header.names)
                for row in rows:
                    if row and len(row) != width and rows.line_num > self._lines_above:
                        raise _wrong_width(self.source, table, rows.line_num, width, len(row))
        except (UnicodeError, OSError, csv.Error):
            pass
        raise unreadable(self.source, table)

    def _header(self, table: str) -> _Header:
        path = self._files().get(table)
        if path is None:
            raise KeyError(table)
        try:
            with path.open(encoding=self._encoding, newline="") as lines:
                rest = islice(lines, self._lines_above, None)
                first = next(rest, "")
                delimiter = self._delimiter or max(_DELIMITERS, key=first.count)
                names = next(csv.reader(chain((first,), rest), delimiter=delimiter), [])
        except (UnicodeError, OSError, csv.Error):
            raise unreadable(self.source, table) from None
        return _Header(unique_names([label(name) for name in names]), delimiter)


def _wrong_width(source: Source, table: str, line: int, width: int, cells: int) -> Fault:
    return Fault(
        "source.csv_row",
        _("The row that ends at this line has {cells} cells, its header {width}."),
        remedy=_("Ask for the file again; a text with the delimiter or a line break needs quotes."),
        place=Place(source=source.name, file=f"{table}.csv", line=line, table=table),
        cells=cells,
        width=width,
    )
