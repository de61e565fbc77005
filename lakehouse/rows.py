"""Reading the rows of one release: pages for the row API and the portal.

Straight from the release's Parquet files, by a DuckDB that can open these files and nothing
else. What may be asked is `lakehouse.questions`; who may ask is `catalog`'s.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from contracts.errors import Fault
from contracts.i18n import _
from contracts.releases import Release
from contracts.times import VIETNAM
from lakehouse.cursors import Position, read_cursor, write_cursor
from lakehouse.engine import RowEngine
from lakehouse.fields import MOMENT, Field, bad_value, type_name
from lakehouse.pages import Pages
from lakehouse.parts import ROW, Parts, granted_parts, parts_of
from lakehouse.questions import Asked, Asking, Question
from lakehouse.stores import Stores, Zone
from lakehouse.turns import TURNS, Turns
from lakehouse.versions import describe

__all__ = ["ROW", "Field", "Page", "RowReader"]

_WINDOW = 10_240  # rows of one piece of a stream: half a row group


@dataclass(frozen=True)
class Page:
    """Rows of one answer, by column name; `total` of all pages, None if it was not asked.

    Values are `str`, `int`, `float`, `Decimal`, `bool`, `date`, `datetime` (of a moment: at
    +07:00), `list` or None. `cursor` leads to the next page, None after the last. `last` is
    the number of the page's last row where the rows are in their own order and more follow.
    """

    rows: tuple[dict[str, object], ...]
    total: int | None
    fields: tuple[Field, ...]
    cursor: str | None = None
    last: int | None = None


class RowReader:
    """The rows of one release, for many readers at once; make it once and keep it.

    Args:
        release: whose rows. Its verdict and withdrawal are the caller's to look at.
        zone: `Zone.OPEN`, or `Zone.SHARED` for readers with a grant.
        columns: those that may be seen, in this order; None means all there are.
        condition: the rows that may be seen, as `lakehouse.conditions.check_condition` gave
            it. They alone are copied, in `columns`, to a file that lives as long as the
            reader, and numbered anew.
        scratch: folder for that file; default: the system's own.
        memory_limit: DuckDB's own, of one release; nothing is ever spilled to disk.
        turns: how many questions run at once.

    Raises:
        Fault: ``rows.none``, ``rows.condition``, or what the store refuses.
    """

    def __init__(
        self,
        release: Release,
        stores: Stores,
        *,
        zone: Zone = Zone.OPEN,
        columns: Sequence[str] | None = None,
        condition: str | None = None,
        scratch: Path | None = None,
        memory_limit: str = "512MB",
        threads: int = 2,
        turns: Turns = TURNS,
    ) -> None:
        self.release = release
        locate: Callable[[], Parts] = partial(parts_of, release, stores, zone)
        if condition is not None:
            self._folder = tempfile.TemporaryDirectory(dir=scratch, prefix="granted-")
            path = Path(self._folder.name) / "rows.parquet"
            locate = partial(_granted, locate, columns, condition, path)
        self._engine = RowEngine(release.dataset, locate, turns, memory_limit, threads)
        self._rows = self._engine.parts.rows
        self._pages = Pages(self._rows)
        there = describe(self._engine.connection, "FROM rows")
        chosen = [name for name in columns or there if name in there and name != ROW]
        named = (Field(name, type_name(there[name]), there[name]) for name in chosen)
        self._asking = Asking(release.dataset, (Field(ROW, "int", "BIGINT"), *named))
        # Of what may be seen, so that a cursor of one grant is none of another.
        names = (field.name for field in self._asking.columns)
        self.identity = "\0".join((self._engine.parts.identity, *names))

    def fields(self) -> tuple[Field, ...]:
        """The columns there are, the row number `ROW` first."""
        return self._asking.columns

    def search(
        self,
        *,
        filters: object = None,
        q: str | Mapping[str, str] | None = None,
        full_text: str | None = None,
        sort: str | None = None,
        limit: int = 100,
        offset: int = 0,
        cursor: str | None = None,
        fields: Sequence[str] | None = None,
        distinct: bool = False,
        include_total: bool = True,
    ) -> Page:
        """One page of rows.

        Args:
            filters: see `lakehouse.filters`.
            q: words that must all occur in text columns, or column → words; marks and case
                do not matter. `full_text` are further words, in any text column.
            sort: ``a desc, b``; without it rows come in file order. An upper bound of
                `limit` is the caller's rule.
            cursor: of the page before; then `offset` means nothing.
            distinct: each combination of `fields` once.

        Raises:
            Fault: ``rows.unknown_field``, ``rows.bad_filter``, ``rows.bad_value``,
                ``rows.bad_words``, ``rows.bad_sort``, ``rows.bad_page``,
                ``rows.bad_cursor``, ``rows.too_heavy``, ``rows.too_slow``, ``rows.busy`` or
                ``rows.failed``.
        """
        if limit < 0 or offset < 0 or max(limit, offset) >= 1 << 62:
            raise Fault(
                "rows.bad_page",
                _("Limit and offset must be 0 or more."),
                remedy=_("Example: limit=100, offset=0."),
            )
        asked = Asked(filters, q, full_text, sort, fields, distinct)
        question = self._asking.question(asked)
        bound = self.identity + asked.digest
        start = read_cursor(cursor, bound) if cursor else Position(offset=offset)
        with self._engine.turn() as engine:
            self._check_values(engine, question)
            found, following = self._pages.find(
                engine, question, start, limit, counted=include_total
            )
            total = self._pages.total(engine, question) if include_total else None
        return Page(
            _named(question.fields, found),
            total,
            question.fields,
            write_cursor(following, bound) if following else None,
            following.row if following and not question.sorted else None,
        )

    def stream(self, *, limit: int | None = None, offset: int = 0, **asked: Any) -> Iterator[Page]:
        """All rows of an answer in pages, in constant memory; what is asked is as in `search`.

        The first page comes even if it is empty. A page may be empty and others follow.
        """
        question = self._asking.question(Asked(**asked))
        if question.sorted or (question.narrowed and (offset or limit is not None)):
            yield from self._paged(limit, offset, asked)
            return
        last = self._rows if limit is None else min(self._rows, offset + limit)
        first = min(offset, last)
        while True:
            upto = min(first + _WINDOW, last)
            with self._engine.turn() as engine:
                self._check_values(engine, question)
                found = engine.execute(question.between(first + 1, upto)).fetchall()
            yield Page(_named(question.fields, found), None, question.fields)
            first = upto
            if first >= last:
                return

    def _paged(self, limit: int | None, offset: int, asked: dict[str, Any]) -> Iterator[Page]:
        cursor = None
        left = limit
        while True:
            size = 2 * _WINDOW if left is None else min(left, 2 * _WINDOW)
            page = self.search(
                limit=size, offset=offset, cursor=cursor, include_total=False, **asked
            )
            yield page
            left = None if left is None else left - len(page.rows)
            cursor = page.cursor
            if cursor is None or left == 0:
                return

    def _check_values(self, engine: duckdb.DuckDBPyConnection, question: Question) -> None:
        for column, misfit in question.misfits():
            if engine.execute(misfit).fetchone() != (False,):
                raise bad_value(self.release.dataset, column)


def _granted(
    locate: Callable[[], Parts], columns: Sequence[str] | None, condition: str, path: Path
) -> Parts:
    return granted_parts(locate(), columns, condition, path)


def _named(
    fields: Sequence[Field], found: Sequence[Sequence[object]]
) -> tuple[dict[str, object], ...]:
    """Rows by column name (a row's number may come last in it); moments come as UTC without
    saying so (`Field.value`)."""
    names = [field.name for field in fields]
    moments = [field.name for field in fields if field.sql_type == MOMENT]
    rows = tuple(dict(zip(names, values, strict=False)) for values in found)
    for row in rows if moments else ():
        for name in moments:
            moment = row[name]
            if isinstance(moment, datetime):
                row[name] = moment.replace(tzinfo=UTC).astimezone(VIETNAM)
    return rows
