"""The order of answers: CKAN's ``sort``, and one page of it, exact however deep.

Every sort ends with the id, so that paging neither misses nor repeats a record. All sort
keys but the score are numbers in the index (`catalog.search.text`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import tantivy
from tantivy import DocAddress, FieldType, Occur, Order, Query, Searcher

from catalog.search.fields import SORTED_NUMBERS, text_key
from catalog.search.request import SearchQueryError

SCORE = "score"
"""The column of how well a record matches."""

_AROUND = 64  # hits read before and after a page, to see where equals are cut apart
_MOST_TIED = 20_000  # of equal score; beyond, the index's own order stays


@dataclass(frozen=True)
class Column:
    """One field to sort by."""

    field: str
    ascending: bool

    @property
    def order(self) -> Order:
        """As the index calls it."""
        return Order.Asc if self.ascending else Order.Desc


@dataclass(frozen=True)
class Page:
    """Places of the page's documents in order, and how many match in all."""

    places: tuple[DocAddress, ...]
    total: int


_BY_ID = Column("s_id", ascending=True)
NEWEST = (Column("n_metadata_modified", ascending=False), _BY_ID)
NEWEST_WITHDRAWN = (Column("n_withdrawn", ascending=False),)


def columns_of(sort: str, *, scored: bool) -> tuple[Column, ...]:
    """``"name asc, metadata_modified desc"`` as columns. `scored`: the query ranks.

    Raises `SearchQueryError`.
    """
    made: list[Column] = []
    for part in sort.split(","):
        pieces = part.split()
        if not pieces:
            continue
        direction = pieces[1].lower() if len(pieces) > 1 else "asc"
        if len(pieces) > 2 or direction not in ("asc", "desc"):
            raise SearchQueryError("The sort is not of the form 'field asc' or 'field desc'")
        made += _columns(pieces[0], ascending=direction == "asc")
    if not made:
        made = [Column(SCORE, ascending=False), *NEWEST]
    # What ties in a field is in no better order by that field again, nor by the score.
    once = {one.field: one for one in reversed(made)}
    named = [once[field] for field in dict.fromkeys(one.field for one in made)]
    kept = [one for at, one in enumerate(named) if one.field != SCORE or (scored and at == 0)]
    return (*kept, *(NEWEST if not kept else ()), _BY_ID)


def _columns(name: str, *, ascending: bool) -> list[Column]:
    if name in (SCORE, "relevance"):
        if ascending:
            raise SearchQueryError("The worst match cannot come first")
        return [Column(SCORE, ascending=False)]
    plain = name.removesuffix("_string")
    if plain in ("name", "title"):
        return [Column(field, ascending) for field in text_key(plain)]
    if name == "id":
        return [replace(_BY_ID, ascending=ascending)]
    if name in SORTED_NUMBERS:
        return [Column(f"n_{name}", ascending)]
    raise SearchQueryError(f"Cannot sort by {name}")


class Sorter:
    """Reads pages of sorted answers from one state of the index."""

    def __init__(self, searcher: Searcher, schema: tantivy.Schema) -> None:
        self._searcher = searcher
        self._schema = schema

    def page(self, query: Query, columns: Sequence[Column], start: int, rows: int) -> Page:
        """`rows` (0: only count) after leaving out `start`."""
        # The index makes room for all that is left out: never more than there is.
        if rows == 0 or start >= self._searcher.num_docs:
            return Page((), self._count(query))
        if columns[0].field == SCORE:
            return self._by_score(query, columns[1:], start, rows)
        return self._by_field(query, columns, start, rows)

    def _count(self, query: Query) -> int:
        found = self._searcher.search(query, 1)
        return int(found.count)  # type: ignore[attr-defined] # its stub forgets count

    def _by_field(self, query: Query, columns: Sequence[Column], start: int, rows: int) -> Page:
        column, rest = columns[0], columns[1:]
        lead = min(start, 1)  # one more on each side shows where equals are cut apart
        found = self._searcher.search(
            query, rows + lead + 1, offset=start - lead, order_by_field=column.field,
            order=column.order,
        )  # fmt: skip
        total = int(found.count)  # type: ignore[attr-defined] # its stub forgets count
        hits = found.hits
        last = min(len(hits), lead + rows)
        if not rest:
            return Page(tuple(place for _key, place in hits[lead:last]), total)
        places: list[DocAddress] = []
        at = lead
        while at < last:
            key, end = hits[at][0], at + 1
            while end < len(hits) and hits[end][0] == key:
                end += 1
            cut_before = at == lead == 1 and hits[0][0] == key
            if cut_before or end > last:
                before = self._before(query, column, key) if cut_before else start + at - lead
                equal = self._and(query, self._between(column.field, key, key))
                within = self._by_field(
                    equal, rest, start + at - lead - before, min(end, last) - at
                )
                places += within.places
            else:
                places += self._sorted([place for _key, place in hits[at:end]], rest)
            at = min(end, last)
        return Page(tuple(places), total)

    def _by_score(self, query: Query, rest: Sequence[Column], start: int, rows: int) -> Page:
        """The window of hits grows until no group of equal score is cut apart by the page."""
        first, last, step = max(0, start - _AROUND), start + rows + _AROUND, 4 * _AROUND
        while True:
            found = self._searcher.search(query, last - first, offset=first)
            total = int(found.count)  # type: ignore[attr-defined] # its stub forgets count
            hits = found.hits
            if start - first >= len(hits):
                return Page((), total)
            page_end = min(start + rows - first, len(hits))
            head = first > 0 and hits[0][0] == hits[start - first][0]
            tail = first + len(hits) < total and hits[-1][0] == hits[page_end - 1][0]
            if not (head or tail) or last - first > _MOST_TIED:
                break
            first, last = max(0, first - step) if head else first, last + step if tail else last
            step *= 4
        places: list[DocAddress] = []
        for _score, tied in groupby(hits, key=lambda hit: hit[0]):
            places += self._sorted([place for _score, place in tied], rest)
        return Page(tuple(places[start - first : page_end]), total)

    def _sorted(self, places: list[DocAddress], columns: Sequence[Column]) -> list[DocAddress]:
        if len(places) < 2:
            return places
        order = list(range(len(places)))
        for column in reversed(columns):
            values = self._searcher.fast_field_values(column.field, places)
            order.sort(key=lambda at: values[at] or 0, reverse=not column.ascending)
        return [places[at] for at in order]

    def _before(self, query: Query, column: Column, key: int) -> int:
        edge = (None, key - 1) if column.ascending else (key + 1, None)
        return self._count(self._and(query, self._between(column.field, *edge)))

    def _between(self, field: str, lower: int | None, upper: int | None) -> Query:
        return Query.range_query(self._schema, field, FieldType.Integer, lower, upper)

    def _and(self, query: Query, condition: Query) -> Query:
        only = Query.const_score_query(condition, 0.0)
        return Query.boolean_query([(Occur.Must, query), (Occur.Must, only)])
