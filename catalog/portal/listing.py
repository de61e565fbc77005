"""The list of datasets: search, facets, order and pages, all of it in the address.

Finding is `catalog.search`; this module turns a request's address into a search, and the
answer into links.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from starlette.datastructures import QueryParams

from catalog.context import View
from catalog.portal.records import Card, access_words, cards, owner_titles, text_of
from catalog.portal.site import address
from catalog.portal.wording import Words
from catalog.search.request import SearchAnswer, SearchQueryError, SearchRequest
from contracts.i18n import _, translate_count

PER_PAGE = 20
_LAST_PAGE = 500
_FACETS = {
    "organization": _("Agency"),
    "groups": _("Theme"),
    "access": _("Access"),
    "res_format": _("Format"),
    "tags": _("Tag"),
}
_SORTS = {
    "": (_("Best match"), ""),
    "newest": (_("Newest first"), "metadata_modified desc"),
    "title": (_("By title"), "title_string asc"),
}
_SHOWN = 12
"""Values of one facet shown at most; a chosen one is always shown."""


@dataclass(frozen=True)
class Choice:
    """A facet value, an order or a page as a link."""

    label: str
    href: str
    active: bool = False
    count: int = 0
    facet: str = ""


@dataclass(frozen=True)
class Facet:
    """One facet with its values."""

    name: str
    label: str
    items: tuple[Choice, ...]


@dataclass(frozen=True)
class Asked:
    """What the address asks for. `filters` maps a facet to its one chosen value."""

    query: str
    filters: Mapping[str, str]
    sort: str
    page: int

    @staticmethod
    def of(params: QueryParams) -> Asked:
        """From a request's query; whatever makes no sense is read as not said."""
        page = params.get("page", "1")
        sort = params.get("sort", "")
        return Asked(
            query=" ".join(params.get("q", "").split())[:500],
            filters={name: params[name] for name in _FACETS if params.get(name)},
            sort=sort if sort in _SORTS else "",
            page=min(int(page), _LAST_PAGE) if page.isascii() and page.isdigit() else 1,
        )

    def href(self, words: Words) -> str:
        """The address that asks for this."""
        page = self.page if self.page > 1 else ""
        return address(
            words.language, "/dataset", q=self.query, **self.filters, sort=self.sort, page=page
        )

    def with_filter(self, name: str, value: str | None) -> Asked:
        """The same with one filter set or taken away, from the first page."""
        filters = {key: held for key, held in self.filters.items() if key != name}
        if value is not None:
            filters[name] = value
        return replace(self, filters=filters, page=1)


@dataclass(frozen=True)
class Listing:
    """Everything the list page shows."""

    query: str
    found: str
    cards: tuple[Card, ...]
    facets: tuple[Facet, ...]
    chosen: tuple[Choice, ...]
    sorts: tuple[Choice, ...]
    pages: tuple[Choice, ...]


def listing(view: View, asked: Asked, words: Words) -> Listing:
    """Search `view` for what is asked."""
    page = max(asked.page, 1)
    answer = _search(
        view,
        SearchRequest(
            q=asked.query,
            fq=tuple(_term(name, value) for name, value in asked.filters.items()),
            sort=_SORTS[asked.sort][1],
            start=(page - 1) * PER_PAGE,
            rows=PER_PAGE,
            facet_fields=tuple(_FACETS),
        ),
    )
    titles = _Titles(view, words)
    owners = owner_titles(view.records, words)
    return Listing(
        query=asked.query,
        found=translate_count(
            "{count} dataset found", "{count} datasets found", answer.count, words.language
        ).format(count=words.number(answer.count)),
        cards=cards(view.records.packages(answer.ids), owners, words),
        facets=_facets(asked, answer, titles, words),
        chosen=tuple(
            Choice(
                titles.title(name, value),
                asked.with_filter(name, None).href(words),
                facet=words.say(_FACETS[name]),
            )
            for name, value in asked.filters.items()
        ),
        sorts=tuple(
            Choice(
                words.say(label), replace(asked, sort=sort, page=1).href(words), sort == asked.sort
            )
            for sort, (label, _order) in _SORTS.items()
        ),
        pages=_pages(replace(asked, page=page), answer.count, words),
    )


def _search(view: View, request: SearchRequest) -> SearchAnswer:
    """Search by the query language; what it cannot read is searched again as plain words."""
    try:
        return view.search(request)
    except SearchQueryError:
        plain = " ".join(re.findall(r"\w+", request.q.lower()))
        return view.search(replace(request, q=plain))


def _term(name: str, value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{name}:"{escaped}"'


class _Titles:
    """Titles of facet values: agencies and themes by record, the rest as they stand."""

    def __init__(self, view: View, words: Words) -> None:
        self._words = words
        self._known = {
            "organization": owner_titles(view.records, words),
            "groups": {
                str(record["name"]): text_of(record, "title", words)
                for record in view.records.groups()
            },
        }

    def title(self, facet: str, value: str) -> str:
        if facet == "access":
            return access_words(value, self._words).label
        return self._known.get(facet, {}).get(value) or value


def _facets(asked: Asked, answer: SearchAnswer, titles: _Titles, words: Words) -> tuple[Facet, ...]:
    facets = []
    for name, label in _FACETS.items():
        chosen = asked.filters.get(name)
        values = answer.facets.get(name, ())
        shown = values[:_SHOWN] + tuple(pair for pair in values[_SHOWN:] if pair[0] == chosen)
        items = tuple(
            Choice(
                titles.title(name, value),
                asked.with_filter(name, None if value == chosen else value).href(words),
                active=value == chosen,
                count=count,
            )
            for value, count in shown
        )
        if items:
            facets.append(Facet(name, words.say(label), items))
    return tuple(facets)


def _pages(asked: Asked, count: int, words: Words) -> tuple[Choice, ...]:
    last = min(max(-(-count // PER_PAGE), 1), _LAST_PAGE)
    near = {1, last, *range(max(asked.page - 2, 1), min(asked.page + 2, last) + 1)}
    pages = [
        Choice(words.number(page), replace(asked, page=page).href(words), page == asked.page)
        for page in sorted(near)
    ]
    if asked.page > 1:
        back = replace(asked, page=min(asked.page - 1, last))
        pages.insert(0, Choice(words.say(_("Previous")), back.href(words)))
    if asked.page < last:
        onward = replace(asked, page=asked.page + 1)
        pages.append(Choice(words.say(_("Next")), onward.href(words)))
    return tuple(pages)
