"""Counting the values of facet fields among what a query finds."""

from __future__ import annotations

from collections.abc import Sequence

from tantivy import Query, Searcher

from catalog.search.fields import FACET_FIELDS

MOST_VALUES = 65_000  # of one facet: the index refuses more buckets
_SPARE = 10  # per value asked for, so that counts over several segments are exact
_LEAST = 500

Counts = tuple[tuple[str, int], ...]


def count_values(
    searcher: Searcher,
    query: Query,
    fields: Sequence[str],
    *,
    limit: int = -1,
    mincount: int = 1,
) -> dict[str, Counts]:
    """Field → ((value, count), …), the most used first, then by value.

    Fields that cannot be counted are left out. `limit` < 0: all values.
    """
    counted_fields = [name for name in dict.fromkeys(fields) if name in FACET_FIELDS]
    if not counted_fields:
        return {}
    size = min(limit, MOST_VALUES) if limit >= 0 else MOST_VALUES
    within = max(1, min(MOST_VALUES, max(_LEAST, size * _SPARE)))
    asked = {
        name: {"terms": {"field": f"f_{name}", "size": max(1, size), "segment_size": within}}
        for name in counted_fields
    }
    counted = searcher.aggregate(query, asked)
    return {
        name: _ordered(
            [
                (str(bucket["key"]), int(bucket["doc_count"]))
                for bucket in counted[name]["buckets"]
                if bucket["doc_count"] >= mincount
            ]
        )[:size]
        for name in counted_fields
    }


def _ordered(counts: list[tuple[str, int]]) -> Counts:
    return tuple(sorted(counts, key=lambda one: (-one[1], one[0])))
