"""“Communes, old and new”, and the page of each commune."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from catalog.portal.citing import cite
from catalog.portal.failures import failure_page
from catalog.portal.metadata import Metadata
from catalog.portal.place_page import answer, as_csv
from catalog.portal.site import Site, address
from catalog.portal.stories import ToldBy, periods_of, place_story
from catalog.portal.unit_lookup import UnitSource, lookup, regions
from catalog.portal.unit_view import unit_view, validity
from catalog.portal.wording import Words
from contracts.i18n import _
from lakehouse.units import Candidate

_CSV = "late-cases.csv"


def routes(site: Site, words: Words) -> APIRouter:
    """The routes in one language."""
    pages = APIRouter()

    def units(request: Request) -> Response:
        view = site.view()
        asked = lookup(site.context, view, request.query_params, words)
        told = None if asked.asked else place_story(site.context, view)
        return site.page(
            request,
            words,
            "units.html",
            section="units",
            lookup=asked,
            regions=regions(site.context, told) if told else (),
        )

    def chosen(request: Request) -> Response:
        """Where the list of communes on the home page leads."""
        code = request.query_params.get("code", "")
        target = f"/units/{code}" if code.isascii() and code.isdigit() else "/units"
        return RedirectResponse(address(words.language, target), 303)

    def place(request: Request, code: str) -> Response:
        return _place(site, request, words, code)

    def numbers(request: Request, code: str) -> Response:
        return _numbers(site, request, words, code)

    methods = ["GET", "HEAD"]
    pages.add_api_route("/units", units, methods=methods)
    pages.add_api_route("/units/open", chosen, methods=methods)
    pages.add_api_route("/units/{code}", place, methods=methods)
    pages.add_api_route(f"/units/{{code}}/{_CSV}", numbers, methods=methods)
    return pages


def _place(site: Site, request: Request, words: Words, code: str) -> Response:
    """The page of a commune of today; a code of before leads to what became of it."""
    source = UnitSource(site.context)
    here = source.current(code)
    if here is None:
        if source.find(code=code):
            return RedirectResponse(address(words.language, "/units", q=code), 303)
        return failure_page(site, request, words, 404)
    number = request.query_params.get("release")
    told = _told(site, number)
    if told is None and number:
        return failure_page(site, request, words, 404)
    return site.page(
        request,
        words,
        "place.html",
        section="units",
        unit=unit_view(here, words),
        told=_answer(site, told, here, words) if told else None,
        namesake=_namesake(source, here, words),
    )


def _numbers(site: Site, request: Request, words: Words, code: str) -> Response:
    """The answer's numbers as a file."""
    told = _told(site, request.query_params.get("release"))
    here = UnitSource(site.context).current(code)
    periods = periods_of(site.context.rows(told.release), told.story, code) if told else ()
    if told is None or here is None or not periods:
        return failure_page(site, request, words, 404)
    return Response(
        as_csv(periods, told.story, code),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="late-cases-{code}.csv"'},
    )


def _told(site: Site, number: str | None) -> ToldBy | None:
    """The story at its newest release, or at the release that the address names."""
    view = site.view()
    if not number:
        return place_story(site.context, view)
    if not (number.isascii() and number.isdigit()):
        return None
    return place_story(site.context, view, int(number))


def _answer(site: Site, told: ToldBy, here: Candidate, words: Words) -> dict[str, object] | None:
    """The answer with its download and citation; None when nothing is told of this place."""
    code = here.unit.code
    periods = periods_of(site.context.rows(told.release), told.story, code)
    if not periods:
        return None
    metadata = Metadata.of(told.release, words)
    number = told.release.release
    page = address(words.language, f"/units/{code}", release=number)
    return {
        "answer": answer(here.unit.full_name, periods, words),
        "csv": address(words.language, f"/units/{code}/{_CSV}", release=number),
        "dataset": told.release.dataset,
        "dataset_title": metadata.text("title"),
        "release": number,
        "citation": cite(
            told.release,
            metadata,
            site.context.title,
            f"{site.context.public_url}{page}",
            part=here.unit.full_name,
        ),
    }


def _namesake(source: UnitSource, here: Candidate, words: Words) -> str:
    """What this code meant before, if it meant another place."""
    for other in source.find(code=here.unit.code):
        if other.unit != here.unit:
            return words.say(
                _("Careful: {validity} the code {code} meant {name}, {where}."),
                validity=validity(other.unit, words),
                code=here.unit.code,
                name=other.unit.full_name,
                where=", ".join(other.unit.parents),
            )
    return ""
