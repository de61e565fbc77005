"""Actions that write packages: by the publisher for contracts, by hand for the rest."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session

from catalog.access import Permission, Scope, authorize
from catalog.actions.registry import Call, action
from catalog.errors import NotAuthorizedError, ValidationError
from catalog.identifiers import CONTRACT_EXTRA
from catalog.registry.dictionaries import Dictionary
from catalog.registry.forms import PackageForm, read_form
from catalog.registry.live import LiveRegistry
from catalog.registry.reading import package_dictionary
from catalog.registry.tables import Package
from catalog.registry.writing import (
    delete_package,
    find_package,
    purge_package,
    require,
    save_package,
)


@action(Permission.WRITE_RECORD, reads=False)
def package_create(call: Call) -> Dictionary:
    """Make a dataset's record and return it.

    :param name: its name, ``[a-z0-9_-]``
    :param owner_org: the organisation that owns it, by id or name
    """
    with registry_of(call).writing() as session:
        return _save(call, session, call.parameters.data, None)


@action(Permission.WRITE_RECORD, reads=False)
def package_update(call: Call) -> Dictionary:
    """Replace a dataset's record by the one given and return it.

    :param id: its id or name; every key that is left out becomes empty
    """
    with registry_of(call).writing() as session:
        existing = _existing(call, session)
        return _save(call, session, {**call.parameters.data, "id": existing.id}, existing)


@action(Permission.WRITE_RECORD, reads=False)
def package_patch(call: Call) -> Dictionary:
    """Change the keys given of a dataset's record and return it.

    :param id: its id or name
    """
    with registry_of(call).writing() as session:
        existing = _existing(call, session)
        held = package_dictionary(session, existing, call.context.public_url)
        data = {**held, **call.parameters.data, "id": existing.id}
        return _save(call, session, data, existing)


@action(Permission.WRITE_RECORD, reads=False)
def package_delete(call: Call) -> None:
    """Take a dataset out of the catalogue; its record is kept for a later update.

    :param id: its id or name
    """
    with registry_of(call).writing() as session:
        delete_package(session, _existing(call, session))


@action(Permission.WRITE_RECORD, reads=False)
def dataset_purge(call: Call) -> None:
    """Remove a dataset's record for good.

    :param id: its id or name
    """
    with registry_of(call).writing() as session:
        purge_package(session, _existing(call, session))


def registry_of(call: Call) -> LiveRegistry:
    """The registry; only the agency worker has one."""
    if call.context.registry is None:
        raise NotAuthorizedError("this needs a token with the right scope")
    return call.context.registry


def _existing(call: Call, session: Session) -> Package:
    """The record the call names, once the asker may write it."""
    found = require(find_package(session, call.parameters.required("id", "name")))
    authorize(call.actor, Permission.WRITE_RECORD, contract=found.contract_id)
    return found


def _save(
    call: Call, session: Session, data: dict[str, Any], existing: Package | None
) -> Dictionary:
    form = read_form(PackageForm, data)
    contract = form.extra_value(CONTRACT_EXTRA)
    if contract is not None and Scope.PUBLISH not in call.actor.scopes:
        problem = f"The extra “{CONTRACT_EXTRA}” is kept for records made from a contract"
        raise ValidationError({"extras": [problem]})
    if contract is not None and contract != form.name:
        raise ValidationError({"name": ["The record of a contract carries the dataset's name"]})
    package = save_package(
        session, form, existing, contract_id=contract, public_url=call.context.public_url
    )
    return package_dictionary(session, package, call.context.public_url)
