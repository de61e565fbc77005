from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from catalog.headers import Shield

SECRET = "079123456789"


def client(raising: bool) -> TestClient:
    async def fails(request: Request) -> Response:
        raise ValueError(SECRET)

    async def breaks(request: Request) -> Response:
        def pieces() -> Iterator[bytes]:
            yield b"half"
            raise ValueError(SECRET)

        return StreamingResponse(pieces())

    async def answered(request: Request, error: Exception) -> Response:
        return PlainTextResponse("sorry", 500)

    app = Starlette(
        routes=[Route("/fails", fails), Route("/breaks", breaks)],
        exception_handlers={Exception: answered},
    )
    return TestClient(Shield(app), raise_server_exceptions=raising)


def test_an_exception_is_answered_and_logged_without_its_text(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = client(raising=True).get("/fails")
    assert (answer.status_code, answer.text) == (500, "sorry")
    assert "ValueError" in caplog.text
    assert "test_headers.py" in caplog.text
    assert SECRET not in caplog.text


def test_half_an_answer_breaks_off(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR), pytest.raises(ConnectionAbortedError):
        client(raising=True).get("/breaks")
    assert SECRET not in caplog.text
