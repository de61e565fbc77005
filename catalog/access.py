"""Who may do what: the one place that decides.

Deny by default: an action whose permission is not answered here is refused. What a token
says is `catalog.tokens`; what an action does is `catalog.actions`. The meaning of roles is
CKAN 2.12's (`ckan/authz.py`, `ckan/logic/auth`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, auto

from catalog.documents import PUBLIC
from catalog.errors import NotAuthorizedError
from contracts.model import Classification


class Scope(StrEnum):
    """What a token carries of its user's rights.

    READ: sees what its user may see, reads granted rows. WRITE: also changes what its
    user's roles allow. PUBLISH: writes the records of contracts, and nothing else of others.
    ADMIN: everything, if its user is a system administrator.
    """

    READ = "read"
    WRITE = "write"
    PUBLISH = "publish"
    ADMIN = "admin"


class Role(StrEnum):
    """CKAN's capacities in an organisation, a group or at a package, each holding the one
    before: a member sees drafts, an editor writes records, an admin manages members and
    gives rows to others."""

    MEMBER = "member"
    EDITOR = "editor"
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        """Greater for the role that holds the other."""
        return list(Role).index(self)


class Permission(StrEnum):
    """What an action asks for. What it is asked about is a `Target`."""

    READ_CATALOGUE = auto()
    """What a record's labels let the asker see, no more."""
    READ_ROWS = auto()
    SEE_USERS = auto()
    CREATE_PACKAGE = auto()
    UPDATE_PACKAGE = auto()
    DELETE_PACKAGE = auto()
    PURGE_PACKAGE = auto()
    CREATE_COLLECTION = auto()
    UPDATE_COLLECTION = auto()
    DELETE_COLLECTION = auto()
    FILL_GROUP = auto()
    """To put packages into a group and take them out (CKAN's *manage_group*)."""
    MANAGE_MEMBERS = auto()
    SEE_COLLABORATORS = auto()
    MANAGE_COLLABORATORS = auto()
    SEE_TOKENS = auto()
    MANAGE_TOKENS = auto()
    MANAGE_GRANTS = auto()
    SEE_READINGS = auto()
    WRITE_ROWS = auto()


@dataclass(frozen=True)
class RowGrant:
    """Rows that an organisation of the actor was given, in force now.

    `columns` None: every column up to `classification`. `condition`: the rows that it
    covers, None: every row.
    """

    id: str
    organization_id: str
    dataset: str
    classification: Classification
    columns: frozenset[str] | None = None
    condition: str | None = None


@dataclass(frozen=True)
class Target:
    """What a permission is asked about; what is not known or does not apply is None.

    `organization`: id of the owner (or of the organisation itself), `group`: id of a group,
    `package`: its id, `contract`: the dataset whose contract makes the record, `user`: id of
    the user concerned, `dataset`: whose rows are read.
    """

    organization: str | None = None
    group: str | None = None
    package: str | None = None
    contract: str | None = None
    user: str | None = None
    dataset: str | None = None


@dataclass(frozen=True)
class Actor:
    """Who asks: a user through one token. Ids → role.

    `rejected` says that a token was sent which is unknown, expired or revoked; such an
    actor is anonymous, and refusals tell it why.
    """

    user_id: str | None = None
    name: str | None = None
    token_id: str | None = None
    scopes: frozenset[Scope] = frozenset()
    sysadmin: bool = False
    organizations: Mapping[str, Role] = field(default_factory=dict)
    groups: Mapping[str, Role] = field(default_factory=dict)
    collaborations: Mapping[str, Role] = field(default_factory=dict)
    grants: tuple[RowGrant, ...] = ()
    rejected: bool = False

    @property
    def admin(self) -> bool:
        """Whether it may do everything that a person may."""
        return self.sysadmin and Scope.ADMIN in self.scopes

    @property
    def labels(self) -> frozenset[str] | None:
        """The labels of the documents it may see; None: every document."""
        if self.admin or Scope.PUBLISH in self.scopes:
            return None
        own = {f"user:{self.user_id}"} if self.user_id else set()
        return frozenset({PUBLIC, *own, *(f"org:{one}" for one in self.organizations)})


ANONYMOUS = Actor()

_CLASSES = (
    Classification.PUBLIC,
    Classification.INTERNAL,
    Classification.PERSONAL,
    Classification.SENSITIVE,
)
_WRITING = frozenset({Scope.WRITE, Scope.ADMIN})
_READING = frozenset({Scope.READ, *_WRITING})
_ROLES: Mapping[Permission, tuple[Role, frozenset[str]]] = {
    Permission.CREATE_PACKAGE: (Role.EDITOR, frozenset({"organization"})),
    Permission.UPDATE_PACKAGE: (Role.EDITOR, frozenset({"organization", "package"})),
    Permission.DELETE_PACKAGE: (Role.EDITOR, frozenset({"organization", "package"})),
    Permission.UPDATE_COLLECTION: (Role.ADMIN, frozenset({"organization", "group"})),
    Permission.DELETE_COLLECTION: (Role.ADMIN, frozenset({"organization", "group"})),
    # CKAN gives *manage_group* to every member of a group.
    Permission.FILL_GROUP: (Role.MEMBER, frozenset({"group"})),
    Permission.MANAGE_MEMBERS: (Role.ADMIN, frozenset({"organization", "group"})),
    Permission.SEE_COLLABORATORS: (Role.ADMIN, frozenset({"organization", "package"})),
    Permission.MANAGE_COLLABORATORS: (Role.ADMIN, frozenset({"organization", "package"})),
    Permission.MANAGE_GRANTS: (Role.ADMIN, frozenset({"organization"})),
    Permission.SEE_READINGS: (Role.ADMIN, frozenset({"organization"})),
}
"""The least role that gives a permission, and at what: the fields of a `Target`."""


def authorize(actor: Actor, permission: Permission, target: Target | None = None) -> None:
    """Return if `actor` may, else raise `NotAuthorizedError` with the reason.

    Without a target the question is whether there is anything at all for which it may: what
    is asked before a record is looked up, so that a refusal says nothing about the record.
    """
    refusal = _refusal(actor, permission, target)
    if refusal is None:
        return
    if actor.rejected:
        refusal = f"{refusal} (the token sent is unknown, expired or revoked)"
    raise NotAuthorizedError(refusal)


def allows(actor: Actor, permission: Permission, target: Target | None = None) -> bool:
    """Whether `authorize` would return."""
    return _refusal(actor, permission, target) is None


def sees(
    actor: Actor,
    *,
    public: bool,
    organization: str | None = None,
    package: str | None = None,
    creator: str | None = None,
) -> bool:
    """Whether a record exists for `actor`: what `Actor.labels` says of documents, said of a
    registry row, which may have no document (a deleted record)."""
    if public or actor.labels is None or organization in actor.organizations:
        return True
    own = actor.user_id is not None and creator == actor.user_id
    return own or package in actor.collaborations


def readable_classes(granted: Classification) -> frozenset[Classification]:
    """The classes of columns that a grant up to `granted` reads."""
    return frozenset(_CLASSES[: _CLASSES.index(granted) + 1])


def _refusal(actor: Actor, permission: Permission, target: Target | None) -> str | None:
    """Why not, or None when the actor may."""
    about = target or Target()
    publishes = Scope.PUBLISH in actor.scopes
    match permission:
        case Permission.READ_CATALOGUE:
            return None
        case Permission.READ_ROWS:
            return _row_refusal(actor, about.dataset)
        case Permission.WRITE_ROWS:
            return "rows enter only through a gated pipeline"
        case Permission.PURGE_PACKAGE | Permission.FILL_GROUP if about.contract:
            return _of_contract(about.contract)
        case Permission.CREATE_PACKAGE | Permission.UPDATE_PACKAGE | Permission.DELETE_PACKAGE if (
            publishes or about.contract
        ):
            return _contract_refusal(publishes=publishes, target=target)
        case Permission.CREATE_COLLECTION | Permission.UPDATE_COLLECTION if publishes:
            return None
        case Permission.SEE_USERS:
            allowed = publishes or _sees_users(actor, target)
        case Permission.SEE_TOKENS | Permission.MANAGE_TOKENS:
            may = _reads(actor) if permission is Permission.SEE_TOKENS else _writes(actor)
            allowed = may and (target is None or target.user == actor.user_id)
        case Permission.SEE_READINGS | Permission.SEE_COLLABORATORS:
            allowed = _reads(actor) and _holds(actor, permission, target)
        case _:
            allowed = _writes(actor) and _holds(actor, permission, target)
    return None if allowed or actor.admin else _reason(actor)


def _holds(actor: Actor, permission: Permission, target: Target | None) -> bool:
    """Whether its role at the target, or without one anywhere, gives the permission."""
    if permission not in _ROLES:
        return False
    least, places = _ROLES[permission]
    held = {
        "organization": actor.organizations,
        "group": actor.groups,
        "package": actor.collaborations,
    }
    for place in places:
        roles = held[place]
        where = roles if target is None else {getattr(target, place)} & set(roles)
        if any(roles[one].rank >= least.rank for one in where):
            return True
    return False


def _contract_refusal(*, publishes: bool, target: Target | None) -> str | None:
    """Records of contracts are the publisher's, and the publisher's are these alone."""
    if target is not None and target.contract is not None:
        return None if publishes else _of_contract(target.contract)
    return None if target is None else "this token writes the records of contracts only"


def _row_refusal(actor: Actor, dataset: str | None) -> str | None:
    """Why not read rows; `dataset` is named only where they are not open."""
    if dataset is None:
        return None
    if _reads(actor) and any(grant.dataset == dataset for grant in actor.grants):
        return None
    return f"the rows of {dataset} need a token granted for it; its record says how to ask"


def _sees_users(actor: Actor, target: Target | None) -> bool:
    """One sees oneself; who gives roles to others sees everybody."""
    roles = (*actor.organizations.values(), *actor.groups.values(), *actor.collaborations.values())
    own = actor.user_id is not None and (target is None or target.user == actor.user_id)
    return _reads(actor) and (own or Role.ADMIN in roles)


def _reads(actor: Actor) -> bool:
    return bool(actor.scopes & _READING)


def _writes(actor: Actor) -> bool:
    return bool(actor.scopes & _WRITING)


def _of_contract(contract: str) -> str:
    return f"this record is made from the contract {contract} and only its pipeline writes it"


def _reason(actor: Actor) -> str:
    if actor.user_id is None:
        return "this needs a token with the right scope"
    if not _writes(actor):
        return "this token does not carry the scope for this"
    return "the user of this token does not have the role for this"
