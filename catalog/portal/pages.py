"""The portal's addresses, in both languages, and its error pages.

Assembly: each kind of page is a module that gives its routes for one language.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from catalog.context import CatalogContext
from catalog.portal import (
    collection_routes,
    dataset_routes,
    indicator_routes,
    plain_routes,
    unit_routes,
)
from catalog.portal.failures import failure_page
from catalog.portal.site import MEDIA_TYPES, Site, assets, language_of
from catalog.portal.withdrawn_page import withdrawn, withdrawn_page
from catalog.portal.wording import Words
from contracts.i18n import LANGUAGES

GONE = 410
_PARTS = (dataset_routes, collection_routes, plain_routes, unit_routes, indicator_routes)
_BELOW_DATASET = re.compile(r"/(?:en/)?dataset/([^/]+)/")


def router(context: CatalogContext) -> APIRouter:
    """Every page and static file of the portal."""
    site = Site(context)
    pages = APIRouter(include_in_schema=False)
    pages.add_api_route("/static/{version}/{name}", _static, methods=["GET", "HEAD"])
    for language in LANGUAGES:
        words = Words(language)
        prefix = "" if language == "vi" else f"/{language}"
        for part in _PARTS:
            pages.include_router(part.routes(site, words), prefix=prefix)
    return pages


def error_page(context: CatalogContext, request: Request, status: int) -> Response:
    """The page for a status of 400 and above, in the language of the address asked for.

    Below the address of a withdrawn dataset that is the dataset's own page.
    """
    site, words = Site(context), Words(language_of(request.url.path))
    if status == GONE and (below := _BELOW_DATASET.match(request.url.path)):
        view = site.view()
        if gone := withdrawn(site, view, below[1], words):
            return withdrawn_page(site, request, words, view, gone)
    return failure_page(site, request, words, status)


def _static(request: Request, version: str, name: str) -> Response:
    """A static file. Any version gives the newest, so an old page still has its style."""
    content = assets().get(name)
    media_type = MEDIA_TYPES.get(PurePosixPath(name).suffix)
    if content is None or media_type is None:
        return Response(status_code=404)
    kept = "public, max-age=31536000, immutable"
    return Response(content, media_type=media_type, headers={"Cache-Control": kept})
