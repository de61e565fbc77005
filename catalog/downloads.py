"""Files of releases over HTTP: whole or in part, always as the release has them.

A withdrawn dataset gives nothing (410), whichever release is asked for. Of a dataset that
is not open, whoever holds a grant gets a file made for them, with the columns it covers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, StreamingResponse

from catalog.audit import note_reading
from catalog.context import CatalogContext
from catalog.errors import ActionError, NotFoundError
from catalog.finding import Found, WithdrawnError, find_release, granted_columns
from catalog.records import FORMS, Form
from catalog.wire import actor_of, token_of
from contracts.releases import Release
from lakehouse.exports import on_demand
from lakehouse.stores import Zone

_PIECE = 1 << 18  # bytes of one piece of an answer
_LINK_WORKS = timedelta(minutes=10)
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


@dataclass(frozen=True)
class Download:
    """A file ready to be sent: `etag` is a strong one, over its bytes."""

    name: str
    media_type: str
    size: int
    etag: str
    source: Path | str

    def pieces(self, context: CatalogContext, start: int, end: int) -> Iterable[bytes]:
        """The bytes from `start` up to, not including, `end`."""
        if isinstance(self.source, Path):
            return _file_pieces(self.source, start, end)
        return context.stores[Zone.OPEN].stream(self.source, start, end)


def download_router(context: CatalogContext) -> APIRouter:
    """``/dataset/{name}/releases/{n}/{file}`` and ``/dataset/{name}/latest/{file}``."""
    router = APIRouter()

    async def numbered(request: Request, name: str, release: str, file: str) -> Response:
        number = int(release) if re.fullmatch(r"\d{1,6}", release) else 0
        return await run_in_threadpool(_answer, context, request, name, number, file)

    async def latest(request: Request, name: str, file: str) -> Response:
        return await run_in_threadpool(_answer, context, request, name, None, file)

    methods = ["GET", "HEAD"]
    router.add_api_route("/dataset/{name}/releases/{release}/{file}", numbered, methods=methods)
    router.add_api_route("/dataset/{name}/latest/{file}", latest, methods=methods)
    return router


def _answer(
    context: CatalogContext, request: Request, name: str, number: int | None, file: str
) -> Response:
    try:
        found = find_release(context, name, number=number)
        form = _form(found.release, file)
        if found.open:
            download = open_file(context, found.release, form)
            return _direct(context, request, download) or send(context, request, download)
        return send(context, request, guarded_file(context, request, found, form))
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
    # The cached file is named by a hash of the rows, the columns and the format.
    return Download(name, form.media_type, path.stat().st_size, f'"{path.stem}"', path)


def guarded_file(context: CatalogContext, request: Request, found: Found, form: Form) -> Download:
    """The rows of a release that is not open, with the columns that the asker's grant covers.

    Raises:
        NotAuthorizedError: there is no grant.
    """
    actor = actor_of(context, token_of(request))
    columns = granted_columns(actor, found.release)
    release = found.release
    if context.shared_rows is None:
        raise NotFoundError("These rows are not served here.")
    path = on_demand(
        release,
        form.extension,
        context.stores,
        context.cache,
        zone=Zone.SHARED,
        columns=columns,
    )
    if request.method == "GET":
        note_reading(actor, release, release.rows)
    name = f"{release.dataset}-{release.release}.{form.extension}"
    # The cached file is named by a hash of the rows, the columns and the format.
    return Download(name, form.media_type, path.stat().st_size, f'"{path.stem}"', path)


def send(context: CatalogContext, request: Request, file: Download) -> Response:
    """The file, the part asked for, or only word that the reader has it already."""
    headers = {
        "etag": file.etag,
        "accept-ranges": "bytes",
        # Short, so that a withdrawn dataset is gone from shared caches within a minute.
        "cache-control": "public, max-age=60",
        "content-disposition": f'attachment; filename="{file.name}"',
        "access-control-allow-origin": "*",
    }
    if file.etag in _etags(request.headers.get("if-none-match", "")):
        return Response(None, 304, headers)
    part = _part(request, file)
    start, end = part or (0, file.size)
    if start >= end and part:
        headers["content-range"] = f"bytes */{file.size}"
        return Response(None, 416, headers)
    headers["content-length"] = str(end - start)
    if part:
        headers["content-range"] = f"bytes {start}-{end - 1}/{file.size}"
    status = 206 if part else 200
    if request.method == "HEAD":
        return Response(None, status, headers, media_type=file.media_type)
    pieces = file.pieces(context, start, end)
    return StreamingResponse(pieces, status, headers, media_type=file.media_type)


def _part(request: Request, file: Download) -> tuple[int, int] | None:
    """The bytes asked for as start and end (end at the start: there are none such), or None
    for the whole file.

    Only one range is served; anything else is answered with the whole file, as HTTP allows.
    """
    condition = request.headers.get("if-range")
    found = _RANGE.fullmatch(request.headers.get("range", ""))
    if found is None or found.groups() == ("", "") or condition not in (None, file.etag):
        return None
    first, last = found.groups()
    if first == "":
        return max(0, file.size - int(last)), file.size
    start = int(first)
    return start, max(start, min(int(last) + 1 if last else file.size, file.size))


def _etags(header: str) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}


def _file_pieces(path: Path, start: int, end: int) -> Iterator[bytes]:
    with path.open("rb") as handle:
        handle.seek(start)
        left = end - start
        while left > 0 and (piece := handle.read(min(_PIECE, left))):
            left -= len(piece)
            yield piece
