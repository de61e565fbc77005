"""Asking an HTTP API for JSON: with its token, within its rate limit, and not for ever.

Tried again are a broken connection, a status of 5xx and 429, after what ``Retry-After`` says or
a growing pause. A redirect is not followed, and no request goes to another host than the
source's, so that its token stays with it. What pages hold is `standardization.sources.api`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self
from urllib.parse import unquote

import httpx

from contracts.mappings import Source
from standardization.sources.reader import refused, unreachable, unreadable

_TIMEOUT = httpx.Timeout(30.0, connect=15.0)
_TRIES = 5
_LONGEST_PAUSE = 120.0
_WHOLE = 1_800.0
"""Seconds that one read may take in all, pauses included."""
_LARGEST_PAGE = 64 << 20
_pause = time.sleep
_clock = time.monotonic


class Client:
    """A connection to one API; `url` is the address with the token as its user."""

    def __init__(self, source: Source, url: str) -> None:
        self._source = source
        try:
            address = httpx.URL(url.removeprefix("api+"))
        except httpx.InvalidURL:
            raise unreachable(source) from None
        token = unquote(address.username or "") or unquote(address.password or "")
        self._base = address.copy_with(username=None, password=None, query=None, fragment=None)
        self._extra = dict(address.params)
        headers = {"Accept": "application/json", "User-Agent": "dungchung"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self._http = httpx.Client(headers=headers, timeout=_TIMEOUT, follow_redirects=False)
        self._until = 0.0

    def __enter__(self) -> Self:
        self._http.__enter__()
        self._until = _clock() + _WHOLE
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.__exit__(kind, error, trace)

    def get(
        self, table: str, target: str, parameters: Mapping[str, str]
    ) -> tuple[object, str | None]:
        """The JSON at `target` (a path below the base, or a whole link of the same host) and
        the ``next`` of its Link header.

        Raises:
            Fault: ``source.unreachable``, ``source.credentials``, ``source.unreadable``.
        """
        url = self._target(table, target)
        if parameters:
            url = url.copy_merge_params({**self._extra, **parameters})
        for number in range(_TRIES):
            pause = min(2.0**number, _LONGEST_PAUSE)
            try:
                status, headers, body = self._once(url)
            except httpx.TransportError:
                self._wait(pause)
                continue
            if status == 200:
                return self._page(table, headers, body)
            if status in (401, 403):
                raise refused(self._source)
            if status != 429 and status < 500:
                raise unreadable(self._source, table)
            self._wait(_retry_after(headers, pause))
        raise unreachable(self._source)

    def _target(self, table: str, target: str) -> httpx.URL:
        if target.startswith("/"):
            return self._base.copy_with(path=self._base.path.rstrip("/") + target)
        try:
            url = self._base.join(target)
        except httpx.InvalidURL:
            raise unreadable(self._source, table) from None
        if (url.scheme, url.host, url.port) != (
            self._base.scheme,
            self._base.host,
            self._base.port,
        ):
            raise unreadable(self._source, table)
        return url.copy_with(username=None, password=None)

    def _once(self, url: httpx.URL) -> tuple[int, httpx.Headers, bytes]:
        """One request. The whole of it has its bound in time and size: a server may send one
        byte a second, or for ever."""
        body = bytearray()
        started = _clock()
        with self._http.stream("GET", url) as response:
            for part in response.iter_bytes():
                body += part
                if len(body) > _LARGEST_PAGE or _clock() - started > _LONGEST_PAUSE:
                    raise httpx.ReadTimeout("too slow or too large")
            return response.status_code, response.headers, bytes(body)

    def _page(self, table: str, headers: httpx.Headers, body: bytes) -> tuple[object, str | None]:
        try:
            page = json.loads(body)
        except (ValueError, RecursionError):
            raise unreadable(self._source, table) from None
        link = httpx.Response(200, headers=headers).links.get("next", {}).get("url")
        return page, link

    def _wait(self, seconds: float) -> None:
        if seconds > _LONGEST_PAUSE or _clock() + seconds > self._until:
            raise unreachable(self._source)
        _pause(seconds)


def _retry_after(headers: httpx.Headers, otherwise: float) -> float:
    """Seconds that ``Retry-After`` asks for, as a number or as a date."""
    written = headers.get("Retry-After", "").strip()
    if written.isdigit():
        return float(written)
    with suppress(ValueError, TypeError):
        at = parsedate_to_datetime(written)
        if at.tzinfo is None:
            at = at.replace(tzinfo=UTC)
        return max(0.0, (at - datetime.now(UTC)).total_seconds())
    return otherwise
