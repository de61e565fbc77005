from __future__ import annotations

import pytest

from catalog.access import (
    ANONYMOUS,
    Actor,
    Permission,
    Scope,
    allows,
    authorize,
    readable_classes,
)
from catalog.errors import NotAuthorizedError
from contracts.model import Classification

ADMIN = Actor(agency="a", scopes=frozenset({Scope.ADMIN}))
PUBLISHER = Actor(agency="p", scopes=frozenset({Scope.PUBLISH}))
READER = Actor(
    agency="r", scopes=frozenset({Scope.READ}), grants={"cases": Classification.INTERNAL}
)


def test_anonymous_reads_records_and_open_rows_and_nothing_else() -> None:
    allowed = {permission for permission in Permission if allows(ANONYMOUS, permission)}
    assert allowed == {Permission.READ_RECORDS, Permission.READ_ROWS}


@pytest.mark.parametrize("actor", [ANONYMOUS, READER, ADMIN, PUBLISHER])
def test_rows_are_written_by_no_one(actor: Actor) -> None:
    with pytest.raises(NotAuthorizedError, match="gated pipeline"):
        authorize(actor, Permission.WRITE_ROWS)


def test_a_record_of_a_contract_is_written_by_the_publisher_alone() -> None:
    authorize(PUBLISHER, Permission.WRITE_RECORD, contract="schools")
    for actor in (ANONYMOUS, READER, ADMIN):
        with pytest.raises(NotAuthorizedError, match="the contract schools"):
            authorize(actor, Permission.WRITE_RECORD, contract="schools")


def test_guarded_rows_need_a_grant_for_that_dataset() -> None:
    authorize(READER, Permission.READ_ROWS, dataset="cases")
    for actor in (ANONYMOUS, ADMIN, PUBLISHER):
        with pytest.raises(NotAuthorizedError, match="need a token granted for it"):
            authorize(actor, Permission.READ_ROWS, dataset="cases")
    with pytest.raises(NotAuthorizedError):
        authorize(READER, Permission.READ_ROWS, dataset="other")


def test_a_rejected_token_is_told_so() -> None:
    with pytest.raises(NotAuthorizedError, match="unknown, expired or revoked"):
        authorize(Actor(rejected=True), Permission.READ_ROWS, dataset="cases")


def test_a_grant_reads_up_to_its_own_class() -> None:
    assert readable_classes(Classification.INTERNAL) == {
        Classification.PUBLIC,
        Classification.INTERNAL,
    }
    assert Classification.SENSITIVE not in readable_classes(Classification.PERSONAL)
