"""The router in front of two small stand-in workers."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from catalog.router import BODY_LIMIT, Router, Routes

TOKEN = "dc_" + "a" * 43
Answer = Callable[[Request], Awaitable[Response]]


def stand_in(name: str) -> Starlette:
    """A worker that says who it is and what it was sent."""

    async def answer(request: Request) -> Response:
        body = await request.body()
        said = {
            "worker": name,
            "headers": dict(request.headers),
            "path": request.scope["raw_path"].decode(),
            "query": request.url.query,
            "body": len(body),
        }
        headers = {"connection": "close", "set-cookie": "a=b", "x-kept": "yes"}
        return JSONResponse(said, headers=headers)

    async def stream(request: Request) -> Response:
        async def pieces() -> AsyncIterator[bytes]:
            for _ in range(50):
                yield b"x" * 10_000

        return StreamingResponse(pieces())

    async def breaks(request: Request) -> Response:
        async def pieces() -> AsyncIterator[bytes]:
            yield b"x" * 10
            raise ConnectionAbortedError

        return StreamingResponse(pieces())

    methods = ["GET", "POST", "HEAD"]
    return Starlette(
        routes=[
            Route("/stream", stream),
            Route("/breaks", breaks),
            Route("/{path:path}", answer, methods=methods),
        ]
    )


@asynccontextmanager
async def worker(app: Starlette, socket: Path) -> AsyncIterator[None]:
    config = uvicorn.Config(app, uds=str(socket), log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    task = asyncio.ensure_future(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield
    server.should_exit = True
    await task


@asynccontextmanager
async def routed(
    folder: Path, *, workers: bool = True, retry_for: float = 0.2
) -> AsyncIterator[httpx.AsyncClient]:
    routes = Routes(str(folder / "p"), str(folder / "a"), frozenset({"ours:1"}))
    app = Router(routes, retry_for)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)  # type: ignore[arg-type] # its own ASGI types
    async with contextlib.AsyncExitStack() as stack:
        if workers:
            await stack.enter_async_context(worker(stand_in("public"), folder / "p"))
            await stack.enter_async_context(worker(stand_in("agency"), folder / "a"))
        yield await stack.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url="http://ours:1")
        )


def run(coroutine: Awaitable[None]) -> None:
    async def main() -> None:
        await coroutine

    asyncio.run(main())


def test_a_token_leads_to_the_agency_worker_and_nothing_else_does(tmp_path: Path) -> None:
    async def check() -> None:
        async with routed(tmp_path) as client:
            for headers in ({"Authorization": TOKEN}, {"X-CKAN-API-Key": f"Bearer {TOKEN}"}):
                said = (await client.get("/x", headers=headers)).json()
                assert said["worker"] == "agency"
            for headers in ({}, {"Authorization": "Basic abc"}, {"X-CKAN-API-Key": "None"}):
                said = (await client.get("/x", headers=headers)).json()
                assert said["worker"] == "public"
                assert not {"authorization", "x-ckan-api-key"} & set(said["headers"])

    run(check())


def test_headers_that_speak_for_others_are_dropped(tmp_path: Path) -> None:
    async def check() -> None:
        async with routed(tmp_path) as client:
            headers = {
                "X-Forwarded-For": "1.2.3.4",
                "X-Forwarded-Host": "evil",
                "Forwarded": "host=evil",
                "Cookie": "a=b",
                "Connection": "x-secret",
                "X-Secret": "1",
                "Accept-Language": "vi",
            }
            answer = await client.get("/a%2Fb?q=%C4%91", headers=headers)
            said = answer.json()
            dropped = {"x-forwarded-for", "x-forwarded-host", "forwarded", "cookie", "x-secret"}
            assert not dropped & set(said["headers"])
            assert said["headers"]["accept-language"] == "vi"
            assert (said["path"], said["query"]) == ("/a%2Fb", "q=%C4%91")
            assert "set-cookie" not in answer.headers
            assert answer.headers["x-kept"] == "yes"

    run(check())


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/x", {"Host": "evil.example"}, 421),
        ("GET", f"/x?token={TOKEN}", {}, 400),
        ("DELETE", "/x", {}, 405),
        ("POST", "/api/3/action/x", {"Content-Length": str(BODY_LIMIT + 1)}, 413),
        ("POST", "/api/3/action/x", {"Content-Length": "-1"}, 413),
    ],
)
def test_what_is_refused_before_any_worker(
    tmp_path: Path, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    async def check() -> None:
        async with routed(tmp_path) as client:
            answer = await client.request(method, path, headers=headers)
            assert answer.status_code == status
            assert answer.headers["content-type"].startswith(
                "application/json" if path.startswith("/api/") else "text/html"
            )
            assert "evil" not in answer.text
            assert TOKEN not in answer.text

    run(check())


def test_a_body_without_a_length_is_counted(tmp_path: Path) -> None:
    async def check() -> None:
        async def pieces() -> AsyncIterator[bytes]:
            for _ in range(11):
                yield b"x" * (1 << 20)

        async with routed(tmp_path) as client:
            assert (await client.post("/x", content=pieces())).status_code == 413
            sent = await client.post("/x", content=b"x" * 1000)
            assert sent.json()["body"] == 1000

    run(check())


def test_streams_arrive_whole(tmp_path: Path) -> None:
    async def check() -> None:
        async with routed(tmp_path) as client:
            assert len((await client.get("/stream")).content) == 500_000

    run(check())


def test_without_a_worker_it_says_so_and_when_to_come_back(tmp_path: Path) -> None:
    async def check() -> None:
        async with routed(tmp_path, workers=False) as client:
            page = await client.get("/dataset")
            assert page.status_code == 503
            assert page.headers["retry-after"] == "5"
            assert "đang khởi động lại" in page.text
            answer = await client.post("/api/3/action/package_list")
            assert answer.status_code == 503
            assert json.loads(answer.text)["success"] is False

    run(check())


def test_a_worker_that_comes_back_is_waited_for(tmp_path: Path) -> None:
    async def check() -> None:
        async with routed(tmp_path, workers=False, retry_for=60) as client:
            waiting = asyncio.ensure_future(client.get("/x"))
            async with worker(stand_in("public"), tmp_path / "p"):
                assert (await waiting).json()["worker"] == "public"

    run(check())
