"""A reader that has nothing of what its source forbids.

The linter refuses a mapping that names it; this stands behind every driver, so that a
preview, a scaffold or a mapping that was not linted cannot reach it either.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Self

import pyarrow as pa

from contracts.never import forbidden
from standardization.sources.reader import Reader, Since


class GuardedReader:
    """`reader` without the tables and columns on its source's ``never`` list."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.source = reader.source
        self.incremental = reader.incremental

    def __enter__(self) -> Self:
        self._reader.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._reader.__exit__(kind, error, trace)

    def tables(self) -> tuple[str, ...]:
        """The tables that may be read."""
        never = self.source.never
        return tuple(name for name in self._reader.tables() if not forbidden(never, name))

    def schema(self, table: str) -> pa.Schema:
        """The columns that may be read."""
        never = self.source.never
        if forbidden(never, table):
            raise KeyError(table)
        fields = self._reader.schema(table)
        return pa.schema([f for f in fields if not forbidden(never, table, f.name)])

    def read(
        self, table: str, columns: Sequence[str], since: Since | None = None
    ) -> pa.RecordBatchReader:
        """The rows of `table`; KeyError for a column that must not be read."""
        asked = [*columns, since.column] if since else columns
        for column in asked:
            if forbidden(self.source.never, table, column):
                raise KeyError(column)
        return self._reader.read(table, columns, since)
