"""Registry rows as whole CKAN dictionaries, within the caller's transaction.

Reading only; what the rows become is `catalog.registry.dictionaries`. Requests do not read
here but from the index, except writers, who answer with what they wrote.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, literal, select
from sqlmodel import Session, SQLModel, col

from catalog.identifiers import ckan_time
from catalog.registry.dictionaries import (
    Dictionary,
    collection_dictionary,
    group_summary,
    organization_summary,
    package_fields,
    resource_dictionary,
    tag_dictionary,
)
from catalog.registry.tables import (
    Activity,
    Group,
    Membership,
    Organization,
    Package,
    PackageExtra,
    Resource,
    Tag,
)

Ids = Select[str]
_ACTIVITIES = 30  # the newest that a record's document carries


def columns(model: type[SQLModel]) -> Select[Any]:
    """SELECT every column of a table as plain rows, without making objects of them."""
    return select(SQLModel.metadata.tables[str(model.__tablename__)])


class PackageReader:
    """The packages of `ids` (a SELECT of ids), with what hangs on them, in six queries."""

    def __init__(self, connection: Connection, ids: Ids, public_url: str) -> None:
        self._connection = connection
        self._ids = ids
        self._resources: dict[str, list[Dictionary]] = defaultdict(list)
        self._extras: dict[str, list[Dictionary]] = defaultdict(list)
        self._tags: dict[str, list[Dictionary]] = defaultdict(list)
        self._groups: dict[str, list[Dictionary]] = defaultdict(list)
        resources = columns(Resource).where(col(Resource.package_id).in_(ids))
        for row in connection.execute(resources.order_by(col(Resource.position))):
            self._resources[row.package_id].append(resource_dictionary(row, public_url))
        extras = columns(PackageExtra).where(col(PackageExtra.package_id).in_(ids))
        for row in connection.execute(extras.order_by(col(PackageExtra.key))):
            self._extras[row.package_id].append({"key": row.key, "value": row.value})
        tags = columns(Tag).where(col(Tag.package_id).in_(ids))
        for row in connection.execute(tags.order_by(col(Tag.name))):
            self._tags[row.package_id].append(tag_dictionary(row.name))
        self._read_groups()
        owners = select(col(Package.owner_org)).where(col(Package.id).in_(ids))
        found = connection.execute(columns(Organization).where(col(Organization.id).in_(owners)))
        self._organizations = {row.id: organization_summary(row) for row in found}

    def _read_groups(self) -> None:
        places = (
            select(col(Membership.package_id), col(Membership.group_id))
            .join(Group, col(Group.id) == col(Membership.group_id))
            .where(col(Membership.package_id).in_(self._ids), col(Group.state) == "active")
            .order_by(col(Group.name))
        )
        rows = self._connection.execute(places).all()
        used = select(col(Membership.group_id)).where(col(Membership.package_id).in_(self._ids))
        groups = self._connection.execute(columns(Group).where(col(Group.id).in_(used)))
        summaries = {row.id: group_summary(row) for row in groups}
        for package, group in rows:
            self._groups[package].append(summaries[group])

    def rows(self, condition: ColumnElement[bool]) -> Iterator[Row[Any]]:
        """The packages' own rows that meet `condition`."""
        packages = columns(Package).where(col(Package.id).in_(self._ids), condition)
        yield from self._connection.execute(packages)

    def complete(self, row: Row[Any] | Package) -> Dictionary:
        """The whole dictionary of one package."""
        resources, tags = self._resources[row.id], self._tags[row.id]
        return {
            **package_fields(row),
            "organization": self._organizations.get(row.owner_org or ""),
            "resources": resources,
            "num_resources": len(resources),
            "tags": tags,
            "num_tags": len(tags),
            "groups": self._groups[row.id],
            "extras": self._extras[row.id],
        }


def package_dictionary(session: Session, row: Package, public_url: str) -> Dictionary:
    """One package, whatever its state."""
    session.flush()
    ids: Ids = select(literal(row.id))
    return PackageReader(session.connection(), ids, public_url).complete(row)


def read_collection(session: Session, row: Organization | Group) -> Dictionary:
    """One organisation or group, whatever its state, with the number of its public packages."""
    session.flush()
    organization = isinstance(row, Organization)
    public = select(func.count()).where(
        col(Package.state) == "active", col(Package.private).is_(False)
    )
    if organization:
        counted = public.where(col(Package.owner_org) == row.id)
    else:
        member = select(col(Membership.package_id)).where(col(Membership.group_id) == row.id)
        counted = public.where(col(Package.id).in_(member))
    count = session.execute(counted).scalar_one()
    return {**collection_dictionary(row, organization=organization), "package_count": count}


def activities(connection: Connection, ids: Ids) -> dict[str, list[Dictionary]]:
    """Package id → what was done to it, newest first, at most `_ACTIVITIES`."""
    newest = func.row_number().over(
        partition_by=col(Activity.package_id),
        order_by=(col(Activity.at).desc(), col(Activity.id)),
    )
    ranked = columns(Activity).add_columns(newest.label("place"))
    held = ranked.where(col(Activity.package_id).in_(ids)).subquery()
    found: dict[str, list[Dictionary]] = defaultdict(list)
    kept = select(held).where(held.c.place <= _ACTIVITIES).order_by(held.c.place)
    for row in connection.execute(kept):
        found[row.package_id].append(
            {
                "id": row.id,
                "timestamp": ckan_time(row.at),
                "user_id": row.user_id,
                "object_id": row.package_id,
                "activity_type": row.activity_type,
            }
        )
    return found
