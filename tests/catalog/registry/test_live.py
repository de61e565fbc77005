"""The registry as the agency worker holds it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from catalog.documents import Kind
from catalog.errors import IntegrityError, ValidationError
from catalog.registry.feed import RegistryFeed
from catalog.registry.live import LiveRegistry
from catalog.registry.public_copy import PublicCopy, PublicFeed
from catalog.registry.tables import Activity, User
from catalog.registry.writing import find_package
from tests.catalog.registry.conftest import PUBLIC_URL, save


class Woken:
    """A follower that counts how often it is woken."""

    def __init__(self) -> None:
        self.times = 0

    def wake(self) -> None:
        self.times += 1


class BrokenCopy(PublicCopy):
    """A copy whose disk is full."""

    def refresh(self) -> bool:
        raise sqlite3.OperationalError("database or disk is full")


@pytest.fixture
def live(engine: Engine, tmp_path: Path) -> LiveRegistry:
    return LiveRegistry(
        engine, PublicCopy(RegistryFeed(engine, PUBLIC_URL), tmp_path / "public"), Woken()
    )


def names(folder: Path) -> set[str]:
    told = PublicFeed(folder).since(0, 100)
    return {one.body["name"] for one in told if one.body and one.kind is Kind.PACKAGE}


def test_what_was_written_is_public_when_the_transaction_ends(
    live: LiveRegistry, tmp_path: Path
) -> None:
    with live.writing("u1") as session:
        save(session)
    assert names(tmp_path / "public") == {"schools"}
    assert isinstance(live.views, Woken)
    assert live.views.times == 1
    with live.reading() as session:
        assert [one.user_id for one in session.exec(select(Activity))] == ["u1"]


def test_what_fails_leaves_nothing(live: LiveRegistry, engine: Engine) -> None:
    before = RegistryFeed(engine, PUBLIC_URL).position()
    with pytest.raises(ValidationError), live.writing() as session:
        save(session, groups=[{"name": "nothing"}])
    assert RegistryFeed(engine, PUBLIC_URL).position() == before
    with live.reading() as session:
        assert find_package(session, "schools") is None


def test_what_the_database_refuses_is_a_refusal_of_the_request(live: LiveRegistry) -> None:
    with live.writing() as session:
        born = save(session).metadata_created
        session.add(User(id="u", name="an", created=born))
    with pytest.raises(IntegrityError), live.writing() as session:
        session.add(User(id="v", name="an", created=born))
    unfit = "\0" if live.engine.dialect.name == "postgresql" else "\ud800"
    with pytest.raises(ValidationError), live.reading() as session:
        find_package(session, unfit)


def test_a_public_copy_that_cannot_be_written_does_not_undo_the_write(
    engine: Engine, tmp_path: Path
) -> None:
    copy = BrokenCopy(RegistryFeed(engine, PUBLIC_URL), tmp_path)
    with LiveRegistry(engine, copy, Woken()).writing() as session:
        save(session)
    with Session(engine) as session:
        assert find_package(session, "schools") is not None
