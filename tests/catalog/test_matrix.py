"""Every action, as every role, about every state of a dataset: status and ``__type``."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select
from starlette.testclient import TestClient

from catalog.access import Role, Scope
from catalog.actions import ACTIONS
from catalog.app import create_app
from catalog.registry import changes
from catalog.registry.live import LiveRegistry
from catalog.registry.people import find_user, set_collaborator, set_member
from catalog.registry.reading import package_dictionary
from catalog.registry.tables import Group, Organization
from catalog.registry.writing import find_package
from catalog.tokens import token_id
from tests.catalog.conforming import conforms
from tests.catalog.matrix import MATRIX, ROLES, STATES, TYPES, Asked, Line
from tests.catalog.province import Table, publish, stores_at, withdraw
from tests.catalog.sites import PUBLIC_URL, Headers, Site, open_site

GONE = Table("old_list", "Danh sách cũ", ("code VARCHAR",), "SELECT 'x' AS code", ("code",))
NAMES = {"open": "schools", "request": "cases", "withdrawn": GONE.name}
BOTH = (Scope.READ, Scope.WRITE)
USERS = {
    "reader": ("boss", "H20.5", Role.ADMIN, (Scope.READ,)),
    "member": ("member", "H20.5", Role.MEMBER, BOTH),
    "editor": ("editor", "H20.5", Role.EDITOR, BOTH),
    "admin": ("boss", "H20.5", Role.ADMIN, BOTH),
    "stranger": ("stranger", "X1", Role.EDITOR, BOTH),
    "elsewhere": ("elsewhere", "X2", Role.ADMIN, BOTH),
    "collaborator": ("helper", None, Role.MEMBER, BOTH),
    "nobody": ("somebody", None, Role.MEMBER, BOTH),
}


class Rehearsal(LiveRegistry):
    """A registry whose transactions are carried out and then undone, so that every call of
    the matrix meets the same world."""

    @contextmanager
    def writing(self, user_id: str | None = None) -> Iterator[Session]:
        """One transaction that is rolled back at its end."""
        with Session(self.engine) as session:
            session.info["user_id"] = user_id
            changes.lock(session)
            yield session
            session.flush()
            session.rollback()


@dataclass(frozen=True)
class World:
    """The client, and what calls are made of."""

    client: TestClient
    headers: dict[str, Headers]
    records: dict[str, dict[str, Any]]
    ids: dict[str, str]

    def asked(self, role: str, state: str) -> Asked:
        record = self.records[state]
        user = USERS[role][0] if role in USERS else "admin" if role == "sysadmin" else ""
        resource = record["resources"][0]["id"]
        return Asked(role, user, state, record["name"], resource, record, self.ids)

    def call(self, action: str, line: Line, role: str, state: str) -> tuple[int, str | None]:
        """Status and ``__type`` of one call."""
        answer = self.client.post(
            f"/api/3/action/{action}",
            json=line.parameters(self.asked(role, state)),
            headers=self.headers[role],
        )
        said = answer.json()
        return answer.status_code, None if said["success"] else said["error"]["__type"]


@pytest.fixture(scope="module")
def world(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    home = tmp_path_factory.mktemp("matrix")
    shutil.copytree(built, home, dirs_exist_ok=True)
    publish(stores_at(home), GONE)
    for _site in open_site(home):
        pass  # its record is made while it is not withdrawn
    withdraw(stores_at(home), GONE.name)
    for site in open_site(home):
        yield from _world(site)


def _world(site: Site) -> Iterator[World]:
    _make_by_hand(site)
    headers = {"anonymous": {}, "rejected": {"Authorization": "dc_" + "A" * 43}}
    headers |= {"publisher": site.token("publisher"), "sysadmin": site.token("admin")}
    headers |= {
        role: site.user(name, place, capacity, scopes=scopes)
        for role, (name, place, capacity, scopes) in USERS.items()
    }
    ids = {"grant": site.grant("cases").id, "token": token_id(headers["nobody"]["Authorization"])}
    records = {}
    with site.session() as session:
        people = {name: find_user(session, name) for name in ("boss", "helper")}
        for state in STATES:
            package = find_package(session, NAMES.get(state, f"by-hand-{state}"))
            assert package is not None
            records[state] = package_dictionary(session, package, PUBLIC_URL)
            assert people["helper"] is not None
            set_collaborator(session, package.id, people["helper"].id, Role.EDITOR)
        _join(session, people)
    registry = site.context.registry
    assert registry is not None
    own = {one.name: getattr(registry, one.name) for one in fields(registry) if one.init}
    app = create_app(replace(site.context, registry=Rehearsal(**own)))
    with TestClient(app, base_url=PUBLIC_URL) as client:
        client.event_hooks = {"request": [], "response": [conforms]}
        yield World(client, headers, records, ids)


def _make_by_hand(site: Site) -> None:
    """The records made by hand, a group that holds one of them, and two empty places."""
    made = [("group_create", {"name": "lake", "title": "Hồ"})]
    made += [
        ("group_create", {"name": "void-theme"}),
        ("organization_create", {"name": "void-place"}),
    ]
    forms: dict[str, dict[str, Any]] = {"private": {"private": True}, "draft": {"state": "draft"}}
    for state in ("public", "private", "draft", "deleted"):
        record: dict[str, Any] = {
            "name": f"by-hand-{state}",
            "owner_org": "h20-5",
            "groups": [{"name": "lake"}],
            "resources": [{"url": "https://example.vn/a.csv", "format": "CSV", "name": "a"}],
        }
        made.append(("package_create", {**record, **forms.get(state, {})}))
    made.append(("package_delete", {"id": "by-hand-deleted"}))
    for action, asked in made:
        answer = site.agency.post(
            f"/api/3/action/{action}", json=asked, headers=site.token("admin")
        )
        assert answer.status_code == 200, (action, answer.text)


def _join(session: Session, people: dict[str, Any]) -> None:
    """The administrator of the owner runs the group and the empty places too; the
    collaborator is a member of the group."""
    for model, name in ((Group, "lake"), (Group, "void-theme"), (Organization, "void-place")):
        place = session.exec(select(model).where(model.name == name)).one()
        set_member(session, place.id, people["boss"].id, "admin")
        if name == "lake":
            set_member(session, place.id, people["helper"].id, "member")


def test_every_action_has_its_line_and_every_line_its_action() -> None:
    assert sorted(set(ACTIONS) - set(MATRIX)) == []
    assert sorted(set(MATRIX) - set(ACTIONS)) == []


@pytest.mark.parametrize("name", sorted(MATRIX))
def test_an_action_answers_each_role_as_the_matrix_says(world: World, name: str) -> None:
    wrong = []
    for line in MATRIX[name]:
        for state in STATES if line.each else STATES[:1]:
            for role in ROLES:
                code = line.expected[role, state]
                found = world.call(name, line, role, state)
                if found != (code, TYPES[code]):
                    wrong.append(f"{role} {state if line.each else ''}: {found}, not {code}")
    assert wrong == []
