"""A folder of CSV files: each file is a table, each column text.

The DSN may say ``?delimiter=;`` and ``?encoding=cp1258``; otherwise the delimiter is the one
of comma, semicolon and tab that the header has most of, and the encoding UTF-8.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Self

import pyarrow as pa
from pyarrow import csv as arrow_csv

from contracts.mappings import Source
from standardization.sources.dsn import Location
from standardization.sources.reader import Since, unreachable, unreadable

_DELIMITERS = (",", ";", "\t")


class CsvReader:
    """Reads ``<folder>/<table>.csv`` in blocks."""

    incremental = False

    def __init__(self, source: Source, location: Location) -> None:
        self.source = source
        self._folder = location.path
        self._encoding = location.options.get("encoding", "utf-8-sig")
        self._delimiter = location.options.get("delimiter")

    def __enter__(self) -> Self:
        if not self._folder.is_dir():
            raise unreachable(self.source)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing stays open between reads."""

    def tables(self) -> tuple[str, ...]:
        """File names without ``.csv``."""
        return tuple(sorted(path.stem for path in self._folder.glob("*.csv")))

    def schema(self, table: str) -> pa.Schema:
        """The header's names, all text."""
        header, _delimiter = self._header(table)
        return pa.schema([pa.field(name, pa.string()) for name in header])

    def read(
        self, table: str, columns: Sequence[str], since: Since | None = None
    ) -> pa.RecordBatchReader:
        """Rows in file order; empty cells are empty text."""
        wanted = pa.schema([pa.field(column, pa.string()) for column in columns])
        return pa.RecordBatchReader.from_batches(wanted, self._batches(table, wanted))

    def _batches(self, table: str, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        header, delimiter = self._header(table)
        encoding = "utf-8" if self._encoding == "utf-8-sig" else self._encoding
        try:
            with arrow_csv.open_csv(
                self._folder / f"{table}.csv",
                read_options=arrow_csv.ReadOptions(
                    column_names=header, skip_rows=1, encoding=encoding
                ),
                parse_options=arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
                convert_options=arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(header, pa.string()),
                    include_columns=schema.names,
                    strings_can_be_null=False,
                ),
            ) as reader:
                yield from reader
        except (pa.ArrowInvalid, UnicodeError, OSError):
            raise unreadable(self.source, table) from None

    def _header(self, table: str) -> tuple[list[str], str]:
        path = self._folder / f"{table}.csv"
        if not path.is_file():
            raise KeyError(table)
        try:
            with path.open(encoding=self._encoding, newline="") as lines:
                first = lines.readline()
        except (UnicodeError, LookupError, OSError):
            raise unreadable(self.source, table) from None
        delimiter = self._delimiter or max(_DELIMITERS, key=first.count)
        names = next(csv.reader([first], delimiter=delimiter), [])
        return [name.strip() for name in names], delimiter
