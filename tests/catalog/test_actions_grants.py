"""The actions of grants: what is asked wrongly, by whom, and what lists leave out."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from catalog.access import Role, Scope
from catalog.agencies import organization_of
from tests.catalog.sites import Headers, Site


@pytest.fixture(scope="module")
def owner(module_site: Site) -> Headers:
    """An administrator of the agency that owns every dataset of the province but the draft."""
    with module_site.session() as session:
        organization_of(session, "H20.61")
    return module_site.user("owner", "H20.5", Role.ADMIN)


def act(site: Site, name: str, headers: Headers, **asked: Any) -> httpx.Response:
    answer: httpx.Response = site.agency.post(f"/api/3/action/{name}", json=asked, headers=headers)
    return answer


WANTED = {"organization": "h20-61", "dataset": "cases"}


@pytest.mark.parametrize(
    ("asked", "parameter"),
    [
        ({"organization": ""}, "organization"),
        ({"organization": "nothing"}, "organization"),
        ({"dataset": ""}, "dataset"),
        ({"dataset": "schools"}, "dataset"),
        ({"columns": []}, "columns"),
        ({"columns": ["nothing"]}, "columns"),
        ({"columns": ["applicant"]}, "classification"),
        ({"classification": "secret"}, "classification"),
        ({"condition": "1"}, "condition"),
        ({"condition": "read_text('x') = ''"}, "condition"),
        ({"expires": "tomorrow"}, "expires"),
        ({"expires": "2001-01-01"}, "expires"),
        ({"starts": "2999-01-02", "expires": "2999-01-01"}, "expires"),
        ({"starts": "9999-12-31T23:59:59-14:00"}, "starts"),
    ],
)
def test_what_is_asked_wrongly_is_told_by_its_parameter(
    module_site: Site, owner: Headers, asked: dict[str, Any], parameter: str
) -> None:
    refused = act(module_site, "access_grant_create", owner, **{**WANTED, **asked})
    assert refused.status_code == 409, refused.text
    assert list(refused.json()["error"]) == ["__type", parameter]


def test_only_the_owner_gives_and_looks(module_site: Site, owner: Headers) -> None:
    others = {
        "a reading token": module_site.user("r", "H20.5", Role.ADMIN, scopes=[Scope.READ]),
        "an editor": module_site.user("e", "H20.5", Role.EDITOR),
        "another's administrator": module_site.user("x", "H20.61", Role.ADMIN),
        "the publisher": module_site.token("publisher"),
        "nobody": {},
    }
    for who, headers in others.items():
        given = act(module_site, "access_grant_create", headers, **WANTED)
        assert given.status_code == 403, who
        if who != "a reading token":
            log = act(module_site, "access_reading_list", headers, dataset="cases")
            assert log.status_code == 403, who
    # What one may not give is refused alike, there or not.
    for dataset in ("secret_plan", "nothing"):
        refused = act(module_site, "access_grant_create", owner, **{**WANTED, "dataset": dataset})
        assert (refused.status_code, "Canarivi" in refused.text) == (403, False)


def test_the_administrator_gives_what_any_agency_owns(module_site: Site) -> None:
    admin = module_site.token("admin")
    given = act(module_site, "access_grant_create", admin, **WANTED, purpose="x\u0001 thử")
    assert given.status_code == 200, given.text
    assert given.json()["result"]["purpose"] == "thử"
    missing = act(module_site, "access_grant_create", admin, **{**WANTED, "dataset": "nothing"})
    assert missing.status_code == 404


def test_each_sees_the_grants_it_gave_or_got(module_site: Site, owner: Headers) -> None:
    site = module_site
    one = site.grant("cases", agency="H20.62", columns=["case_no"])
    two = site.grant("cases", agency="H20.63")

    def listed(headers: Headers, **asked: str) -> set[str]:
        answer = act(site, "access_grant_list", headers, **asked)
        assert answer.status_code == 200, answer.text
        return {grant["id"] for grant in answer.json()["result"]}

    assert listed(one.headers) == {one.id}
    assert listed(two.headers) == {two.id}
    assert listed(site.user("y", "H20.64", Role.ADMIN)) == set()
    assert listed(site.user("z", "H20.5", Role.MEMBER)) == set()
    assert listed(owner) >= {one.id, two.id}
    assert listed(site.token("admin")) >= {one.id, two.id}
    assert listed(owner, organization="h20-62") == {one.id}
    assert listed(owner, organization="h20-62", state="revoked") == set()
    assert listed(owner, dataset="schools") == set()
    ended = act(site, "access_grant_revoke", owner, id=one.id)
    assert ended.json()["result"]["state"] == "revoked"
    assert listed(one.headers, state="revoked") == {one.id}
    assert act(site, "access_grant_list", {}).status_code == 403
    assert site.public.get("/api/3/action/access_grant_list").status_code == 403
    assert act(site, "access_grant_revoke", owner, id="nothing").status_code == 404


def test_the_log_is_cut_by_time_and_number(module_site: Site, owner: Headers) -> None:
    site = module_site
    given = site.grant("cases")
    path = "/dataset/cases/latest/cases.csv"
    for _time in range(3):
        assert site.agency.get(path, headers=given.headers).status_code == 200

    def log(**asked: Any) -> list[dict[str, Any]]:
        answer = act(site, "access_reading_list", owner, dataset="cases", **asked)
        assert answer.status_code == 200, answer.text
        result: list[dict[str, Any]] = answer.json()["result"]
        return result

    assert [one["grant"] for one in log(limit=2)] == [given.id] * 2
    assert log(limit=1)[0]["rows"] == 30
    assert log(since="2999-01-01") == []
    assert len(log(since="2020-01-01T00:00:00+07:00", limit=3)) == 3
