"""From Foundation's registry to this one, with everything that was in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, select

import catalog
from catalog.documents import PUBLIC, Kind
from catalog.identifiers import organization_id, user_id
from catalog.registry.database import open_registry
from catalog.registry.feed import RegistryFeed
from catalog.registry.people import places_of
from catalog.registry.tables import Grant, Organization, Token, User

MIGRATIONS = Path(catalog.__file__).parent / "migrations"
NOW = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
LATER = NOW + timedelta(days=30)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.server)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_dsn"))
    return f"sqlite:///{tmp_path / 'registry.db'}"


def foundation(url: str) -> Engine:
    """The registry as Foundation left it, empty."""
    address = sa.make_url(url)
    if address.get_backend_name() == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    engine = sa.create_engine(address)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    return engine


def fill(engine: Engine) -> None:
    tables = sa.MetaData()
    tables.reflect(engine)

    def put(connection: sa.Connection, table: str, **row: Any) -> None:
        connection.execute(sa.insert(tables.tables[table]).values(row))

    collection = {"description": "", "image_url": "", "state": "active", "created": NOW}
    package: dict[str, Any] = {"notes": "", "metadata_created": NOW, "metadata_modified": NOW}
    with engine.begin() as connection:
        held = {"id": organization_id("H20.5"), "name": "h20-5", "title": "Sở Tư pháp"}
        put(connection, "organization", **held, **collection, extras={"code": "H20.5"})
        put(connection, "group", id="g1", name="gove", title="Nhà nước", **collection, extras={})
        owner = held["id"]
        for name, state, private in (
            ("schools", "active", False),
            ("plan", "active", True),
            ("gone", "deleted", False),
        ):
            shown = {"id": f"p-{name}", "name": name, "title": name, "owner_org": owner}
            put(connection, "package", **shown, **package, state=state, private=private)
        put(
            connection,
            "resource",
            id="r1",
            package_id="p-schools",
            position=0,
            name="CSV",
            description="",
            format="CSV",
            url="/x.csv",
            hash="",
            size=3,
            datastore_active=True,
            created=NOW,
            extras={"schema": "{}"},
        )
        put(connection, "package_extra", package_id="p-schools", key="access", value="open")
        put(connection, "tag", package_id="p-schools", name="một cửa")
        put(connection, "package_group", package_id="p-schools", group_id="g1")
        for identifier, agency, scope, revoked in (
            ("t1", "H20.5", "read", None),
            ("t2", "H20.9", "read", None),
            ("t3", "H20.9", "read", None),
            ("t4", "H20.9", "read", NOW),
            ("t5", "dungchung", "publish", None),
            ("t6", "dungchung", "admin", None),
            ("t7", "admin", "read", None),
        ):
            put(
                connection,
                "token",
                id=identifier,
                digest=identifier * 32,
                name=agency,
                agency=agency,
                scopes=[scope],
                revoked=revoked,
                created=NOW,
                expires=LATER if identifier != "t3" else NOW,
            )
        for token, dataset in (("t1", "cases"), ("t2", "cases"), ("t3", "plan"), ("t4", "plan")):
            level = "personal" if token == "t1" else "internal"
            put(connection, "token_grant", token_id=token, dataset=dataset, classification=level)
        put(connection, "meta", key="stamp", value="x")


@pytest.fixture
def moved(url: str) -> Iterator[Engine]:
    before = foundation(url)
    fill(before)
    before.dispose()
    engine = open_registry(url)
    yield engine
    engine.dispose()


def test_migrations_make_exactly_the_models(url: str) -> None:
    engine = open_registry(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []
    engine.dispose()


def test_migrating_a_full_registry_makes_the_models_too(moved: Engine) -> None:
    with moved.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_every_record_is_told_to_followers(moved: Engine) -> None:
    feed = RegistryFeed(moved, "http://data.example")
    documents = feed.since(0, 100)
    assert feed.position() == 7
    assert [one.sequence for one in documents] == [1, 2, 3, 4, 5, 6, 7]
    by_id = {one.id: one for one in documents}
    schools = by_id["p-schools"].body
    assert schools is not None
    assert schools["resources"][0]["url"] == "http://data.example/x.csv"
    assert schools["resources"][0]["schema"] == "{}"
    assert [tag["name"] for tag in schools["tags"]] == ["một cửa"]
    assert schools["creator_user_id"] is None
    assert by_id["p-gone"].body is None
    assert by_id["p-plan"].labels == {f"org:{organization_id('H20.5')}"}
    assert by_id["g1"].kind is Kind.GROUP
    assert by_id["g1"].labels == {PUBLIC}


def test_an_agency_becomes_a_user_and_a_member_of_its_organisation(moved: Engine) -> None:
    with Session(moved) as session:
        names = {row.name: row.sysadmin for row in session.exec(select(User))}
        assert names == {
            "h20-5": False,
            "h20-9": False,
            "publisher": False,
            "admin": True,
            "agency-admin": False,
        }
        organizations = {row.id: row for row in session.exec(select(Organization))}
        assert organizations[organization_id("H20.5")].title == "Sở Tư pháp"
        assert organizations[organization_id("H20.9")].extras == {"code": "H20.9"}
        assert places_of(session, user_id("h20-9"))[0] == {organization_id("H20.9"): "member"}
        assert places_of(session, user_id("admin")) == ({}, {})


def test_tokens_stay_with_what_they_may_do(moved: Engine) -> None:
    with Session(moved) as session:
        tokens = {row.id: row for row in session.exec(select(Token))}
        assert tokens["t2"].user_id == tokens["t4"].user_id == user_id("h20-9")
        assert tokens["t5"].user_id == user_id("publisher")
        assert tokens["t5"].scopes == ["publish"]
        assert tokens["t6"].scopes == ["admin", "read", "write"]
        assert tokens["t4"].revoked == NOW
        assert tokens["t1"].expires == LATER


def test_only_what_is_in_force_becomes_a_grant(moved: Engine) -> None:
    with Session(moved) as session:
        grants = session.exec(select(Grant)).all()
        found = {(row.organization_id, row.dataset, row.classification) for row in grants}
        assert found == {
            (organization_id("H20.5"), "cases", "personal"),
            (organization_id("H20.9"), "cases", "internal"),
        }
        assert {row.expires for row in grants} == {LATER}
        assert {(row.columns, row.condition) for row in grants} == {(None, None)}
