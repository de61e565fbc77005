"""Persistent addresses under ``/id/``: 303 to the page, the RDF or the data, as Accept asks.

Source: W3C *Cool URIs for the Semantic Web*, 303 addresses.
"""

from __future__ import annotations

import re

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from catalog.access import ANONYMOUS
from catalog.context import CatalogContext
from catalog.web import values
from catalog.web.answering import find_dataset
from catalog.web.described import Described
from catalog.web.negotiation import HTML, RDF_TYPES, SYNTAXES, accepted, wants_rdf

_METHODS = ["GET", "HEAD"]
_HEADERS = {"vary": "Accept", "cache-control": "public, max-age=60"}


def persistent_router(context: CatalogContext) -> APIRouter:
    """``/id/dataset``, its releases, ``/id/organization``, ``/id/unit`` and the API's own."""
    router = APIRouter()

    def dataset(request: Request, name: str) -> Response:
        found = find_dataset(context, request, name)
        if isinstance(found, Response):
            return found
        return _see(_chosen(found, request.headers.get("accept", "")))

    def release(request: Request, name: str, number: str) -> Response:
        found = find_dataset(context, request, name)
        if isinstance(found, Response):
            return found
        # Whoever may see the record may see which releases it has had.
        wanted = int(number) if re.fullmatch(r"[0-9]{1,6}", number) else 0
        if not found.from_contract or wanted not in context.releases.numbers(found.name):
            raise HTTPException(404)
        chosen = _chosen(found, request.headers.get("accept", ""))
        if chosen == found.page:
            return _see(f"{found.page}?release={wanted}")
        latest = f"/releases/{found.extras.get('release')}/"
        return _see(chosen.replace(latest, f"/releases/{wanted}/"))

    def organization(request: Request, name: str) -> Response:
        record = context.view(ANONYMOUS).records.organization(name)
        if record is None:
            raise HTTPException(404)
        page = f"{context.public_url}/organization/{record['name']}"
        suffix = wants_rdf(request.headers.get("accept", ""))
        return _see(f"{page}.{suffix}" if suffix else page)

    def unit(code: str) -> Response:
        if not re.fullmatch(r"[0-9]{2,5}", code):
            raise HTTPException(404)
        return _see(f"{context.public_url}/units/{code}")

    def service() -> Response:
        return _see(f"{context.public_url}/api/openapi.json")

    router.add_api_route("/id/dataset/{name}", dataset, methods=_METHODS)
    router.add_api_route("/id/dataset/{name}/releases/{number}", release, methods=_METHODS)
    router.add_api_route("/id/organization/{name}", organization, methods=_METHODS)
    router.add_api_route("/id/unit/{code}", unit, methods=_METHODS)
    router.add_api_route("/id/service/action-api", service, methods=_METHODS)
    return router


def _chosen(said: Described, accept: str) -> str:
    """The page, the RDF, or the newest file of the wanted type."""
    files = {
        kind: part.address
        for part in reversed(said.parts)
        if part.is_file and part.address
        if (kind := values.media_type(part.record.get("mimetype")))
    }
    chosen = accepted(accept, (HTML, *RDF_TYPES, *files))
    if chosen in files:
        return files[chosen]
    suffixes = {one.media_type: one.suffix for one in reversed(SYNTAXES.values())}
    return f"{said.page}.{suffixes[chosen]}" if chosen in suffixes else said.page


def _see(address: str) -> Response:
    return RedirectResponse(address, 303, _HEADERS)
