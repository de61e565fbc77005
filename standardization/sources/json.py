"""A JSON file: tables are path templates declared in ``sources.yaml``, cells are text.

``DICT.{province}.{new}[old]`` walks the object ``DICT``, then each member (its key is the
column ``province``), then each member of that (column ``new``), then each element of the
list there, a text in the column ``old``. With ``[]`` the elements are objects, whose members
are the columns.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa

from contracts.mappings import Source
from standardization.sources.dsn import Location
from standardization.sources.reader import Row, RowsDriver, unreachable, unreadable

_STEP = re.compile(r"\{(?P<key>\w+)\}|\[(?P<element>\w*)\]|(?P<member>[^.\[\]{}]+)")
_SAMPLE = 1_000


class JsonReader(RowsDriver):
    """Reads one JSON file, which is held in memory while it is open."""

    def __init__(self, source: Source, location: Location) -> None:
        super().__init__(source, location)
        self._document: object = None

    def _enter(self) -> None:
        if not self._path.is_file():
            raise unreachable(self.source)
        try:
            self._document = json.loads(self._path.read_bytes())
        except (ValueError, RecursionError):
            raise unreadable(self.source) from None

    def _leave(self) -> None:
        self._document = None

    def tables(self) -> tuple[str, ...]:
        """The tables that the source declares."""
        return tuple(sorted(self.source.tables))

    def schema(self, table: str) -> pa.Schema:
        """The captured names, then the members of the first thousand elements."""
        names: dict[str, None] = {}
        for _number, row in zip(range(_SAMPLE), self._rows(table), strict=False):
            names.update(dict.fromkeys(row))
        return pa.schema([pa.field(name, pa.string()) for name in names])

    def _rows(self, table: str) -> Iterator[Row]:
        return rows_of(self._document, self.source.tables[table])


def rows_of(document: object, template: str) -> Iterator[Row]:
    """The rows that a path template finds in a document."""
    return _walk(document, [found.groupdict() for found in _STEP.finditer(template)], {})


def _walk(node: object, steps: Sequence[Mapping[str, str | None]], captured: Row) -> Iterator[Row]:
    if not steps:
        members = node.items() if isinstance(node, dict) else ()
        yield captured | {str(name): cell_text(value) for name, value in members}
        return
    step, rest = steps[0], steps[1:]
    if (member := step["member"]) is not None:
        if isinstance(node, dict) and member in node:
            yield from _walk(node[member], rest, captured)
    elif (key := step["key"]) is not None:
        for name, value in node.items() if isinstance(node, dict) else ():
            yield from _walk(value, rest, captured | {key: name})
    elif isinstance(node, list):
        element = step["element"]
        for value in node:
            named = captured | {element: cell_text(value)} if element else captured
            yield from _walk(value, rest, named)


def cell_text(value: object) -> str | None:
    """A JSON value as the text of a cell."""
    match value:
        case None | str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
    return json.dumps(value, ensure_ascii=False)
