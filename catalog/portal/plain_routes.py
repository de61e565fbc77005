"""Home, agencies, help: pages made from records alone."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from catalog.context import View
from catalog.portal.failures import failure_page
from catalog.portal.records import (
    Named,
    access_words,
    cards,
    extra,
    named,
    owner_titles,
)
from catalog.portal.site import Site, address
from catalog.portal.stories import place_story
from catalog.portal.unit_lookup import regions
from catalog.portal.wording import Words
from catalog.search.request import SearchRequest
from contracts.i18n import _, translate_count
from contracts.model import Access

_NEWEST = 6
_OF_AGENCY = 50
_COUNTED = 1000


@dataclass(frozen=True)
class Figure:
    """One number of the home page."""

    label: str
    value: int


@dataclass(frozen=True)
class Agency:
    """One line of the directory; `count` says how many datasets, in words."""

    name: str
    title: str
    description: str
    count: str


def routes(site: Site, words: Words) -> APIRouter:
    """The routes in one language."""
    pages = APIRouter()

    def home(request: Request) -> Response:
        view = site.context.view()
        newest = view.search(SearchRequest(sort="metadata_modified desc", rows=_NEWEST))
        themes = [named(record, words) for record in view.records.groups()]
        told = place_story(site.context, view)
        return site.page(
            request,
            words,
            "home.html",
            newest=cards(
                view.records.packages(newest.ids), owner_titles(view.records, words), words
            ),
            themes=[theme for theme in themes if theme.count],
            figures=_figures(view, newest.count, words),
            regions=regions(site.context, told) if told else (),
            example_unit=words.say(_("for example: Phú Mỹ, or 28249")),
        )

    def organizations(request: Request) -> Response:
        records = site.context.view().records.organizations()
        agencies = [_agency(named(record, words), words) for record in records]
        return site.page(
            request, words, "organizations.html", section="organization", organizations=agencies
        )

    def organization(request: Request, name: str) -> Response:
        view = site.context.view()
        record = view.records.organization(name)
        if record is None:
            return failure_page(site, request, words, 404)
        found = view.search(
            SearchRequest(
                fq=(f'organization:"{record["name"]}"',), sort="title_string asc", rows=_OF_AGENCY
            )
        )
        more = address(words.language, "/dataset", organization=str(record["name"]))
        return site.page(
            request,
            words,
            "organization.html",
            section="organization",
            organization=_agency(named(record, words), words),
            cards=cards(view.records.packages(found.ids), owner_titles(view.records, words), words),
            more=more if found.count > _OF_AGENCY else "",
        )

    def about(request: Request) -> Response:
        return site.page(
            request,
            words,
            "about.html",
            section="about",
            accesses=[access_words(access, words) for access in Access],
            public_url=site.context.public_url,
        )

    methods = ["GET", "HEAD"]
    pages.add_api_route("/", home, methods=methods)
    if words.language != "vi":
        pages.add_api_route("", home, methods=methods)
    pages.add_api_route("/organization", organizations, methods=methods)
    pages.add_api_route("/organization/{name}", organization, methods=methods)
    pages.add_api_route("/about", about, methods=methods)
    return pages


def _figures(view: View, datasets: int, words: Words) -> tuple[Figure, ...]:
    found = view.search(SearchRequest(rows=0, facet_fields=("access",)))
    open_ones = dict(found.facets.get("access", ())).get(Access.OPEN, 0)
    agencies = sum(bool(record.get("package_count")) for record in view.records.organizations())
    newest = view.search(SearchRequest(rows=_COUNTED))
    releases = sum(int(extra(one, "release") or 0) for one in view.records.packages(newest.ids))
    return (
        Figure(words.say(_("datasets")), datasets),
        Figure(words.say(_("of them open to all")), open_ones),
        Figure(words.say(_("releases so far")), releases),
        Figure(words.say(_("agencies")), agencies),
    )


def _agency(organization: Named, words: Words) -> Agency:
    count = translate_count(
        "{count} dataset", "{count} datasets", organization.count, words.language
    )
    return Agency(
        organization.name,
        organization.title,
        organization.description,
        count.format(count=words.number(organization.count)),
    )
