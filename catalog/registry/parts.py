"""What hangs on a package: extras, tags, groups and resources, replaced by those of a form.

Part of `catalog.registry.writing`, which notes the change; nothing here does.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from sqlalchemy import delete
from sqlmodel import Session, col, select

from catalog.errors import ValidationError
from catalog.registry.collections import find_collection
from catalog.registry.forms import PackageForm, ResourceForm
from catalog.registry.tables import Group, Membership, Package, PackageExtra, Resource, Tag

_BATCH = 500  # ids in one IN


def replace_parts(session: Session, package: Package, form: PackageForm) -> None:
    """Give the package the extras, tags and groups of `form`, and no others."""
    keys = [extra.key for extra in form.extras if not extra.deleted]
    for place, key in enumerate(keys):
        if key in keys[:place]:
            raise ValidationError({"extras_validation": [f'Duplicate key "{key}"']})
    groups = dict.fromkeys(_groups(session, form))
    for table in (PackageExtra, Tag, Membership):
        session.execute(delete(table).where(col(table.package_id) == package.id))
    session.add_all(
        PackageExtra(package_id=package.id, key=key, value=value)
        for key, value in form.extra_values().items()
    )
    session.add_all(Tag(package_id=package.id, name=name) for name in form.tag_names())
    session.add_all(Membership(package_id=package.id, group_id=group) for group in groups)
    session.flush()


def _groups(session: Session, form: PackageForm) -> Iterable[str]:
    for place in form.groups:
        named = [one for one in (place.id, place.name) if one]
        found = (find_collection(session, Group, one) for one in named)
        group = next((one for one in found if one is not None and one.state == "active"), None)
        if group is None:
            raise ValidationError({"groups": ["Group does not exist"]})
        yield group.id


def replace_resources(
    session: Session,
    package: Package,
    forms: list[ResourceForm],
    public_url: str,
    now: datetime,
) -> None:
    """Give the package the resources of `forms`, in that order; those with an id it has are
    changed, others made, the rest removed."""
    held = {
        row.id: row
        for row in session.exec(select(Resource).where(Resource.package_id == package.id))
    }
    taken = _taken(session, [form.id for form in forms if form.id and form.id not in held])
    kept: set[str] = set()
    for position, form in enumerate(forms):
        identifier = form.id or str(uuid4())
        row = held.get(identifier)
        if identifier in taken or identifier in kept:
            refused: list[dict[str, object]] = [{} for _form in forms[:position]]
            raise ValidationError(
                {"resources": [*refused, {"id": ["Resource id already exists."]}]}
            )
        kept.add(identifier)
        born = form.created or form.last_modified or now
        row = row or Resource(id=identifier, package_id=package.id, position=position, created=born)
        _set_resource(row, form, position, public_url)
        # A record made by hand has no rows here, whatever a catalogue it came from had.
        row.datastore_active = form.datastore_active and package.contract_id is not None
        session.add(row)
    for identifier, row in held.items():
        if identifier not in kept:
            session.delete(row)
    session.flush()


def _taken(session: Session, ids: list[str]) -> set[str]:
    """Those of `ids` that are resources of other packages."""
    found: set[str] = set()
    for start in range(0, len(ids), _BATCH):
        chunk = ids[start : start + _BATCH]
        found.update(session.exec(select(Resource.id).where(col(Resource.id).in_(chunk))))
    return found


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
    row.created = form.created or row.created
    row.last_modified = form.last_modified
    row.extras = form.kept()
