"""Changing organisations and groups (themes) in the registry, idempotent.

Who may change what is `catalog.access`; packages are `catalog.registry.writing`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TypeVar
from uuid import uuid4

from sqlalchemy import or_
from sqlmodel import Session, col, select

from catalog.errors import ValidationError
from catalog.identifiers import naive_utc
from catalog.registry.dictionaries import Dictionary
from catalog.registry.forms import CollectionForm
from catalog.registry.tables import Group, Membership, Meta, Organization, Package

Collection = TypeVar("Collection", Organization, Group)


def touch(session: Session) -> None:
    """Note that the records changed."""
    session.merge(Meta(key="stamp", value=uuid4().hex))


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
    """Make the organisation or group be what `form` says."""
    holder = find_collection(session, model, form.name)
    if holder is not None and (existing is None or holder.id != existing.id):
        raise ValidationError({"name": ["Group name already exists in database"]})
    if existing is None and form.id and session.get(model, form.id):
        raise ValidationError({"id": ["Group id already exists"]})
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
    row.extras = {extra.key: extra.value for extra in form.extras}
    row.state = "active"
    session.add(row)
    if _facts(row) != before:
        touch(session)
    session.flush()
    return row


def _facts(row: Organization | Group) -> Dictionary:
    names = ("name", "title", "description", "image_url", "state", "extras")
    return {name: getattr(row, name) for name in names}


def delete_collection(session: Session, row: Organization | Group) -> None:
    """Take an organisation or group out of the lists; refused while it has datasets."""
    owned = (
        select(Package.id).where(Package.owner_org == row.id, Package.state == "active")
        if isinstance(row, Organization)
        else select(Membership.package_id).where(Membership.group_id == row.id)
    )
    if session.exec(owned).first() is not None:
        raise ValidationError({"id": ["It still has datasets"]})
    row.state = "deleted"
    session.add(row)
    touch(session)
