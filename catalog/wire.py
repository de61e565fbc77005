"""The Action API over HTTP: CKAN's wire rules, once for every action.

The envelope and status codes. Reading the request is `catalog.receiving`, what actions do
`catalog.actions`.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool

from catalog.access import ANONYMOUS, Actor, authorize
from catalog.actions import ACTIONS, Action, Call
from catalog.context import CatalogContext
from catalog.errors import ActionError, BadRequestError
from catalog.receiving import read_parameters
from catalog.search.request import SearchQueryError
from catalog.values import plain
from contracts.errors import Fault

_LOG = logging.getLogger(__name__)
MEDIA_TYPE = "application/json;charset=utf-8"
_KINDS = {
    400: "Integrity Error",
    403: "Authorization Error",
    404: "Not Found Error",
    409: "Validation Error",
    410: "Not Found Error",
}
_PREFIXES = ("/api/action", "/api/3/action")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def api_router(context: CatalogContext) -> APIRouter:
    """The routes of the Action API."""
    router = APIRouter()

    async def act(request: Request, name: str) -> Response:
        action = ACTIONS.get(name)
        if action is None:
            return _sentence(f"Action name not known: {name[:100]}")
        try:
            data = await read_parameters(request, reads=action.reads)
        except BadRequestError as error:
            return _sentence(str(error))
        except ActionError as error:
            return _failure(context, action, error)
        token = token_of(request)
        return await run_in_threadpool(respond, context, action, data, token)

    async def version(request: Request) -> Response:
        return json_response({"version": 3}, 200)

    for prefix in _PREFIXES:
        router.add_api_route(
            prefix + "/{name}", act, methods=["GET", "HEAD", "POST"], include_in_schema=False
        )
    for path in ("/api", "/api/3", "/api/3/"):
        router.add_api_route(path, version, methods=["GET", "HEAD"], include_in_schema=False)
    return router


def token_of(request: Request) -> str | None:
    """The token of a request, raw or as a bearer; never one in the address."""
    for header in ("authorization", "x-ckan-api-key"):
        value = request.headers.get(header, "").strip()
        if value:
            return value.removeprefix("Bearer ").strip()
    return None


def actor_of(context: CatalogContext, token: str | None) -> Actor:
    """Who asks. The public worker knows no tokens: there everyone is anonymous."""
    return context.registry.actor(token) if context.registry else ANONYMOUS


def respond(
    context: CatalogContext, action: Action, data: Mapping[str, Any], token: str | None
) -> Response:
    """Run one action and wrap what came of it."""
    try:
        actor = actor_of(context, token)
        authorize(actor, action.permission)
        call = Call(context, actor, action.read(data), context.view(actor))
        result = action.function(call)
    except ActionError as error:
        return _failure(context, action, error)
    except SearchQueryError as error:
        return _error(
            context, action, 400, "Search Query Error", f"Search Query is invalid: {error}"
        )
    except Fault as fault:
        # For whoever runs the catalogue: it can name buckets, files and settings.
        _LOG.error("action %s: %s: %s", action.name, fault.check, one_line(str(fault)))
        message = "The catalogue cannot read what it needs just now; try again in a minute"
        return _error(context, action, 503, "Internal Server Error", message)
    except DBAPIError as error:
        _LOG.error("action %s: database: %s", action.name, type(error).__name__)
        message = "The catalogue's database does not answer; try again in a minute"
        return _error(context, action, 503, "Internal Server Error", message)
    return json_response({"help": _help(context, action), "success": True, "result": result}, 200)


def one_line(text: str) -> str:
    """`text` for a log: what a stranger sent cannot begin a line of its own."""
    return _CONTROL.sub(" ", text)


def _help(context: CatalogContext, action: Action) -> str:
    return f"{context.public_url}/api/3/action/help_show?name={action.name}"


def _failure(context: CatalogContext, action: Action, error: ActionError) -> Response:
    described = {"__type": error.kind, **error.fields()}
    envelope = {"help": _help(context, action), "success": False, "error": described}
    return json_response(envelope, error.status)


def _error(
    context: CatalogContext, action: Action, status: int, kind: str, message: str
) -> Response:
    described = {"__type": kind, "message": message}
    envelope = {"help": _help(context, action), "success": False, "error": described}
    return json_response(envelope, status)


def failure_response(status: int, message: str = "") -> Response:
    """The answer for programs where no action is involved."""
    kind = _KINDS.get(status, "Internal Server Error")
    described = {"__type": kind, "message": message or kind}
    return json_response({"success": False, "error": described}, status)


def refusal_response(error: ActionError) -> Response:
    """A refusal where no action is involved: without the help."""
    described = {"__type": error.kind, **error.fields()}
    return json_response({"success": False, "error": described}, error.status)


def _sentence(text: str) -> Response:
    """CKAN's answer to what it cannot read: a bare JSON text."""
    return json_response(f"Bad request - {text}", 400)


def json_response(content: object, status: int) -> Response:
    """JSON as CKAN sends it."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=plain)
    # Built by hand: the content type goes out without the space that frameworks put in.
    return Response(body, status, headers={"content-type": MEDIA_TYPE})
