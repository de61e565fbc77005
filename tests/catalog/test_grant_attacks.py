"""Every way around a grant: other rows, other columns, other grants, other times, other files."""

from __future__ import annotations

import io
import json
import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pyarrow.parquet as pq
import pytest
from sqlalchemy import text

from catalog.access import Role, Scope
from catalog.agencies import organization_of
from catalog.audit import readings
from catalog.identifiers import naive_utc, resource_id
from catalog.records import package_from_release
from catalog.registry.people import find_user, remove_member
from catalog.registry.tables import Grant
from contracts.model import Access, Classification
from lakehouse.releases import Releases
from tests.catalog.province import CANARY, Table, publish, stores_at, withdraw
from tests.catalog.sites import Given, Headers, Site

PATIENTS = Table(
    "patients",
    "Người bệnh",
    (
        "code VARCHAR",
        "commune VARCHAR",
        "visits INTEGER internal",
        "name VARCHAR personal",
        "illness VARCHAR sensitive",
    ),
    f"""SELECT format('{{:03d}}', i) AS code, CASE WHEN i <= 40 THEN '28249' ELSE '28250' END
           AS commune, (i * 37) % 100 AS visits,
           CASE WHEN i <= 40 THEN 'Người số ' || i ELSE '{CANARY} ' || i END AS name,
           'bệnh ' || (i % 3) AS illness FROM range(1, 101) t(i)""",
    ("code",),
    access=Access.ON_REQUEST,
)
ROWS = resource_id("patients", "api")
FILE = "/dataset/patients/latest/patients"
MINE = "commune = '28249'"
COLUMNS = ("code", "visits")


@pytest.fixture(scope="module")
def clinic(module_site: Site) -> Site:
    """A catalogue with `PATIENTS`, for tests that change no release."""
    _published(module_site)
    return module_site


@pytest.fixture
def patients(clinic: Site) -> Given:
    """Two columns of the 40 rows of one commune, of 100."""
    return _some(clinic)


def _published(site: Site) -> None:
    publish(stores_at(site.home), PATIENTS)
    _announce(site, site.token("publisher"))


def _some(site: Site) -> Given:
    return site.grant("patients", columns=COLUMNS, condition=MINE)


def _announce(site: Site, publisher: Headers) -> None:
    """The record of `PATIENTS`, as the pipeline makes it."""
    release = Releases(stores_at(site.home)).latest("patients")
    assert release is not None
    made = site.agency.post(
        "/api/3/action/package_create", json=package_from_release(release), headers=publisher
    )
    assert made.status_code == 200, made.text


def ask(site: Site, headers: Headers, **asked: Any) -> httpx.Response:
    path = "/api/3/action/datastore_search"
    answer: httpx.Response = site.agency.post(
        path, json={"resource_id": ROWS, **asked}, headers=headers
    )
    return answer


def found(site: Site, headers: Headers, **asked: Any) -> dict[str, Any]:
    answer = ask(site, headers, **asked)
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()["result"]
    return result


def test_nothing_tells_of_another_row(clinic: Site, patients: Given) -> None:
    headers = patients.headers
    page = found(clinic, headers)
    assert (page["total"], len(page["records"])) == (40, 40)
    # The numbers of rows have no gaps: they would tell how many stand between.
    assert [row["_id"] for row in page["records"]] == list(range(1, 41))
    assert [row["code"] for row in page["records"]] == [f"{i:03d}" for i in range(1, 41)]
    assert found(clinic, headers, sort="visits desc", limit=1)["records"][0]["code"] <= "040"
    assert found(clinic, headers, fields=["code"], distinct=True)["total"] == 40
    assert found(clinic, headers, filters={"code": "041"})["total"] == 0
    assert found(clinic, headers, filters={"code": ["040", "041"]})["total"] == 1
    assert found(clinic, headers, q="041")["total"] == 0
    assert found(clinic, headers, q={"code": "041"})["total"] == 0
    assert found(clinic, headers, offset=40)["records"] == []
    info = clinic.agency.get(f"/api/3/action/datastore_info?id={ROWS}", headers=headers)
    assert info.json()["result"]["meta"]["count"] == 40


@pytest.mark.parametrize("column", ["commune", "name", "illness", "source_key", "quality_flag"])
def test_no_question_reaches_another_column(clinic: Site, patients: Given, column: str) -> None:
    for asked in (
        {"filters": {column: "28249"}},
        {"q": {column: "benh"}},
        {"sort": f"{column} asc"},
        {"fields": [column]},
        {"fields": [column], "distinct": True},
        {"fields": [f"code, {column}"]},
        {"fields": [f'code", "{column}']},
    ):
        assert ask(clinic, patients.headers, **asked).status_code == 409, asked
    assert found(clinic, patients.headers, q="Canarivi")["total"] == 0
    assert column not in json.dumps(found(clinic, patients.headers)["fields"])


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet", "xlsx"])
def test_a_file_holds_what_was_given_and_no_more(clinic: Site, patients: Given, form: str) -> None:
    answer = clinic.agency.get(f"{FILE}.{form}", headers=patients.headers)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "private, no-store"
    if form == "parquet":
        table = pq.read_table(io.BytesIO(answer.content))
        assert (tuple(table.column_names), table.num_rows) == (COLUMNS, 40)
        assert "041" not in table["code"].to_pylist()
    if form == "csv":
        assert len(answer.text.splitlines()) == 41
        assert "041" not in answer.text
    for path in (f"{FILE}.{form}", f"/dataset/patients/releases/1/patients.{form}"):
        assert clinic.agency.get(path).status_code == 403
        assert clinic.public.get(path).status_code == 403


def test_a_dump_holds_what_was_given_and_no_more(clinic: Site, patients: Given) -> None:
    path = f"/datastore/dump/{ROWS}"
    whole = clinic.agency.get(path, headers=patients.headers)
    assert whole.status_code == 200
    assert whole.text.splitlines()[0] == "_id,code,visits"
    assert (len(whole.text.splitlines()), "041" in whole.text) == (41, False)
    assert whole.headers["cache-control"] == "private, no-store"
    for asked in ({"fields": "name"}, {"sort": "illness"}, {"filters": '{"commune": "28250"}'}):
        refused = clinic.agency.get(path, params=asked, headers=patients.headers)
        assert refused.status_code == 409
    other = clinic.grant("patients", columns=COLUMNS, condition="commune = '28250'")
    more = {**other.headers, "If-None-Match": whole.headers["etag"]}
    assert len(clinic.agency.get(path, headers=more).text.splitlines()) == 61
    for headers in ({}, clinic.token("admin"), clinic.user("u", "H20.5", Role.ADMIN)):
        known = {**headers, "If-None-Match": whole.headers["etag"]}
        assert clinic.agency.get(path, headers=known).status_code == 403
        named = clinic.agency.get(path, params={"grant": patients.id}, headers=headers)
        assert named.status_code == 403
    with clinic.session() as session:
        log = readings(session, datasets=["patients"])
    assert [(one.action, one.rows) for one in log if one.grant == patients.id] == [
        ("datastore_dump", 40)
    ]


def test_a_cursor_of_one_grant_opens_nothing_of_another(clinic: Site, patients: Given) -> None:
    whole = clinic.grant("patients")
    page = found(clinic, whole.headers, sort="visits desc", fields=list(COLUMNS), limit=3)
    cursor = page["next_cursor"]
    assert cursor
    answer = ask(
        clinic, patients.headers, sort="visits desc", fields=list(COLUMNS), limit=3, cursor=cursor
    )
    assert answer.status_code == 409
    assert "cursor" in answer.json()["error"]


def test_two_grants_have_each_their_own_file(clinic: Site, patients: Given) -> None:
    other = clinic.grant("patients", columns=["code"], condition="commune = '28250'")
    one, two = (
        clinic.agency.get(f"{FILE}.csv", headers=given.headers) for given in (patients, other)
    )
    assert one.headers["etag"] != two.headers["etag"]
    assert (len(two.text.splitlines()), "040" in two.text) == (61, False)
    # What one was given is not told to the other, whatever it knows of it.
    more = {**other.headers, "If-None-Match": one.headers["etag"]}
    assert clinic.agency.get(f"{FILE}.csv", headers=more).text == two.text
    assert clinic.agency.get(f"{FILE}.csv?grant={patients.id}", headers=more).status_code == 403
    assert ask(clinic, other.headers, grant=patients.id).status_code == 403


def test_of_several_grants_one_is_named(clinic: Site, patients: Given) -> None:
    one = clinic.grant("patients", columns=["code"], condition=MINE, agency="H20.40")
    two = clinic.grant("patients", Classification.PERSONAL, agency="H20.40")
    refused = ask(clinic, two.headers)
    assert refused.status_code == 409
    assert one.id in refused.json()["error"]["grant"][0]
    assert two.id in refused.json()["error"]["grant"][0]
    assert clinic.agency.get(f"{FILE}.csv", headers=two.headers).status_code == 409
    assert found(clinic, two.headers, grant=one.id)["total"] == 40
    assert found(clinic, two.headers, grant=two.id)["total"] == 100
    assert CANARY in clinic.agency.get(f"{FILE}.csv?grant={two.id}", headers=two.headers).text
    assert ask(clinic, two.headers, grant=patients.id).status_code == 403
    assert ask(clinic, two.headers, grant="' OR 1=1").status_code == 403


def test_who_holds_no_grant_in_force_reads_nothing(clinic: Site, patients: Given) -> None:
    headers = {
        "another agency": clinic.user("a", "H20.41", Role.ADMIN),
        "a member of the owner": clinic.user("b", "H20.5", Role.MEMBER),
        "an administrator of the owner": clinic.user("c", "H20.5", Role.ADMIN),
        "nobody's": clinic.user("d", None),
        "the administrator": clinic.token("admin"),
        "the publisher": clinic.token("publisher"),
        "garbage": {"Authorization": "dc_" + "x" * 43},
        "nothing": {},
    }
    past, later = (naive_utc(moment) for moment in ("2026-01-01", "2999-01-01"))
    day = timedelta(days=1)
    for state, change in {
        "expired": {"starts": past, "expires": past + day},
        "coming": {"starts": later, "expires": later + day},
        "revoked": {"revoked": past},
    }.items():
        given = clinic.grant("patients")
        with clinic.session() as session:
            row = session.get(Grant, given.id)
            assert row is not None
            for field, value in change.items():
                setattr(row, field, value)
        headers[state] = given.headers
    for who, sent in headers.items():
        assert ask(clinic, sent).status_code == 403, who
        assert ask(clinic, sent, grant=patients.id).status_code == 403, who
        for path in (f"{FILE}.csv", f"{FILE}.csv?grant={patients.id}"):
            answer = clinic.agency.get(path, headers=sent)
            assert answer.status_code == 403, who
            assert CANARY not in answer.text


def test_whoever_leaves_the_agency_leaves_its_grants(clinic: Site, patients: Given) -> None:
    member = clinic.user("m", "H20.42", Role.MEMBER, scopes=[Scope.READ])
    clinic.grant("patients", agency="H20.42")
    assert ask(clinic, member).status_code == 200
    with clinic.session() as session:
        user = find_user(session, "m")
        place = organization_of(session, "H20.42")
        assert user is not None
        assert remove_member(session, place.id, user.id)
    assert ask(clinic, member).status_code == 403


def test_old_releases_are_read_as_guarded_as_the_newest(site: Site) -> None:
    _published(site)
    patients = _some(site)
    whole = site.grant("patients")
    stores = stores_at(site.home)
    columns = tuple(one.replace("internal", "personal") for one in PATIENTS.columns)
    publish(stores, replace(PATIENTS, columns=columns), 2)
    for asked in ({}, {"release": 1}, {"as_of": "2026-03-02"}):
        names = [field["id"] for field in found(site, whole.headers, **asked)["fields"]]
        assert names == ["_id", "code", "commune", "quality_flag"]
        page = found(site, patients.headers, **asked)
        assert [field["id"] for field in page["fields"]] == ["_id", "code"]
        assert page["total"] == 40
    old = site.agency.get("/dataset/patients/releases/1/patients.csv", headers=whole.headers)
    assert old.text.splitlines()[0] == "code,commune,quality_flag"


def test_a_release_without_what_the_condition_asks_about_is_not_given(site: Site) -> None:
    _published(site)
    patients = _some(site)
    stores = stores_at(site.home)
    without = tuple(one for one in PATIENTS.columns if not one.startswith("commune"))
    rows = f"SELECT * EXCLUDE (commune) FROM ({PATIENTS.rows})"
    publish(stores, replace(PATIENTS, columns=without, rows=rows), 2)
    assert ask(site, patients.headers).status_code == 403
    assert site.agency.get(f"{FILE}.csv", headers=patients.headers).status_code == 403
    assert found(site, patients.headers, release=1)["total"] == 40


def test_a_withdrawn_dataset_gives_nothing_and_its_grants_lie_dormant(site: Site) -> None:
    _published(site)
    patients = _some(site)
    assert ask(site, patients.headers).status_code == 200
    withdraw(stores_at(site.home), "patients")
    assert ask(site, patients.headers).status_code in (404, 410)
    for path in (f"{FILE}.csv", "/dataset/patients/releases/1/patients.csv"):
        assert site.agency.get(path, headers=patients.headers).status_code == 410


def test_a_reading_that_cannot_be_noted_gives_nothing(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    _published(site)
    patients = _some(site)
    with site.session() as session:
        session.execute(text("ALTER TABLE reading RENAME TO reading_away"))
    for answer in (
        ask(site, patients.headers),
        site.agency.get(f"{FILE}.csv", headers=patients.headers),
    ):
        assert answer.status_code == 503
        assert "040" not in answer.text
    assert "reading.not_noted" in caplog.text


def test_each_reading_is_noted_once(
    clinic: Site, patients: Given, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "dungchung.access"):
        found(clinic, patients.headers, filters={"code": "007"})
        clinic.agency.get(f"{FILE}.csv", headers=patients.headers)
        head = clinic.agency.head(f"{FILE}.csv", headers=patients.headers)
        known = {**patients.headers, "If-None-Match": head.headers["etag"]}
        assert clinic.agency.get(f"{FILE}.csv", headers=known).status_code == 304
    with clinic.session() as session:
        noted = [
            one for one in readings(session, datasets=["patients"]) if one.grant == patients.id
        ]
    assert [(one.action, one.rows, one.columns) for one in noted] == [
        ("download", 40, 2),
        ("datastore_search", 1, 2),
    ]
    lines = [record for record in caplog.records if record.name == "dungchung.access"]
    assert len(lines) == 2
    said = caplog.text
    assert patients.token not in said
    assert "007" not in said
    assert MINE not in said


def test_a_draft_is_not_even_there(clinic: Site) -> None:
    path = "/dataset/secret_plan/latest/secret_plan.csv"
    garbage = {"Authorization": "dc_" + "x" * 43}
    other = clinic.user("o", "H20.43", Role.ADMIN)
    for headers in ({}, garbage, other):
        answer = clinic.agency.get(path, headers=headers)
        assert answer.status_code == 404
        missing = clinic.agency.get("/dataset/nothing/latest/nothing.csv", headers=headers)
        assert answer.json() == missing.json()
    member = clinic.user("m", "CANARY.1", Role.MEMBER)
    assert clinic.agency.get(path, headers=member).status_code == 200
    assert clinic.agency.get(path, headers=clinic.token("admin")).status_code == 200
