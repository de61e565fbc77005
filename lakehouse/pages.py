"""Finding the rows of one page, and how many there are of all, with as little reading as
the question allows.

The questions themselves are `lakehouse.questions`, what runs them `lakehouse.engine`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import Any

import duckdb

from lakehouse.cursors import Position
from lakehouse.ordering import following
from lakehouse.questions import Question

_TOTALS = 500  # numbers of rows kept in mind: a release never changes
_WHOLE = 1_000  # rows that are sorted with all their columns


class Pages:
    """The pages of a release of `rows` rows; remembers totals.

    `engine` is a cursor in its turn (`RowEngine.turn`)."""

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._lock = Lock()
        self._totals: OrderedDict[str, int] = OrderedDict()

    def find(
        self,
        engine: duckdb.DuckDBPyConnection,
        question: Question,
        start: Position,
        limit: int,
        *,
        counted: bool,
    ) -> tuple[list[Any], Position | None]:
        """The values of the page's rows, and where the next page begins, if there is one.

        A row more than asked for is looked up: it says whether there is a next page."""
        if limit == 0:
            return [], None
        if question.sorted:
            return self._sorted(engine, question, start, limit)
        after, offset = start.row or 0, start.offset
        if not question.narrowed:
            first = min(after + offset, self._rows)
            sql = question.between(first + 1, first + limit)
            more = first + limit < self._rows
            return engine.execute(sql).fetchall(), Position(first + limit) if more else None
        # First which rows, from the columns asked about alone, then these rows: all columns of
        # every match would be read otherwise to keep a hundred of them.
        numbers = self._numbers(engine, question, (after, limit + 1, offset), counted=counted)
        if not numbers:
            return [], None
        page = numbers[:limit]
        rows = question.numbered(page) if question.worded else question.between(page[0], page[-1])
        found = engine.execute(rows).fetchall()
        return found, Position(page[-1]) if len(numbers) > limit else None

    def _numbers(
        self,
        engine: duckdb.DuckDBPyConnection,
        question: Question,
        page: tuple[int, int, int],
        *,
        counted: bool,
    ) -> Sequence[int]:
        """The numbers of a page's rows (after, limit, offset). Words are looked for once, if
        the total is asked for too and not known yet."""
        if not (counted and question.worded) or question.count in self._totals:
            return [number for (number,) in engine.execute(question.numbers(*page)).fetchall()]
        total, numbers = engine.execute(question.counted_numbers(*page)).fetchone() or (0, None)
        self._keep_total(question, total)
        return numbers or []

    def _sorted(
        self, engine: duckdb.DuckDBPyConnection, question: Question, start: Position, limit: int
    ) -> tuple[list[Any], Position | None]:
        after = "TRUE"
        if start.row is not None and question.terms:
            values = engine.execute(question.values_at(start.row)).fetchone()
            after = following(question.terms, values, start.row) if values else "FALSE"
        asked = limit + 1, start.offset, after
        if question.distinct or limit + start.offset <= _WHOLE:
            found = engine.execute(question.page(*asked)).fetchall()
        else:
            found = self._by_numbers(
                engine, question, engine.execute(question.page_numbers(*asked))
            )
        if len(found) <= limit:
            return found, None
        if question.distinct or not all(term.exact for term in question.terms):
            return found[:limit], Position(offset=start.offset + limit)
        return found[:limit], Position(found[limit - 1][-1])

    def _by_numbers(
        self,
        engine: duckdb.DuckDBPyConnection,
        question: Question,
        ordered: duckdb.DuckDBPyConnection,
    ) -> list[Any]:
        numbers = [number for (number,) in ordered.fetchall()]
        if not numbers:
            return []
        rows = engine.execute(question.numbered(numbers)).fetchall()
        there = {row[-1]: row for row in rows}
        return [there[number] for number in numbers]

    def total(self, engine: duckdb.DuckDBPyConnection, question: Question) -> int:
        """The number of all rows of the answer."""
        if not question.narrowed and not question.distinct:
            return self._rows
        with self._lock:
            if question.count in self._totals:
                self._totals.move_to_end(question.count)
                return self._totals[question.count]
        counted = engine.execute(question.count).fetchone()
        return self._keep_total(question, int(counted[0]) if counted else 0)

    def _keep_total(self, question: Question, total: int) -> int:
        with self._lock:
            self._totals[question.count] = total
            while len(self._totals) > _TOTALS:
                self._totals.popitem(last=False)
        return total
