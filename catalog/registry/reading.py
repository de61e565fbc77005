"""Registry rows as CKAN dictionaries.

Reading only. `RegistryRecords` shows every active record of its database; which database a
process has (the registry, or the public copy without drafts) decides what it may see.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from sqlalchemy import Engine, func, or_
from sqlmodel import Session, col, select

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
    Group,
    Membership,
    Meta,
    Organization,
    Package,
    PackageExtra,
    Resource,
    Tag,
)

_CHUNK = 500  # ids in one IN: below SQLite's oldest limit of 999 variables


class _Parts:
    """What hangs on some packages, read in five queries however many there are."""

    def __init__(self, session: Session, ids: Sequence[str], public_url: str) -> None:
        self.resources: dict[str, list[Dictionary]] = defaultdict(list)
        self.extras: dict[str, list[Dictionary]] = defaultdict(list)
        self.tags: dict[str, list[Dictionary]] = defaultdict(list)
        self.groups: dict[str, list[Dictionary]] = defaultdict(list)
        for resource in session.exec(
            select(Resource)
            .where(col(Resource.package_id).in_(ids))
            .order_by(col(Resource.position))
        ):
            self.resources[resource.package_id].append(resource_dictionary(resource, public_url))
        for extra in session.exec(
            select(PackageExtra)
            .where(col(PackageExtra.package_id).in_(ids))
            .order_by(PackageExtra.key)
        ):
            self.extras[extra.package_id].append({"key": extra.key, "value": extra.value})
        for tag in session.exec(select(Tag).where(col(Tag.package_id).in_(ids)).order_by(Tag.name)):
            self.tags[tag.package_id].append(tag_dictionary(tag.name))
        for package, group in session.exec(
            select(Membership.package_id, Group)
            .join(Group, col(Group.id) == Membership.group_id)
            .where(col(Membership.package_id).in_(ids))
            .order_by(Group.name)
        ):
            self.groups[package].append(group_summary(group))
        self.organizations = {row.id: row for row in session.exec(select(Organization))}

    def complete(self, row: Package) -> Dictionary:
        """The whole dictionary of one package."""
        owner = self.organizations.get(row.owner_org or "")
        return {
            **package_fields(row),
            "organization": organization_summary(owner) if owner else None,
            "resources": self.resources[row.id],
            "num_resources": len(self.resources[row.id]),
            "tags": self.tags[row.id],
            "num_tags": len(self.tags[row.id]),
            "groups": self.groups[row.id],
            "extras": self.extras[row.id],
        }


def _chunks(values: Iterable[str]) -> Iterator[list[str]]:
    iterator = iter(values)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk


def package_dictionary(session: Session, row: Package, public_url: str) -> Dictionary:
    """One package, whatever its state, within the caller's transaction."""
    return _Parts(session, [row.id], public_url).complete(row)


class RegistryRecords:
    """`catalog.context.Records` over one database. Safe to share between threads."""

    def __init__(self, engine: Engine, public_url: str) -> None:
        self._engine = engine
        self._public_url = public_url

    def package(self, id_or_name: str) -> Dictionary | None:
        """One active package by id or name."""
        with Session(self._engine) as session:
            row = session.exec(
                select(Package).where(
                    or_(col(Package.id) == id_or_name, col(Package.name) == id_or_name),
                    col(Package.state) == "active",
                )
            ).first()
            return package_dictionary(session, row, self._public_url) if row else None

    def packages(self, ids: Sequence[str]) -> list[Dictionary]:
        """The active packages of `ids`, in that order; unknown ids are left out."""
        found: dict[str, Dictionary] = {}
        with Session(self._engine) as session:
            for chunk in _chunks(ids):
                parts = _Parts(session, chunk, self._public_url)
                for row in session.exec(
                    select(Package).where(
                        col(Package.id).in_(chunk), col(Package.state) == "active"
                    )
                ):
                    found[row.id] = parts.complete(row)
        return [found[one] for one in ids if one in found]

    def all_packages(self) -> Iterator[Dictionary]:
        """Every active package, for building an index."""
        with Session(self._engine) as session:
            ids = session.exec(
                select(Package.id).where(col(Package.state) == "active").order_by(Package.name)
            ).all()
        for chunk in _chunks(ids):
            yield from self.packages(chunk)

    def package_names(self, *, include_private: bool = False) -> list[str]:
        """Names of the active packages, sorted; drafts only when asked for."""
        query = select(Package.name).where(col(Package.state) == "active")
        if not include_private:
            query = query.where(col(Package.private).is_(False))
        with Session(self._engine) as session:
            return list(session.exec(query.order_by(Package.name)))

    def resource(self, resource_id: str) -> Dictionary | None:
        """One resource of an active package."""
        with Session(self._engine) as session:
            row = session.exec(
                select(Resource)
                .join(Package, col(Package.id) == Resource.package_id)
                .where(col(Resource.id) == resource_id, col(Package.state) == "active")
            ).first()
            return resource_dictionary(row, self._public_url) if row else None

    def organizations(self) -> list[Dictionary]:
        """Every active organisation with the number of its public packages, by name."""
        counted = (
            select(Package.owner_org, func.count())
            .where(col(Package.state) == "active", col(Package.private).is_(False))
            .group_by(col(Package.owner_org))
        )
        with Session(self._engine) as session:
            counts: dict[str | None, int] = dict(session.exec(counted).all())
            rows = session.exec(
                select(Organization)
                .where(Organization.state == "active")
                .order_by(Organization.name)
            ).all()
        return [collection_dictionary(row, counts.get(row.id, 0)) for row in rows]

    def organization(self, id_or_name: str) -> Dictionary | None:
        """One organisation by id or name."""
        return _named(self.organizations(), id_or_name)

    def groups(self) -> list[Dictionary]:
        """Every active group with the number of its public packages, by name."""
        counted = (
            select(Membership.group_id, func.count())
            .join(Package, col(Package.id) == Membership.package_id)
            .where(col(Package.state) == "active", col(Package.private).is_(False))
            .group_by(col(Membership.group_id))
        )
        with Session(self._engine) as session:
            counts: dict[str, int] = dict(session.exec(counted).all())
            rows = session.exec(
                select(Group).where(Group.state == "active").order_by(Group.name)
            ).all()
        return [collection_dictionary(row, counts.get(row.id, 0)) for row in rows]

    def group(self, id_or_name: str) -> Dictionary | None:
        """One group by id or name."""
        return _named(self.groups(), id_or_name)

    def tags(self) -> list[str]:
        """Names of the tags of public packages, sorted."""
        query = (
            select(Tag.name)
            .join(Package, col(Package.id) == Tag.package_id)
            .where(col(Package.state) == "active", col(Package.private).is_(False))
            .distinct()
            .order_by(Tag.name)
        )
        with Session(self._engine) as session:
            return list(session.exec(query))

    def stamp(self) -> str:
        """What changes whenever a record changes."""
        with Session(self._engine) as session:
            row = session.get(Meta, "stamp")
            return row.value if row else ""


def _named(records: list[Dictionary], id_or_name: str) -> Dictionary | None:
    return next((r for r in records if id_or_name in (r["id"], r["name"])), None)
