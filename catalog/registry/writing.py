"""Changing packages in the registry: one transaction of the caller's, idempotent.

Who may change what is `catalog.access`; what hangs on a package is `catalog.registry.parts`.
A write that changes nothing leaves no trace: neither the record's time, nor an activity, nor
a change that followers would read.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import uuid4

from sqlalchemy import delete, or_
from sqlmodel import Session, col, select

from catalog.documents import Kind
from catalog.errors import NotFoundError, ValidationError
from catalog.identifiers import naive_utc
from catalog.licences import LICENCES
from catalog.registry.changes import note, touch
from catalog.registry.collections import find_collection
from catalog.registry.dictionaries import Dictionary
from catalog.registry.forms import PackageForm, read_form
from catalog.registry.parts import replace_parts, replace_resources
from catalog.registry.reading import package_dictionary
from catalog.registry.tables import (
    Activity,
    Collaborator,
    Membership,
    Organization,
    Package,
    PackageExtra,
    Resource,
    Tag,
)

_STAYING = ("name", "title", "owner_org", "private")  # where an update does not give them


def find_package(session: Session, id_or_name: str) -> Package | None:
    """A package in any state."""
    return session.exec(
        select(Package).where(or_(col(Package.id) == id_or_name, col(Package.name) == id_or_name))
    ).first()


def package_form(data: Mapping[str, Any], existing: Package | None) -> PackageForm:
    """`data` as a whole record: of an update, CKAN lets name, title and owner be left out."""
    if existing is None:
        return read_form(PackageForm, data)
    staying = {key: getattr(existing, key) for key in _STAYING if data.get(key) is None}
    return read_form(PackageForm, {**data, **staying, "id": existing.id})


def save_package(
    session: Session,
    form: PackageForm,
    existing: Package | None,
    *,
    contract_id: str | None,
    public_url: str,
    dated: bool = False,
    repair: bool = False,
) -> Package:
    """Make the package be what `form` says.

    Args:
        session: the caller's transaction; its `info` names who writes (``user_id``).
        form: the whole record.
        existing: the package to change, or None to make one.
        contract_id: the dataset whose contract makes the record; it takes the form's times.
        public_url: addresses that start with it are kept without it.
        dated: the record is made as old as the form says (CKAN: by administrators only).
        repair: the form is the truth, however old: it comes from the newest manifest.

    Raises:
        ValidationError: a name or id in use, an organisation or group that is not there, a
            release older than the one recorded.
    """
    if existing is not None and contract_id is not None and not repair:
        _refuse_stale(existing, form)
    before = package_dictionary(session, existing, public_url) if existing else None
    gone = existing.withdrawn if existing else None
    now = naive_utc(datetime.now(UTC))
    package = existing or _new_package(session, form, now, dated=dated or contract_id is not None)
    _name_free(session, form.name, package)
    _set_fields(session, package, form, contract_id)
    session.add(package)
    session.flush()
    replace_parts(session, package, form)
    replace_resources(session, package, form.resources, public_url, now)
    after = package_dictionary(session, package, public_url)
    if after == before:
        return package
    said = form.metadata_modified if contract_id else None
    package.metadata_modified = said or now
    if contract_id and form.metadata_created:
        package.metadata_created = form.metadata_created
    session.flush()
    _tell(session, package, before, after)
    if gone is not None:
        touch(session, Kind.WITHDRAWN, package.id)
    return package


def delete_package(session: Session, package: Package, *, reason: str | None = None) -> None:
    """Take the package out of every list; its record stays, for an update to bring back.

    `reason`: why the dataset was withdrawn, which whoever asks for it is told.
    """
    was, gone = package.state, package.withdrawn
    if was == "deleted" and reason in (None, gone):
        return
    package.state = "deleted"
    package.withdrawn = reason
    package.metadata_modified = naive_utc(datetime.now(UTC))
    session.add(package)
    session.flush()
    if was != "deleted":
        note(session, package.id, "deleted")
    touch(session, Kind.PACKAGE, package.id)
    if reason is not None:
        touch(session, Kind.WITHDRAWN, package.id)
    _touch_places(session, package.owner_org, _groups(session, package))


def purge_package(session: Session, package: Package) -> None:
    """Remove the package and all that hangs on it."""
    groups = _groups(session, package)
    for table in (PackageExtra, Tag, Membership, Resource, Collaborator, Activity):
        session.execute(delete(table).where(col(table.package_id) == package.id))
    session.delete(package)
    session.flush()
    touch(session, Kind.PACKAGE, package.id)
    touch(session, Kind.WITHDRAWN, package.id)
    _touch_places(session, package.owner_org, groups)


def require(found: Package | None) -> Package:
    """`found`, or `NotFoundError`."""
    if found is None:
        raise NotFoundError("Dataset was not found.")
    return found


def _refuse_stale(existing: Package, form: PackageForm) -> None:
    """A release announced late never replaces a newer one, nor brings back what a later
    manifest withdrew."""
    if _number(form.version) < _number(existing.version):
        raise ValidationError({"version": ["A later release of the dataset is recorded already"]})


def _number(version: str | None) -> int:
    return int(version) if version and version.isdecimal() else 0


def _new_package(session: Session, form: PackageForm, now: datetime, *, dated: bool) -> Package:
    if form.id and session.get(Package, form.id):
        raise ValidationError({"id": ["Dataset id already exists"]})
    born = form.metadata_created or form.metadata_modified if dated else None
    return Package(
        id=form.id or str(uuid4()),
        name=form.name,
        creator_user_id=session.info.get("user_id"),
        metadata_created=born or now,
        metadata_modified=now,
    )


def _name_free(session: Session, name: str, package: Package) -> None:
    with session.no_autoflush:
        holder = session.exec(select(Package).where(Package.name == name)).first()
    if holder is not None and holder.id != package.id:
        raise ValidationError({"name": ["That URL is already in use."]})


def _set_fields(
    session: Session, package: Package, form: PackageForm, contract_id: str | None
) -> None:
    with session.no_autoflush:
        owner = find_collection(session, Organization, form.owner_org)
    if owner is None or owner.state != "active":
        raise ValidationError({"owner_org": ["Organization does not exist"]})
    licence = LICENCES.get(form.license_id or "")
    package.name = form.name
    package.title = form.title or form.name
    package.notes = form.notes or ""
    package.owner_org = owner.id
    package.license_id = form.license_id
    package.license_title = form.license_title or (licence.title if licence else form.license_id)
    package.license_url = form.license_url or (licence.url if licence else None)
    package.private = form.private
    package.contract_id = contract_id
    package.withdrawn = None
    # An update that does not say otherwise brings a deleted record back; a draft stays one.
    package.state = form.state or ("draft" if package.state == "draft" else "active")
    for field in ("author", "author_email", "maintainer", "maintainer_email", "url", "version"):
        setattr(package, field, getattr(form, field))


def _tell(session: Session, package: Package, before: Dictionary | None, after: Dictionary) -> None:
    """What followers and the record's history are told of a change."""
    deed: Literal["new", "changed"] = "new" if before is None else "changed"
    note(session, package.id, "deleted" if after["state"] == "deleted" else deed)
    touch(session, Kind.PACKAGE, package.id)
    now = _places(after)
    then = _places(before) if before else set()
    seen = ("state", "private")
    if before is None or any(before[key] != after[key] for key in seen):
        changed = now | then  # who sees it may decide who sees where it is
    else:
        changed = now ^ then
    touch(session, Kind.ORGANIZATION, *(one for kind, one in changed if kind == "organization"))
    touch(session, Kind.GROUP, *(one for kind, one in changed if kind == "group"))


def _places(package: Dictionary) -> set[tuple[str, str]]:
    owner = {("organization", package["owner_org"])} if package["owner_org"] else set()
    return owner | {("group", group["id"]) for group in package["groups"]}


def _groups(session: Session, package: Package) -> list[str]:
    query = select(Membership.group_id).where(Membership.package_id == package.id)
    return list(session.exec(query))


def _touch_places(session: Session, owner: str | None, groups: list[str]) -> None:
    touch(session, Kind.ORGANIZATION, *([owner] if owner else []))
    touch(session, Kind.GROUP, *groups)
