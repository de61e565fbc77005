"""Home, help and the page for programmers: made from the catalogue as a whole."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from catalog.context import View
from catalog.indicators import told_by
from catalog.portal.alternates import Alternate, feed_of, of_catalogue
from catalog.portal.directory import by_title
from catalog.portal.records import access_words, cards, named, owner_titles
from catalog.portal.site import Site
from catalog.portal.stories import place_story
from catalog.portal.unit_lookup import regions
from catalog.portal.wording import Words
from catalog.search.request import SearchAnswer, SearchRequest
from contracts.i18n import _
from contracts.model import Access

_NEWEST = 6
_EXAMPLES = 1


@dataclass(frozen=True)
class Figure:
    """One number of the home page."""

    label: str
    value: int


def routes(site: Site, words: Words) -> APIRouter:
    """The routes in one language."""
    pages = APIRouter()

    def home(request: Request) -> Response:
        view = site.view()
        newest = view.search(
            SearchRequest(
                sort="metadata_modified desc",
                rows=_NEWEST,
                facet_fields=("access", "organization"),
                facet_limit=-1,
            )
        )
        themes = sorted((named(one, words) for one in view.records.groups()), key=by_title)
        told = place_story(site.context, view)
        return site.page(
            request,
            words,
            "home.html",
            newest=cards(newest.packages, owner_titles(view.records, words), words),
            themes=[theme for theme in themes if theme.count],
            figures=_figures(view, newest, words),
            regions=regions(site.context, told) if told else (),
            example_unit=words.say(_("for example: Phú Mỹ, or 28249")),
            alternates=(
                Alternate(words.say(_("New and changed datasets")), feed_of()),
                *of_catalogue(),
            ),
        )

    def about(request: Request) -> Response:
        return site.page(
            request,
            words,
            "about.html",
            section="about",
            accesses=[access_words(access, words) for access in Access],
        )

    def developers(request: Request) -> Response:
        view = site.view()
        return site.page(
            request,
            words,
            "developers.html",
            section="about",
            public_url=site.context.public_url,
            example=_example(view),
            indicators=told_by(site.context, view) is not None,
            alternates=of_catalogue(),
        )

    methods = ["GET", "HEAD"]
    pages.add_api_route("/", home, methods=methods)
    if words.language != "vi":
        pages.add_api_route("", home, methods=methods)
    pages.add_api_route("/about", about, methods=methods)
    pages.add_api_route("/developers", developers, methods=methods)
    return pages


def _figures(view: View, newest: SearchAnswer, words: Words) -> tuple[Figure, ...]:
    recent = view.search(SearchRequest(fq=("metadata_modified:[NOW-30DAYS TO *]",), rows=0))
    access = dict(newest.facets.get("access", ()))
    return (
        Figure(words.say(_("datasets")), newest.count),
        Figure(words.say(_("of them open to all")), access.get(Access.OPEN, 0)),
        Figure(words.say(_("new or renewed in 30 days")), recent.count),
        Figure(words.say(_("agencies")), len(newest.facets.get("organization", ()))),
    )


@dataclass(frozen=True)
class _Example:
    """A dataset whose rows the examples read; made up (and not `there`) where none is yet."""

    name: str = "DATASET"
    resource: str = "RESOURCE_ID"
    there: bool = False


def _example(view: View) -> _Example:
    found = view.search(SearchRequest(fq=("access:open",), sort="name asc", rows=_EXAMPLES))
    for record in found.packages:
        for resource in record.get("resources") or ():
            if resource.get("datastore_active"):
                return _Example(str(record["name"]), str(resource["id"]), there=True)
    return _Example()
