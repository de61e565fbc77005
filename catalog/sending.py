"""Sending a file over HTTP: whole, the part that was asked for, or only word that it is known.

Which file, and whether the asker may have it, is `catalog.downloads`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fastapi import Request, Response
from starlette.responses import StreamingResponse

from catalog.context import CatalogContext
from lakehouse.stores import Zone

_PIECE = 1 << 18  # bytes of one piece of an answer
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
