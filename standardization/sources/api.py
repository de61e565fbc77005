"""A paged JSON API, or pages of one recorded in a folder; cells are text.

``api+https://TOKEN@host/base`` sends the token as a bearer and never anywhere but to that host.
``api+file:///folder`` reads ``<folder>/<table>/*.json`` in the order of their names. `pages` of
the source says where rows are and how the next page is asked for. How a request is tried again
is `standardization.sources.http`.

An API has no snapshot. What it tells of the number of all rows is compared on every page and
with what came: where that changes during the read, all pages are read again, and after
`_TRIES` of that the read is refused.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from contracts.errors import Fault, Place
from contracts.i18n import _
from contracts.mappings import Pages, Paging, Source
from standardization.sources.dsn import Location
from standardization.sources.http import Client
from standardization.sources.json import rows_of
from standardization.sources.reader import Driver, Row, Since, chunks, unreachable, unreadable

_TRIES = 3
_MOST_PAGES = 100_000


class ApiReader(Driver):
    """Reads the tables that `pages` declares; all rows of one are on disk before the first
    is given."""

    def __init__(self, source: Source, location: Location) -> None:
        super().__init__(source, location)
        self._location = location
        self.incremental = any(pages.since for pages in source.pages.values())
        self._client: Client | None = None
        self._open = ExitStack()
        self._first: dict[str, list[str]] = {}

    def _enter(self) -> None:
        if self._location.url.startswith("api+file:"):
            if not self._location.path.is_dir():
                raise unreachable(self.source)
        else:
            self._client = self._open.enter_context(Client(self.source, self._location.url))

    def _leave(self) -> None:
        self._open.close()

    def tables(self) -> tuple[str, ...]:
        """The tables that the source declares."""
        return tuple(sorted(self.source.pages))

    def schema(self, table: str) -> pa.Schema:
        """The members of the rows of the first page."""
        if table not in self._first:
            first = next(self._fetch(table, None), None)
            names: dict[str, None] = {}
            for row in self._rows(table, first):
                names.update(dict.fromkeys(row))
            self._first[table] = list(names)
        return pa.schema([pa.field(name, pa.string()) for name in self._first[table]])

    def read(
        self, table: str, columns: Sequence[str], since: Since | None = None
    ) -> pa.RecordBatchReader:
        """Rows in the order of the pages."""
        wanted = pa.schema([pa.field(column, pa.string()) for column in columns])
        pages = self.source.pages[table]
        value = since.value if since and pages.since else None
        return pa.RecordBatchReader.from_batches(wanted, self._batches(table, value, wanted))

    def _batches(
        self, table: str, since: str | None, schema: pa.Schema
    ) -> Iterator[pa.RecordBatch]:
        with self._spooled(table, since, schema.names) as spool:
            for chunk in chunks(json.loads(line) for line in spool):
                columns = zip(*chunk, strict=True) if schema.names else ()
                arrays = [pa.array(column, pa.string()) for column in columns]
                yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    def _spooled(self, table: str, since: str | None, names: Sequence[str]) -> IO[str]:
        """All rows of `table`, one JSON list a line, read while nothing changed."""
        for _try in range(_TRIES):
            # Closed by the caller; deleted with it.
            spool = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - see above
            totals: set[int] = set()
            rows = 0
            try:
                for page in self._fetch(table, since):
                    total = _member(page, self.source.pages[table].total)
                    totals |= {int(total)} if isinstance(total, int | str) else set()
                    for row in self._rows(table, page):
                        spool.write(json.dumps([row.get(n) for n in names]) + "\n")
                        rows += 1
            except ValueError:
                spool.close()
                raise unreadable(self.source, table) from None
            except BaseException:
                spool.close()
                raise
            if totals in (set(), {rows}):
                spool.seek(0)
                return spool
            spool.close()
        raise Fault(
            "source.changing",
            _("The API does not give as many rows as it says it has, or changes while it is read."),
            remedy=_("Run again later; if it stays so, ask its owner."),
            place=Place(source=self.source.name, table=table),
        )

    def _rows(self, table: str, page: object) -> Iterator[Row]:
        return rows_of(page, self.source.pages[table].rows)

    def _fetch(self, table: str, since: str | None) -> Iterator[object]:
        pages = self.source.pages.get(table)
        if pages is None:
            raise KeyError(table)
        if self._client is None:
            return self._recorded(table)
        return self._asked(self._client, table, pages, since)

    def _recorded(self, table: str) -> Iterator[object]:
        folder: Path = self._location.path / table
        if not folder.is_dir():
            raise unreachable(self.source)
        for path in sorted(folder.glob("*.json")):
            try:
                yield json.loads(path.read_bytes())
            except (ValueError, RecursionError, OSError):
                raise unreadable(self.source, table) from None

    def _asked(
        self, client: Client, table: str, pages: Pages, since: str | None
    ) -> Iterator[object]:
        parameters: dict[str, str] = {}
        if pages.size_parameter:
            parameters[pages.size_parameter] = str(pages.size)
        if since is not None and pages.since:
            parameters[pages.since] = since
        if pages.paging in (Paging.PAGE, Paging.OFFSET):
            parameters[pages.parameter] = "1" if pages.paging is Paging.PAGE else "0"
        target: str = pages.path
        seen, rows = set(), 0
        for _number in range(_MOST_PAGES):
            page, link = client.get(table, target, parameters)
            yield page
            found = sum(1 for _row in self._rows(table, page))
            rows += found
            following = _member(page, pages.next) if pages.next else link
            if not found and pages.paging in (Paging.PAGE, Paging.OFFSET):
                return
            if pages.paging is Paging.PAGE:
                if found < pages.size and not pages.total:
                    return
                following = str(int(parameters[pages.parameter]) + 1)
            elif pages.paging is Paging.OFFSET:
                following = str(rows)
            if following in (None, "", False):
                return
            if following in seen:  # the same page again: it would never end
                raise unreadable(self.source, table)
            seen.add(following)
            if pages.paging is Paging.LINK:
                target, parameters = str(following), {}
            else:
                parameters = {**parameters, pages.parameter: str(following)}
        raise unreadable(self.source, table)


def _member(page: object, path: str | None) -> Any:
    """The member of `page` at a path such as ``meta.total``."""
    for name in path.split(".") if path else ():
        page = page.get(name) if isinstance(page, Mapping) else None
    return page if path else None
