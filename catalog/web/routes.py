"""`router`: every route of the open web. It must stand before the portal's routes, whose
``/dataset/{name}`` would take ``/dataset/name.ttl`` too."""

from __future__ import annotations

from fastapi import APIRouter

from catalog.context import CatalogContext
from catalog.web.feed_routes import crawler_router, feed_router
from catalog.web.file_routes import file_router
from catalog.web.persistent import persistent_router
from catalog.web.rdf_routes import rdf_router


def router(context: CatalogContext) -> APIRouter:
    """RDF, feeds, files for crawlers and harvesters, persistent addresses."""
    routes = APIRouter(include_in_schema=False)
    for part in (rdf_router, file_router, feed_router, crawler_router, persistent_router):
        routes.include_router(part(context))
    return routes
