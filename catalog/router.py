"""The one address people see: passes each request to the worker that may answer it.

It holds no credential and opens no file. A request with a token goes to the agency worker,
every other to the public worker, without whatever headers could speak for someone else. The
workers listen on sockets of the file system, so nothing but this address is on the network.
"""

from __future__ import annotations

import asyncio
import html
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic

import httpx
from starlette.types import Receive, Scope, Send

from catalog.identifiers import TOKEN
from contracts.i18n import _, translate

BODY_LIMIT = 10 << 20
"""Bytes of a request's body; records are small and rows never come this way."""

_RETRY_FOR = 5.0  # seconds that a restarting worker is waited for
_PAUSE = 0.05
_TIMEOUT = httpx.Timeout(connect=2, read=120, write=30, pool=10)
_LIMITS = httpx.Limits(max_connections=200, max_keepalive_connections=50)
_HOP = {
    b"connection",
    b"keep-alive",
    b"proxy-authenticate",
    b"proxy-authorization",
    b"proxy-connection",
    b"te",
    b"trailer",
    b"transfer-encoding",
    b"upgrade",
}
_NOT_PASSED = _HOP | {b"forwarded", b"cookie", b"expect", b"x-real-ip"}
_CREDENTIALS = (b"authorization", b"x-ckan-api-key")
_REPEATABLE = {"GET", "HEAD"}
_Headers = list[tuple[bytes, bytes]]

_REFUSALS = {
    400: _("This request cannot be read. A token is never sent in an address."),
    405: _("This address is only read, or written through the API."),
    413: _("The request is too big."),
    421: _("This server does not answer to that name."),
    503: _("The catalogue is restarting. Please try again in a minute."),
}


@dataclass(frozen=True)
class Routes:
    """Where the workers listen, and the ``Host`` names that are ours (lower case)."""

    public_socket: str
    agency_socket: str
    hosts: frozenset[str]


class Router:
    """The ASGI application of the router's process."""

    def __init__(self, routes: Routes, retry_for: float = _RETRY_FOR) -> None:
        self._hosts = routes.hosts
        self._retry_for = retry_for
        self._public = _client(routes.public_socket)
        self._agency = _client(routes.agency_socket)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        headers: _Headers = list(scope["headers"])
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await _refuse(scope, send, refusal)
            return
        with_token = any(
            name in _CREDENTIALS and TOKEN.search(value.decode("latin-1"))
            for name, value in headers
        )
        body = await _read_body(receive)
        if body is None:
            await _refuse(scope, send, 413)
            return
        client = self._agency if with_token else self._public
        passed = _passed(headers, with_token=with_token)
        answer = await self._ask(client, scope, passed, body)
        if answer is None:
            await _refuse(scope, send, 503)
            return
        await _relay(answer, receive, send)

    def _refusal(self, scope: Scope, headers: _Headers) -> int | None:
        """The status to refuse with before any worker is asked, or None."""
        if scope["method"] not in ("GET", "HEAD", "POST"):
            return 405
        hosts = [value for name, value in headers if name == b"host"]
        if len(hosts) != 1 or hosts[0].decode("latin-1").lower() not in self._hosts:
            return 421
        if TOKEN.search(scope["query_string"].decode("latin-1")):
            return 400
        lengths = [value for name, value in headers if name == b"content-length"]
        if any(not value.isdigit() or int(value) > BODY_LIMIT for value in lengths):
            return 413
        return None

    async def _ask(
        self, client: httpx.AsyncClient, scope: Scope, headers: _Headers, body: bytes
    ) -> httpx.Response | None:
        """The worker's answer, its body still to be read; None when it does not answer.

        A worker that is being restarted is waited for. Only reads are sent a second time
        once something was sent, because a write may have been done.
        """
        target = scope["raw_path"]
        if scope["query_string"]:
            target += b"?" + scope["query_string"]
        deadline = monotonic() + self._retry_for
        while True:
            url = httpx.URL(scheme="http", host="worker", raw_path=target)
            request = client.build_request(scope["method"], url, headers=headers, content=body)
            try:
                return await client.send(request, stream=True)
            except httpx.ConnectError:
                pass
            except httpx.TransportError:
                if scope["method"] not in _REPEATABLE:
                    return None
            if monotonic() > deadline:
                return None
            await asyncio.sleep(_PAUSE)


def _client(socket: str) -> httpx.AsyncClient:
    # No TLS on a socket of the file system, so no certificates are read for it.
    transport = httpx.AsyncHTTPTransport(uds=socket, limits=_LIMITS, verify=False)
    return httpx.AsyncClient(transport=transport, timeout=_TIMEOUT, trust_env=False)


def _passed(headers: _Headers, *, with_token: bool) -> _Headers:
    """The headers that the worker gets."""
    dropped = {
        word.strip().lower()
        for name, value in headers
        if name == b"connection"
        for word in value.split(b",")
    }
    return [
        (name, value)
        for name, value in headers
        if name not in _NOT_PASSED
        and name not in dropped
        and name != b"content-length"
        and not name.startswith(b"x-forwarded-")
        and (with_token or name not in _CREDENTIALS)
    ]


async def _read_body(receive: Receive) -> bytes | None:
    """The whole body; None when it is bigger than `BODY_LIMIT`."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return bytes(body)
        body += message.get("body", b"")
        if len(body) > BODY_LIMIT:
            return None
        if not message.get("more_body", False):
            return bytes(body)


async def _relay(answer: httpx.Response, receive: Receive, send: Send) -> None:
    """Send the worker's answer on, until its end or until the reader goes away."""
    headers = [(name.lower(), value) for name, value in answer.headers.raw]
    kept = [(name, value) for name, value in headers if name not in _HOP and name != b"set-cookie"]
    await send({"type": "http.response.start", "status": answer.status_code, "headers": kept})
    copying = asyncio.ensure_future(_copy(answer.aiter_raw(), send))
    leaving = asyncio.ensure_future(_left(receive))
    try:
        await asyncio.wait({copying, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if copying.done():
            # A worker that died in the middle: the connection must break, not end well.
            copying.result()
    finally:
        for task in (copying, leaving):
            task.cancel()
            with suppress(asyncio.CancelledError, httpx.TransportError):
                await task
        await answer.aclose()


async def _copy(pieces: AsyncIterator[bytes], send: Send) -> None:
    async for piece in pieces:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _refuse(scope: Scope, send: Send, status: int) -> None:
    """An answer of the router's own, in both languages."""
    texts = [translate(_REFUSALS[status], language) for language in ("vi", "en")]
    kind, body = _page(texts)
    if scope["path"].startswith("/api/"):
        named = {"__type": "Internal Server Error", "message": texts[1]}
        kind = "application/json;charset=utf-8"
        body = json.dumps({"success": False, "error": named})
    headers = [
        (b"content-type", kind.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
        (b"cache-control", b"no-store"),
    ]
    if status == 503:
        headers.append((b"retry-after", b"5"))
    content = body.encode()
    headers.append((b"content-length", str(len(content)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send(
        {"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else content}
    )


def _page(texts: Iterable[str]) -> tuple[str, str]:
    vi, en = (html.escape(text) for text in texts)
    page = (
        '<!doctype html><html lang="vi"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>Dùng Chung</title>'
        f'<h1>{vi}</h1><p lang="en">{en}</p><p><a href="/">Dùng Chung</a></p></html>'
    )
    return "text/html;charset=utf-8", page
