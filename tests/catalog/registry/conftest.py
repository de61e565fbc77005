"""The registry on both databases, and short ways to write records into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from catalog.registry.changes import lock
from catalog.registry.collections import find_collection, save_collection
from catalog.registry.database import open_registry
from catalog.registry.forms import CollectionForm, read_form
from catalog.registry.tables import Group, Organization, Package
from catalog.registry.writing import find_package, package_form, save_package

PUBLIC_URL = "http://data.example"
Writing = Callable[[], "contextmanager[Session]"]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.server)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty registry."""
    url = f"sqlite:///{tmp_path / 'registry.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_dsn")
    engine = open_registry(url)
    yield engine
    engine.dispose()


@contextmanager
def writing(engine: Engine, user_id: str | None = None) -> Iterator[Session]:
    """One transaction, as `LiveRegistry.writing` makes it."""
    with Session(engine) as session, session.begin():
        session.info["user_id"] = user_id
        lock(session)
        yield session


def make_collection(
    session: Session, model: type[Organization] | type[Group], name: str, **said: object
) -> str:
    """An organisation or group; its id."""
    form = read_form(CollectionForm, {"name": name, "title": name.upper(), **said})
    return save_collection(session, model, form, find_collection(session, model, name)).id


def save(session: Session, name: str = "schools", **said: object) -> Package:
    """A package of the organisation ``so``, which is made if it is missing."""
    owner = str(said.get("owner_org", "so"))
    if owner == "so" and find_collection(session, Organization, owner) is None:
        make_collection(session, Organization, owner)
    existing = find_package(session, name)
    form = package_form({"name": name, "owner_org": owner, **said}, existing)
    return save_package(
        session,
        form,
        existing,
        contract_id=form.extra_value("contract"),
        public_url=PUBLIC_URL,
    )
