"""Agencies and themes: the list of them, and the page of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from catalog.context import Record, Records, View
from catalog.portal.alternates import Alternate, feed_of
from catalog.portal.asked import Asked
from catalog.portal.directory import directory, entry
from catalog.portal.failures import failure_page
from catalog.portal.records import Card, cards, named, owner_titles
from catalog.portal.site import Site
from catalog.portal.wording import Words
from catalog.search.request import SearchRequest
from contracts.i18n import _

_SHOWN = 20


@dataclass(frozen=True)
class _Kind:
    """One kind of collection. `facet` is its name in the search, `path` of its list."""

    facet: str
    path: str
    title: str
    heading: str
    filter: str
    all_of_one: str
    every: Callable[[Records], Sequence[Record]]
    one: Callable[[Records, str], Record | None]


_KINDS = (
    _Kind(
        facet="organization",
        path="/organization",
        title=_("Agencies"),
        heading=_("Agencies that share data"),
        filter=_("Find an agency"),
        all_of_one=_("All datasets of this agency"),
        every=lambda records: records.organizations(),
        one=lambda records, name: records.organization(name),
    ),
    _Kind(
        facet="groups",
        path="/group",
        title=_("Themes"),
        heading=_("Browse by theme"),
        filter=_("Find a theme"),
        all_of_one=_("All datasets of this theme"),
        every=lambda records: records.groups(),
        one=lambda records, name: records.group(name),
    ),
)


def routes(site: Site, words: Words) -> APIRouter:
    """The routes in one language."""
    pages = APIRouter()
    for kind in _KINDS:
        _add(pages, site, words, kind)
    return pages


def _add(pages: APIRouter, site: Site, words: Words, kind: _Kind) -> None:
    section = kind.path.removeprefix("/")
    said: dict[str, Any] = {
        "path": kind.path,
        "title": words.say(kind.title),
        "heading": words.say(kind.heading),
        "filter_label": words.say(kind.filter),
        "all_of_one": words.say(kind.all_of_one),
    }

    def every(request: Request) -> Response:
        records = kind.every(site.view().records)
        made = directory(kind.path, records, request.query_params, words)
        return site.page(request, words, "directory.html", section=section, directory=made, **said)

    def one(request: Request, name: str) -> Response:
        view = site.view()
        record = kind.one(view.records, name)
        if record is None:
            return failure_page(site, request, words, 404)
        asked = Asked().having(kind.facet, str(record["name"]))
        newest, count = _newest(view, asked, words)
        feed = feed_of(kind.facet, str(record["name"]))
        return site.page(
            request,
            words,
            "collection.html",
            section=section,
            collection=entry(named({**record, "package_count": count}, words), words),
            cards=newest,
            more=asked.href(words) if count > len(newest) else "",
            alternates=[Alternate(words.say(_("New and changed datasets")), feed)],
            **said,
        )

    pages.add_api_route(kind.path, every, methods=["GET", "HEAD"])
    pages.add_api_route(f"{kind.path}/{{name}}", one, methods=["GET", "HEAD"])


def _newest(view: View, asked: Asked, words: Words) -> tuple[tuple[Card, ...], int]:
    """The newest datasets that are asked for, and how many there are."""
    found = view.search(
        SearchRequest(fq=asked.search(0).fq, sort="metadata_modified desc", rows=_SHOWN)
    )
    return cards(found.packages, owner_titles(view.records, words), words), found.count
