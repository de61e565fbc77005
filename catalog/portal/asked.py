"""What the address of the dataset list asks for, and the addresses that ask for it.

Reading and writing addresses only: everything the list can do is in its address, so that it
can be kept and shared. Searching is `listing`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from starlette.datastructures import QueryParams

from catalog.portal.site import address
from catalog.portal.wording import Words
from catalog.search.request import SearchRequest
from contracts.i18n import _

PER_PAGE = 20
LAST_PAGE = 500
"""Pages beyond are not made: nobody reads 10,000 results, and filters are nearer."""

FACETS: Mapping[str, str] = {
    "organization": _("Agency"),
    "groups": _("Theme"),
    "access": _("Access"),
    "commune": _("Commune or ward"),
    "res_format": _("Format"),
    "tags": _("Tag"),
    "frequency": _("Renewed"),
    "license_id": _("Licence"),
}
"""Search field → what people call it, in the order shown. The names are also CKAN's own
parameters, so that links into a CKAN of before still lead here."""

SORTS: Mapping[str, tuple[str, str]] = {
    "": (_("Best match"), ""),
    "newest": (_("Newest first"), "metadata_modified desc"),
    "title": (_("By title"), "title_string asc"),
}
_SEVERAL = frozenset({"groups", "tags", "res_format", "commune"})
"""Facets of which a dataset has several values, so that two chosen ones can both hold."""
_MOST_FILTERS = 10
_LONGEST = 500
_PERIOD = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?)?")
_WRITTEN = re.compile(r"(?:(?:(?P<day>\d{1,2})[/.])?(?P<month>\d{1,2})[/.])?(?P<year>\d{4})")


@dataclass(frozen=True)
class Period:
    """A year, a month or a day. `text` is its ISO form, as precise as it was said."""

    text: str
    first: date
    last: date

    @staticmethod
    def of(said: str) -> Period | None:
        """From ``2024``, ``2024-06``, ``2024-06-30``, ``06/2024`` or ``30/06/2024``."""
        found = _PERIOD.fullmatch(said) or _WRITTEN.fullmatch(said)
        if found is None:
            return None
        year, month, day = (int(found[name] or 0) for name in ("year", "month", "day"))
        try:
            first = date(year, month or 1, day or 1)
        except ValueError:
            return None
        if day:
            return Period(first.isoformat(), first, first)
        last_month = month or 12
        last = date(year, last_month, monthrange(year, last_month)[1])
        return Period(f"{year:04d}-{month:02d}" if month else f"{year:04d}", first, last)


@dataclass(frozen=True)
class Asked:
    """What is asked for. `filters` holds (facet, value) in the order of `FACETS`; `since` and
    `until` bound the time that a dataset covers; `place` is the name of a commune as typed,
    not yet a filter. `unread` says whether a time was given that is none."""

    query: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    since: Period | None = None
    until: Period | None = None
    place: str = ""
    sort: str = ""
    page: int = 1
    unread: bool = False

    @staticmethod
    def of(params: QueryParams) -> Asked:
        """From a request's query; whatever makes no sense is read as not said."""
        page, sort = params.get("page", "1"), params.get("sort", "")
        times = [params.get(name, "").strip()[:_LONGEST] for name in ("from", "to")]
        since, until = (Period.of(said) if said else None for said in times)
        filters = [
            (name, value[:_LONGEST])
            for name in FACETS
            for value in _values(params, name)
            if value.strip()
        ]
        return Asked(
            query=" ".join(params.get("q", "").split())[:_LONGEST],
            filters=tuple(dict.fromkeys(filters))[:_MOST_FILTERS],
            since=since,
            until=until,
            place=" ".join(params.get("place", "").split())[:_LONGEST],
            sort=sort if sort in SORTS else "",
            page=_page(page),
            unread=any(said and not read for said, read in zip(times, (since, until), strict=True)),
        )

    def href(self, words: Words) -> str:
        """The address that asks for this."""
        filters: dict[str, list[str]] = {}
        for name, value in self.filters:
            filters.setdefault(name, []).append(value)
        query: dict[str, object] = {
            "q": self.query,
            **filters,
            "from": self.since.text if self.since else "",
            "to": self.until.text if self.until else "",
            "sort": self.sort,
            "page": self.page if self.page > 1 else "",
        }
        return address(words.language, "/dataset", **query)

    @property
    def narrowed(self) -> bool:
        """Whether anything but words narrows the list."""
        return bool(self.filters or self.since or self.until)

    def having(self, name: str, value: str) -> Asked:
        """The same with one filter more, from the first page."""
        kept = [pair for pair in self.filters if pair[0] != name or name in _SEVERAL]
        every = dict.fromkeys([*kept, (name, value)])
        ordered = sorted(every, key=lambda pair: list(FACETS).index(pair[0]))
        return replace(self, filters=tuple(ordered), page=1)

    def without(self, name: str, value: str) -> Asked:
        """The same with one filter less, from the first page."""
        kept = tuple(pair for pair in self.filters if pair != (name, value))
        return replace(self, filters=kept, page=1)

    def search(self, facet_limit: int) -> SearchRequest:
        """The search that answers this."""
        start = (self.page - 1) * PER_PAGE
        times = []
        if self.since:
            times.append(f"covers_to:[{self.since.first} TO *]")
        if self.until:
            times.append(f"covers_from:[* TO {self.until.last}]")
        return SearchRequest(
            q=self.query,
            fq=(*(term(name, value) for name, value in self.filters), *times),
            sort=SORTS[self.sort][1],
            start=start,
            rows=PER_PAGE,
            facet_fields=tuple(FACETS),
            facet_limit=facet_limit,
            plain=True,
        )


def term(name: str, value: str) -> str:
    """A filter for `name` being exactly `value`, whatever characters that holds."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{name}:"{escaped}"'


def _values(params: QueryParams, name: str) -> list[str]:
    values = params.getlist(name)
    return values if name in _SEVERAL else values[:1]


def _page(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        return 1
    return max(min(int(text[:9]), LAST_PAGE), 1)
