"""``datastore_search_sql`` over HTTP: switched on, switched off, and under attack."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from catalog.app import create_app
from catalog.assembly import agency_context, public_context
from catalog.identifiers import resource_id
from catalog.sandbox.client import SqlSandbox
from catalog.serving import running
from contracts.model import Access
from tests.catalog.conforming import conforms
from tests.catalog.province import CANARY, SCHOOLS, publish, stores_at, withdraw
from tests.catalog.sites import PUBLIC_URL, Site, config_of

ROWS = resource_id("schools", "csv")
ACTION = "/api/3/action/datastore_search_sql"


def _asked(home: Path) -> Iterator[tuple[TestClient, Path]]:
    config = config_of(home)
    agency = agency_context(config, PUBLIC_URL)
    public = public_context(config, PUBLIC_URL, SqlSandbox())
    with TestClient(create_app(public), base_url=PUBLIC_URL) as client:
        client.event_hooks = {"request": [], "response": [conforms]}
        yield client, home
    for context in (public, agency):
        context.close()


@pytest.fixture(scope="module")
def asked(
    built: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[TestClient, Path]]:
    """The public worker with SQL switched on, and its home."""
    home = tmp_path_factory.mktemp("sql")
    shutil.copytree(built, home, dirs_exist_ok=True)
    yield from _asked(home)


@pytest.fixture
def asked_alone(home: Path) -> Iterator[tuple[TestClient, Path]]:
    """The same over a home that the test may change."""
    yield from _asked(home)


def refusal(client: TestClient, sql: str) -> tuple[int, dict[str, Any]]:
    answer = client.post(ACTION, json={"sql": sql})
    assert CANARY not in answer.text
    error: dict[str, Any] = answer.json()["error"]
    return answer.status_code, error


def test_ckanrs_question(asked: tuple[TestClient, Path]) -> None:
    client, _home = asked
    sql = f'SELECT code, pupils FROM "{ROWS}" ORDER BY code LIMIT 2'
    result = client.get("/api/action/datastore_search_sql", params={"sql": sql}).json()["result"]
    assert result == {
        "sql": sql,
        "fields": [{"id": "code", "type": "text"}, {"id": "pupils", "type": "integer"}],
        "records": [{"code": "0001", "pupils": 7}, {"code": "0002", "pupils": 14}],
        "records_truncated": False,
    }
    none = client.get(ACTION, params={"sql": f'SELECT * FROM "{ROWS}" WHERE 0 = 1'}).json()
    assert none["result"]["records"] == []
    assert len(none["result"]["fields"]) == 5
    by_name = client.get(ACTION, params={"sql": "SELECT count(*) FROM schools"}).json()["result"]
    assert by_name["records"] == [{"count": 250}]


@pytest.mark.parametrize(
    "table", ["cases", resource_id("cases", "api"), resource_id("schools", "xlsx"), "draft", "x"]
)
def test_what_is_not_open_is_no_table(asked: tuple[TestClient, Path], table: str) -> None:
    status, error = refusal(asked[0], f'SELECT * FROM "{table}"')
    assert (status, error["__type"]) == (404, "Not Found Error")
    assert "no table" in error["message"]


def test_what_is_no_longer_open_is_no_table(asked_alone: tuple[TestClient, Path]) -> None:
    client, home = asked_alone
    publish(stores_at(home), replace(SCHOOLS, access=Access.ON_REQUEST), 2)
    assert refusal(client, "SELECT * FROM schools")[0] == 404
    withdraw(stores_at(home), "schools")
    assert refusal(client, "SELECT * FROM schools")[0] == 404


def test_guarded_columns_are_not_there(asked: tuple[TestClient, Path]) -> None:
    status, error = refusal(asked[0], "SELECT head FROM schools")
    assert (status, error["check"]) == (409, ["sql.binding"])
    assert error["query"] == [
        "There is no such column or function, or types do not fit (in SELECT)"
    ]


@pytest.mark.parametrize(
    ("sql", "status", "said"),
    [
        ("SELECT read_text('/etc/passwd')", 403, "function read_text (in SELECT)"),
        ("SELECT 1; DROP TABLE schools", 409, "one statement"),
        ("DELETE FROM schools", 409, "must be a SELECT"),
        ("SELECT name::integer FROM schools", 409, "TRY_CAST"),
        ("SELECT (", 409, "cannot be read"),
    ],
)
def test_refusals_say_what_and_where(
    asked: tuple[TestClient, Path], sql: str, status: int, said: str
) -> None:
    code, error = refusal(asked[0], sql)
    assert code == status
    assert said in str(error)
    assert "Trường" not in str(error)


def test_where_it_is_off_it_says_so(reading_site: Site) -> None:
    refused = reading_site.public.post(ACTION, json={"sql": "SELECT 1"})
    assert refused.status_code == 403
    assert "switched off" in refused.json()["error"]["message"]
    told = reading_site.public.get("/api/3/action/help_show?name=datastore_search_sql").json()
    assert "DUNGCHUNG_SQL=on" in told["result"]


def test_the_agency_worker_never_runs_it(reading_site: Site) -> None:
    refused = reading_site.agency.post(
        ACTION, json={"sql": "SELECT 1"}, headers=reading_site.token("admin")
    )
    assert refused.status_code == 403
    assert "without a token" in refused.json()["error"]["message"]


def test_fifty_bombs_leave_the_catalogue_answering(home: Path) -> None:
    """Attack 34, against the processes that really run, confined by the kernel."""
    config = config_of(home).model_copy(update={"sql": True})
    bomb = "SELECT count(*) FROM schools a, schools b, schools c, schools d, schools e"
    with running(config) as url, httpx.Client(base_url=url, timeout=30) as client:
        counted = client.get(ACTION, params={"sql": "SELECT count(*) FROM schools"}).json()
        assert counted["result"]["records"] == [{"count": 250}]
        with ThreadPoolExecutor(50) as pool:
            bombs = [
                pool.submit(httpx.get, url + ACTION, params={"sql": bomb}, timeout=60)
                for _ in range(50)
            ]
            answered = 0
            while not all(one.done() for one in bombs):
                found = client.get("/api/3/action/package_search", params={"q": "truong"})
                assert found.json()["result"]["count"] == 1
                answered += 1
            assert answered
        statuses = [one.result().status_code for one in bombs]
        assert set(statuses) <= {409, 503}
        assert statuses.count(503) >= 40
        counted = client.get(ACTION, params={"sql": "SELECT count(*) FROM schools"}).json()
        assert counted["result"]["records"] == [{"count": 250}]
