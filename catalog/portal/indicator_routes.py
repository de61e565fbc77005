"""``/indicators``: a page as a dashboard of the operations centre would show it.

It reads what ``GET /api/1/indicators`` gives, and names that address for every part.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from catalog.errors import ActionError
from catalog.indicators import Asked, Told, indicators, told_by
from catalog.portal.indicator_view import Section, sections
from catalog.portal.places import Meant, meant_by, name_of
from catalog.portal.records import named
from catalog.portal.site import Site
from catalog.portal.unit_lookup import UnitSource
from catalog.portal.wording import Words
from contracts.times import VIETNAM

_MONTHS = 14


@dataclass(frozen=True)
class Place:
    """Where indicators are asked for: a unit, or the whole province (no code). `meant`: the
    units that a name may mean, where it is not one; `unknown`: where it is none."""

    code: str
    name: str
    meant: tuple[Meant, ...]
    unknown: bool = False


def routes(site: Site, words: Words) -> APIRouter:
    """The route in one language."""
    pages = APIRouter()

    def page(request: Request) -> Response:
        view = site.view()
        told = told_by(site.context, view)
        asked = request.query_params
        domain = asked.get("domain", "").strip()[:50]
        typed = asked.get("unit", "").strip()[:100]
        place = _place(site, typed)
        return site.page(
            request,
            words,
            "indicators.html",
            section="indicators",
            told=told is not None,
            typed=typed,
            place=place,
            sections=_sections(site, told, place.code, domain, words) if told else (),
            domain=domain,
            api=_address(site, told, place.code, domain) if told else "",
            datasets=[
                named(record, words)
                for one in ((told.observations, told.catalogue) if told else ())
                if (record := view.records.package(one.dataset))
            ],
        )

    pages.add_api_route("/indicators", page, methods=["GET", "HEAD"])
    return pages


def _place(site: Site, typed: str) -> Place:
    """The unit that was typed, as a code or a name; the whole province if none was."""
    if not typed:
        return Place("", "", ())
    source = UnitSource(site.context)
    if typed.isascii() and typed.isdigit():
        return Place(typed, name_of(source, typed) or typed, ())
    meant = meant_by(source, typed)
    if len(meant) == 1:
        return Place(meant[0].code, meant[0].name, ())
    return Place("", "", meant, unknown=not meant)


def _sections(site: Site, told: Told, code: str, domain: str, words: Words) -> tuple[Section, ...]:
    asked = Asked(domain=domain, unit=code or told.story.whole, since=_since())
    try:
        found = indicators(site.context, told, asked)
    except ActionError:
        return ()
    return sections(told, found, words)


def _since() -> str:
    """The first month that is shown."""
    day = datetime.now(VIETNAM) - timedelta(days=31 * _MONTHS)
    return f"{day:%Y-%m}"


def _address(site: Site, told: Told, code: str, domain: str) -> str:
    asked = {"unit": code or told.story.whole, "domain": domain}
    query = urlencode({key: value for key, value in asked.items() if value})
    return f"{site.context.public_url}/api/1/indicators?{query}"
