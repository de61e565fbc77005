"""Users and their places, as `catalog.tokens` and `catalog.access` ask for them."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from catalog.documents import Kind
from catalog.errors import NotFoundError, ValidationError
from catalog.registry import people
from catalog.registry.collections import delete_collection
from catalog.registry.feed import RegistryFeed
from catalog.registry.tables import Group, Organization
from tests.catalog.registry.conftest import PUBLIC_URL, make_collection, save, writing


def changed(engine: Engine, after: int) -> set[tuple[Kind, str]]:
    return {(one.kind, one.id) for one in RegistryFeed(engine, PUBLIC_URL).since(after, 100)}


def position(engine: Engine) -> int:
    return RegistryFeed(engine, PUBLIC_URL).position()


def test_a_user_is_made_once_and_may_become_an_administrator(engine: Engine) -> None:
    with writing(engine) as session:
        made = people.ensure_user(session, "an", fullname="An")
        again = people.ensure_user(session, "an", fullname="Khác", sysadmin=True)
        assert (again.id, again.fullname, again.sysadmin) == (made.id, "An", True)
        assert people.ensure_user(session, "an").sysadmin
        assert [user.name for user in people.users(session)] == ["an"]
        found = people.find_user(session, made.id)
        assert found is not None
        assert found.name == "an"


def test_places_are_those_in_active_collections(engine: Engine) -> None:
    with writing(engine) as session:
        so = make_collection(session, Organization, "so")
        closed = make_collection(session, Organization, "closed")
        theme = make_collection(session, Group, "gove")
        an = people.ensure_user(session, "an").id
        for place, capacity in ((so, "editor"), (closed, "admin"), (theme, "member")):
            people.set_member(session, place, an, capacity)
        session.get_one(Organization, closed).state = "deleted"
    with Session(engine) as session:
        assert people.places_of(session, an) == ({so: "editor"}, {theme: "member"})
        assert people.roles_of(session, an) == {so: "editor", closed: "admin", theme: "member"}
    with writing(engine) as session:
        people.set_member(session, so, an, "admin")
        assert people.remove_member(session, theme, an)
        assert not people.remove_member(session, theme, an)
        assert [(one.user.name, one.capacity) for one in people.members_of(session, so)] == [
            ("an", "admin")
        ]
        delete_collection(session, session.get_one(Organization, so))
        assert people.places_of(session, an) == ({}, {})


def test_only_what_exists_is_brought_together(engine: Engine) -> None:
    with writing(engine) as session:
        so = make_collection(session, Organization, "so")
        an = people.ensure_user(session, "an").id
        with pytest.raises(NotFoundError):
            people.set_member(session, so, "nobody", "member")
        with pytest.raises(ValidationError):
            people.set_member(session, "nowhere", an, "member")


def test_opening_a_package_tells_followers_who_sees_it_and_where_it_is(engine: Engine) -> None:
    with writing(engine) as session:
        theme = make_collection(session, Group, "gove")
        plan = save(session, "plan", private=True, groups=[{"name": "gove"}])
        package, owner = plan.id, plan.owner_org or ""
        an = people.ensure_user(session, "an").id
    at = position(engine)
    with writing(engine) as session:
        people.set_collaborator(session, package, an, "member")
    touched = {(Kind.PACKAGE, package), (Kind.ORGANIZATION, owner), (Kind.GROUP, theme)}
    assert changed(engine, at) == touched
    with Session(engine) as session:
        assert [one.capacity for one in people.collaborators(session, package)] == ["member"]
        assert people.collaborations_of(session, an) == {package: "member"}
    at = position(engine)
    with writing(engine) as session:
        assert people.remove_collaborator(session, package, an)
        assert not people.remove_collaborator(session, package, an)
    assert changed(engine, at) == touched


def test_a_package_enters_a_group_and_leaves_it(engine: Engine) -> None:
    with writing(engine) as session:
        theme = make_collection(session, Group, "gove")
        package = save(session).id
    for placed in (True, False):
        at = position(engine)
        with writing(engine, "u1") as session:
            if placed:
                people.place_package(session, theme, package)
                people.place_package(session, theme, package)
            else:
                assert people.displace_package(session, theme, package)
                assert not people.displace_package(session, theme, package)
        told = RegistryFeed(engine, PUBLIC_URL).since(at, 10)
        assert {(one.kind, one.id) for one in told} == {
            (Kind.PACKAGE, package),
            (Kind.GROUP, theme),
        }
        (body,) = [one.body for one in told if one.kind is Kind.PACKAGE]
        assert body is not None
        assert [group["id"] for group in body["groups"]] == ([theme] if placed else [])
        assert told[-1].activity or told[0].activity
