"""What a write keeps, refuses and leaves behind."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from catalog.documents import Kind
from catalog.errors import ValidationError
from catalog.registry import people
from catalog.registry.collections import delete_collection, find_collection, save_collection
from catalog.registry.feed import RegistryFeed
from catalog.registry.forms import CollectionForm, read_form
from catalog.registry.reading import package_dictionary, read_collection
from catalog.registry.tables import Activity, Group, Organization
from catalog.registry.writing import (
    delete_package,
    find_package,
    package_form,
    purge_package,
    require,
    save_package,
)
from tests import real_metadata
from tests.catalog.registry.conftest import PUBLIC_URL, make_collection, save, writing

UUID = "5859a653-2cd3-52b7-946b-4d610906be34"
SERVER_KEYS = {"metadata_created", "metadata_modified", "owner_org"}
LEFT_EMPTY = (None, "", [])


def position(engine: Engine) -> int:
    return RegistryFeed(engine, PUBLIC_URL).position()


def show(engine: Engine, name: str = "schools") -> dict[str, Any]:
    with Session(engine) as session:
        return package_dictionary(session, require(find_package(session, name)), PUBLIC_URL)


def loss(given: Any, held: Any, path: str = "") -> list[str]:
    """Where `held` does not say what was given; an empty value may be none."""
    if isinstance(given, dict) and isinstance(held, dict):
        return [
            line
            for key, value in given.items()
            if key not in SERVER_KEYS
            for line in loss(value, held.get(key), f"{path}/{key}")
        ]
    if isinstance(given, list) and isinstance(held, list) and len(given) == len(held):
        named = path.endswith(("/tags", "/extras"))
        pairs = zip(_ordered(given, named), _ordered(held, named), strict=True)
        return [line for one, other in pairs for line in loss(one, other, f"{path}[]")]
    if given in LEFT_EMPTY and held in LEFT_EMPTY:
        return []
    return [] if given == held else [f"{path}: {given!r} became {held!r}"]


def _ordered(items: list[Any], named: bool) -> list[Any]:
    return sorted(items, key=lambda item: item.get("key") or item["name"]) if named else items


def test_real_metadata_comes_back_as_it_went_in(engine: Engine) -> None:
    real_metadata.require()
    records = real_metadata.packages()
    assert len(records) > 1000
    if engine.dialect.name == "postgresql":
        records = records[::6]  # its own limits show in any of them; all are kept by SQLite
    for start in range(0, len(records), 100):
        with writing(engine) as session:
            for organization in real_metadata.organizations(records) if start == 0 else ():
                make_collection(session, Organization, **organization)
            for record in records[start : start + 100]:
                form = package_form(record, None)
                save_package(session, form, None, contract_id=None, public_url=PUBLIC_URL)
    documents = RegistryFeed(engine, PUBLIC_URL).since(0, 10_000)
    bodies = {one.id: one.body for one in documents if one.kind is Kind.PACKAGE}
    assert [line for one in records for line in loss(one, bodies[one["id"]], one["name"])] == []


def test_a_shown_record_written_back_changes_nothing(engine: Engine) -> None:
    with writing(engine) as session:
        make_collection(session, Group, "gove")
        save(
            session,
            title="A",
            private=True,
            state="draft",
            license_id="cc-by",
            groups=[{"name": "gove"}],
            tags=[{"name": "một cửa"}, {"name": "hai"}],
            extras=[{"key": "b", "value": ""}, {"key": "a", "value": "1"}],
            resources=[
                {"id": UUID, "url": f"{PUBLIC_URL}/x.csv", "size": "7", "cache_url": "http://c/"},
                {"url": "http://x/", "mimetype_inner": "text/csv", "odd": {"x": [1, None]}},
            ],
        )
    before, at = show(engine), position(engine)
    with writing(engine, "someone") as session:
        row = require(find_package(session, "schools"))
        form = package_form(before, row)
        save_package(session, form, row, contract_id=None, public_url=PUBLIC_URL)
    assert show(engine) == before
    assert position(engine) == at
    assert before["resources"][0]["cache_url"] == "http://c/"
    assert before["resources"][1]["mimetype_inner"] == "text/csv"
    assert before["license_title"] == "Creative Commons Attribution"
    assert before["isopen"] is True


def test_a_change_is_told_and_remembered(engine: Engine) -> None:
    with writing(engine, "u1") as session:
        save(session, title="A")
    before, at = show(engine), position(engine)
    with writing(engine, "u2") as session:
        save(session, title="B")
    after = show(engine)
    assert after["metadata_modified"] > before["metadata_modified"]
    assert after["metadata_created"] == before["metadata_created"]
    assert after["creator_user_id"] == "u1"
    assert position(engine) > at
    with writing(engine, "u3") as session:
        delete_package(session, require(find_package(session, "schools")))
    with Session(engine) as session:
        done = session.exec(select(Activity).order_by(col(Activity.at))).all()
    assert [(one.activity_type, one.user_id) for one in done] == [
        ("new package", "u1"),
        ("changed package", "u2"),
        ("deleted package", "u3"),
    ]


def test_an_update_may_leave_out_the_name_and_the_owner(engine: Engine) -> None:
    with writing(engine) as session:
        identifier = save(session, title="A", notes="x", private=True).id
    with writing(engine) as session:
        row = require(find_package(session, identifier))
        form = package_form({"id": identifier, "url": "http://x/"}, row)
        save_package(session, form, row, contract_id=None, public_url=PUBLIC_URL)
    after = show(engine)
    assert (after["name"], after["title"], after["private"]) == ("schools", "A", True)
    assert (after["notes"], after["url"]) == ("", "http://x/")


def test_a_deleted_record_comes_back_when_written_and_a_draft_stays_one(engine: Engine) -> None:
    with writing(engine) as session:
        save(session)
        save(session, "plan", state="draft")
    with writing(engine) as session:
        delete_package(session, require(find_package(session, "schools")), reason="Sai")
        save(session, "plan", title="B")
    assert show(engine)["state"] == "deleted"
    with writing(engine) as session:
        assert save(session).withdrawn is None
    assert show(engine)["state"] == "active"
    assert show(engine, "plan")["state"] == "draft"


def test_a_reason_stays_when_it_is_deleted_once_more(engine: Engine) -> None:
    with writing(engine) as session:
        save(session)
        row = require(find_package(session, "schools"))
        delete_package(session, row, reason="Sai")
        delete_package(session, row)
        assert row.withdrawn == "Sai"


def test_a_release_announced_late_never_replaces_a_newer_one(engine: Engine) -> None:
    contract = [{"key": "contract", "value": "schools"}]
    with writing(engine) as session:
        save(session, version="9", extras=contract)
        save(session, version="10", title="B", extras=contract)
    with pytest.raises(ValidationError) as refused, writing(engine) as session:
        save(session, version="9", title="A", extras=contract)
    assert set(refused.value.problems) == {"version"}
    assert show(engine)["title"] == "B"


def test_rows_are_not_claimed_by_a_record_made_by_hand(engine: Engine) -> None:
    said: dict[str, Any] = {"resources": [{"url": "http://x/", "datastore_active": True}]}
    with writing(engine) as session:
        save(session, **said)
        save(session, "own", **said, extras=[{"key": "contract", "value": "own"}])
    assert show(engine)["resources"][0]["datastore_active"] is False
    assert show(engine, "own")["resources"][0]["datastore_active"] is True


@pytest.mark.parametrize(
    ("said", "problems"),
    [
        ({"owner_org": "nobody"}, {"owner_org": ["Organization does not exist"]}),
        ({"groups": [{"name": "nothing"}]}, {"groups": ["Group does not exist"]}),
        (
            {"extras": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]},
            {"extras_validation": ['Duplicate key "a"']},
        ),
        (
            {"resources": [{}, {"id": UUID}]},
            {"resources": [{}, {"id": ["Resource id already exists."]}]},
        ),
        ({"id": UUID}, {"id": ["Dataset id already exists"]}),
        ({"name": "taken"}, {"name": ["That URL is already in use."]}),
    ],
)
def test_what_contradicts_the_registry_is_refused_and_leaves_nothing(
    engine: Engine, said: dict[str, Any], problems: dict[str, object]
) -> None:
    with writing(engine) as session:
        save(session, "taken", id=UUID, resources=[{"id": UUID}])
    at = position(engine)
    form = package_form({"name": "schools", "owner_org": "so", **said}, None)
    with pytest.raises(ValidationError) as refused, writing(engine) as session:
        save_package(session, form, None, contract_id=None, public_url=PUBLIC_URL)
    assert refused.value.problems == problems
    assert position(engine) == at


def test_a_record_is_as_old_as_it_says_only_where_that_is_allowed(engine: Engine) -> None:
    old = {"name": "old", "owner_org": "so", "metadata_created": "2019-01-02T03:04:05"}
    with writing(engine) as session:
        save(session)
        for name, dated in (("now", False), ("then", True)):
            form = package_form({**old, "name": name}, None)
            save_package(session, form, None, contract_id=None, public_url=PUBLIC_URL, dated=dated)
    assert show(engine, "then")["metadata_created"] == "2019-01-02T03:04:05.000000"
    assert show(engine, "now")["metadata_created"] > "2020"


def test_purging_leaves_nothing_behind(engine: Engine) -> None:
    with writing(engine) as session:
        make_collection(session, Group, "gove")
        user = people.ensure_user(session, "an").id
        package = save(
            session, tags=[{"name": "ab"}], groups=[{"name": "gove"}], resources=[{"id": UUID}]
        )
        people.set_collaborator(session, package.id, user, "editor")
        purge_package(session, package)
    with writing(engine) as session:
        assert find_package(session, "schools") is None
        save(session, resources=[{"id": UUID}])


def test_an_organisation_with_datasets_is_not_deleted_and_a_group_leaves_them(
    engine: Engine,
) -> None:
    with writing(engine) as session:
        make_collection(session, Group, "gove")
        save(session, groups=[{"name": "gove"}], private=True)
    with writing(engine) as session:
        owner = find_collection(session, Organization, "so")
        group = find_collection(session, Group, "gove")
        assert owner is not None
        assert group is not None
        with pytest.raises(ValidationError) as refused:
            delete_collection(session, owner)
        assert set(refused.value.problems) == {"id"}
        delete_collection(session, group)
    assert show(engine)["groups"] == []
    with pytest.raises(ValidationError), writing(engine) as session:
        save(session, groups=[{"name": "gove"}])


def test_a_collection_keeps_what_it_was_given(engine: Engine) -> None:
    said = {
        "image_url": "http://x/logo.png",
        "description": "Mô tả",
        "extras": [{"key": "code", "value": "H20.5"}],
    }
    with writing(engine) as session:
        identifier = make_collection(session, Organization, "so", **said)
        user = people.ensure_user(session, "an").id
        people.set_member(session, identifier, user, "editor")
        save(session)
        save(session, "plan", private=True)
    at = position(engine)
    with writing(engine) as session:
        make_collection(session, Organization, "so", **said)
    assert position(engine) == at
    with Session(engine) as session:
        row = session.get_one(Organization, identifier)
        shown = read_collection(session, row)
        assert {key: shown[key] for key in said} == said
        assert shown["package_count"] == 1
        assert [
            (one.user.name, one.capacity) for one in people.members_of(session, identifier)
        ] == [("an", "editor")]


def test_two_collections_never_share_a_name_or_an_id(engine: Engine) -> None:
    with writing(engine) as session:
        make_collection(session, Organization, "so", id=UUID)
        other = make_collection(session, Organization, "other")
        row = session.get_one(Organization, other)
        for said, field, existing in (
            ({"name": "so"}, "name", row),
            ({"name": "fresh", "id": UUID}, "id", None),
        ):
            with pytest.raises(ValidationError) as refused:
                save_collection(session, Organization, read_form(CollectionForm, said), existing)
            assert set(refused.value.problems) == {field}
