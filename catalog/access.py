"""Who may do what: the one place that decides.

Deny by default: an action whose permission is not answered here is refused. What a token
says is `catalog.tokens`; what an action does is `catalog.actions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, auto

from catalog.errors import NotAuthorizedError
from contracts.model import Classification


class Scope(StrEnum):
    """What a token is for. Which datasets a READ token reads are its grants."""

    READ = "read"
    PUBLISH = "publish"
    ADMIN = "admin"


class Permission(StrEnum):
    """What an action asks for."""

    READ_RECORDS = auto()
    READ_ROWS = auto()
    SEE_DRAFTS = auto()
    WRITE_RECORD = auto()
    WRITE_COLLECTION = auto()
    WRITE_ROWS = auto()


@dataclass(frozen=True)
class Actor:
    """Who asks. `grants`: dataset → the most guarded class of columns it may read.

    `rejected` says that a token was sent which is unknown, expired or revoked; such an
    actor is anonymous, and refusals tell it why.
    """

    agency: str | None = None
    token_id: str | None = None
    scopes: frozenset[Scope] = frozenset()
    grants: Mapping[str, Classification] = field(default_factory=dict)
    rejected: bool = False

    @property
    def privileged(self) -> bool:
        """Whether drafts and the whole registry are its to see."""
        return bool(self.scopes & {Scope.PUBLISH, Scope.ADMIN})


ANONYMOUS = Actor()
_CLASSES = (
    Classification.PUBLIC,
    Classification.INTERNAL,
    Classification.PERSONAL,
    Classification.SENSITIVE,
)


def authorize(
    actor: Actor,
    permission: Permission,
    *,
    contract: str | None = None,
    dataset: str | None = None,
) -> None:
    """Return if `actor` may, else raise `NotAuthorizedError` with the reason.

    Args:
        actor: who asks.
        permission: what the action asks for.
        contract: for WRITE_RECORD, the dataset whose contract makes the record, if any.
        dataset: for READ_ROWS, a dataset whose rows are not open.
    """
    refusal = _refusal(actor, permission, contract, dataset)
    if refusal is None:
        return
    if actor.rejected:
        refusal = f"{refusal} (the token sent is unknown, expired or revoked)"
    raise NotAuthorizedError(refusal)


def allows(actor: Actor, permission: Permission, *, dataset: str | None = None) -> bool:
    """Whether `authorize` would return."""
    return _refusal(actor, permission, None, dataset) is None


def _refusal(
    actor: Actor, permission: Permission, contract: str | None, dataset: str | None
) -> str | None:
    """Why not, or None when the actor may."""
    match permission:
        case Permission.READ_RECORDS:
            return None
        case Permission.READ_ROWS if dataset is None or dataset in actor.grants:
            return None
        case Permission.READ_ROWS:
            return f"the rows of {dataset} need a token granted for it; its record says how to ask"
        case Permission.SEE_DRAFTS if actor.privileged:
            return None
        case Permission.WRITE_RECORD if contract is not None:
            if Scope.PUBLISH in actor.scopes:
                return None
            return (
                f"this record is made from the contract {contract} and only its pipeline writes it"
            )
        case Permission.WRITE_RECORD | Permission.WRITE_COLLECTION if actor.privileged:
            return None
        case Permission.WRITE_ROWS:
            return "rows enter only through a gated pipeline"
        case _:
            return "this needs a token with the right scope"


def readable_classes(granted: Classification) -> frozenset[Classification]:
    """The classes of columns that a grant up to `granted` reads."""
    return frozenset(_CLASSES[: _CLASSES.index(granted) + 1])
