"""Actions that write organisations and groups (themes).

Who is in them is `catalog.actions.members`; which packages, the packages' own actions.
"""

from __future__ import annotations

from typing import Any

from sqlmodel import Session, col, select

from catalog.access import Permission, Role, Scope, allows
from catalog.actions.registry import Call, action
from catalog.actions.schemas import NOTHING
from catalog.actions.targets import collection_for, collection_target, user_for, writing
from catalog.actions.users import sees_user, user_dictionary
from catalog.errors import NotFoundError, ValidationError
from catalog.registry import people
from catalog.registry.collections import Collection, delete_collection, save_collection
from catalog.registry.dictionaries import Dictionary
from catalog.registry.forms import CollectionForm, UserPlace, read_form
from catalog.registry.reading import read_collection
from catalog.registry.tables import Group, Membership, Organization, Package


@action(Permission.CREATE_COLLECTION, result="Organization", reads=False, takes=CollectionForm)
def organization_create(call: Call) -> Dictionary:
    """Make an organisation and return it; who makes it becomes its administrator.

    ``users`` names members besides.
    """
    return _create(call, Organization)


@action(Permission.UPDATE_COLLECTION, result="Organization", reads=False, takes=CollectionForm)
def organization_update(call: Call) -> Dictionary:
    """Replace an organisation by the one given and return it; its members stay.

    :param string id: its id or name
    :param string name: its name, where no id is given
    """
    return _change(call, Organization, keep=False)


@action(Permission.UPDATE_COLLECTION, result="Organization", reads=False, takes=CollectionForm)
def organization_patch(call: Call) -> Dictionary:
    """Change the keys given of an organisation and return it.

    :param string id: its id or name
    :param string name: its name, where no id is given
    """
    return _change(call, Organization, keep=True)


@action(Permission.DELETE_COLLECTION, result=NOTHING, reads=False)
def organization_delete(call: Call) -> None:
    """Take an organisation that owns no dataset out of the catalogue.

    :param string id: its id or name (required)
    """
    _delete(call, Organization)


@action(Permission.CREATE_COLLECTION, result="Group", reads=False, takes=CollectionForm)
def group_create(call: Call) -> Dictionary:
    """Make a theme and return it; who makes it becomes its administrator.

    ``users`` names members besides.
    """
    return _create(call, Group)


@action(Permission.UPDATE_COLLECTION, result="Group", reads=False, takes=CollectionForm)
def group_update(call: Call) -> Dictionary:
    """Replace a theme by the one given and return it; its members and datasets stay.

    :param string id: its id or name
    :param string name: its name, where no id is given
    """
    return _change(call, Group, keep=False)


@action(Permission.UPDATE_COLLECTION, result="Group", reads=False, takes=CollectionForm)
def group_patch(call: Call) -> Dictionary:
    """Change the keys given of a theme and return it.

    :param string id: its id or name
    :param string name: its name, where no id is given
    """
    return _change(call, Group, keep=True)


@action(Permission.DELETE_COLLECTION, result=NOTHING, reads=False)
def group_delete(call: Call) -> None:
    """Take a theme without datasets out of the catalogue.

    :param string id: its id or name (required)
    """
    _delete(call, Group)


def _create(call: Call, model: type[Collection]) -> Dictionary:
    with writing(call) as session:
        form = read_form(CollectionForm, call.parameters.data)
        made = save_collection(session, model, form, None)
        if Scope.PUBLISH not in call.actor.scopes and call.actor.user_id is not None:
            # As in CKAN. The publisher is no agency's: it gets no place anywhere.
            people.set_member(session, made.id, call.actor.user_id, Role.ADMIN.value)
        return _answer(call, session, made, form)


def _change(call: Call, model: type[Collection], *, keep: bool) -> Dictionary:
    with writing(call) as session:
        named = call.parameters.required("id", "name")
        existing = collection_for(call, session, model, Permission.UPDATE_COLLECTION, named)
        held: dict[str, Any] = read_collection(session, existing) if keep else {}
        data = {"name": existing.name, **held, **call.parameters.data, "id": existing.id}
        form = read_form(CollectionForm, data)
        if form.name != existing.name and _holds_contracts(session, existing):
            problem = "Records of contracts are found by this name, so it stays"
            raise ValidationError({"name": [problem]})
        return _answer(call, session, save_collection(session, model, form, existing), form)


def _delete(call: Call, model: type[Collection]) -> None:
    with writing(call) as session:
        named = call.parameters.required("id")
        existing = collection_for(call, session, model, Permission.DELETE_COLLECTION, named)
        delete_collection(session, existing)


def _answer(
    call: Call, session: Session, row: Organization | Group, form: CollectionForm
) -> Dictionary:
    """The collection as it is now, once the members that were sent have their places; whoever
    is not among them keeps theirs."""
    if allows(call.actor, Permission.MANAGE_MEMBERS, collection_target(row)):
        for user in form.users or ():
            _set_member(session, row, user)
    session.flush()
    users = [
        {**user_dictionary(place.user), "capacity": place.capacity}
        for place in people.members_of(session, row.id)
        if sees_user(call.actor, place.user)
    ]
    return {**read_collection(session, row), "users": users}


def _set_member(session: Session, row: Organization | Group, sent: UserPlace) -> None:
    if sent.capacity not in set(Role):
        raise ValidationError({"users": ["role does not exist."]})
    try:
        found = user_for(session, sent.name)
    except NotFoundError:
        raise ValidationError({"users": ["Not found: User"]}) from None
    people.set_member(session, row.id, found.id, sent.capacity)


def _holds_contracts(session: Session, row: Organization | Group) -> bool:
    query = select(Package.id).where(col(Package.contract_id).is_not(None))
    if isinstance(row, Organization):
        query = query.where(Package.owner_org == row.id)
    else:
        query = query.join(Membership, col(Membership.package_id) == Package.id)
        query = query.where(Membership.group_id == row.id)
    return session.exec(query).first() is not None
