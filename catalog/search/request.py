"""What is asked of the search and what it answers: types only.

The grammar is `catalog.search.query`, the index `catalog.search.index`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class SearchQueryError(Exception):
    """The query text cannot be read (CKAN's *Search Query Error*, status 400)."""


@dataclass(frozen=True)
class SearchRequest:
    """One search over packages. `q` ranks and filters, every `fq` only filters.

    `plain`: `q` is what a person typed, not Lucene's grammar; it is never refused, and
    synonyms and typing mistakes are thought of. `sort` is ``"field asc|desc, …"``; empty
    means best match first, then the newest. `rows` 0..1000. `facet_limit` < 0 means all
    values. Private records and drafts are left out unless asked for, and found only by those
    who may see them (`View` knows who asks).
    """

    q: str = ""
    fq: tuple[str, ...] = ()
    sort: str = ""
    start: int = 0
    rows: int = 10
    facet_fields: tuple[str, ...] = ()
    facet_limit: int = 50
    facet_mincount: int = 1
    plain: bool = False
    include_private: bool = False
    include_drafts: bool = False


@dataclass(frozen=True)
class SearchAnswer:
    """The page's packages in order, `count` of all matches, facet → ((value, count), …).

    `suggestion`: other words that would find something, where a plain question finds
    nothing as typed.
    """

    packages: tuple[Mapping[str, Any], ...]
    count: int
    facets: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    suggestion: str | None = None


@dataclass(frozen=True)
class Completion:
    """One proposal of an autocomplete: `match` is the text in which `field` matched."""

    id: str
    name: str
    title: str
    field: str
    match: str
