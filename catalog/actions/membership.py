"""Actions that read who is in which organisation or group.

Changing it is `catalog.actions.members`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.access import Permission, Role, allows
from catalog.actions.packages import MOST, packages_of
from catalog.actions.registry import Call, action
from catalog.actions.schemas import TEXT, listed
from catalog.actions.users import sees_user, user_dictionary
from catalog.context import Record
from catalog.documents import Kind
from catalog.errors import NotFoundError, ValidationError
from catalog.registry import people

_LEAST = {
    "read": Role.MEMBER,
    "create_dataset": Role.EDITOR,
    "update_dataset": Role.EDITOR,
    "delete_dataset": Role.EDITOR,
    "manage_group": Role.MEMBER,
    "update": Role.ADMIN,
    "delete": Role.ADMIN,
    "member_create": Role.ADMIN,
    "admin": Role.ADMIN,
}
"""CKAN's permissions in an organisation → the least role that has them."""


@action(
    Permission.READ_CATALOGUE,
    result=listed({"type": "array", "items": TEXT, "minItems": 3, "maxItems": 3}),
)
def member_list(call: Call) -> list[list[str]]:
    """Return the members of an organisation or group: lists of id, type and capacity.

    :param string id: id or name of the organisation or group (required)
    :param string object_type: only members of this type: ``user`` or ``package``
    :param string capacity: only members of this capacity, such as ``editor`` or ``public``
    """
    parameters = call.parameters
    kind, found = _collection(call, parameters.required("id"))
    wanted = parameters.text("object_type")
    members: list[list[str]] = []
    if wanted in ("", "user"):
        members += [
            [user["id"], "user", str(user["capacity"])] for user in users_of(call, found["id"])
        ]
    if wanted in ("", "package"):
        members += [
            [package["id"], "package", "private" if package["private"] else "public"]
            for package in packages_of(call, kind, found, MOST)
        ]
    capacity = parameters.text("capacity").lower()
    roles = set(Role)
    return [
        [identifier, kind_of, place.capitalize() if place in roles else place]
        for identifier, kind_of, place in members
        if capacity in ("", place)
    ]


@action(Permission.READ_CATALOGUE, result=listed("Organization"))
def organization_list_for_user(call: Call) -> list[dict[str, Any]]:
    """Return the organisations in which a user may do something; none for who is nobody.

    :param string id: the user, by id or name, where the asker may see it; default: the asker
    :param string permission: what it may do there, such as ``create_dataset``, ``read``,
        ``update_dataset``, ``admin`` (default ``manage_group``)
    :param boolean include_dataset_count: changes nothing: ``package_count`` is always there
    """
    return _for_user(call)


@action(Permission.READ_CATALOGUE, result=listed("Group"))
def group_list_authz(call: Call) -> list[dict[str, Any]]:
    """Return the groups in which the asker may place datasets; none for who is nobody.

    :param boolean am_member: only those it is a member of, for an administrator too
    """
    actor = call.actor
    every = actor.admin and not call.parameters.flag("am_member")
    return [dict(one) for one in call.view.records.groups() if every or one["id"] in actor.groups]


def users_of(call: Call, collection: str) -> list[dict[str, Any]]:
    """The members of an organisation or group that the asker may see, with capacity."""
    registry = call.context.registry
    if registry is None or not allows(call.actor, Permission.SEE_USERS):
        return []
    with registry.reading() as session:
        return [
            {**user_dictionary(place.user), "capacity": place.capacity}
            for place in people.members_of(session, collection)
            if sees_user(call.actor, place.user)
        ]


def _collection(call: Call, id_or_name: str) -> tuple[Kind, Record]:
    records = call.view.records
    if (organization := records.organization(id_or_name)) is not None:
        return Kind.ORGANIZATION, organization
    if (group := records.group(id_or_name)) is not None:
        return Kind.GROUP, group
    raise NotFoundError("Group was not found.")


def _for_user(call: Call) -> list[dict[str, Any]]:
    permission = call.parameters.text("permission", "manage_group")
    if permission not in _LEAST:
        raise ValidationError({"permission": [f"Must be one of {', '.join(sorted(_LEAST))}"]})
    roles, least = _roles(call), _LEAST[permission].rank
    return [
        {**one, "capacity": _capacity(roles, one["id"])}
        for one in call.view.records.organizations()
        if roles is None or ((held := roles.get(one["id"])) and held.rank >= least)
    ]


def _capacity(roles: Mapping[str, Role] | None, organization: str) -> str:
    return str(Role.ADMIN if roles is None else roles[organization])


def _roles(call: Call) -> Mapping[str, Role] | None:
    """Organisation → role of the user who is asked about; None: admin in every one."""
    actor, wanted = call.actor, call.parameters.text("id")
    if wanted in ("", actor.user_id, actor.name):
        return None if actor.admin else actor.organizations
    if call.context.registry is None:
        raise NotFoundError("User was not found.")
    with call.context.registry.reading() as session:
        user = people.find_user(session, wanted)
        if user is None or not sees_user(actor, user):
            raise NotFoundError("User was not found.")
        if user.sysadmin:
            return None
        organizations, _groups = people.places_of(session, user.id)
    return {one: Role(capacity) for one, capacity in organizations.items()}
