"""Files of releases over HTTP: whole or in part, always as the release has them.

A withdrawn dataset gives nothing (410), whichever release is asked for. Of a dataset that
is not open, whoever holds a grant gets a file made for it, with the columns and rows that it
covers; the grant is looked at and the reading noted each time.
"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse

from catalog.access import Actor
from catalog.audit import note_reading
from catalog.context import CatalogContext
from catalog.errors import ActionError, NotFoundError
from catalog.finding import (
    Found,
    Granted,
    WithdrawnError,
    find_release,
    granted,
    open_rows,
)
from catalog.records import FORMS, Form
from catalog.sending import Download, send
from catalog.wire import actor_of, token_of
from contracts.releases import Release
from lakehouse.exports import on_demand
from lakehouse.stores import Zone

_LINK_WORKS = timedelta(minutes=10)
_GIVES = (200, 206)


def download_router(context: CatalogContext) -> APIRouter:
    """``/dataset/{name}/releases/{n}/{file}`` and ``/dataset/{name}/latest/{file}``."""
    router = APIRouter()

    async def numbered(request: Request, name: str, release: str, file: str) -> Response:
        number = int(release) if re.fullmatch(r"\d{1,6}", release) else 0
        return await run_in_threadpool(_answer, context, request, name, number, file)

    async def latest(request: Request, name: str, file: str) -> Response:
        return await run_in_threadpool(_answer, context, request, name, None, file)

    methods = ["GET", "HEAD"]
    router.add_api_route(
        "/dataset/{name}/releases/{release}/{file}",
        numbered,
        methods=methods,
        openapi_extra=_operation("A file of one release, which never changes", "release"),
    )
    router.add_api_route(
        "/dataset/{name}/latest/{file}",
        latest,
        methods=methods,
        openapi_extra=_operation("A file of the newest release"),
    )
    return router


def _operation(summary: str, *more: str) -> dict[str, Any]:
    """The OpenAPI description of a download; `more`: parameters of its path."""
    text = {"type": "string"}
    path = [
        {"name": name, "in": "path", "required": True, "schema": text}
        for name in ("name", *more, "file")
    ]
    query = [
        {
            "name": "grant",
            "in": "query",
            "schema": text,
            "description": "id of the grant to read by, where several cover the rows",
        },
        {
            "name": "direct",
            "in": "query",
            "schema": {"enum": ["1"]},
            "description": "be sent on to the object store, where it has links of its own",
        },
    ]
    told = {
        "200": "The whole file",
        "206": "The part that was asked for",
        "304": "The reader has it already",
        "307": "Where the object store has it",
        "403": "The rows are not open, and no grant covers them",
        "404": "There is no such file",
        "409": "Several grants cover the rows, and none was named",
        "410": "The dataset was withdrawn",
        "416": "The file has no such part",
        "503": "What is needed cannot be read just now",
    }
    return {
        "summary": summary,
        "parameters": [*path, *query],
        "responses": {status: {"description": what} for status, what in told.items()},
    }


def _answer(
    context: CatalogContext, request: Request, name: str, number: int | None, file: str
) -> Response:
    actor = actor_of(context, token_of(request))
    try:
        found = find_release(context, name, number=number, actor=actor)
        form = _form(found.release, file)
        if found.open:
            download = open_file(context, found.release, form)
            return _direct(context, request, download) or send(context, request, download)
        allowed = granted(actor, found, request.query_params.get("grant"))
        answer = send(context, request, guarded_file(context, found.release, allowed, form))
        if request.method == "GET" and answer.status_code in _GIVES:
            _note(context, actor, found, allowed)
        return answer
    except WithdrawnError as error:
        raise HTTPException(410, error.message) from None
    except ActionError as error:
        raise HTTPException(error.status, error.message) from None


def _direct(context: CatalogContext, request: Request, file: Download) -> Response | None:
    """With ``?direct=1``: a redirection to a link of the object store that works for some
    minutes, so that a big file does not pass through the catalogue. None where there is no
    such link (on plain files, or for a file made on demand): then the file itself is sent."""
    if request.query_params.get("direct") != "1" or isinstance(file.source, Path):
        return None
    link = context.stores[Zone.OPEN].presigned(file.source, _LINK_WORKS)
    return RedirectResponse(link, 307, {"cache-control": "no-store"}) if link else None


def _form(release: Release, file: str) -> Form:
    for form in FORMS:
        if file == f"{release.dataset}.{form.extension}":
            return form
    raise HTTPException(404)


def open_file(context: CatalogContext, release: Release, form: Form) -> Download:
    """A file of an open release: stored with it, or made from it on demand."""
    name = f"{release.dataset}-{release.release}.{form.extension}"
    for entry in release.files:
        if entry.format == form.extension:
            return Download(name, form.media_type, entry.bytes, f'"{entry.sha256}"', entry.path)
    if form.stored:
        raise HTTPException(404)
    path = on_demand(release, form.extension, context.stores, context.cache)
    # The cached file is named by a hash of the rows and the columns.
    return Download(name, form.media_type, path.stat().st_size, f'"{path.stem}"', path)


def guarded_file(
    context: CatalogContext, release: Release, allowed: Granted, form: Form
) -> Download:
    """The rows and columns of a release that is not open which a grant covers."""
    if context.shared_rows is None:
        raise NotFoundError("These rows are not served here.")
    path = on_demand(
        release,
        form.extension,
        context.stores,
        context.cache,
        zone=Zone.SHARED,
        columns=allowed.columns,
        condition=allowed.grant.condition,
    )
    name = f"{release.dataset}-{release.release}.{form.extension}"
    # The cached file is named by a hash of the rows and the columns.
    return Download(name, form.media_type, path.stat().st_size, f'"{path.stem}"', path)


def _note(context: CatalogContext, actor: Actor, found: Found, allowed: Granted) -> None:
    rows = found.release.rows
    if allowed.grant.condition is not None:
        reader = open_rows(context, actor, found, allowed.grant.id).reader
        rows = reader.search(limit=0).total or 0
    columns = len(allowed.columns)
    note_reading(context, actor, allowed.grant, found.release, "download", rows, columns)
