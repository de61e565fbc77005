"""Writing records: what comes of it, and the attacks on it. Who may: `test_matrix`."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import delete
from sqlmodel import col, select
from starlette.testclient import TestClient

from catalog.access import Role, Scope
from catalog.documents import Kind
from catalog.records import package_from_release
from catalog.registry.changes import touch
from catalog.registry.tables import Grant, Group, Member, Organization, Package, Token, User
from catalog.registry.writing import purge_package
from catalog.tokens import FIRST_TOKENS
from lakehouse.releases import Releases
from tests.catalog import sites
from tests.catalog.sites import Headers, Site, config_of, open_site

NOWHERE = "00000000-0000-4000-8000-000000000000"
OTHER_ORG = "x1"


def ask(site: Site, action: str, who: Headers, **asked: Any) -> httpx.Response:
    answer: httpx.Response = site.agency.post(f"/api/3/action/{action}", json=asked, headers=who)
    return answer


def done(site: Site, action: str, who: Headers, **asked: Any) -> Any:
    answer = ask(site, action, who, **asked)
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


def refused(site: Site, action: str, who: Headers, **asked: Any) -> tuple[int, dict[str, Any]]:
    answer = ask(site, action, who, **asked)
    error = dict(answer.json()["error"])
    return answer.status_code, {key: error[key] for key in error if key != "__type"}


def seen(client: TestClient, name: str, who: Headers | None = None) -> dict[str, Any]:
    answer = client.get("/api/3/action/package_show", params={"id": name}, headers=who)
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()["result"]
    return result


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.server)]
)
def shared(
    request: pytest.FixtureRequest, built: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("writing")
    shutil.copytree(built, home, dirs_exist_ok=True)
    config = config_of(home)
    if request.param == "postgresql":
        url = SecretStr(request.getfixturevalue("_postgres"))
        config = config.model_copy(update={"database_url": url})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sites, "config_of", lambda _home: config)
        yield from open_site(home)


@pytest.fixture
def site(shared: Site) -> Iterator[Site]:
    """One site for all tests here; what a test made by hand is gone after it."""
    with shared.session() as session:
        before = {one.id for model in (Organization, Group) for one in session.exec(select(model))}
    yield shared
    with shared.session() as session:
        for package in session.exec(select(Package)).all():
            if package.contract_id in (None, "clinics"):
                purge_package(session, package)
        ours = select(User.id).where(col(User.name).in_(FIRST_TOKENS))
        for table, user in ((Member, Member.user_id), (Token, Token.user_id), (User, User.id)):
            session.execute(delete(table).where(col(user).not_in(ours)))
        session.execute(delete(Grant))
        for model, kind in ((Organization, Kind.ORGANIZATION), (Group, Kind.GROUP)):
            made = session.exec(select(model.id).where(col(model.id).not_in(before))).all()
            session.execute(delete(model).where(col(model.id).in_(made)))
            touch(session, kind, *made)


@pytest.fixture
def admin(site: Site) -> Headers:
    return site.token("admin")


@pytest.fixture
def publisher(site: Site) -> Headers:
    return site.token("publisher")


@pytest.fixture
def editor(site: Site) -> Headers:
    return site.user("editor")


@pytest.fixture
def clinics(site: Site, editor: Headers) -> dict[str, Any]:
    """A record by hand with two resources."""
    result: dict[str, Any] = done(
        site,
        "package_create",
        editor,
        name="clinics",
        title="Trạm y tế",
        owner_org="h20-5",
        license_id="cc-by",
        tags=[{"name": "y tế"}],
        resources=[
            {"url": "https://example.vn/a.csv", "format": "CSV", "colour": "red"},
            {"url": "https://example.vn/b.csv", "name": "b"},
        ],
    )
    return result


def test_a_record_by_hand_from_birth_to_purge(
    site: Site, admin: Headers, editor: Headers, clinics: dict[str, Any]
) -> None:
    assert clinics["organization"]["title"] == "Sở Tư pháp"
    assert clinics["license_title"] == "Creative Commons Attribution"
    assert clinics["resources"][0]["colour"] == "red"
    assert clinics["creator_user_id"]
    patched = done(site, "package_patch", editor, id="clinics", notes="Danh sách")
    assert (patched["title"], patched["notes"]) == ("Trạm y tế", "Danh sách")
    assert patched["resources"][0]["id"] == clinics["resources"][0]["id"]
    assert [tag["name"] for tag in patched["tags"]] == ["y tế"]
    replaced = done(site, "package_update", editor, id="clinics", title="Y tế", owner_org="h20-5")
    assert (replaced["title"], replaced["notes"], replaced["resources"]) == ("Y tế", "", [])
    assert done(site, "package_delete", editor, id="clinics") is None
    assert ask(site, "package_show", editor, id="clinics").status_code == 404
    back = done(site, "package_update", editor, id="clinics", title="Lại", owner_org="h20-5")
    assert (back["state"], seen(site.agency, "clinics")["title"]) == ("active", "Lại")
    done(site, "dataset_purge", admin, id="clinics")
    assert ask(site, "package_patch", admin, id="clinics").status_code == 404


def test_resources_one_by_one(site: Site, editor: Headers, clinics: dict[str, Any]) -> None:
    first, second = clinics["resources"]
    third = done(site, "resource_create", editor, package_id="clinics", url="https://example.vn/c")
    assert (third["position"], third["package_id"]) == (2, clinics["id"])
    patched = done(site, "resource_patch", editor, id=first["id"], name="Mới")
    assert (patched["name"], patched["colour"], patched["format"]) == ("Mới", "red", "CSV")
    replaced = done(site, "resource_update", editor, id=first["id"], url="https://example.vn/d")
    assert (replaced["position"], replaced["name"], replaced["created"]) == (
        0,
        "",
        first["created"],
    )
    assert "colour" not in replaced
    assert done(site, "resource_delete", editor, id=first["id"]) is None
    left = seen(site.agency, "clinics", editor)["resources"]
    assert [one["id"] for one in left] == [second["id"], third["id"]]
    assert [one["position"] for one in left] == [0, 1]
    assert refused(site, "resource_patch", editor, id=first["id"])[0] == 404


def test_the_fields_of_a_resource_are_refused_by_name(site: Site, editor: Headers) -> None:
    done(site, "package_create", editor, name="clinics", owner_org="h20-5")
    status, error = refused(
        site, "resource_create", editor, package_id="clinics", url="javascript:alert(1)"
    )
    assert (status, set(error)) == (409, {"url"})
    status, error = refused(site, "resource_create", editor, url="https://example.vn")
    assert (status, error) == (409, {"package_id": ["Missing value"]})


def test_a_draft_by_hand_stays_inside(site: Site, editor: Headers) -> None:
    done(site, "package_create", editor, name="inside", owner_org="h20-5", state="draft")
    answer = site.public.get("/api/3/action/package_show", params={"id": "inside"})
    assert answer.status_code == 404
    assert seen(site.agency, "inside", editor)["state"] == "draft"
    outsider = site.user("outsider", "X1")
    assert ask(site, "package_show", outsider, id="inside").status_code == 404


@pytest.mark.parametrize("action", ["package_update", "package_patch", "package_delete"])
def test_the_record_of_a_contract_is_not_written_by_hand(site: Site, action: str) -> None:
    boss = site.user("boss", role=Role.ADMIN)
    for who in (site.token("admin"), boss):
        status, error = refused(site, action, who, id="schools", name="schools", title="Khác")
        assert status == 403
        assert "the contract schools" in error["message"]
    assert seen(site.public, "schools")["title"] == "Trường học"


def test_a_contracts_resources_are_not_written_by_hand(site: Site, admin: Headers) -> None:
    theirs = seen(site.public, "schools")["resources"][0]["id"]
    for action in ("resource_update", "resource_patch", "resource_delete"):
        status, error = refused(site, action, admin, id=theirs, url="https://example.vn")
        assert status == 403
        assert "the contract schools" in error["message"]


def test_a_grant_writes_nothing(site: Site) -> None:
    headers = site.grant("cases").headers
    for action in ("package_create", "package_patch", "organization_create", "group_delete"):
        assert ask(site, action, headers, id="schools", name="xx").status_code == 403


def test_the_publisher_writes_a_contracts_record_and_twice_is_once(
    site: Site, publisher: Headers
) -> None:
    release = Releases(site.context.stores).latest("schools")
    assert release is not None
    record = package_from_release(release)
    first = done(site, "package_update", publisher, **record)
    assert done(site, "package_update", publisher, **record) == first
    changed = done(site, "package_update", publisher, **{**record, "title": "Tên mới"})
    assert changed["title"] == "Tên mới"
    assert changed["metadata_modified"] == first["metadata_modified"]
    done(site, "package_update", publisher, **record)


def test_only_the_publisher_names_a_contract_and_keeps_to_it(
    site: Site, editor: Headers, publisher: Headers
) -> None:
    extras = [{"key": "contract", "value": "clinics"}]
    asked = {"name": "clinics", "owner_org": "h20-5", "extras": extras}
    assert refused(site, "package_create", editor, **asked)[1].keys() == {"extras"}
    assert refused(site, "package_create", publisher, **{**asked, "name": "other"})[0] == 409
    assert refused(site, "package_create", publisher, **{**asked, "extras": []})[0] == 403
    assert refused(site, "package_patch", publisher, id="schools", extras=[])[0] == 409


def test_a_contracts_record_takes_the_place_of_one_made_by_hand(
    site: Site, editor: Headers, publisher: Headers, clinics: dict[str, Any]
) -> None:
    extras = [{"key": "contract", "value": "clinics"}]
    wanted = {"name": "clinics", "owner_org": "h20-5", "extras": extras, "version": "1"}
    taken = done(site, "package_update", publisher, **wanted)
    assert taken["id"] == clinics["id"]
    assert refused(site, "package_patch", editor, id="clinics", title="Khác")[0] == 403


def test_a_name_in_use_is_refused(site: Site, editor: Headers, admin: Headers) -> None:
    status, error = refused(site, "package_create", editor, name="schools", owner_org="h20-5")
    assert (status, error) == (409, {"name": ["That URL is already in use."]})
    assert refused(site, "organization_create", admin, name="h20-5")[0] == 409


def test_ids_are_chosen_by_administrators_only(site: Site, editor: Headers, admin: Headers) -> None:
    asked = {"id": NOWHERE, "name": "chosen", "owner_org": "h20-5"}
    status, error = refused(site, "package_create", editor, **asked)
    assert (status, set(error)) == (409, {"id"})
    assert done(site, "package_create", admin, **asked)["id"] == NOWHERE


def test_an_id_is_never_changed(site: Site, editor: Headers, clinics: dict[str, Any]) -> None:
    done(site, "package_patch", editor, id="clinics", name="moved")
    assert seen(site.agency, "moved", editor)["id"] == clinics["id"]
    resource = clinics["resources"][0]["id"]
    kept = done(site, "resource_patch", editor, id=resource, package_id="moved", name="x")
    assert kept["id"] == resource


def test_what_the_server_owns_is_not_assigned(
    site: Site, editor: Headers, clinics: dict[str, Any]
) -> None:
    theirs = {
        "creator_user_id": NOWHERE,
        "withdrawn": "x",
        "contract_id": "schools",
        "metadata_created": "2001-01-01T00:00:00.000000",
        "type": "dataset",
    }
    after = done(site, "package_patch", editor, id="clinics", **theirs)
    for key in ("creator_user_id", "metadata_created"):
        assert after[key] == clinics[key]
    assert done(site, "package_patch", editor, id="clinics", notes="still by hand")


def test_a_resource_cannot_be_taken_from_another_dataset(
    site: Site, editor: Headers, clinics: dict[str, Any]
) -> None:
    theirs = seen(site.public, "schools")["resources"][0]["id"]
    stolen = [{"id": theirs, "url": "https://example.vn"}]
    assert refused(site, "package_patch", editor, id="clinics", resources=stolen)[0] == 409
    asked = {"package_id": "clinics", **stolen[0]}
    assert refused(site, "resource_create", editor, **asked)[0] == 409
    assert refused(site, "resource_update", editor, **asked)[0] == 403
    assert seen(site.public, "schools")["resources"][0]["id"] == theirs


def test_a_resource_is_not_moved_under_another_dataset(
    site: Site, editor: Headers, clinics: dict[str, Any]
) -> None:
    done(site, "package_create", editor, name="other", owner_org="h20-5")
    own = clinics["resources"][0]["id"]
    for action in ("resource_update", "resource_patch"):
        status, error = refused(
            site, action, editor, id=own, package_id="other", url="https://example.vn"
        )
        assert (status, set(error)) == (409, {"package_id"})
    assert seen(site.agency, "other", editor)["resources"] == []


def test_a_record_changes_its_organisation_only_by_editors_of_both(
    site: Site, clinics: dict[str, Any]
) -> None:
    one = site.user("editor")
    assert refused(site, "package_patch", one, id="clinics", owner_org=OTHER_ORG)[0] == 409
    site.user("reader-there", "X1")
    done(site, "organization_patch", site.token("admin"), id=OTHER_ORG, title="Khác")
    done(site, "package_create", site.user("there", "X1"), name="shown", owner_org=OTHER_ORG)
    assert refused(site, "package_patch", one, id="clinics", owner_org=OTHER_ORG)[0] == 403
    both = site.user("editor", "X1")
    moved = done(site, "package_patch", both, id="clinics", owner_org=OTHER_ORG)
    assert moved["organization"]["name"] == OTHER_ORG


def test_a_collaborator_writes_the_record_and_does_not_move_it(
    site: Site, admin: Headers, clinics: dict[str, Any]
) -> None:
    helper = site.user("helper", "X1")
    done(site, "package_create", helper, name="shown", owner_org=OTHER_ORG)
    boss = site.user("boss", role=Role.ADMIN)
    made = done(
        site,
        "package_collaborator_create",
        boss,
        id="clinics",
        user_id="helper",
        capacity="editor",
    )
    assert done(site, "package_collaborator_list", boss, id="clinics") == [made]
    assert done(site, "package_collaborator_list", boss, id="clinics", capacity="admin") == []
    assert done(site, "package_patch", helper, id="clinics", private=True)["private"]
    assert seen(site.agency, "clinics", helper)["private"]
    assert refused(site, "package_patch", helper, id="clinics", owner_org=OTHER_ORG)[0] == 403
    done(site, "package_collaborator_delete", boss, id="clinics", user_id="helper")
    assert refused(site, "package_patch", helper, id="clinics", notes="x")[0] == 404
    again = {"id": "clinics", "user_id": "helper"}
    assert refused(site, "package_collaborator_delete", boss, **again)[0] == 404
    wrong = {"user_id": "helper", "capacity": "owner"}
    assert refused(site, "package_collaborator_create", boss, id="clinics", **wrong)[0] == 409


def test_groups_are_filled_by_their_members(
    site: Site, admin: Headers, editor: Headers, clinics: dict[str, Any]
) -> None:
    done(site, "group_create", admin, name="lake")
    asked = {"id": "clinics", "groups": [{"name": "lake"}]}
    status, error = refused(site, "package_patch", editor, **asked)
    assert (status, error) == (409, {"groups": ["Group does not exist"]})
    place = {"id": "lake", "object_type": "user", "capacity": "member"}
    member = done(site, "member_create", admin, **place, object="editor")
    assert (member["capacity"], member["table_name"]) == ("member", "user")
    put = done(site, "package_patch", editor, **asked)
    assert [group["name"] for group in put["groups"]] == ["lake"]
    done(site, "member_delete", admin, id="lake", object="editor", object_type="user")
    assert done(site, "package_patch", editor, id="clinics", notes="x")["groups"] == put["groups"]
    package = {"id": "lake", "object": "clinics", "object_type": "package", "capacity": "public"}
    done(site, "member_delete", admin, **package)
    assert seen(site.agency, "clinics", editor)["groups"] == []
    done(site, "member_create", admin, **package)
    assert seen(site.agency, "clinics", editor)["groups"] == put["groups"]
    theirs = {**package, "object": "schools"}
    assert refused(site, "member_create", admin, **theirs)[0] == 403
    assert refused(site, "member_create", admin, **{**package, "id": "h20-5"})[0] == 409
    assert refused(site, "member_create", admin, **{**package, "object_type": "x"})[0] == 409


def test_what_is_not_seen_is_answered_as_what_is_not_there(
    site: Site, admin: Headers, editor: Headers, clinics: dict[str, Any]
) -> None:
    done(site, "package_patch", editor, id="clinics", private=True)
    outsider = site.user("outsider", "X1", Role.ADMIN)
    resource = clinics["resources"][0]["id"]
    for action, key, there in (
        ("package_update", "id", "clinics"),
        ("package_patch", "id", clinics["id"]),
        ("package_delete", "id", "clinics"),
        ("resource_create", "package_id", "clinics"),
        ("resource_update", "id", resource),
        ("resource_delete", "id", resource),
        ("package_collaborator_list", "id", "clinics"),
    ):
        answers = [ask(site, action, outsider, **{key: one}) for one in (there, NOWHERE)]
        assert [one.status_code for one in answers] == [404, 404], action
        assert answers[0].content == answers[1].content


def test_organisations_and_themes(site: Site, admin: Headers, publisher: Headers) -> None:
    for kind in ("organization", "group"):
        born = done(site, f"{kind}_create", publisher, name="moi", title="Mới", description="a")
        assert born["users"] == []
        extras = [{"key": "title_en", "value": "New"}]
        patched = done(site, f"{kind}_patch", publisher, id="moi", extras=extras)
        assert (patched["description"], patched["extras"]) == ("a", extras)
        updated = done(site, f"{kind}_update", publisher, id=born["id"], title="Khác")
        assert (updated["name"], updated["title"], updated["description"]) == ("moi", "Khác", "")
        assert refused(site, f"{kind}_delete", publisher, id="moi")[0] == 403
        assert done(site, f"{kind}_delete", admin, id="moi") is None
        assert "moi" not in done(site, f"{kind}_list", admin)


def test_who_makes_an_organisation_runs_it(site: Site, admin: Headers) -> None:
    site.user("somebody", None)
    users = [{"name": "somebody", "capacity": "editor"}]
    born = done(site, "organization_create", admin, name="moi", users=users)
    assert {user["name"]: user["capacity"] for user in born["users"]} == {
        "admin": "admin",
        "somebody": "editor",
    }
    kept = done(site, "organization_update", admin, id="moi", title="Khác")
    assert len(kept["users"]) == 2
    wrong = [{"name": "nobody-at-all", "capacity": "editor"}]
    assert refused(site, "organization_patch", admin, id="moi", users=wrong)[0] == 409
    assert refused(site, "organization_patch", admin, id="nothing")[0] == 404


def test_an_organisation_with_datasets_stays_and_keeps_its_name(site: Site, admin: Headers) -> None:
    assert refused(site, "organization_delete", admin, id="h20-5")[0] == 409
    for kind, name in (("organization", "h20-5"), ("group", "gove")):
        status, error = refused(site, f"{kind}_patch", admin, id=name, name="renamed")
        assert (status, set(error)) == (409, {"name"})


def test_members_come_and_go(site: Site) -> None:
    boss = site.user("boss", role=Role.ADMIN)
    somebody = site.user("somebody", None)
    asked = {"name": "theirs", "owner_org": "h20-5"}
    assert refused(site, "package_create", somebody, **asked)[0] == 403
    place = {"id": "h20-5", "username": "somebody"}
    member = done(site, "organization_member_create", boss, **place, role="editor")
    assert (member["capacity"], member["state"]) == ("editor", "active")
    done(site, "package_create", somebody, **asked)
    assert done(site, "organization_member_delete", boss, **place) is None
    assert refused(site, "package_patch", somebody, id="theirs")[0] == 403
    wrong = {"id": "h20-5", "username": "no-one"}
    assert refused(site, "organization_member_create", boss, **wrong, role="editor")[0] == 409
    assert refused(site, "organization_member_create", boss, **place, role="king")[0] == 409
    own = {"id": "h20-5", "username": "boss", "role": "member"}
    assert refused(site, "organization_member_create", boss, **own)[0] == 403


def test_tokens_are_made_listed_and_revoked_by_their_user(site: Site, editor: Headers) -> None:
    made = done(site, "api_token_create", editor, user="editor", name="laptop", expires_in=7)
    fresh = {"Authorization": made["token"]}
    assert made["scopes"] == ["read", "write"]
    listed = done(site, "api_token_list", fresh)
    assert {one["name"] for one in listed} == {"laptop", "editor"}
    assert made["token"] not in str(listed)
    assert done(site, "api_token_revoke", editor, token=made["token"]) is None
    assert refused(site, "api_token_list", fresh)[0] == 403
    (ended,) = [one for one in done(site, "api_token_list", editor) if one["id"] == made["id"]]
    assert ended["state"] == "revoked"


def test_a_token_gives_no_more_than_the_one_that_made_it(site: Site, editor: Headers) -> None:
    asked = {"user": "editor", "name": "more"}
    for scopes in (["admin"], ["publish"], ["read", "everything"]):
        assert refused(site, "api_token_create", editor, **asked, scopes=scopes)[0] == 409
    only = done(site, "api_token_create", editor, **asked, scopes=["read"])
    reading = {"Authorization": only["token"]}
    assert refused(site, "api_token_create", reading, **asked)[0] == 403
    assert refused(site, "package_create", reading, name="no", owner_org="h20-5")[0] == 403
    assert refused(site, "api_token_create", editor, **asked, expires_in=367)[0] == 409
    for_another = {"user": "editor", "name": "by-admin"}
    given = done(site, "api_token_create", site.token("admin"), **for_another)
    assert given["scopes"] == ["read", "write"]
    admins = {**for_another, "scopes": ["admin"]}
    assert refused(site, "api_token_create", site.token("admin"), **admins)[0] == 409


def test_the_sysadmin_needs_the_scope_for_it(site: Site) -> None:
    weak = site.user("root", None, sysadmin=True)
    strong = site.user("root", None, sysadmin=True, scopes=tuple(set(Scope) - {Scope.PUBLISH}))
    assert refused(site, "organization_create", weak, name="moi")[0] == 403
    assert done(site, "organization_create", strong, name="moi")["name"] == "moi"


def test_a_file_is_refused_with_the_reason(site: Site, editor: Headers) -> None:
    done(site, "package_create", editor, name="clinics", owner_org="h20-5")
    answer = site.agency.post(
        "/api/3/action/resource_create",
        data={"package_id": "clinics"},
        files={"upload": ("a.csv", b"a,b\n1,2\n")},
        headers=editor,
    )
    assert answer.status_code == 403
    assert "gated pipeline" in answer.json()["error"]["message"]
