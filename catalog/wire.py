"""The Action API over HTTP: CKAN's wire rules, once for every action.

Reading the request, the envelope, status codes. What actions do is `catalog.actions`.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from catalog.access import ANONYMOUS, Actor, authorize
from catalog.actions import ACTIONS, Action, Call
from catalog.actions.parameters import Parameters
from catalog.context import CatalogContext, View
from catalog.errors import ActionError, BadRequestError, NotAuthorizedError
from catalog.search.request import SearchQueryError
from catalog.values import plain
from contracts.errors import Fault

_LOG = logging.getLogger(__name__)
MEDIA_TYPE = "application/json;charset=utf-8"
_KINDS = {
    400: "Integrity Error",
    403: "Authorization Error",
    404: "Not Found Error",
    410: "Not Found Error",
}
_PREFIXES = ("/api/action", "/api/3/action")


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
        view: View = context.view()
        if context.registry is not None and actor.privileged:
            view = context.registry.views()
        result = action.function(Call(context, actor, Parameters(data), view))
    except ActionError as error:
        return _failure(context, action, error)
    except SearchQueryError as error:
        return _error(
            context, action, 400, "Search Query Error", f"Search Query is invalid: {error}"
        )
    except Fault as fault:
        # For whoever runs the catalogue: it can name buckets, files and settings.
        _LOG.error("action %s: %s: %s", action.name, fault.check, fault)
        message = "The catalogue cannot read what it needs just now; try again in a minute"
        return _error(context, action, 503, "Internal Server Error", message)
    except DBAPIError as error:
        _LOG.error("action %s: database: %s", action.name, type(error).__name__)
        message = "The catalogue's database does not answer; try again in a minute"
        return _error(context, action, 503, "Internal Server Error", message)
    return json_response({"help": _help(context, action), "success": True, "result": result}, 200)


async def read_parameters(request: Request, *, reads: bool) -> dict[str, Any]:
    """The parameters of a call: of the address (reads only) and of the body.

    Raises:
        BadRequestError: the body is not JSON, or not an object; a write by GET.
        NotAuthorizedError: a file was sent.
    """
    if not reads and request.method != "POST":
        raise BadRequestError(
            "JSON Error: Invalid request. Please use POST method for your request"
        )
    data: dict[str, Any] = _mixed(request.query_params.multi_items()) if reads else {}
    if request.method == "POST":
        data.update(await _body(request))
    return data


async def _body(request: Request) -> dict[str, Any]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await _form(request)
    text = (await request.body()).strip()
    if not text:
        return {}
    # curl -d says it sends a form even when it sends JSON.
    if kind == "application/x-www-form-urlencoded" and not text.startswith(b"{"):
        fields = parse_qs(text.decode("utf-8", "replace"), keep_blank_values=True)
        return {key: values if len(values) > 1 else values[0] for key, values in fields.items()}
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        raise BadRequestError("JSON Error: Error decoding JSON data.") from None
    if not isinstance(parsed, dict):
        raise BadRequestError("JSON Error: Request data needs to be a dictionary.")
    return parsed


async def _form(request: Request) -> dict[str, Any]:
    try:
        form = await request.form(max_files=10, max_fields=1000)
    except HTTPException as error:
        raise BadRequestError(f"JSON Error: {error.detail}") from None
    if any(isinstance(value, UploadFile) for _key, value in form.multi_items()):
        await form.close()
        raise NotAuthorizedError("files are not accepted: rows enter only through a gated pipeline")
    return _mixed([(key, str(value)) for key, value in form.multi_items()])


def _mixed(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Repeated keys as lists."""
    data: dict[str, Any] = {}
    for key, value in pairs:
        if key not in data:
            data[key] = value
        elif isinstance(data[key], list):
            data[key].append(value)
        else:
            data[key] = [data[key], value]
    return data


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


def _sentence(text: str) -> Response:
    """CKAN's answer to what it cannot read: a bare JSON text."""
    return json_response(f"Bad request - {text}", 400)


def json_response(content: object, status: int) -> Response:
    """JSON as CKAN sends it."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=plain)
    # Built by hand: the content type goes out without the space that frameworks put in.
    return Response(body, status, headers={"content-type": MEDIA_TYPE})
