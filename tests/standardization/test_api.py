"""A paged API against a real HTTP server that behaves as told, and recorded pages."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from contracts.errors import Fault
from contracts.mappings import Pages, Paging, Source
from standardization.sources import Since, http, open_reader
from tests.standardization.factory import source

Answer = tuple[int, dict[str, str], bytes]
TOKEN = "bi-mat-1"
ROWS = [{"id": number, "ten": f"Trạm {number}", "do": number / 2} for number in range(25)]
PAGES = Pages("/v1/do", "data[]", Paging.PAGE, "page", 10, "size", total="meta.total")


class Server(ThreadingHTTPServer):
    """Answers each request by `answer`, and remembers it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, dict[str, str], dict[str, str]]] = []
        self.answer: Callable[[dict[str, str]], Answer] = lambda query: page_of(query)
        self.troubles: list[Answer] = []

    @property
    def dsn(self) -> str:
        return f"api+http://{TOKEN}@127.0.0.1:{self.server_port}/api"


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query))
        self.server.asked.append((parts.path, query, dict(self.headers)))
        troubles = self.server.troubles
        status, headers, body = troubles.pop(0) if troubles else self.server.answer(query)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    thread = Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What would have been waited."""
    waited: list[float] = []
    monkeypatch.setattr(http, "_pause", waited.append)
    return waited


def ok(document: object, **headers: str) -> Answer:
    return 200, headers, json.dumps(document).encode()


def page_of(query: dict[str, str], rows: list[dict[str, Any]] = ROWS) -> Answer:
    first, size = (int(query["page"]) - 1) * 10, int(query["size"])
    return ok({"data": rows[first : first + size], "meta": {"total": len(rows)}})


def api(**changes: Any) -> Source:
    settings = {name: getattr(PAGES, name) for name in PAGES.__dataclass_fields__} | changes
    return source(pages={"do": Pages(**settings)})


def read(made: Source, dsn: str, since: Since | None = None) -> list[dict[str, Any]]:
    with open_reader(made, dsn) as reader:
        names = reader.schema("do").names
        found: list[dict[str, Any]] = reader.read("do", names, since).read_all().to_pylist()
    return found


def refusal(made: Source, dsn: str) -> Fault:
    with pytest.raises(Fault) as caught:
        read(made, dsn)
    assert TOKEN not in caught.value.render("en")
    return caught.value


def test_pages_by_number(server: Server) -> None:
    found = read(api(), server.dsn)
    assert len(found) == 25
    assert found[3] == {"id": "3", "ten": "Trạm 3", "do": "1.5"}
    path, query, headers = server.asked[-1]
    assert (path, query["size"]) == ("/api/v1/do", "10")
    assert headers["Authorization"] == f"Bearer {TOKEN}"


def test_pages_by_number_without_a_total_end_at_a_short_page(server: Server) -> None:
    assert len(read(api(total=None), server.dsn)) == 25
    assert [query["page"] for _p, query, _h in server.asked] == ["1", "1", "2", "3"]


def test_pages_by_offset(server: Server) -> None:
    def answer(query: dict[str, str]) -> Answer:
        first = int(query["skip"])
        return ok({"data": ROWS[first : first + 7]})

    server.answer = answer
    made = api(paging=Paging.OFFSET, parameter="skip", total=None)
    assert [row["id"] for row in read(made, server.dsn)] == [str(row["id"]) for row in ROWS]


def test_pages_by_cursor(server: Server) -> None:
    def answer(query: dict[str, str]) -> Answer:
        first = int(query.get("after", "0"))
        following = first + 10 if first + 10 < 25 else None
        return ok({"data": ROWS[first : first + 10], "meta": {"next": following}})

    server.answer = answer
    made = api(paging=Paging.CURSOR, parameter="after", next="meta.next", total=None)
    assert len(read(made, server.dsn)) == 25


@pytest.mark.parametrize("in_header", [True, False])
def test_pages_by_link(server: Server, *, in_header: bool) -> None:
    def answer(query: dict[str, str]) -> Answer:
        first = int(query.get("from", "0"))
        link = f"http://127.0.0.1:{server.server_port}/api/v1/do?from={first + 10}"
        more = first + 10 < 25
        body = {"data": ROWS[first : first + 10], "next": link if more and not in_header else None}
        return ok(body, **({"Link": f'<{link}>; rel="next"'} if more and in_header else {}))

    server.answer = answer
    made = api(paging=Paging.LINK, next=None if in_header else "next", total=None)
    assert len(read(made, server.dsn)) == 25


def test_a_link_to_another_host_gets_no_token(server: Server) -> None:
    server.answer = lambda _query: ok({"data": ROWS[:1], "next": "http://localhost:1/steal"})
    made = api(paging=Paging.LINK, next="next", total=None)
    assert refusal(made, server.dsn).check == "source.unreadable"


def test_a_redirect_is_not_followed(server: Server) -> None:
    server.answer = lambda _query: (302, {"Location": "http://localhost:1/"}, b"")
    assert refusal(api(), server.dsn).check == "source.unreadable"
    assert len(server.asked) == 1


def test_a_cursor_that_comes_again_ends_the_read(server: Server) -> None:
    server.answer = lambda _query: ok({"data": ROWS[:1], "next": "x"})
    made = api(paging=Paging.CURSOR, next="next", total=None)
    assert refusal(made, server.dsn).check == "source.unreadable"


def test_the_rate_limit_is_kept(server: Server, pauses: list[float]) -> None:
    at = format_datetime(datetime.now(UTC) + timedelta(seconds=50), usegmt=True)
    server.troubles = [
        (429, {"Retry-After": "7"}, b""),
        (429, {"Retry-After": at}, b""),
        (429, {}, b""),
    ]
    assert len(read(api(), server.dsn)) == 25
    assert pauses[0] == 7
    assert 40 < pauses[1] <= 50
    assert pauses[2] == 4


@pytest.mark.parametrize("status", [500, 502, 503])
def test_trouble_of_the_server_is_tried_again(
    server: Server, pauses: list[float], status: int
) -> None:
    server.troubles = [(status, {}, b"secret stack trace")] * 2
    assert len(read(api(), server.dsn)) == 25
    assert pauses == [1, 2]
    server.troubles = [(status, {}, b"")] * 5
    assert refusal(api(), server.dsn).check == "source.unreachable"


def test_a_limit_of_hours_is_not_waited_for(server: Server, pauses: list[float]) -> None:
    server.troubles = [(429, {"Retry-After": "86400"}, b"")]
    assert refusal(api(), server.dsn).check == "source.unreachable"
    assert pauses == []


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_is_refused_or_expires(server: Server, status: int) -> None:
    server.troubles = [page_of({"page": "1", "size": "10"}), (status, {}, b"")]
    assert refusal(api(), server.dsn).check == "source.credentials"


@pytest.mark.parametrize("body", [b"<html>", b"", b'{"data": [', b"[" * 100_000])
def test_what_is_no_json_is_unreadable(server: Server, body: bytes) -> None:
    server.answer = lambda _query: (200, {}, body)
    assert refusal(api(), server.dsn).check == "source.unreadable"


def test_a_reply_that_is_cut_is_tried_again(server: Server) -> None:
    server.troubles = [(200, {"Content-Length": "5000"}, b'{"data": [')]
    assert len(read(api(), server.dsn)) == 25


def test_a_reply_without_end_is_given_up(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "_LARGEST_PAGE", 100)
    assert refusal(api(), server.dsn).check == "source.unreachable"


def test_nobody_answers() -> None:
    assert refusal(api(), f"api+http://{TOKEN}@127.0.0.1:1/").check == "source.unreachable"


def test_rows_that_come_during_the_read_make_it_start_over(server: Server) -> None:
    asked = []

    def answer(query: dict[str, str]) -> Answer:
        asked.append(query)
        return page_of(query, ROWS if len(asked) > 3 else ROWS[:24])

    server.answer = answer
    assert len(read(api(), server.dsn)) == 25
    assert len(asked) > 5


def test_rows_that_keep_coming_refuse_the_read(server: Server) -> None:
    total = iter(range(25, 1_000))
    server.answer = lambda query: ok(
        {"data": ROWS[(int(query["page"]) - 1) * 10 :][:10], "meta": {"total": next(total)}}
    )
    assert refusal(api(), server.dsn).check == "source.changing"


def test_an_api_that_gives_less_than_it_says(server: Server) -> None:
    server.answer = lambda query: ok(
        {"data": ROWS[:5] if query["page"] == "1" else [], "meta": {"total": 25}}
    )
    assert refusal(api(), server.dsn).check == "source.changing"


def test_since_is_a_parameter(server: Server) -> None:
    made = api(since="updated_since")
    with open_reader(made, server.dsn) as reader:
        assert reader.incremental
    read(made, server.dsn, Since("id", "2026-01-02"))
    assert server.asked[-1][1]["updated_since"] == "2026-01-02"
    with open_reader(api(), server.dsn) as reader:
        assert not reader.incremental


def test_recorded_pages(tmp_path: Path) -> None:
    (tmp_path / "do").mkdir()
    for number in (1, 2, 3):
        text = json.dumps({"data": ROWS[number * 10 - 10 : number * 10], "meta": {"total": 25}})
        (tmp_path / "do" / f"{number:04d}.json").write_text(text)
    dsn = f"api+file:///{tmp_path}"
    assert len(read(api(), dsn)) == 25
    (tmp_path / "do" / "0003.json").unlink()
    assert refusal(api(), dsn).check == "source.changing"
    (tmp_path / "do" / "0002.json").write_text("{")
    assert refusal(api(), dsn).check == "source.unreadable"
    assert refusal(source(pages={"do": PAGES}), f"{dsn}/none").check == "source.unreachable"
    with open_reader(api(), dsn) as reader, pytest.raises(KeyError):
        reader.schema("none")
