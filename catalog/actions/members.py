"""Actions that give places in organisations and groups, and take them away.

Who is in them is read by `catalog.actions.membership`.
"""

from __future__ import annotations

from typing import Any, Literal
from uuid import NAMESPACE_URL, uuid5

from sqlmodel import Session

from catalog.access import Permission, Role, Target, authorize
from catalog.actions.registry import Call, action
from catalog.actions.schemas import NOTHING, TEXT, record
from catalog.actions.targets import (
    collection_target,
    user_for,
    visible_collection,
    visible_package,
    writing,
)
from catalog.errors import NotAuthorizedError, NotFoundError, ValidationError
from catalog.registry import people
from catalog.registry.tables import Group, Organization, Package, User

_MEMBER = record(
    {
        "id": TEXT,
        "group_id": TEXT,
        "table_name": {"enum": ["user", "package"]},
        "table_id": TEXT,
        "capacity": TEXT,
        "state": TEXT,
    }
)
_PUBLIC = "public"  # the capacity that CKAN gives to packages in a group


@action(Permission.MANAGE_MEMBERS, result=_MEMBER, reads=False)
def organization_member_create(call: Call) -> dict[str, Any]:
    """Give a user a place in an organisation, or another role there, and return it.

    :param string id: the organisation, by id or name (required)
    :param string username: the user, by id or name (required)
    :param string role: ``member``, ``editor`` or ``admin`` (required)
    """
    parameters = call.parameters
    named, username = parameters.required("id"), parameters.required("username")
    role = _role("role", parameters.required("role"))
    with writing(call) as session:
        place = _organization(call, session, named)
        authorize(call.actor, Permission.MANAGE_MEMBERS, collection_target(place))
        return _give(call, session, place, _user("username", session, username), role)


@action(Permission.MANAGE_MEMBERS, result=NOTHING, reads=False)
def organization_member_delete(call: Call) -> None:
    """Take a user's place in an organisation away.

    :param string id: the organisation, by id or name (required)
    :param string username: the user, by id or name (required)
    """
    named, username = call.parameters.required("id"), call.parameters.required("username")
    with writing(call) as session:
        place = _organization(call, session, named)
        authorize(call.actor, Permission.MANAGE_MEMBERS, collection_target(place))
        people.remove_member(session, place.id, user_for(session, username).id)


@action(Permission.READ_CATALOGUE, result=_MEMBER, reads=False)
def member_create(call: Call) -> dict[str, Any]:
    """Make a user a member of an organisation or group, or place a dataset in a group.

    :param string id: the organisation or group, by id or name (required)
    :param string object: the user or the dataset, by id or name (required)
    :param string object_type: ``user`` or ``package`` (required)
    :param string capacity: of a user ``member``, ``editor`` or ``admin``; of a dataset
        ``public`` (required)
    """
    kind, named, of = _asked(call)
    capacity = call.parameters.required("capacity")
    with writing(call) as session:
        place = _place(call, session, kind, named)
        if kind == "package":
            group, package = _filled(call, session, place, of)
            people.place_package(session, group.id, package.id)
            return _member(place.id, "package", package.id, _PUBLIC)
        role = _role("capacity", capacity)
        authorize(call.actor, Permission.MANAGE_MEMBERS, collection_target(place))
        return _give(call, session, place, user_for(session, of), role)


@action(Permission.READ_CATALOGUE, result=NOTHING, reads=False)
def member_delete(call: Call) -> None:
    """Take a user's place in an organisation or group away, or a dataset out of a group.

    :param string id: the organisation or group, by id or name (required)
    :param string object: the user or the dataset, by id or name (required)
    :param string object_type: ``user`` or ``package`` (required)
    """
    kind, named, of = _asked(call)
    with writing(call) as session:
        place = _place(call, session, kind, named)
        if kind == "package":
            group, package = _filled(call, session, place, of)
            people.displace_package(session, group.id, package.id)
            return
        authorize(call.actor, Permission.MANAGE_MEMBERS, collection_target(place))
        people.remove_member(session, place.id, user_for(session, of).id)


def _asked(call: Call) -> tuple[Literal["user", "package"], str, str]:
    """Of what type, which collection, which object; refused at once for who may do neither."""
    kind = call.parameters.text("object_type")
    # Asked before anything is looked up: a refusal here says nothing about records.
    authorize(
        call.actor,
        Permission.FILL_GROUP if kind == "package" else Permission.MANAGE_MEMBERS,
    )
    named, of = call.parameters.required("id"), call.parameters.required("object")
    match call.parameters.required("object_type"):
        case "user":
            return "user", named, of
        case "package":
            return "package", named, of
        case _:
            raise ValidationError({"object_type": ["Must be user or package"]})


def _organization(call: Call, session: Session, named: str) -> Organization:
    found = visible_collection(call, session, Organization, named)
    if found is None:
        raise NotFoundError("Organization was not found.")
    return found


def _place(call: Call, session: Session, kind: str, named: str) -> Organization | Group:
    """The organisation or group, where the asker may know of it. Where both have that name,
    a dataset goes into the group."""
    group = visible_collection(call, session, Group, named)
    if kind == "package" and group is not None:
        return group
    organization = visible_collection(call, session, Organization, named)
    found = organization if organization is not None else group
    if found is None:
        raise NotFoundError("Group was not found.")
    return found


def _filled(
    call: Call, session: Session, place: Organization | Group, of: str
) -> tuple[Group, Package]:
    """A group and the package to be put into it or taken out, once the asker may."""
    if isinstance(place, Organization):
        problem = "A dataset belongs to an organization by its owner_org"
        raise ValidationError({"object_type": [problem]})
    authorize(call.actor, Permission.FILL_GROUP, Target(group=place.id))
    package = visible_package(call, session, of)
    about = Target(group=place.id, package=package.id, contract=package.contract_id)
    authorize(call.actor, Permission.FILL_GROUP, about)
    return place, package


def _give(
    call: Call, session: Session, place: Organization | Group, user: User, role: Role
) -> dict[str, Any]:
    held = people.roles_of(session, user.id).get(place.id)
    if user.id == call.actor.user_id and held == Role.ADMIN and role is not Role.ADMIN:
        # CKAN's rule: an organisation does not lose its administrator by a slip.
        raise NotAuthorizedError("Administrators cannot revoke their own admin status")
    people.set_member(session, place.id, user.id, role.value)
    return _member(place.id, "user", user.id, role)


def _member(collection: str, kind: str, of: str, capacity: str) -> dict[str, Any]:
    return {
        "id": str(uuid5(NAMESPACE_URL, f"{collection}/{kind}/{of}")),
        "group_id": collection,
        "table_name": kind,
        "table_id": of,
        "capacity": str(capacity),
        "state": "active",
    }


def _user(field: str, session: Session, named: str) -> User:
    """The user, or CKAN's refusal of a field that names none."""
    try:
        return user_for(session, named)
    except NotFoundError:
        raise ValidationError({field: ["Not found: User"]}) from None


def _role(field: str, text: str) -> Role:
    try:
        return Role(text)
    except ValueError:
        raise ValidationError({field: ["role does not exist."]}) from None
