"""``/datastore/dump/{resource_id}``: all rows of an answer as one stream, as CKAN has it.

Memory does not grow with the rows: they are read, written and sent piece by piece. What is
asked is read as ``datastore_search`` reads it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from inspect import cleandoc
from itertools import chain
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from catalog.access import Permission, authorize
from catalog.actions.asking import (
    OpenResource,
    asked,
    data_columns,
    described,
    open_resource,
    refusals,
)
from catalog.actions.declaring import Parameter, read_docstring
from catalog.actions.parameters import Parameters
from catalog.actions.registry import Call
from catalog.audit import note_reading
from catalog.context import CatalogContext
from catalog.errors import ActionError, BadRequestError, ValidationError
from catalog.receiving import read_parameters
from catalog.tables import FORMS, Row, TextForm
from catalog.wire import actor_of, failure_response, refusal_response, token_of
from lakehouse.rows import Page

PARAMETERS = read_docstring(
    "dump",
    cleandoc("""What ``/datastore/dump/{resource_id}`` takes.

    :param string resource_id: the resource, or its dataset's name (required)
    :param string format: ``csv`` (default), ``tsv``, ``json`` or ``xml``
    :param boolean bom: begin with a byte order mark, which Excel looks for
    :param string release: number of the release; default: the newest
    :param string version: the same
    :param string as_of: a day such as ``2026-03-01``: the release in force at its end
    :param string grant: id of the grant by which rows on request are read
    :param object|array filters: as of datastore_search
    :param string|object q: as of datastore_search
    :param string full_text: as of datastore_search
    :param string language: changes nothing
    :param boolean plain: false: q may join words by ``&``
    :param list fields: only these columns
    :param string|list sort: such as ``name asc, date desc``
    :param boolean distinct: each combination of values once
    :param integer limit: at most so many; default: all
    :param integer offset: after leaving out so many
    """),
)[1]


def _in_address(parameter: Parameter) -> dict[str, Any]:
    plain = {"integer", "boolean"} & set(parameter.types)
    return parameter.schema if plain else {"type": "string"}


_DESCRIBED = {
    "summary": "All rows of a dataset's release, as a stream.",
    "parameters": [
        {
            "name": one.name,
            "in": "path" if one.name == "resource_id" else "query",
            "required": one.required,
            "description": one.description,
            # Objects are written as JSON text, as everywhere in an address.
            "schema": {"enum": list(FORMS)} if one.name == "format" else _in_address(one),
        }
        for one in PARAMETERS.values()
    ],
    "responses": {
        "200": {
            "description": "The rows.",
            "content": {form.media_type.partition(";")[0]: {} for form in FORMS.values()},
        },
        "304": {"description": "The asker has them already."},
        "400": {"$ref": "#/components/responses/BadRequest"},
        "403": {"$ref": "#/components/responses/NotAuthorized"},
        "404": {"$ref": "#/components/responses/NotFound"},
        "409": {"$ref": "#/components/responses/Refused"},
        "410": {"$ref": "#/components/responses/Withdrawn"},
        "503": {"$ref": "#/components/responses/Unavailable"},
    },
}
_FORM_VERSION = "1"  # changes when a form is written differently
_DEEPEST = 1 << 60


def dump_router(context: CatalogContext) -> APIRouter:
    """The route of the dump."""
    router = APIRouter()

    async def dump(request: Request, resource_id: str) -> Response:
        try:
            data = await read_parameters(request, reads=True)
        except BadRequestError as error:
            return failure_response(400, str(error))
        data["resource_id"] = resource_id
        return await run_in_threadpool(_answer, context, request, data)

    router.add_api_route(
        "/datastore/dump/{resource_id}",
        dump,
        methods=["GET", "HEAD"],
        include_in_schema=False,
        openapi_extra=_DESCRIBED,
    )
    return router


def _answer(context: CatalogContext, request: Request, data: dict[str, Any]) -> Response:
    try:
        actor = actor_of(context, token_of(request))
        authorize(actor, Permission.READ_ROWS)
        call = Call(context, actor, Parameters(data, PARAMETERS), context.view(actor))
        return _dump(call, request)
    except ActionError as error:
        return refusal_response(error)


def _dump(call: Call, request: Request) -> Response:
    parameters = call.parameters
    form = FORMS.get(parameters.text("format") or "csv")
    if form is None:
        raise ValidationError({"format": [f"Must be one of {', '.join(FORMS)}"]})
    bom = parameters.flag("bom")
    limit = parameters.integer("limit", _DEEPEST, most=_DEEPEST)
    offset = parameters.integer("offset", 0, most=_DEEPEST)
    question = asked(call)
    opened = open_resource(call, "resource_id")
    tag = _etag(opened, form, [question, limit, offset, bom])
    headers = {
        "etag": tag,
        "cache-control": "public, max-age=60" if opened.grant is None else "no-store",
        "content-disposition": f'attachment; filename="{opened.resource["id"]}.{form.extension}"',
    }
    with refusals():
        # Says what cannot be asked before anything is sent.
        first = opened.reader.search(**question, limit=0, include_total=opened.grant is not None)
    if tag in request.headers.get("if-none-match", ""):
        return Response(None, 304, headers)
    if request.method == "HEAD":
        return Response(None, 200, headers, media_type=form.media_type)
    _note(call, opened, first, limit, offset)
    pages = opened.reader.stream(
        **question, offset=offset, limit=None if limit == _DEEPEST else limit
    )
    with refusals():
        begun = next(pages)
    body = form.write(_rows(chain([begun], pages)), described(first.fields, opened.found), bom=bom)
    return StreamingResponse(body, 200, headers, media_type=form.media_type)


def _rows(pages: Iterator[Page]) -> Iterator[Sequence[Row]]:
    for page in pages:
        yield page.rows


def _note(call: Call, opened: OpenResource, counted: Page, limit: int, offset: int) -> None:
    rows = max(0, min((counted.total or 0) - offset, limit))
    release = opened.found.release
    columns = data_columns(counted.fields)
    note_reading(call.context, call.actor, opened.grant, release, "datastore_dump", rows, columns)


def _etag(opened: OpenResource, form: TextForm, question: list[Any]) -> str:
    """Over what decides every byte: the rows and columns that may be seen, and the question."""
    shown = [opened.reader.identity, opened.found.release.release, form.extension]
    said = json.dumps([_FORM_VERSION, *shown, *question], sort_keys=True, default=str)
    return f'"{hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()}"'
