"""Changing the registry: one transaction of the caller's, idempotent.

Who may change what is `catalog.access`. A write that changes nothing leaves the record's
time and the registry's stamp as they were.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import delete, or_
from sqlmodel import Session, col, select

from catalog.errors import NotFoundError, ValidationError
from catalog.identifiers import naive_utc
from catalog.licences import LICENCES
from catalog.registry.collections import find_collection, touch
from catalog.registry.forms import PackageForm, ResourceForm
from catalog.registry.reading import package_dictionary
from catalog.registry.tables import (
    Group,
    Membership,
    Organization,
    Package,
    PackageExtra,
    Resource,
    Tag,
)


def find_package(session: Session, id_or_name: str) -> Package | None:
    """A package in any state."""
    return session.exec(
        select(Package).where(or_(col(Package.id) == id_or_name, col(Package.name) == id_or_name))
    ).first()


def save_package(
    session: Session,
    form: PackageForm,
    existing: Package | None,
    *,
    contract_id: str | None,
    public_url: str,
) -> Package:
    """Make the package be what `form` says; the record of a contract takes the form's times.

    Raises `ValidationError` for a name in use, an unknown organisation or group.
    """
    before = package_dictionary(session, existing, public_url) if existing else None
    state = existing.state if existing else None
    now = naive_utc(datetime.now(UTC))
    package = existing or _new_package(session, form, now, of_contract=contract_id is not None)
    _name_free(session, form.name, package)
    _set_fields(session, package, form)
    package.contract_id = contract_id
    package.state = "active"
    session.add(package)
    session.flush()
    _replace_parts(session, package, form)
    _replace_resources(session, package, form.resources, public_url, now)
    session.flush()
    if package_dictionary(session, package, public_url) != before or state != "active":
        said = form.metadata_modified if contract_id else None
        package.metadata_modified = said or now
        if contract_id and form.metadata_created:
            package.metadata_created = form.metadata_created
        touch(session)
    return package


def _new_package(
    session: Session, form: PackageForm, now: datetime, *, of_contract: bool
) -> Package:
    if form.id and session.get(Package, form.id):
        raise ValidationError({"id": ["Dataset id already exists"]})
    born = form.metadata_created or form.metadata_modified if of_contract else None
    return Package(
        id=form.id or str(uuid4()),
        name=form.name,
        metadata_created=born or now,
        metadata_modified=now,
    )


def _name_free(session: Session, name: str, package: Package) -> None:
    with session.no_autoflush:
        holder = session.exec(select(Package).where(Package.name == name)).first()
    if holder is not None and holder.id != package.id:
        raise ValidationError({"name": ["That URL is already in use."]})


def _set_fields(session: Session, package: Package, form: PackageForm) -> None:
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
    for field in ("author", "author_email", "maintainer", "maintainer_email", "url", "version"):
        setattr(package, field, getattr(form, field))


def _replace_parts(session: Session, package: Package, form: PackageForm) -> None:
    for table in (PackageExtra, Tag, Membership):
        session.execute(delete(table).where(col(table.package_id) == package.id))
    keys = [extra.key for extra in form.extras]
    if len(set(keys)) != len(keys):
        raise ValidationError({"extras": ["There is a schema field or an extra given twice"]})
    session.add_all(
        PackageExtra(package_id=package.id, key=extra.key, value=extra.value)
        for extra in form.extras
    )
    names = dict.fromkeys(tag.name for tag in form.tags)
    session.add_all(Tag(package_id=package.id, name=name) for name in names)
    groups = dict.fromkeys(_groups(session, form))
    session.add_all(Membership(package_id=package.id, group_id=group) for group in groups)


def _groups(session: Session, form: PackageForm) -> Iterable[str]:
    for place in form.groups:
        found = find_collection(session, Group, place.id or place.name or "")
        if found is None:
            raise ValidationError({"groups": ["Group does not exist"]})
        yield found.id


def _replace_resources(
    session: Session,
    package: Package,
    forms: list[ResourceForm],
    public_url: str,
    now: datetime,
) -> None:
    held = {
        row.id: row
        for row in session.exec(select(Resource).where(Resource.package_id == package.id))
    }
    kept: set[str] = set()
    for position, form in enumerate(forms):
        identifier = form.id or str(uuid4())
        row = held.get(identifier)
        if row is None:
            if session.get(Resource, identifier):
                raise ValidationError({"resources": ["Resource id already exists."]})
            row = Resource(
                id=identifier,
                package_id=package.id,
                position=position,
                created=form.created or form.last_modified or now,
            )
        if identifier in kept:
            raise ValidationError({"resources": ["A resource id is given twice"]})
        kept.add(identifier)
        _set_resource(row, form, position, public_url)
        session.add(row)
    for identifier, row in held.items():
        if identifier not in kept:
            session.delete(row)


def _set_resource(row: Resource, form: ResourceForm, position: int, public_url: str) -> None:
    url = form.url or ""
    row.position = position
    row.name = form.name or ""
    row.description = form.description or ""
    row.format = form.format or ""
    row.mimetype = form.mimetype
    # Links to this catalogue are stored without a host, which may change.
    row.url = url.removeprefix(public_url) if url.startswith(f"{public_url}/") else url
    row.url_type = form.url_type
    row.resource_type = form.resource_type
    row.hash = form.hash or ""
    row.size = form.size
    row.datastore_active = form.datastore_active
    row.last_modified = form.last_modified
    row.extras = form.kept()


def delete_package(session: Session, package: Package) -> None:
    """Take the package out of every list; its record stays for those who keep the registry."""
    if package.state != "deleted":
        package.state = "deleted"
        package.metadata_modified = naive_utc(datetime.now(UTC))
        session.add(package)
        touch(session)


def purge_package(session: Session, package: Package) -> None:
    """Remove the package and all that hangs on it."""
    for table in (PackageExtra, Tag, Membership, Resource):
        session.execute(delete(table).where(col(table.package_id) == package.id))
    session.delete(package)
    touch(session)


def require(found: Package | None) -> Package:
    """`found`, or `NotFoundError`."""
    if found is None:
        raise NotFoundError("Dataset was not found.")
    return found
