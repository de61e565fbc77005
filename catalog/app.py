"""`create_app`: a worker's whole web application, assembled from a `CatalogContext`.

Assembly only. Processes are `catalog.worker`, pages `catalog.portal`.
"""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from catalog import portal
from catalog.context import CatalogContext
from catalog.downloads import download_router
from catalog.dump import dump_router
from catalog.headers import SecurityHeaders, Shield
from catalog.indicators import indicators_router
from catalog.openapi import openapi_router
from catalog.units import units_router
from catalog.web.routes import router as web_router
from catalog.wire import api_router, failure_response
from contracts.errors import Fault


def create_app(context: CatalogContext) -> ASGIApp:
    """The application that answers from `context`; no cookies, no documentation pages."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    app.include_router(api_router(context))
    app.include_router(units_router(context))
    app.include_router(indicators_router(context))
    app.include_router(download_router(context))
    # Before the portal, whose /dataset/{name} would take /dataset/name.ttl too.
    app.include_router(web_router(context))
    app.include_router(dump_router(context))
    app.include_router(portal.router(context))
    app.include_router(openapi_router(context, app.routes))

    def fail(request: Request, status: int, message: str = "") -> Response:
        # People read pages; programs, and whoever sends a token, read JSON.
        if context.mode == "agency" or request.url.path.startswith("/api/"):
            return failure_response(status, message)
        return portal.error_page(context, request, status)

    async def http_error(request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            return fail(request, 500)
        return fail(request, error.status_code, error.detail)

    async def fault(request: Request, error: Exception) -> Response:
        missing = isinstance(error, Fault) and error.check == "store.missing"
        return fail(request, 404 if missing else 503)

    async def no_database(request: Request, error: Exception) -> Response:
        return fail(request, 503)

    async def unexpected(request: Request, error: Exception) -> Response:
        return fail(request, 500)

    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(Fault, fault)
    app.add_exception_handler(DBAPIError, no_database)
    app.add_exception_handler(Exception, unexpected)
    return SecurityHeaders(Shield(app))
