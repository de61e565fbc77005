"""The index in memory: made once from a set of records, then only read.

It answers with ids; whoever asked reads the records. A changed catalogue gets a new index.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import tantivy
from tantivy import Occur, Order, Query

from catalog.search.fields import (
    FACET_FIELDS,
    NUMBER_FIELDS,
    RANK_FIELDS,
    analyzer,
    document,
    ranked,
    schema,
)
from catalog.search.query import compile_query
from catalog.search.request import SearchAnswer, SearchQueryError, SearchRequest

_HEAP = 64_000_000  # bytes; one writing thread, so that records keep the order given
_ALL_VALUES = 10_000  # of one facet
MOST_ROWS = 1000
"""The most records of one answer, as CKAN's default limit."""


class SearchIndex:
    """Search over `records` (CKAN dictionaries of packages). Safe to share between threads."""

    def __init__(self, records: Iterable[Mapping[str, Any]]) -> None:
        # Newest first: among equals the index keeps this order.
        ordered = sorted(records, key=lambda r: (r["metadata_modified"], r["name"]), reverse=True)
        self._schema = schema()
        index = tantivy.Index(self._schema)
        index.register_tokenizer("words", analyzer())
        writer = index.writer(_HEAP, 1)
        for record, ranks in zip(ordered, ranked(ordered), strict=True):
            writer.add_document(document(record, ranks))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self._searcher = index.searcher()

    def search(self, request: SearchRequest) -> SearchAnswer:
        """One page of ids, the count and the facets. Raises `SearchQueryError`."""
        query = self._query(request)
        order = _order(request.sort)
        facets = self._facets(query, request)
        rows = max(0, min(request.rows, MOST_ROWS))
        start = max(0, request.start)
        found_one = self._searcher.search(query, 1)
        total: int = found_one.count  # type: ignore[attr-defined] # its stub forgets count
        if rows == 0 or start >= total:
            return SearchAnswer((), total, facets)
        found = (
            self._sorted(query, order, total)[start : start + rows]
            if len(order) > 1
            else self._page(query, order, start, rows)
        )
        ids = tuple(str(self._searcher.doc(place)["key"][0]) for place in found)
        return SearchAnswer(ids, total, facets)

    def _query(self, request: SearchRequest) -> Query:
        clauses = [(Occur.Must, compile_query(request.q, self._schema))]
        for text in request.fq:
            only = Query.const_score_query(compile_query(text, self._schema), 0.0)
            clauses.append((Occur.Must, only))
        if not request.include_private:
            hidden = Query.term_query(self._schema, "k_private", "true")
            clauses.append((Occur.MustNot, hidden))
        return Query.boolean_query(clauses)

    def _page(
        self, query: Query, order: list[tuple[str, bool]], start: int, rows: int
    ) -> list[tantivy.DocAddress]:
        field, ascending = order[0] if order else ("score", False)
        if field == "score":
            found = self._searcher.search(query, rows, offset=start)
        else:
            found = self._searcher.search(
                query,
                rows,
                offset=start,
                order_by_field=field,
                order=Order.Asc if ascending else Order.Desc,
            )
        return [place for _score, place in found.hits]

    def _sorted(
        self, query: Query, order: list[tuple[str, bool]], total: int
    ) -> list[tantivy.DocAddress]:
        hits = self._searcher.search(query, total).hits
        places = [place for _score, place in hits]
        rows = list(range(len(hits)))
        for field, ascending in reversed(order):
            values: list[Any] = (
                [score for score, _place in hits]
                if field == "score"
                else self._searcher.fast_field_values(field, places)
            )
            rows.sort(key=values.__getitem__, reverse=not ascending)
        return [places[row] for row in rows]

    def _facets(
        self, query: Query, request: SearchRequest
    ) -> dict[str, tuple[tuple[str, int], ...]]:
        fields = [name for name in request.facet_fields if name in FACET_FIELDS]
        if not fields:
            return {}
        size = request.facet_limit if request.facet_limit >= 0 else _ALL_VALUES
        counted = self._searcher.aggregate(
            query,
            {
                name: {
                    "terms": {
                        "field": f"f_{name}",
                        "size": max(1, min(size, _ALL_VALUES)),
                        "order": {"_count": "desc"},
                    }
                }
                for name in fields
            },
        )
        return {
            name: tuple(
                (str(bucket["key"]), int(bucket["doc_count"]))
                for bucket in counted[name]["buckets"]
                if bucket["doc_count"] >= request.facet_mincount
            )[:size]
            for name in fields
        }


def _order(sort: str) -> list[tuple[str, bool]]:
    """``"name asc, metadata_modified desc"`` as index fields and whether ascending."""
    made = []
    for part in sort.split(","):
        pieces = part.split()
        if not pieces:
            continue
        name = pieces[0].removesuffix("_string")
        direction = pieces[1].lower() if len(pieces) > 1 else "asc"
        if len(pieces) > 2 or direction not in ("asc", "desc"):
            raise SearchQueryError("The sort is not of the form 'field asc' or 'field desc'")
        made.append((_sort_field(name), direction == "asc"))
    return [] if made == [("score", False)] else made


def _sort_field(name: str) -> str:
    if name in ("score", "relevance"):
        return "score"
    if name in RANK_FIELDS:
        return f"r_{name}"
    if name in NUMBER_FIELDS:
        return f"n_{name}"
    raise SearchQueryError(f"Cannot sort by {name}")
