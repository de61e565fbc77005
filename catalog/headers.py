"""Headers of every answer, and the last net under every request.

Pure ASGI, so that streamed bodies stay streamed. What pages say is not decided here.
"""

from __future__ import annotations

import logging

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LOG = logging.getLogger(__name__)

_SECURITY = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
_TOKEN_HEADERS = (b"authorization", b"x-ckan-api-key")


class SecurityHeaders:
    """Adds the security headers; CORS for anonymous reads of the API; nothing is cached that
    a token was sent for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, completing the answer's headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        personal = any(name in _TOKEN_HEADERS for name, _value in scope["headers"])
        shared = (
            not personal
            and scope["method"] in ("GET", "HEAD")
            and scope["path"].startswith("/api/")
        )

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _SECURITY.items():
                    headers.setdefault(name, value)
                if shared:
                    headers["access-control-allow-origin"] = "*"
                if personal:
                    headers["cache-control"] = "private, no-store"
                headers.add_vary_header("Authorization")
            await send(message)

        await self._app(scope, receive, complete)


class Shield:
    """The last net: logs where an exception that nobody expected was, and nothing of it.

    The application has answered it already (`catalog.app`); only the type and the place are
    logged, because the text of an exception may hold a value.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        complete = False

        async def watch(message: Message) -> None:
            nonlocal complete
            body = message["type"] == "http.response.body"
            complete = body and not message.get("more_body", False)
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception as error:  # noqa: BLE001 - the net under every request
            _LOG.error("%s %s: %s", scope.get("method"), type(error).__name__, _where(error))
            if not complete:
                # Half an answer must break off: its reader may not take it for whole.
                raise ConnectionAbortedError from None


def _where(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "?"
    return f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
