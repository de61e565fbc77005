"""Changing organisations and groups (themes) in the registry, idempotent.

Who may change what is `catalog.access`; packages are `catalog.registry.writing`, members
`catalog.registry.people`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import uuid4

from sqlalchemy import or_
from sqlmodel import Session, col, delete, select

from catalog.documents import Kind
from catalog.errors import ValidationError
from catalog.identifiers import naive_utc
from catalog.registry.changes import touch
from catalog.registry.forms import CollectionForm
from catalog.registry.tables import Group, Member, Membership, Organization, Package

Collection = TypeVar("Collection", Organization, Group)


def find_collection(
    session: Session, model: type[Collection], id_or_name: str
) -> Collection | None:
    """An organisation or group in any state."""
    return session.exec(
        select(model).where(or_(col(model.id) == id_or_name, col(model.name) == id_or_name))
    ).first()


def save_collection(
    session: Session,
    model: type[Collection],
    form: CollectionForm,
    existing: Collection | None,
) -> Collection:
    """Make the organisation or group be what `form` says; its members stay as they are."""
    holder = find_collection(session, model, form.name)
    if holder is not None and (existing is None or holder.id != existing.id):
        raise ValidationError({"name": ["Group name already exists in database"]})
    if existing is None and form.id and session.get(model, form.id):
        raise ValidationError({"id": ["Id already exists"]})
    row = existing or model(
        id=form.id or str(uuid4()),
        name=form.name,
        title=form.title or form.name,
        created=naive_utc(datetime.now(UTC)),
    )
    before = _facts(row) if existing else None
    row.name = form.name
    row.title = form.title or form.name
    row.description = form.description or ""
    row.image_url = form.image_url or ""
    row.extras = form.extra_values()
    row.state = "active"
    session.add(row)
    session.flush()
    if _facts(row) != before:
        _touch_with_packages(session, row)
    return row


def delete_collection(session: Session, row: Organization | Group) -> None:
    """Take an organisation or group out of the lists.

    An organisation that still has datasets is refused, as in CKAN; a group leaves them.
    """
    if isinstance(row, Organization):
        owned = select(Package.id).where(Package.owner_org == row.id, Package.state != "deleted")
        if session.exec(owned).first() is not None:
            sentence = "Organization cannot be deleted while it still has datasets"
            raise ValidationError({"id": [sentence]})
    row.state = "deleted"
    session.add(row)
    session.flush()
    _touch_with_packages(session, row)
    if isinstance(row, Group):
        session.exec(delete(Membership).where(col(Membership.group_id) == row.id))
    session.exec(delete(Member).where(col(Member.collection_id) == row.id))


def _touch_with_packages(session: Session, row: Organization | Group) -> None:
    """Note the change; packages carry a summary of where they are."""
    kind = Kind.ORGANIZATION if isinstance(row, Organization) else Kind.GROUP
    touch(session, kind, row.id)
    held: Any
    if isinstance(row, Organization):
        held = select(Package.id).where(Package.owner_org == row.id)
    else:
        held = select(Membership.package_id).where(Membership.group_id == row.id)
    touch(session, Kind.PACKAGE, *session.exec(held))


def _facts(row: Organization | Group) -> dict[str, object]:
    names = ("name", "title", "description", "image_url", "state", "extras")
    return {name: getattr(row, name) for name in names}
