"""Which form of RDF a request wants: by the ending of its address, or by its Accept header.

Choosing only; `catalog.web.answering` writes the answers.
"""

from __future__ import annotations

from dataclasses import dataclass

from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.routing import Match
from starlette.types import Scope

HTML = "text/html"


@dataclass(frozen=True)
class Syntax:
    """One way to write RDF: the ending of its addresses, its MIME type, rdflib's name."""

    suffix: str
    media_type: str
    serializer: str


_ALL = (
    Syntax("ttl", "text/turtle", "turtle"),
    Syntax("rdf", "application/rdf+xml", "xml"),
    Syntax("xml", "application/rdf+xml", "xml"),
    Syntax("jsonld", "application/ld+json", "json-ld"),
    Syntax("nt", "application/n-triples", "nt"),
    Syntax("n3", "text/n3", "n3"),
)
SYNTAXES: dict[str, Syntax] = {one.suffix: one for one in _ALL}
"""Ending → syntax."""

_BY_TYPE = {one.media_type: one.suffix for one in reversed(_ALL)}
_BY_TYPE |= {"application/xml": "rdf", "application/x-turtle": "ttl", "text/rdf+n3": "n3"}
RDF_TYPES = tuple(dict.fromkeys(one.media_type for one in _ALL))


def accepted(header: str, offered: tuple[str, ...]) -> str | None:
    """The one of `offered` that an Accept header wants most; None where it wants none.

    Of equal wishes the first offered wins, as ``*/*`` leaves the choice to us (RFC 9110, 12.5.1).
    """
    wishes = list(_wishes(header)) or [("*/*", 1.0)]
    best, most = None, 0.0
    for kind in offered:
        quality = _quality(kind, wishes)
        if quality > most:
            best, most = kind, quality
    return best


def wants_rdf(header: str) -> str | None:
    """The ending of the RDF that an Accept header prefers to a page; None: a page."""
    chosen = accepted(header, (HTML, *_BY_TYPE))
    return _BY_TYPE.get(chosen or "")


def _wishes(header: str) -> list[tuple[str, float]]:
    wishes = []
    for part in header.split(",")[:50]:
        kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = next((p.removeprefix("q=") for p in parameters if p.startswith("q=")), "1")
        try:
            wishes.append((kind, min(1.0, max(0.0, float(quality)))))
        except ValueError:
            continue
    return [wish for wish in wishes if wish[0]]


def _quality(kind: str, wishes: list[tuple[str, float]]) -> float:
    """The most particular wish that fits decides."""
    for wanted in (kind, f"{kind.partition('/')[0]}/*", "*/*"):
        found = [quality for name, quality in wishes if name == wanted]
        if found:
            return max(found)
    return 0.0


class NegotiatedRoute(APIRoute):
    """A route that is only there for who prefers RDF: others go on to the page's own route."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether the request is for this route."""
        match, child = super().matches(scope)
        if match is Match.NONE or wants_rdf(Headers(scope=scope).get("accept", "")):
            return match, child
        return Match.NONE, {}
