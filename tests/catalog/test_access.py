from __future__ import annotations

import pytest

from catalog.access import (
    ANONYMOUS,
    Actor,
    Permission,
    Role,
    RowGrant,
    Scope,
    Target,
    allows,
    authorize,
    readable_classes,
    sees,
)
from catalog.errors import NotAuthorizedError
from contracts.model import Classification

ALL = frozenset({Scope.READ, Scope.WRITE, Scope.ADMIN})
BOTH = frozenset({Scope.READ, Scope.WRITE})
GRANT = RowGrant("g", "o", "cases", Classification.INTERNAL)
ADMIN = Actor(user_id="a", scopes=ALL, sysadmin=True)
PUBLISHER = Actor(user_id="p", scopes=frozenset({Scope.PUBLISH}))
READER = Actor(user_id="r", scopes=frozenset({Scope.READ}), grants=(GRANT,))
WRITES = (Permission.CREATE_PACKAGE, Permission.UPDATE_PACKAGE, Permission.DELETE_PACKAGE)
OWN = Target(organization="o", package="p")
OTHER = Target(organization="x", package="q")


def of(role: Role, scopes: frozenset[Scope] = BOTH) -> Actor:
    return Actor(user_id="u", scopes=scopes, organizations={"o": role})


def helper(role: Role) -> Actor:
    return Actor(user_id="u", scopes=BOTH, collaborations={"p": role})


def test_anonymous_reads_the_catalogue_and_open_rows_and_nothing_else() -> None:
    for target in (None, Target(), OWN):
        allowed = {one for one in Permission if allows(ANONYMOUS, one, target)}
        assert allowed == {Permission.READ_CATALOGUE, Permission.READ_ROWS}


@pytest.mark.parametrize("actor", [ANONYMOUS, READER, ADMIN, PUBLISHER, of(Role.ADMIN)])
def test_rows_are_written_by_no_one(actor: Actor) -> None:
    with pytest.raises(NotAuthorizedError, match="gated pipeline"):
        authorize(actor, Permission.WRITE_ROWS)


@pytest.mark.parametrize("permission", WRITES)
def test_a_record_of_a_contract_is_written_by_the_publisher_alone(permission: Permission) -> None:
    target = Target(organization="o", package="p", contract="schools")
    authorize(PUBLISHER, permission, target)
    for actor in (ANONYMOUS, READER, ADMIN, of(Role.ADMIN), helper(Role.ADMIN)):
        with pytest.raises(NotAuthorizedError, match="the contract schools"):
            authorize(actor, permission, target)
    with pytest.raises(NotAuthorizedError, match="records of contracts only"):
        authorize(PUBLISHER, permission, OWN)


def test_the_record_of_a_contract_is_purged_by_nobody() -> None:
    for actor in (ADMIN, PUBLISHER):
        assert not allows(actor, Permission.PURGE_PACKAGE, Target(contract="schools"))
    assert allows(ADMIN, Permission.PURGE_PACKAGE, OWN)
    assert not allows(of(Role.ADMIN), Permission.PURGE_PACKAGE, OWN)


@pytest.mark.parametrize("permission", WRITES)
def test_records_by_hand_are_written_by_editors_of_their_organisation(
    permission: Permission,
) -> None:
    for role, may in ((Role.MEMBER, False), (Role.EDITOR, True), (Role.ADMIN, True)):
        assert allows(of(role), permission, OWN) == may
        assert allows(of(role), permission) == may
        assert not allows(of(role), permission, OTHER)
        assert not allows(of(role), permission, Target())
    assert allows(ADMIN, permission, OTHER)


def test_collaborators_write_one_package_and_create_none() -> None:
    assert allows(helper(Role.EDITOR), Permission.UPDATE_PACKAGE, OWN)
    assert not allows(helper(Role.MEMBER), Permission.UPDATE_PACKAGE, OWN)
    assert not allows(helper(Role.EDITOR), Permission.UPDATE_PACKAGE, OTHER)
    assert not allows(helper(Role.ADMIN), Permission.CREATE_PACKAGE, OWN)
    assert allows(helper(Role.ADMIN), Permission.MANAGE_COLLABORATORS, OWN)
    assert not allows(helper(Role.EDITOR), Permission.MANAGE_COLLABORATORS, OWN)


@pytest.mark.parametrize("permission", sorted(set(Permission) - {Permission.READ_CATALOGUE}))
def test_a_token_that_only_reads_changes_nothing(permission: Permission) -> None:
    seeing = {name for name in Permission if name.startswith("see_")} | {Permission.READ_ROWS}
    for actor in (of(Role.ADMIN, frozenset({Scope.READ})), of(Role.ADMIN, frozenset())):
        if permission not in seeing:
            assert not allows(actor, permission, OWN)
            assert not allows(actor, permission)
    assert not allows(of(Role.ADMIN, frozenset()), Permission.SEE_READINGS, OWN)


def test_a_system_administrator_needs_a_token_of_that_scope() -> None:
    weak = Actor(user_id="a", scopes=BOTH, sysadmin=True)
    strong = Actor(user_id="u", scopes=ALL, sysadmin=False)
    for actor in (weak, strong):
        assert not allows(actor, Permission.PURGE_PACKAGE, OWN)
        assert actor.labels is not None
    assert ADMIN.labels is None


def test_guarded_rows_need_a_grant_for_that_dataset() -> None:
    authorize(READER, Permission.READ_ROWS, Target(dataset="cases"))
    for actor in (ANONYMOUS, ADMIN, PUBLISHER, of(Role.ADMIN)):
        with pytest.raises(NotAuthorizedError, match="need a token granted for it"):
            authorize(actor, Permission.READ_ROWS, Target(dataset="cases"))
    with pytest.raises(NotAuthorizedError):
        authorize(READER, Permission.READ_ROWS, Target(dataset="other"))
    without = Actor(user_id="r", scopes=frozenset(), grants=(GRANT,))
    assert not allows(without, Permission.READ_ROWS, Target(dataset="cases"))


def test_a_rejected_token_is_told_so() -> None:
    with pytest.raises(NotAuthorizedError, match="unknown, expired or revoked"):
        authorize(Actor(rejected=True), Permission.READ_ROWS, Target(dataset="cases"))


def test_tokens_are_managed_by_their_user() -> None:
    for permission in (Permission.MANAGE_TOKENS, Permission.SEE_TOKENS):
        assert allows(of(Role.MEMBER), permission, Target(user="u"))
        assert not allows(of(Role.ADMIN), permission, Target(user="else"))
        assert not allows(ANONYMOUS, permission, Target(user=None))
        assert allows(ADMIN, permission, Target(user="else"))
    assert allows(READER, Permission.SEE_TOKENS, Target(user="r"))


def test_one_sees_oneself_and_who_gives_roles_sees_everybody() -> None:
    assert allows(of(Role.EDITOR), Permission.SEE_USERS, Target(user="u"))
    assert not allows(of(Role.EDITOR), Permission.SEE_USERS, Target(user="else"))
    for actor in (of(Role.ADMIN), helper(Role.ADMIN), ADMIN, PUBLISHER):
        assert allows(actor, Permission.SEE_USERS, Target(user="else"))


def test_collections_are_their_administrators() -> None:
    themes = Actor(user_id="u", scopes=BOTH, groups={"g": Role.ADMIN})
    for permission in (
        Permission.UPDATE_COLLECTION,
        Permission.DELETE_COLLECTION,
        Permission.MANAGE_MEMBERS,
    ):
        assert allows(of(Role.ADMIN), permission, Target(organization="o"))
        assert not allows(of(Role.EDITOR), permission, Target(organization="o"))
        assert not allows(of(Role.ADMIN), permission, Target(organization="x"))
        assert not allows(of(Role.ADMIN), permission, Target(group="o"))
        assert allows(themes, permission, Target(group="g"))
    assert not allows(of(Role.ADMIN), Permission.CREATE_COLLECTION)
    assert allows(PUBLISHER, Permission.CREATE_COLLECTION)
    assert not allows(PUBLISHER, Permission.DELETE_COLLECTION, Target(organization="o"))


def test_groups_are_filled_by_their_members() -> None:
    member = Actor(user_id="u", scopes=BOTH, groups={"g": Role.MEMBER})
    assert allows(member, Permission.FILL_GROUP, Target(group="g"))
    assert not allows(member, Permission.FILL_GROUP, Target(group="h"))
    assert not allows(ADMIN, Permission.FILL_GROUP, Target(group="g", contract="schools"))


def test_grants_are_given_by_administrators_of_the_owner() -> None:
    for permission in (Permission.MANAGE_GRANTS, Permission.SEE_READINGS):
        assert allows(of(Role.ADMIN), permission, Target(organization="o"))
        assert not allows(of(Role.EDITOR), permission, Target(organization="o"))
        assert not allows(of(Role.ADMIN), permission, Target(organization=None))


def test_a_record_exists_for_those_who_may_see_it() -> None:
    creator = Actor(user_id="u", scopes=BOTH)
    for actor in (of(Role.MEMBER), helper(Role.MEMBER), creator, ADMIN, PUBLISHER):
        assert sees(actor, public=False, organization="o", package="p", creator="u")
    for actor in (ANONYMOUS, READER):
        assert not sees(actor, public=False, organization="o", package="p", creator="u")
        assert sees(actor, public=True)
    assert not sees(ANONYMOUS, public=False)


def test_a_grant_reads_up_to_its_own_class() -> None:
    assert readable_classes(Classification.INTERNAL) == {
        Classification.PUBLIC,
        Classification.INTERNAL,
    }
    assert Classification.SENSITIVE not in readable_classes(Classification.PERSONAL)
