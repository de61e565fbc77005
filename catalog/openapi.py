"""``/api/openapi.json``: everything programs can ask for, as OpenAPI 3.1.

Made from what is there: each action's docstring and result schema, and, of the other routes,
what each says of itself in ``openapi_extra``. Nothing is described here a second time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel
from starlette.routing import BaseRoute

from catalog.actions import ACTIONS, Action
from catalog.actions.declaring import Parameter
from catalog.actions.schemas import SCHEMAS, result_schema
from catalog.actions.site import CKAN_VERSION
from catalog.context import CatalogContext
from catalog.wire import json_response
from contracts.i18n import _, translate

PATH = "/api/openapi.json"
TYPES = (
    "Validation Error",
    "Not Found Error",
    "Authorization Error",
    "Search Query Error",
    "Search Error",
    "Search Index Error",
    "Integrity Error",
)
"""CKAN's kinds of refusals."""

_JSON = "application/json"
_REF = "#/components/schemas/{model}"
_TITLE = _("The API of {site}")
_ABOUT = _(
    "CKAN's Action API over the datasets of the province: a client of CKAN {version} works as "
    "it is. Reads need no token; every answer is an envelope of help, success and result."
)


def openapi_router(context: CatalogContext, routes: Sequence[BaseRoute]) -> APIRouter:
    """The one route; `routes` are those of the application it describes."""
    router = APIRouter()
    described = document(context, routes)

    async def answer(request: Request) -> Response:
        return json_response(described, 200)

    router.add_api_route(PATH, answer, methods=["GET", "HEAD"], include_in_schema=False)
    return router


def document(context: CatalogContext, routes: Sequence[BaseRoute]) -> dict[str, Any]:
    """The whole description."""
    schemas: dict[str, Any] = {**SCHEMAS, **_ENVELOPES}
    paths: dict[str, Any] = {}
    for name, action in sorted(ACTIONS.items()):
        paths[f"/api/3/action/{name}"] = _path_item(action, schemas)
    for found in iter_route_contexts(routes):
        route = found.original_route
        if isinstance(route, APIRoute) and route.openapi_extra and found.path:
            paths.setdefault(found.path, {})["get"] = route.openapi_extra
    language = context.language
    return {
        "openapi": "3.1.0",
        "info": {
            "title": translate(_TITLE, language).format(site=context.title),
            "description": translate(_ABOUT, language).format(version=CKAN_VERSION),
            "version": CKAN_VERSION,
        },
        "servers": [{"url": context.public_url}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": _RESPONSES,
            "securitySchemes": {
                "token": {"type": "apiKey", "in": "header", "name": "Authorization"},
                "ckan": {"type": "apiKey", "in": "header", "name": "X-CKAN-API-Key"},
            },
        },
    }


def _path_item(action: Action, schemas: dict[str, Any]) -> dict[str, Any]:
    item = {"post": {**_operation(action, "post"), "requestBody": _body(action, schemas)}}
    if action.reads:
        asked = [_in_query(one) for one in action.parameters.values()]
        item["get"] = {**_operation(action, "get"), "parameters": asked}
    return item


def _operation(action: Action, method: str) -> dict[str, Any]:
    result = {
        "type": "object",
        "properties": {
            "help": {"type": "string"},
            "success": {"const": True},
            "result": result_schema(action.result),
        },
        "required": ["help", "success", "result"],
    }
    refusals = {
        status: {"$ref": f"#/components/responses/{name}"} for status, name in _STATUSES.items()
    }
    tokens: list[dict[str, list[str]]] = [{"token": []}, {"ckan": []}]
    summary, _stop, _rest = action.description.partition("\n\n")
    return {
        "operationId": f"{action.name}_{method}",
        "tags": ["read" if action.reads else "write"],
        "summary": " ".join(summary.split()),
        "description": action.description,
        "security": [{}, *tokens] if action.reads else tokens,
        "responses": {
            "200": {"description": "What was asked for.", "content": {_JSON: {"schema": result}}},
            **refusals,
        },
    }


def _in_query(parameter: Parameter) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": parameter.name,
        "in": "query",
        "description": parameter.description,
        "required": parameter.required,
    }
    if "string" in parameter.types:
        made["schema"] = {"type": "string"}
    elif {"object", "array"} & set(parameter.types):
        made["content"] = {_JSON: {"schema": parameter.schema}}
    else:
        made["schema"] = parameter.schema
    return made


def _body(action: Action, schemas: dict[str, Any]) -> dict[str, Any]:
    properties: dict[str, Any] = _fields(action.takes, schemas) if action.takes else {}
    for name, parameter in action.parameters.items():
        properties[name] = {**parameter.schema, "description": parameter.description}
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    required = [name for name, parameter in action.parameters.items() if parameter.required]
    if required:
        schema["required"] = required
    return {"content": {_JSON: {"schema": schema}}}


def _fields(form: type[BaseModel], schemas: dict[str, Any]) -> dict[str, Any]:
    """The fields of a form; forms inside it become components."""
    made = form.model_json_schema(ref_template=_REF)
    schemas.update(made.get("$defs", {}))
    return dict(made["properties"])


_ERROR: Mapping[str, Any] = {
    "type": "object",
    "description": "``message``, or each field that was refused with its messages.",
    "properties": {"__type": {"enum": list(TYPES)}, "message": {}},
    "required": ["__type"],
}
_ENVELOPES: Mapping[str, Any] = {
    "Error": _ERROR,
    "Failure": {
        "type": "object",
        "properties": {
            "help": {"type": "string"},
            "success": {"const": False},
            "error": {"$ref": "#/components/schemas/Error"},
        },
        "required": ["success", "error"],
    },
    "Unavailable": {
        "type": "object",
        "properties": {
            "help": {"type": "string"},
            "success": {"const": False},
            "error": {
                "type": "object",
                "properties": {
                    "__type": {"enum": ["Internal Server Error", "Search Error"]},
                    "message": {"type": "string"},
                },
                "required": ["__type", "message"],
            },
        },
        "required": ["success", "error"],
    },
}


def _response(description: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {_JSON: {"schema": schema}}}


_FAILURE: Mapping[str, Any] = {"$ref": "#/components/schemas/Failure"}
_STATUSES = {
    "400": "BadRequest",
    "403": "NotAuthorized",
    "404": "NotFound",
    "409": "Refused",
    "410": "Withdrawn",
    "503": "Unavailable",
}
_RESPONSES: Mapping[str, Any] = {
    "BadRequest": _response(
        "A query that cannot be read, a request that contradicts what is there, or (a bare "
        "sentence) a request that cannot be read at all.",
        {"anyOf": [{"type": "string"}, _FAILURE]},
    ),
    "NotAuthorized": _response("The asker may not do this.", _FAILURE),
    "NotFound": _response("There is no such thing that the asker may know of.", _FAILURE),
    "Refused": _response("Fields cannot be accepted: each with its messages.", _FAILURE),
    "Withdrawn": _response("There was such a thing; the message says why it is gone.", _FAILURE),
    "Unavailable": _response(
        "What is needed cannot be read just now; try again in a minute.",
        {"$ref": "#/components/schemas/Unavailable"},
    ),
}
