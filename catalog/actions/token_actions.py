"""Actions on API tokens: each user's own, and all of them for system administrators."""

from __future__ import annotations

from collections.abc import Set
from datetime import UTC, datetime, timedelta
from typing import Any

from catalog.access import Actor, Permission, Scope, Target, allows, authorize
from catalog.actions.registry import Call, action
from catalog.actions.schemas import NOTHING, TEXT, TIME, listed, optional, record
from catalog.actions.targets import registry_of, user_for, writing
from catalog.errors import NotFoundError, ValidationError
from catalog.identifiers import ckan_time
from catalog.registry.tables import User
from catalog.tokens import TokenInfo, find_token, list_tokens, new_token, revoke, token_id

_DAY = 86_400  # seconds: the unit that CKAN's expire_api_token counts in
_LONGEST = timedelta(days=366)
_CARRIES = {
    Scope.READ: frozenset({Scope.READ}),
    Scope.WRITE: frozenset({Scope.READ, Scope.WRITE}),
    Scope.ADMIN: frozenset({Scope.READ, Scope.WRITE, Scope.ADMIN}),
}
"""What a scope holds of the others; PUBLISH is given to nobody here."""
_TOKEN = record(
    {
        "id": TEXT,
        "name": TEXT,
        "user_id": TEXT,
        "created_at": TIME,
        "last_access": optional(TIME),
        "expires_at": TIME,
        "scopes": listed(TEXT),
        "state": {"enum": ["active", "expired", "revoked"]},
    }
)


@action(
    Permission.MANAGE_TOKENS,
    result=record({"token": TEXT, "id": TEXT, "expires_at": TIME, "scopes": listed(TEXT)}),
    reads=False,
)
def api_token_create(call: Call) -> dict[str, Any]:
    """Make a token and return it: the only time that anyone sees it.

    :param string user: whose it is, by id or name: your own, or for a system administrator
        anyone's (required)
    :param string name: what to call it in lists (required)
    :param list scopes: what it carries of its user's rights: ``read``, ``write``, ``admin``,
        of those that your token carries; default: all of these, without ``admin``
    :param integer expires_in: how many units until it expires (default 365 days, most 366)
    :param integer unit: seconds in one unit (default 86400, a day)
    """
    parameters = call.parameters
    named, name = parameters.required("user"), parameters.required("name")
    user_id = _whose(call, Permission.MANAGE_TOKENS, named)
    expires = datetime.now(UTC) + _life(call)
    with writing(call) as session:
        user = user_for(session, user_id)
        scopes = _scopes(call.actor, user, parameters.listing("scopes"))
        token = new_token(session, user, scopes, expires, name)
    return {
        "token": token,
        "id": token_id(token),
        "expires_at": ckan_time(expires.replace(tzinfo=None)),
        "scopes": sorted(scopes),
    }


@action(Permission.SEE_TOKENS, result=listed(_TOKEN))
def api_token_list(call: Call) -> list[dict[str, Any]]:
    """Return a user's tokens, newest first, without the tokens themselves.

    :param string user_id: whose, by id or name; default: your own
    :param string user: the same, as older clients call it
    """
    named = call.parameters.text("user_id") or call.parameters.text("user")
    user_id = _whose(call, Permission.SEE_TOKENS, named)
    with registry_of(call).reading() as session:
        user = user_for(session, user_id)
        return [_listed(info, user) for info in list_tokens(session, user.id)]


@action(Permission.MANAGE_TOKENS, result=NOTHING, reads=False)
def api_token_revoke(call: Call) -> None:
    """End a token at once: one of your own, or for a system administrator any.

    :param string token: the token itself
    :param string jti: or its id
    """
    parameters = call.parameters
    sent = parameters.text("token").strip()
    identifier = token_id(sent) if sent else parameters.required("jti", "token")
    with writing(call) as session:
        found = find_token(session, identifier)
        target = Target(user=found.user_id if found else None)
        if found is None or not allows(call.actor, Permission.MANAGE_TOKENS, target):
            # Whether another's token exists is not for everyone to know.
            raise NotFoundError("Token was not found.")
        revoke(session, identifier)


def _whose(call: Call, permission: Permission, named: str) -> str:
    """The user whose tokens are meant, once the asker may; nobody is looked up before."""
    actor = call.actor
    user = actor.user_id if named in ("", actor.user_id, actor.name) else named
    authorize(actor, permission, Target(user=user))
    return user or ""


def _scopes(actor: Actor, user: User, asked: list[str]) -> Set[Scope]:
    """What the new token carries: never more than the asker's own token and its user's rights."""
    may: set[Scope] = set()
    for scope in actor.scopes:
        may |= _CARRIES.get(scope, frozenset())
    if not user.sysadmin:
        may.discard(Scope.ADMIN)
    if not asked:
        return may - {Scope.ADMIN}
    known = {one for one in may if one.value in asked}
    if len(known) != len(set(asked)):
        problem = f"Must be among {', '.join(sorted(may))}: what your token and that user may"
        raise ValidationError({"scopes": [problem]})
    return known


def _life(call: Call) -> timedelta:
    unit = call.parameters.integer("unit", _DAY, least=1, most=366 * _DAY)
    count = call.parameters.integer("expires_in", 365 * _DAY // unit, least=1, most=10**9)
    seconds = count * unit
    if seconds > _LONGEST.total_seconds():
        raise ValidationError({"expires_in": [f"Must be {_LONGEST.days} days or less"]})
    return timedelta(seconds=seconds)


def _listed(info: TokenInfo, user: User) -> dict[str, Any]:
    return {
        "id": info.id,
        "name": info.name,
        "user_id": user.id,
        "created_at": ckan_time(info.created),
        "last_access": ckan_time(info.last_used) if info.last_used else None,
        "expires_at": ckan_time(info.expires),
        "scopes": list(info.scopes),
        "state": info.state,
    }
