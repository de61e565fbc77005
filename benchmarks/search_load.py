"""Filling the registry with the benchmark's records: rows in bulk, as the API would write them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Engine, insert
from sqlmodel import Session, SQLModel

from benchmarks.search_records import ORGANIZATIONS, THEMES, Made, organization_title, records
from catalog.documents import Kind
from catalog.registry.changes import touch
from catalog.registry.tables import (
    Group,
    Membership,
    Organization,
    Package,
    PackageExtra,
    Resource,
    Tag,
)

_BATCH = 2000
_Rows = Sequence[Mapping[str, Any]]


def load(engine: Engine, count: int) -> None:
    """Write `count` packages, their organisations and groups into an empty registry."""
    owners = [_identifier("org", number) for number in range(ORGANIZATIONS)]
    groups = [_identifier("group", number) for number in range(len(THEMES))]
    with Session(engine) as session, session.begin():
        created = next(records(1)).modified
        common = {"description": "", "image_url": "", "state": "active", "extras": {}}
        _insert(session, Organization, [
            {**common, "id": one, "name": f"so-{at:03d}", "title": organization_title(at),
             "created": created}
            for at, one in enumerate(owners)
        ])  # fmt: skip
        _insert(session, Group, [
            {**common, "id": one, "name": THEMES[at], "title": THEMES[at].title(),
             "created": created}
            for at, one in enumerate(groups)
        ])  # fmt: skip
    made = records(count)
    while batch := list(islice(made, _BATCH)):
        with Session(engine) as session, session.begin():
            _load(session, batch, owners, groups)
    with Session(engine) as session, session.begin():
        # Last: an organisation is public when one of its packages is.
        touch(session, Kind.ORGANIZATION, *owners)
        touch(session, Kind.GROUP, *groups)


def _load(
    session: Session, batch: Sequence[Made], owners: Sequence[str], groups: Sequence[str]
) -> None:
    _insert(session, Package, [_package(one, owners) for one in batch])
    _insert(session, Resource, [row for one in batch for row in _resources(one)])
    _insert(
        session,
        Tag,
        [{"package_id": one.id, "name": tag} for one in batch for tag in one.tags],
    )
    _insert(
        session,
        PackageExtra,
        [
            {"package_id": one.id, "key": key, "value": value}
            for one in batch
            for key, value in one.extras.items()
        ],
    )
    _insert(
        session,
        Membership,
        [{"package_id": one.id, "group_id": groups[one.theme]} for one in batch],
    )
    touch(session, Kind.PACKAGE, *(one.id for one in batch))


def _package(one: Made, owners: Sequence[str]) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "title": one.title,
        "notes": one.notes,
        "owner_org": owners[one.organization],
        "license_id": one.licence,
        "license_title": one.licence,
        "private": False,
        "state": "active",
        "metadata_created": one.modified,
        "metadata_modified": one.modified,
    }


def _resources(one: Made) -> Iterator[dict[str, Any]]:
    for position, kind in enumerate(one.formats):
        names = one.resource_names
        yield {
            "id": str(uuid.uuid5(uuid.UUID(one.id), str(position))),
            "package_id": one.id,
            "position": position,
            "name": names[position] if position < len(names) else one.title,
            "description": "",
            "format": kind,
            "url": f"/dataset/{one.name}/{position}",
            "hash": "",
            "datastore_active": False,
            "created": one.modified,
            "extras": {"schema": one.schema},
        }


def _insert(session: Session, model: type[SQLModel], rows: _Rows) -> None:
    if rows:
        session.execute(insert(model), list(rows))


def _identifier(kind: str, number: int) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{kind}/{number}"))
