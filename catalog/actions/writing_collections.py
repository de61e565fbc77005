"""Actions that write organisations and groups (themes)."""

from __future__ import annotations

from typing import Any

from catalog.access import Permission
from catalog.actions.registry import Call, action
from catalog.actions.writing_packages import registry_of
from catalog.errors import NotFoundError
from catalog.registry.collections import (
    Collection,
    delete_collection,
    find_collection,
    save_collection,
)
from catalog.registry.dictionaries import Dictionary, collection_dictionary
from catalog.registry.forms import CollectionForm, read_form
from catalog.registry.tables import Group, Organization


@action(Permission.WRITE_COLLECTION, reads=False)
def organization_create(call: Call) -> Dictionary:
    """Make an organisation and return it.

    :param name: its name, ``[a-z0-9_-]``; ``title``, ``description``, ``image_url``, ``extras``
    """
    return _create(call, Organization)


@action(Permission.WRITE_COLLECTION, reads=False)
def organization_update(call: Call) -> Dictionary:
    """Replace an organisation by the one given and return it.

    :param id: its id or name
    """
    return _change(call, Organization, keep=False)


@action(Permission.WRITE_COLLECTION, reads=False)
def organization_patch(call: Call) -> Dictionary:
    """Change the keys given of an organisation and return it.

    :param id: its id or name
    """
    return _change(call, Organization, keep=True)


@action(Permission.WRITE_COLLECTION, reads=False)
def organization_delete(call: Call) -> None:
    """Take an organisation that owns no dataset out of the catalogue.

    :param id: its id or name
    """
    _delete(call, Organization)


@action(Permission.WRITE_COLLECTION, reads=False)
def group_create(call: Call) -> Dictionary:
    """Make a theme and return it.

    :param name: its name, ``[a-z0-9_-]``; ``title``, ``description``, ``image_url``, ``extras``
    """
    return _create(call, Group)


@action(Permission.WRITE_COLLECTION, reads=False)
def group_update(call: Call) -> Dictionary:
    """Replace a theme by the one given and return it.

    :param id: its id or name
    """
    return _change(call, Group, keep=False)


@action(Permission.WRITE_COLLECTION, reads=False)
def group_patch(call: Call) -> Dictionary:
    """Change the keys given of a theme and return it.

    :param id: its id or name
    """
    return _change(call, Group, keep=True)


@action(Permission.WRITE_COLLECTION, reads=False)
def group_delete(call: Call) -> None:
    """Take a theme without datasets out of the catalogue.

    :param id: its id or name
    """
    _delete(call, Group)


def _create(call: Call, model: type[Collection]) -> Dictionary:
    with registry_of(call).writing() as session:
        form = read_form(CollectionForm, call.parameters.data)
        return collection_dictionary(save_collection(session, model, form, None), 0)


def _change(call: Call, model: type[Collection], *, keep: bool) -> Dictionary:
    with registry_of(call).writing() as session:
        existing = find_collection(session, model, call.parameters.required("id", "name"))
        if existing is None:
            raise NotFoundError("Group was not found.")
        held: dict[str, Any] = {}
        if keep:
            held = collection_dictionary(existing, 0)
        data = {"name": existing.name, **held, **call.parameters.data, "id": existing.id}
        form = read_form(CollectionForm, data)
        return collection_dictionary(save_collection(session, model, form, existing), 0)


def _delete(call: Call, model: type[Collection]) -> None:
    with registry_of(call).writing() as session:
        existing = find_collection(session, model, call.parameters.required("id", "name"))
        if existing is None:
            raise NotFoundError("Group was not found.")
        delete_collection(session, existing)
