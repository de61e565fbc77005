"""Grants in the registry: what may be given, what is refused with which check, what is in force."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from catalog.access import Role, RowGrant
from catalog.agencies import organization_of, person, service_account
from catalog.granting import give
from catalog.grants import GrantInfo, granted_columns, grants, in_force, revoke
from catalog.identifiers import naive_utc
from catalog.registry.database import open_registry
from catalog.registry.tables import Grant
from contracts.errors import Fault
from contracts.model import Classification
from contracts.releases import ColumnSchema, Release
from lakehouse.releases import Releases
from tests.catalog.province import stores_at

NOW = naive_utc(datetime.now(UTC))
TOMORROW = NOW + timedelta(days=1)


@contextmanager
def opened(url: str) -> Iterator[Session]:
    engine = open_registry(url)
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with opened(f"sqlite:///{tmp_path / 'registry.db'}") as session:
        yield session


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.server)])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Session]:
    """A registry on each of the databases."""
    on_server = request.param == "postgresql"
    url = request.getfixturevalue("postgres_dsn") if on_server else f"sqlite:///{tmp_path}/r.db"
    with opened(url) as session:
        yield session


@pytest.fixture(scope="module")
def cases(built: Path) -> Release:
    found = Releases(stores_at(built)).latest("cases")
    assert found is not None
    return found


def given(session: Session, release: Release, agency: str = "H20.9", **asked: Any) -> GrantInfo:
    wanted = {"expires": TOMORROW, "by": "tests", **asked}
    return give(session, organization=organization_of(session, agency), release=release, **wanted)


def test_a_grant_says_what_it_covers(either: Session, cases: Release) -> None:
    made = given(
        either, cases, columns=["case_no", "status"], condition="case_no > 'HS2'", purpose=" a\nb "
    )
    assert (made.organization, made.dataset, made.state) == ("h20-9", "cases", "active")
    assert made.columns == ("case_no", "status")
    assert made.condition == "case_no > 'HS2'"
    assert made.purpose == "a b"
    (kept,) = in_force(either, [made.organization_id], made.starts)
    assert kept == RowGrant(
        made.id,
        made.organization_id,
        "cases",
        Classification.INTERNAL,
        frozenset({"case_no", "status"}),
        "case_no > 'HS2'",
    )
    assert grants(either) == [made]
    assert grants(either, datasets=["schools"]) == []
    assert grants(either, datasets=[], organizations=[made.organization_id]) == [made]


@pytest.mark.parametrize(
    ("asked", "check"),
    [
        ({"columns": ["nothing"]}, "grant.column"),
        ({"columns": []}, "grant.column"),
        ({"columns": ["case_no", "applicant"]}, "grant.class"),
        ({"columns": ["illness"], "classification": Classification.PERSONAL}, "grant.class"),
        ({"expires": NOW - timedelta(days=1)}, "grant.time"),
        ({"starts": TOMORROW, "expires": TOMORROW}, "grant.time"),
        ({"condition": "nothing = 1"}, "condition.columns"),
        ({"condition": "cases.case_no = 'x'"}, "condition.columns"),
        ({"condition": "case_no"}, "condition.not_boolean"),
        ({"condition": "count(*) > 1"}, "condition.not_one_row"),
        ({"condition": "now() > TIMESTAMP '2026-01-01'"}, "condition.not_one_row"),
        ({"condition": "case_no IN (SELECT 1)"}, "sql.not_allowed"),
        ({"condition": "read_text('/etc/passwd') = ''"}, "sql.function"),
        ({"condition": "true; DROP TABLE x"}, "sql.syntax"),
        ({"condition": "true) OR (true"}, "sql.syntax"),
        ({"condition": "case_no = ?"}, "sql.not_allowed"),
        ({"condition": "true -- "}, "sql.not_allowed"),
    ],
)
def test_what_cannot_be_given_is_refused(
    session: Session, cases: Release, asked: dict[str, Any], check: str
) -> None:
    with pytest.raises(Fault) as refused:
        given(session, cases, **asked)
    assert refused.value.check == check
    assert "passwd" not in str(refused.value)
    assert grants(session) == []


def test_open_and_withdrawn_datasets_are_not_given(session: Session, cases: Release) -> None:
    for release, check in (
        (replace(cases, access="open"), "grant.not_needed"),
        (replace(cases, withdrawn="Sai"), "grant.withdrawn"),
    ):
        with pytest.raises(Fault) as refused:
            given(session, release)
        assert refused.value.check == check


def test_what_is_guarded_must_be_said_to_be_meant(session: Session, cases: Release) -> None:
    with pytest.raises(Fault) as refused:
        given(session, cases, columns=["applicant"])
    assert "--class personal" in refused.value.render("vi")
    made = given(session, cases, columns=["applicant"], classification=Classification.PERSONAL)
    assert made.columns == ("applicant",)


def test_a_grant_holds_from_its_first_moment_to_its_last(either: Session, cases: Release) -> None:
    made = given(either, cases, starts=TOMORROW, expires=TOMORROW + timedelta(days=1))
    assert made.state == "coming"
    held = [
        len(in_force(either, [made.organization_id], TOMORROW + timedelta(seconds=seconds)))
        for seconds in (-1, 0, 86_399, 86_400)
    ]
    assert held == [0, 1, 1, 0]
    row = either.get(Grant, made.id)
    assert row is not None
    row.starts, row.expires = NOW - timedelta(days=2), NOW - timedelta(days=1)
    assert [one.state for one in grants(either)] == ["expired"]


def test_a_revoked_grant_ends_at_once_and_stays_in_the_books(
    either: Session, cases: Release
) -> None:
    made, other = given(either, cases), given(either, cases)
    ended = revoke(either, made.id, "owner")
    assert (ended.state, ended.revoked_by) == ("revoked", "owner")
    assert revoke(either, made.id, "another") == ended
    assert [one.id for one in in_force(either, [made.organization_id], other.starts)] == [other.id]
    with pytest.raises(Fault) as refused:
        revoke(either, "nothing", "owner")
    assert refused.value.check == "grant.unknown"


def test_one_agencys_grant_is_no_others(session: Session, cases: Release) -> None:
    made = given(session, cases, "H20.9")
    other = organization_of(session, "H20.8")
    assert in_force(session, [other.id], made.starts) == ()
    assert in_force(session, [], made.starts) == ()


def _grant(level: Classification, columns: frozenset[str] | None = None) -> RowGrant:
    return RowGrant("g", "o", "cases", level, columns)


def test_columns_are_those_of_the_class_and_of_the_list(cases: Release) -> None:
    def read(grant: RowGrant) -> tuple[str, ...]:
        return granted_columns(grant, cases, cases.schema)

    assert read(_grant(Classification.INTERNAL)) == ("case_no", "status", "quality_flag")
    assert read(_grant(Classification.PUBLIC)) == ("case_no", "quality_flag")
    assert read(_grant(Classification.INTERNAL, frozenset({"status"}))) == ("status",)
    # A column that is more guarded than the grant is not read, though the list names it.
    assert read(_grant(Classification.INTERNAL, frozenset({"status", "illness"}))) == ("status",)


def test_a_column_found_to_be_personal_is_so_in_old_releases(cases: Release) -> None:
    def personal(column: ColumnSchema) -> ColumnSchema:
        return replace(column, classification="personal") if column.name == "status" else column

    newest = tuple(personal(column) for column in cases.schema)
    internal = _grant(Classification.INTERNAL)
    assert granted_columns(internal, cases, newest) == ("case_no", "quality_flag")
    older = replace(cases, schema=newest)
    assert granted_columns(internal, older, cases.schema) == ("case_no", "quality_flag")


def test_an_agency_has_one_organisation_and_one_account(session: Session) -> None:
    place = organization_of(session, "H20.2", "Sở Nội vụ")
    assert (place.title, organization_of(session, "H20.2").id) == ("Sở Nội vụ", place.id)
    user = service_account(session, place)
    assert service_account(session, place, Role.ADMIN).id == user.id
    assert service_account(session, organization_of(session, "admin")).name == "agency-admin"
    for code in ("", "../x", "H20 2", "x" * 200):
        with pytest.raises(Fault) as refused:
            organization_of(session, code)
        assert refused.value.check == "agency.code"
    for name in ("admin", "publisher", "Ông A", "x"):
        with pytest.raises(Fault) as refused:
            person(session, name, place, Role.EDITOR)
        assert refused.value.check == "user.name"
