"""What is asked of the search and what it answers: types only.

The grammar is `catalog.search.query`, the index `catalog.search.index`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


class SearchQueryError(Exception):
    """The query text cannot be read (CKAN's *Search Query Error*, status 400)."""


@dataclass(frozen=True)
class SearchRequest:
    """One search. `q` ranks and filters, every `fq` only filters.

    `sort` is ``"field asc|desc, …"``; empty means best match first, then the newest.
    `rows` 0..1000. `facet_limit` < 0 means all values. `include_private` is only ever set
    for an actor whom `catalog.access` lets see drafts.
    """

    q: str = ""
    fq: tuple[str, ...] = ()
    sort: str = ""
    start: int = 0
    rows: int = 10
    facet_fields: tuple[str, ...] = ()
    facet_limit: int = 50
    facet_mincount: int = 1
    include_private: bool = False


@dataclass(frozen=True)
class SearchAnswer:
    """`ids` of the page in order, `count` of all matches, facet → ((value, count), …)."""

    ids: tuple[str, ...]
    count: int
    facets: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
