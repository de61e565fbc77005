"""What followers are told, in which order, and who may see it."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Event, Thread
from typing import Any

from sqlalchemy import Engine, event
from sqlmodel import Session

from catalog.documents import PUBLIC, Document, Kind
from catalog.registry import people
from catalog.registry.changes import renew
from catalog.registry.collections import delete_collection, find_collection
from catalog.registry.feed import RegistryFeed
from catalog.registry.tables import Group, Organization
from catalog.registry.writing import delete_package, find_package, purge_package, require
from tests.catalog.registry.conftest import PUBLIC_URL, make_collection, save, writing

RESOURCE = "5859a653-2cd3-52b7-946b-4d610906be34"


def newest(engine: Engine, after: int = 0) -> dict[tuple[Kind, str], Document]:
    """Kind and name (or id, of what is gone) → document."""
    found = {}
    for document in RegistryFeed(engine, PUBLIC_URL).since(after, 1000):
        body: Mapping[str, Any] = document.body or {"name": document.id}
        found[document.kind, body["name"]] = document
    return found


def position(engine: Engine) -> int:
    return RegistryFeed(engine, PUBLIC_URL).position()


def test_a_public_record_is_told_whole(engine: Engine) -> None:
    with writing(engine, "u1") as session:
        make_collection(session, Group, "gove")
        save(
            session,
            title="Trường học",
            tags=[{"name": "một cửa"}],
            groups=[{"name": "gove"}],
            extras=[{"key": "access", "value": "open"}],
            resources=[
                {
                    "id": RESOURCE,
                    "url": f"{PUBLIC_URL}/dataset/schools/latest/schools.csv",
                    "format": "CSV",
                    "size": 3_000_000_000,
                    "schema": {"fields": [1]},
                }
            ],
        )
    told = RegistryFeed(engine, "http://other.example").since(0, 10)
    (document,) = [one for one in told if one.kind is Kind.PACKAGE]
    body = document.body
    assert body is not None
    assert document.labels == {PUBLIC}
    assert body["title"] == "Trường học"
    assert body["creator_user_id"] == "u1"
    assert body["extras"] == [{"key": "access", "value": "open"}]
    assert [tag["name"] for tag in body["tags"]] == ["một cửa"]
    assert [group["name"] for group in body["groups"]] == ["gove"]
    assert body["organization"]["name"] == "so"
    assert body["num_resources"] == body["num_tags"] == 1
    (resource,) = body["resources"]
    assert resource["url"] == "http://other.example/dataset/schools/latest/schools.csv"
    assert (resource["size"], resource["schema"]) == (3_000_000_000, {"fields": [1]})
    (done,) = document.activity
    assert (done["activity_type"], done["user_id"]) == ("new package", "u1")
    assert done["object_id"] == body["id"]


def test_labels_say_who_sees_a_draft_and_where_it_is(engine: Engine) -> None:
    with writing(engine, "u1") as session:
        owner = make_collection(session, Organization, "so")
        group = make_collection(session, Group, "gove")
        plan = save(session, "plan", private=True, groups=[{"name": "gove"}])
        binh = people.ensure_user(session, "binh").id
        people.set_collaborator(session, plan.id, binh, "member")
        member = people.ensure_user(session, "chi").id
        people.set_member(session, group, member, "admin")
    told = newest(engine)
    seen = {f"org:{owner}", "user:u1", f"user:{binh}"}
    assert told[Kind.PACKAGE, "plan"].labels == seen
    assert told[Kind.ORGANIZATION, "so"].labels == seen
    assert told[Kind.GROUP, "gove"].labels == {*seen, f"user:{member}"}


def test_a_state_of_draft_is_as_closed_as_private(engine: Engine) -> None:
    with writing(engine) as session:
        save(session, "plan", state="draft")
    told = newest(engine)
    assert PUBLIC not in told[Kind.PACKAGE, "plan"].labels | told[Kind.ORGANIZATION, "so"].labels


def test_where_the_first_public_record_is_becomes_public_with_it(engine: Engine) -> None:
    with writing(engine) as session:
        make_collection(session, Group, "gove")
        save(session, private=True, groups=[{"name": "gove"}])
    at = position(engine)
    with writing(engine) as session:
        save(session, private=False, groups=[{"name": "gove"}])
    told = newest(engine, at)
    assert {key: one.labels for key, one in told.items()} == {
        (Kind.PACKAGE, "schools"): {PUBLIC},
        (Kind.ORGANIZATION, "so"): {PUBLIC},
        (Kind.GROUP, "gove"): {PUBLIC},
    }
    at = position(engine)
    with writing(engine) as session:
        save(session, private=True, groups=[{"name": "gove"}])
    assert PUBLIC not in {label for one in newest(engine, at).values() for label in one.labels}
    assert len(newest(engine, at)) == 3


def test_a_changed_place_is_told_with_the_packages_that_show_it(engine: Engine) -> None:
    with writing(engine) as session:
        make_collection(session, Group, "gove")
        save(session, groups=[{"name": "gove"}])
        save(session, "other")
    at = position(engine)
    with writing(engine) as session:
        make_collection(session, Organization, "so", title="Sở Mới")
    told = newest(engine, at)
    assert set(told) == {
        (Kind.ORGANIZATION, "so"),
        (Kind.PACKAGE, "schools"),
        (Kind.PACKAGE, "other"),
    }
    body = told[Kind.PACKAGE, "other"].body
    assert body is not None
    assert body["organization"]["title"] == "Sở Mới"
    at = position(engine)
    with writing(engine) as session:
        group = find_collection(session, Group, "gove")
        assert group is not None
        delete_collection(session, group)
        gone = group.id
    told = newest(engine, at)
    assert told[Kind.GROUP, gone].body is None
    body = told[Kind.PACKAGE, "schools"].body
    assert body is not None
    assert body["groups"] == []


def test_what_is_deleted_withdrawn_or_purged_is_told_as_gone(engine: Engine) -> None:
    with writing(engine) as session:
        deleted = save(session, "a1").id
        withdrawn = save(session, "a2", resources=[{"id": RESOURCE, "url": "http://x/"}]).id
        purged = save(session, "a3").id
        hidden = save(session, "a4", private=True).id
    with writing(engine) as session:
        delete_package(session, require(find_package(session, "a1")))
        delete_package(session, require(find_package(session, "a2")), reason="Sai phạm vi")
        purge_package(session, require(find_package(session, "a3")))
        delete_package(session, require(find_package(session, "a4")), reason="Nháp")
    told = newest(engine)
    assert all(told[Kind.PACKAGE, one].body is None for one in (deleted, withdrawn, purged, hidden))
    stand_in = told[Kind.WITHDRAWN, "a2"]
    assert stand_in.labels == {PUBLIC}
    assert stand_in.body is not None
    assert stand_in.body["reason"] == "Sai phạm vi"
    assert stand_in.body["resources"] == [RESOURCE]
    assert PUBLIC not in told[Kind.WITHDRAWN, "a4"].labels
    at = position(engine)
    with writing(engine) as session:
        save(session, "a2")
    told = newest(engine, at)
    assert told[Kind.WITHDRAWN, withdrawn].body is None
    assert told[Kind.PACKAGE, "a2"].body is not None


def test_pages_cut_between_numbers_and_nothing_is_told_twice(engine: Engine) -> None:
    for name in ("p1", "p2", "p3"):
        with writing(engine) as session:
            save(session, name)
    feed = RegistryFeed(engine, PUBLIC_URL)
    after, seen = 0, []
    while documents := feed.since(after, 1):
        seen += [one.id for one in documents]
        after = documents[-1].sequence
    assert len(seen) == len(set(seen)) == 4
    assert after == feed.position()


def test_a_batch_is_read_in_a_handful_of_queries(engine: Engine) -> None:
    with writing(engine) as session:
        for number in range(30):
            save(session, f"p{number}", tags=[{"name": "một"}], resources=[{"url": "http://x/"}])
    counted = []
    event.listen(engine, "before_cursor_execute", lambda *_args: counted.append(1))
    assert len(RegistryFeed(engine, PUBLIC_URL).since(0, 500)) == 31
    assert len(counted) < 25


def test_another_address_or_a_new_generation_makes_followers_start_anew(engine: Engine) -> None:
    ours = RegistryFeed(engine, PUBLIC_URL)
    before = ours.generation()
    assert RegistryFeed(engine, PUBLIC_URL).generation() == before
    assert RegistryFeed(engine, "http://other.example").generation() != before
    with Session(engine) as session, session.begin():
        renew(session)
    assert ours.generation() != before


def test_a_follower_misses_nothing_while_others_write(engine: Engine) -> None:
    with writing(engine) as session:
        make_collection(session, Organization, "so")
    done = Event()
    failures: list[BaseException] = []

    def write(number: int) -> None:
        try:
            for turn in range(50):
                with writing(engine) as session:
                    save(session, f"p{number}-{turn % 10}", title=f"{turn}")
        except BaseException as error:  # noqa: BLE001 - told to the test's own thread
            failures.append(error)

    writers = [Thread(target=write, args=(number,)) for number in range(4)]
    held: dict[str, Document] = {}
    order: list[int] = []

    def follow() -> None:
        feed, after = RegistryFeed(engine, PUBLIC_URL), 0
        while True:
            last = done.is_set()
            documents = feed.since(after, 7)
            order.extend(one.sequence for one in documents)
            held.update({one.id: one for one in documents if one.kind is Kind.PACKAGE})
            after = documents[-1].sequence if documents else after
            if last and not documents:
                return

    follower = Thread(target=follow)
    follower.start()
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    done.set()
    follower.join()
    assert failures == []
    assert order == sorted(order)
    fresh = [
        one for one in RegistryFeed(engine, PUBLIC_URL).since(0, 1000) if one.kind is Kind.PACKAGE
    ]
    assert len(fresh) == 40
    assert {one.id: one for one in fresh} == held
