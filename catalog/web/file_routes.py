"""Routes of the open web for programs that read JSON: Croissant, columns, ``data.json``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from catalog.access import ANONYMOUS
from catalog.context import CatalogContext
from catalog.web.answering import (
    answer,
    answer_stream,
    find_dataset,
    not_modified,
    state_of,
    tag_of,
)
from catalog.web.croissant import croissant
from catalog.web.data_json import DataJson
from catalog.web.described import Described

_METHODS = ["GET", "HEAD"]


def file_router(context: CatalogContext) -> APIRouter:
    """Croissant and table schema of a dataset, and ``data.json``."""
    router = APIRouter()
    data_json = DataJson(context)

    def as_croissant(request: Request, name: str) -> Response:
        found = find_dataset(context, request, name)
        if isinstance(found, Response):
            return found
        return _json(request, found, "application/ld+json", croissant(found))

    def table_schema(request: Request, name: str) -> Response:
        found = find_dataset(context, request, name)
        if isinstance(found, Response):
            return found
        if not found.schema:
            raise HTTPException(404)
        return _json(request, found, "application/json", found.schema)

    def whole(request: Request) -> Response:
        view, kind = context.view(ANONYMOUS), "application/json"
        if unchanged := not_modified(request, state_of(view)):
            return unchanged
        if request.method == "HEAD":
            return answer_stream(kind, (), state_of(view))
        if (pieces := data_json.pieces(view)) is None:
            raise HTTPException(503, headers={"retry-after": "60"})
        return answer_stream(kind, pieces, state_of(view))

    router.add_api_route("/dataset/{name}/croissant.jsonld", as_croissant, methods=_METHODS)
    router.add_api_route("/dataset/{name}/table-schema.json", table_schema, methods=_METHODS)
    router.add_api_route("/data.json", whole, methods=_METHODS)
    return router


def _json(request: Request, said: Described, kind: str, content: Mapping[str, Any]) -> Response:
    return answer(
        request,
        kind,
        lambda: json.dumps(content, ensure_ascii=False, indent=1).encode(),
        tag=tag_of(said.fingerprint),
        modified=said.modified,
    )
