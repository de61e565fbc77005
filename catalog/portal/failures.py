"""Error pages: what happened, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from catalog.portal.site import Site, address
from catalog.portal.wording import Words
from contracts.i18n import _


@dataclass(frozen=True)
class _Failure:
    title: str
    text: str
    offer_search: bool = True


@dataclass(frozen=True)
class _Step:
    title: str
    href: str


_FAILURES = {
    404: _Failure(
        _("This page does not exist"),
        _("The address may be mistyped, or the page has moved. Search for what you need:"),
    ),
    410: _Failure(
        _("This has been withdrawn"),
        _("It was published here once and is no longer available."),
    ),
    503: _Failure(
        _("Not available just now"),
        _("This part of the site is restarting or busy. Please try again in a minute."),
        offer_search=False,
    ),
}
_BAD_REQUEST = _Failure(
    _("This address cannot be read"),
    _("A part of it is mistyped. Search for what you need:"),
)
_BROKEN = _Failure(
    _("Something went wrong on our side"),
    _("The people who run this site can see it in their log. Please try again in a minute."),
    offer_search=False,
)


def failure_page(
    site: Site, request: Request, words: Words, status: int, text: str = ""
) -> Response:
    """The page for `status`; `text` (already in the reader's language) replaces its sentence."""
    failure = _FAILURES.get(status) or (_BAD_REQUEST if status < 500 else _BROKEN)
    return site.page(
        request,
        words,
        "error.html",
        status=status,
        title=words.say(failure.title),
        text=text or words.say(failure.text),
        offer_search=failure.offer_search,
        steps=(
            _Step(words.say(_("All datasets")), address(words.language, "/dataset")),
            _Step(words.say(_("Communes, old and new")), address(words.language, "/units")),
            _Step(words.say(_("Home")), address(words.language, "/")),
        ),
    )
