"""Actions that write packages: by the publisher for contracts, by hand for the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, select

from catalog.access import Permission, Scope, Target, authorize
from catalog.actions.registry import Call, action
from catalog.actions.schemas import NOTHING
from catalog.actions.targets import (
    package_for,
    target_of,
    visible_collection,
    visible_package,
    writing,
)
from catalog.errors import ValidationError
from catalog.identifiers import CONTRACT_EXTRA
from catalog.reconcile import reconcile_dataset
from catalog.registry.dictionaries import Dictionary
from catalog.registry.forms import PackageForm
from catalog.registry.reading import package_dictionary
from catalog.registry.tables import Group, Membership, Organization, Package
from catalog.registry.writing import (
    delete_package,
    package_form,
    purge_package,
    save_package,
)


@action(Permission.CREATE_PACKAGE, result="Package", reads=False, takes=PackageForm)
def package_create(call: Call) -> Dictionary:
    """Make a dataset's record and return it.

    :param string name: its name, ``[a-z0-9_-]`` (required)
    :param string owner_org: the organisation that owns it, by id or name (required)
    :param string id: a UUID of the caller's choice; for system administrators and publishers
    """
    data = call.parameters.data
    if data.get("id") and not (call.actor.admin or Scope.PUBLISH in call.actor.scopes):
        # CKAN's words. Ids chosen by anyone would tell which ids are taken (CVE-2022-43685).
        raise ValidationError({"id": ["The input field id was not expected."]})
    with writing(call) as session:
        return write_package(call, session, data, None)


@action(Permission.UPDATE_PACKAGE, result="Package", reads=False, takes=PackageForm)
def package_update(call: Call) -> Dictionary:
    """Replace a dataset's record by the one given and return it.

    Every key that is left out becomes empty; a deleted record comes back.

    :param string id: its id or name
    :param string name: its name, where no id is given
    """
    with writing(call) as session:
        existing = visible_package(call, session, call.parameters.required("id", "name"))
        return write_package(call, session, call.parameters.data, existing)


@action(Permission.UPDATE_PACKAGE, result="Package", reads=False, takes=PackageForm)
def package_patch(call: Call) -> Dictionary:
    """Change the keys given of a dataset's record and return it.

    :param string id: its id or name
    :param string name: its name, where no id is given
    """
    with writing(call) as session:
        existing = visible_package(call, session, call.parameters.required("id", "name"))
        authorize(call.actor, Permission.UPDATE_PACKAGE, target_of(existing))
        held = package_dictionary(session, existing, call.context.public_url)
        return write_package(call, session, {**held, **call.parameters.data}, existing)


@action(Permission.DELETE_PACKAGE, result=NOTHING, reads=False)
def package_delete(call: Call) -> None:
    """Take a dataset out of the catalogue; its record is kept for a later update.

    :param string id: its id or name (required)
    """
    with writing(call) as session:
        named = call.parameters.required("id")
        package = package_for(call, session, Permission.DELETE_PACKAGE, named)
        if package.contract_id is not None:
            # Its manifest knows why it was withdrawn, which whoever asks for it is told.
            reconcile_dataset(session, call.context.releases, package.contract_id)
        delete_package(session, package)


@action(Permission.PURGE_PACKAGE, result=NOTHING, reads=False)
def dataset_purge(call: Call) -> None:
    """Remove a dataset's record for good; the record of a contract cannot be.

    :param string id: its id or name (required)
    """
    with writing(call) as session:
        named = call.parameters.required("id")
        purge_package(session, package_for(call, session, Permission.PURGE_PACKAGE, named))


def write_package(
    call: Call, session: Session, data: Mapping[str, Any], existing: Package | None
) -> Dictionary:
    """Make the record be what `data` says, once the asker may make it all of that.

    Raises:
        NotAuthorizedError: the record, its new organisation or a new group is not the
            asker's to write.
        ValidationError: `data` is not a record.
    """
    publishes = Scope.PUBLISH in call.actor.scopes
    if existing is not None and not publishes:
        authorize(call.actor, Permission.UPDATE_PACKAGE, target_of(existing))
    form = package_form(data, existing)
    contract = _contract(form, existing, publishes=publishes)
    if publishes:
        # A contract's record takes the place of one that was made by hand under its name.
        permission = Permission.UPDATE_PACKAGE if existing else Permission.CREATE_PACKAGE
        authorize(call.actor, permission, Target(contract=contract))
    else:
        _authorize_owner(call, session, form, existing)
        _authorize_groups(call, session, form, existing)
    url = call.context.public_url
    package = save_package(
        session,
        form,
        existing,
        contract_id=contract,
        public_url=url,
        dated=call.actor.admin,
    )
    return package_dictionary(session, package, url)


def _contract(form: PackageForm, existing: Package | None, *, publishes: bool) -> str | None:
    """The contract that the record is made from, as it says itself."""
    contract = form.extra_value(CONTRACT_EXTRA)
    if contract is not None and not publishes:
        problem = f"The extra “{CONTRACT_EXTRA}” is kept for records made from a contract"
        raise ValidationError({"extras": [problem]})
    if contract is not None and contract != form.name:
        raise ValidationError({"name": ["The record of a contract carries the dataset's name"]})
    held = existing.contract_id if existing else None
    if held is not None and contract != held:
        raise ValidationError({"extras": [f"The record stays that of the contract {held}"]})
    return contract


def _authorize_owner(
    call: Call, session: Session, form: PackageForm, existing: Package | None
) -> None:
    """A record enters an organisation by one who may create in it, and leaves one only by
    its own editors: collaborators do not move it, as in CKAN."""
    owner = visible_collection(call, session, Organization, form.owner_org)
    if owner is None or owner.state != "active":
        raise ValidationError({"owner_org": ["Organization does not exist"]})
    if existing is not None:
        if owner.id == existing.owner_org:
            return
        left = Target(organization=existing.owner_org)
        authorize(call.actor, Permission.UPDATE_PACKAGE, left)
    authorize(call.actor, Permission.CREATE_PACKAGE, Target(organization=owner.id))


def _authorize_groups(
    call: Call, session: Session, form: PackageForm, existing: Package | None
) -> None:
    """Into a group a record is put by the group's own members; those it is in stay free."""
    held: set[str] = set()
    if existing is not None:
        query = select(Membership.group_id).where(Membership.package_id == existing.id)
        held = set(session.exec(query))
    for place in form.groups:
        if place.id in held:
            continue
        group = visible_collection(call, session, Group, place.id or place.name or "")
        if group is None or group.state != "active":
            raise ValidationError({"groups": ["Group does not exist"]})
        if group.id not in held:
            authorize(call.actor, Permission.FILL_GROUP, Target(group=group.id))
