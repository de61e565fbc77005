"""Actions that write one resource: each writes its whole package, once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from catalog.access import Permission
from catalog.actions.registry import Call, action
from catalog.actions.schemas import NOTHING
from catalog.actions.targets import package_for, resource_for, writing
from catalog.actions.writing_packages import write_package
from catalog.errors import ValidationError
from catalog.registry.dictionaries import Dictionary
from catalog.registry.forms import ResourceForm, read_form
from catalog.registry.reading import package_dictionary
from catalog.registry.tables import Package

_OF_FILES = frozenset({"package_id", "upload", "clear_upload"})
"""Keys of CKAN's forms that say nothing of the resource itself."""


@action(Permission.UPDATE_PACKAGE, result="Resource", reads=False, takes=ResourceForm)
def resource_create(call: Call) -> Dictionary:
    """Add a resource to a dataset, behind the others, and return it.

    :param string package_id: the dataset, by id or name (required)
    """
    with writing(call) as session:
        named = call.parameters.required("package_id")
        package = package_for(call, session, Permission.UPDATE_PACKAGE, named)
        held = _held(call, session, package)
        resources = [*held["resources"], _own(call.parameters.data)]
        saved = write_package(call, session, {**held, "resources": resources}, package)
        return dict(saved["resources"][-1])


@action(Permission.UPDATE_PACKAGE, result="Resource", reads=False, takes=ResourceForm)
def resource_update(call: Call) -> Dictionary:
    """Replace a resource by the one given, in its place, and return it.

    :param string id: its id (required)
    :param string package_id: the dataset that it belongs to, which stays the same
    """
    return _change(call, keep=frozenset({"datastore_active"}))


@action(Permission.UPDATE_PACKAGE, result="Resource", reads=False, takes=ResourceForm)
def resource_patch(call: Call) -> Dictionary:
    """Change the keys given of a resource and return it.

    :param string id: its id (required)
    :param string package_id: the dataset that it belongs to, which stays the same
    """
    return _change(call, keep=None)


@action(Permission.UPDATE_PACKAGE, result=NOTHING, reads=False)
def resource_delete(call: Call) -> None:
    """Take a resource out of its dataset.

    :param string id: its id (required)
    """
    with writing(call) as session:
        identifier = call.parameters.required("id")
        package, _found = resource_for(call, session, Permission.UPDATE_PACKAGE, identifier)
        held = _held(call, session, package)
        left = [one for one in held["resources"] if one["id"] != identifier]
        write_package(call, session, {**held, "resources": left}, package)


def _change(call: Call, *, keep: frozenset[str] | None) -> Dictionary:
    """Write one resource of its package; what is held of it is kept for the keys of `keep`
    (None: for all) that were not given."""
    with writing(call) as session:
        identifier = call.parameters.required("id")
        package, _found = resource_for(call, session, Permission.UPDATE_PACKAGE, identifier)
        if call.parameters.text("package_id") not in ("", package.id, package.name):
            raise ValidationError({"package_id": ["A resource stays with its dataset"]})
        held = _held(call, session, package)
        resources = list(held["resources"])
        place = [one["id"] for one in resources].index(identifier)
        before = resources[place]
        kept = {key: before[key] for key in before if keep is None or key in keep}
        resources[place] = {**kept, **_own(call.parameters.data), "id": identifier}
        saved = write_package(call, session, {**held, "resources": resources}, package)
        return dict(saved["resources"][place])


def _held(call: Call, session: Session, package: Package) -> Dictionary:
    return package_dictionary(session, package, call.context.public_url)


def _own(data: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent of the resource; checked here so that a refusal names its own fields."""
    own = {key: value for key, value in data.items() if key not in _OF_FILES}
    read_form(ResourceForm, own)
    return own
