"""The wire rules, each over every action it holds for."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.access import ANONYMOUS, allows
from catalog.actions import ACTIONS
from catalog.identifiers import resource_id
from catalog.wire import one_line
from tests.catalog.sites import Site

READS = sorted(name for name, one in ACTIONS.items() if one.reads)
WRITES = sorted(set(ACTIONS) - set(READS))
TYPES = {
    "Validation Error",
    "Not Found Error",
    "Authorization Error",
    "Search Query Error",
    "Search Error",
    "Search Index Error",
    "Integrity Error",
}
ROWS = resource_id("schools", "csv")
NEEDED: dict[str, dict[str, str]] = {
    "help_show": {"name": "site_read"},
    "package_show": {"id": "schools"},
    "resource_show": {"id": ROWS},
    "resource_view_list": {"id": ROWS},
    "organization_show": {"id": "h20-5"},
    "group_show": {"id": "gove"},
    "group_package_show": {"id": "gove"},
    "datastore_search": {"resource_id": ROWS},
    "datastore_info": {"id": ROWS},
    "package_autocomplete": {"q": "truong"},
    "organization_autocomplete": {"q": "so"},
    "group_autocomplete": {"q": "chinh"},
    "format_autocomplete": {"q": "c"},
    "tag_show": {"id": "một cửa"},
    "resource_search": {"query": "format:csv"},
    "package_activity_list": {"id": "schools"},
    "member_list": {"id": "h20-5"},
}
NOT_FOR_EVERYBODY = {
    "access_grant_list",
    "datastore_search_sql",  # switched off
    *(name for name in READS if not allows(ANONYMOUS, ACTIONS[name].permission)),
}


@pytest.mark.parametrize("prefix", ["/api/action", "/api/3/action"])
@pytest.mark.parametrize("name", [name for name in READS if name not in NOT_FOR_EVERYBODY])
def test_a_read_answers_the_same_however_it_is_asked(
    reading_site: Site, prefix: str, name: str
) -> None:
    asked, address = NEEDED.get(name, {}), f"{prefix}/{name}"
    answers = [
        reading_site.public.get(address, params=asked),
        reading_site.public.post(address, json=asked),
        reading_site.public.post(address, params=asked),
        reading_site.public.post(address, data=asked),
        reading_site.agency.get(address, params=asked),
    ]
    for answer in answers:
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/json;charset=utf-8"
        assert set(answer.json()) == {"help", "success", "result"}
        assert answer.json()["success"] is True
    assert len({_without_links(answer.json()) for answer in answers}) == 1
    help_address = f"http://data.example/api/3/action/help_show?name={name}"
    assert answers[0].json()["help"] == help_address


def _without_links(envelope: dict[str, Any]) -> str:
    if isinstance(envelope["result"], dict):
        envelope["result"].pop("_links", None)
    return json.dumps(envelope, sort_keys=True)


@pytest.mark.parametrize("name", READS)
def test_every_action_has_help(reading_site: Site, name: str) -> None:
    answer = reading_site.public.get("/api/3/action/help_show", params={"name": name})
    assert len(answer.json()["result"]) > 20


@pytest.mark.parametrize("name", WRITES)
def test_a_write_needs_a_token_and_a_post(reading_site: Site, name: str) -> None:
    address = f"/api/3/action/{name}"
    got = reading_site.agency.get(address, params={"id": "schools"})
    assert got.status_code == 400
    assert got.json().startswith("Bad request - JSON Error: Invalid request. Please use POST")
    for client in (reading_site.public, reading_site.agency):
        refused = client.post(address, json={"id": "schools", "name": "schools"})
        assert refused.status_code == 403
        assert refused.json()["error"]["__type"] == "Authorization Error"
        assert refused.json()["error"]["message"].startswith("Access denied: ")


@pytest.mark.parametrize("name", ["datastore_create", "datastore_upsert", "datastore_delete"])
def test_rows_enter_only_through_a_pipeline(reading_site: Site, name: str) -> None:
    for header in ({}, reading_site.token("admin"), reading_site.token("publisher")):
        refused = reading_site.agency.post(f"/api/3/action/{name}", json={}, headers=header)
        assert refused.status_code == 403
        assert "rows enter only through a gated pipeline" in refused.json()["error"]["message"]


@pytest.mark.parametrize(
    ("name", "asked", "status", "kind"),
    [
        ("package_show", {}, 409, "Validation Error"),
        ("package_show", {"id": "nothing"}, 404, "Not Found Error"),
        ("package_show", {"id": "secret_plan"}, 404, "Not Found Error"),
        ("package_search", {"q": "a AND ("}, 400, "Search Query Error"),
        ("package_search", {"sort": "nothing asc"}, 400, "Search Query Error"),
        ("package_search", {"rows": "many"}, 409, "Validation Error"),
        ("package_search", {"rows": -1}, 409, "Validation Error"),
        ("resource_show", {"id": "nothing"}, 404, "Not Found Error"),
        ("help_show", {"name": "nothing"}, 404, "Not Found Error"),
        ("tag_list", {"vocabulary_id": "x"}, 404, "Not Found Error"),
        ("organization_list", {"sort": "x"}, 409, "Validation Error"),
        ("organization_show", {"id": "canary-1"}, 404, "Not Found Error"),
        ("user_show", {"id": "admin"}, 403, "Authorization Error"),
        ("package_autocomplete", {}, 409, "Validation Error"),
        ("package_autocomplete", {"q": " "}, 409, "Validation Error"),
        ("tag_show", {"id": "nothing"}, 404, "Not Found Error"),
        ("resource_search", {}, 409, "Validation Error"),
        ("resource_search", {"query": "csv"}, 409, "Validation Error"),
        ("resource_search", {"query": ["name:x"] * 9}, 409, "Validation Error"),
        ("member_list", {"id": "nothing"}, 404, "Not Found Error"),
        ("package_activity_list", {"id": "secret_plan"}, 404, "Not Found Error"),
        ("organization_list_for_user", {"id": "admin"}, 404, "Not Found Error"),
        ("organization_list_for_user", {"permission": "x"}, 409, "Validation Error"),
        ("datastore_search", {"resource_id": ROWS, "fields": "nothing"}, 409, "Validation Error"),
        ("datastore_search", {"resource_id": ROWS, "filters": "x"}, 409, "Validation Error"),
        ("datastore_search", {"resource_id": ROWS, "release": "9"}, 404, "Not Found Error"),
        ("datastore_search", {"resource_id": ROWS, "as_of": "x"}, 409, "Validation Error"),
    ],
)
def test_a_refusal_has_ckans_type_and_status(
    reading_site: Site, name: str, asked: dict[str, Any], status: int, kind: str
) -> None:
    refused = reading_site.public.post(f"/api/3/action/{name}", json=asked)
    assert refused.status_code == status
    assert refused.headers["content-type"] == "application/json;charset=utf-8"
    assert refused.json()["success"] is False
    assert refused.json()["error"]["__type"] == kind
    assert kind in TYPES


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "JSON Error: Error decoding JSON data."),
        (b"[1]", "JSON Error: Request data needs to be a dictionary."),
        (b"[" * 100_000, "JSON Error: Error decoding JSON data."),
        (b"\xff\xfe", "JSON Error: Error decoding JSON data."),
        (b'{"q": "\\u0000"}', "JSON Error: Error decoding JSON data."),
        (b'{"q": "\\ud800"}', "JSON Error: Error decoding JSON data."),
        (b'{"rows": NaN}', "JSON Error: Error decoding JSON data."),
        (b'{"a":' * 51 + b"1" + b"}" * 51, "JSON Error: Error decoding JSON data."),
    ],
)
def test_what_is_not_json_is_one_sentence(reading_site: Site, body: bytes, said: str) -> None:
    headers = {"content-type": "application/json"}
    refused = reading_site.public.post("/api/3/action/package_list", content=body, headers=headers)
    assert refused.status_code == 400
    assert refused.json() == f"Bad request - {said}"


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", None])
def test_a_bomb_of_fields_is_one_sentence(reading_site: Site, kind: str | None) -> None:
    bomb = "&".join(f"f{at}=" for at in range(1001))
    address = "/api/3/action/package_list"
    if kind:
        refused = reading_site.public.post(address, content=bomb, headers={"content-type": kind})
    else:
        refused = reading_site.public.get(f"{address}?{bomb}")
    assert (refused.status_code, refused.json()) == (400, "Bad request - More than 1000 fields")


def test_a_null_character_is_one_sentence(reading_site: Site) -> None:
    refused = reading_site.public.get("/api/3/action/package_list?limit=%00")
    assert refused.status_code == 400
    assert refused.json() == "Bad request - A character that cannot be kept"


@given(st.text())
def test_nothing_that_was_sent_begins_a_line_of_the_log(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1


def test_an_unknown_action_is_ckans_sentence(reading_site: Site) -> None:
    refused = reading_site.public.get("/api/3/action/nothing")
    assert (refused.status_code, refused.json()) == (
        400,
        "Bad request - Action name not known: nothing",
    )


def test_json_inside_a_get_and_repeated_keys_are_understood(reading_site: Site) -> None:
    asked = {"resource_id": ROWS, "filters": '{"code": ["0001", "0003"]}'}
    rows = reading_site.public.get("/api/3/action/datastore_search", params=asked).json()
    assert [row["code"] for row in rows["result"]["records"]] == ["0001", "0003"]
    repeated = "/api/3/action/organization_list?organizations=h20-5&organizations=x"
    assert reading_site.public.get(repeated).json()["result"] == ["h20-5"]


def test_curl_that_sends_json_as_a_form_is_understood(reading_site: Site) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = reading_site.public.post(
        "/api/3/action/package_show", content='{"id": "schools"}', headers=headers
    )
    assert answer.json()["result"]["name"] == "schools"


def test_a_file_is_refused(reading_site: Site) -> None:
    refused = reading_site.agency.post(
        "/api/3/action/package_create",
        data={"name": "x"},
        files={"upload": b"rows"},
        headers=reading_site.token("admin"),
    )
    assert refused.status_code == 403
    assert "gated pipeline" in refused.json()["error"]["message"]


def test_head_answers_without_a_body(reading_site: Site) -> None:
    answer = reading_site.public.head("/api/3/action/package_list")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("path", ["/api/3/action/package_list/", "/api/3/action/package_list"])
def test_a_post_is_never_redirected(reading_site: Site, path: str) -> None:
    answer = reading_site.public.post(path, json={}, follow_redirects=False)
    assert answer.status_code in (200, 404)


def test_anonymous_reads_of_the_api_may_come_from_any_page(reading_site: Site) -> None:
    answer = reading_site.public.get("/api/3/action/package_list")
    assert answer.headers["access-control-allow-origin"] == "*"
    with_token = reading_site.agency.get(
        "/api/3/action/package_list", headers=reading_site.token("admin")
    )
    assert "access-control-allow-origin" not in with_token.headers
    assert with_token.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize("path", ["/", "/dataset/schools", "/api/3/action/site_read", "/nothing"])
def test_security_headers_are_on_every_answer(reading_site: Site, path: str) -> None:
    headers = reading_site.public.get(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "set-cookie" not in headers
    assert "server" not in headers


def test_an_unknown_path_is_json_for_programs(reading_site: Site) -> None:
    for answer in (reading_site.public.get("/api/9"), reading_site.agency.get("/nothing")):
        assert answer.status_code == 404
        assert answer.json()["error"]["__type"] == "Not Found Error"
