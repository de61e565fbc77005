"""Answers of the open web: conditional, cached for a minute, and 410 with its reason.

What stands in an answer is its own module's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from uuid import uuid4

from fastapi import Request, Response
from fastapi.responses import PlainTextResponse, StreamingResponse
from starlette.exceptions import HTTPException

from catalog.context import CatalogContext, Record, View
from catalog.web import values
from catalog.web.described import Described
from catalog.wire import actor_of, token_of
from contracts.releases import Release

_PROCESS = uuid4().hex
_HEADERS = {
    # Short, so that a withdrawn dataset is gone from shared caches within a minute.
    "cache-control": "public, max-age=60",
    "access-control-allow-origin": "*",
    "vary": "Accept",
}


def state_of(view: View) -> str:
    """Another text when the catalogue is in another state. A registry that was made anew
    counts from 0 again, so the process is part of it."""
    return f"{_PROCESS}/{view.position()}"


def tag_of(state: object) -> str:
    """An entity tag: another one when `state` is another, of which an address has one."""
    return f'"{hashlib.sha256(str(state).encode()).hexdigest()[:32]}"'


def answer(
    request: Request,
    media_type: str,
    make: Callable[[], bytes],
    *,
    tag: str,
    modified: datetime | None = None,
) -> Response:
    """What `make` gives, or 304 to who has it already: then it is not made at all."""
    headers = {**_HEADERS, "etag": tag}
    if modified:
        headers["last-modified"] = format_datetime(modified, usegmt=False)
    if _known(request, tag, modified):
        return Response(None, 304, headers)
    body = make()
    headers |= {"content-type": f"{media_type}; charset=utf-8", "content-length": str(len(body))}
    return Response(None if request.method == "HEAD" else body, 200, headers)


def not_modified(request: Request, state: str) -> Response | None:
    """304 to who has already what is made from this state of the catalogue."""
    tag = tag_of(state)
    return Response(None, 304, {**_HEADERS, "etag": tag}) if _known(request, tag, None) else None


def answer_stream(media_type: str, pieces: Iterable[str], state: str) -> Response:
    """What is sent piece by piece."""
    headers = {**_HEADERS, "etag": tag_of(state)}
    return StreamingResponse(pieces, 200, headers, media_type)


def _known(request: Request, tag: str, modified: datetime | None) -> bool:
    held = request.headers.get("if-none-match")
    if held is not None:
        return tag in {one.strip().removeprefix("W/") for one in held.split(",")} or held == "*"
    since = request.headers.get("if-modified-since")
    if since is None or modified is None:
        return False
    try:
        return modified.replace(microsecond=0) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False


def find_dataset(context: CatalogContext, request: Request, name: str) -> Described | Response:
    """A dataset by name or id as its asker may see it; 410 with the reason once withdrawn.

    Raises:
        HTTPException: 404.
    """
    view = context.view(actor_of(context, token_of(request)))
    record = view.records.package(name)
    if record is not None:
        return Described(record, context.public_url)
    withdrawn = view.records.withdrawn(name)
    if withdrawn is not None:
        return gone(withdrawn)
    raise HTTPException(404)


def newest_release(context: CatalogContext, said: Described) -> Release | None:
    """The manifest in force of a dataset that a contract makes; None for other records."""
    release = context.releases.latest(said.name) if said.from_contract else None
    return release if release and release.withdrawn is None else None


def gone(withdrawn: Record) -> Response:
    """410 with the reason that was given."""
    reason = values.text(withdrawn.get("reason"))
    return PlainTextResponse(f"{reason}\n", 410, headers=_HEADERS)
