"""Actions that open one package to users outside its organisation."""

from __future__ import annotations

from typing import Any

from catalog.access import Permission, Role
from catalog.actions.registry import Call, action
from catalog.actions.schemas import NOTHING, TEXT, TIME, listed, record
from catalog.actions.targets import package_for, registry_of, user_for, writing
from catalog.errors import NotFoundError, ValidationError
from catalog.identifiers import ckan_time
from catalog.registry import people
from catalog.registry.tables import Collaborator

_COLLABORATOR = record({"package_id": TEXT, "user_id": TEXT, "capacity": TEXT, "modified": TIME})


@action(Permission.MANAGE_COLLABORATORS, result=_COLLABORATOR, reads=False)
def package_collaborator_create(call: Call) -> dict[str, Any]:
    """Open a dataset's record to a user, or in another role, and return that.

    :param string id: the dataset, by id or name (required)
    :param string user_id: the user, by id or name (required)
    :param string capacity: ``member`` (sees it), ``editor`` (writes it) or ``admin`` (also
        opens it to others) (required)
    """
    parameters = call.parameters
    named, user = parameters.required("id"), parameters.required("user_id")
    capacity = _capacity(parameters.required("capacity"))
    with writing(call) as session:
        package = package_for(call, session, Permission.MANAGE_COLLABORATORS, named)
        found = user_for(session, user)
        return _collaborator(people.set_collaborator(session, package.id, found.id, capacity.value))


@action(Permission.MANAGE_COLLABORATORS, result=NOTHING, reads=False)
def package_collaborator_delete(call: Call) -> None:
    """Close a dataset's record to a user again.

    :param string id: the dataset, by id or name (required)
    :param string user_id: the user, by id or name (required)
    """
    named, user = call.parameters.required("id"), call.parameters.required("user_id")
    with writing(call) as session:
        package = package_for(call, session, Permission.MANAGE_COLLABORATORS, named)
        if not people.remove_collaborator(session, package.id, user_for(session, user).id):
            raise NotFoundError("User is not a collaborator of this dataset.")


@action(Permission.SEE_COLLABORATORS, result=listed(_COLLABORATOR))
def package_collaborator_list(call: Call) -> list[dict[str, Any]]:
    """Return the users that a dataset's record was opened to.

    :param string id: the dataset, by id or name (required)
    :param string capacity: only those of this role
    """
    named, wanted = call.parameters.required("id"), call.parameters.text("capacity")
    capacity = _capacity(wanted) if wanted else None
    with registry_of(call).reading() as session:
        package = package_for(call, session, Permission.SEE_COLLABORATORS, named)
        return [
            _collaborator(one)
            for one in people.collaborators(session, package.id)
            if capacity in (None, one.capacity)
        ]


def _collaborator(row: Collaborator) -> dict[str, Any]:
    return {
        "package_id": row.package_id,
        "user_id": row.user_id,
        "capacity": str(row.capacity),
        "modified": ckan_time(row.modified),
    }


def _capacity(text: str) -> Role:
    try:
        return Role(text)
    except ValueError:
        problem = f"Role must be one of {', '.join(Role)}"
        raise ValidationError({"capacity": [problem]}) from None
