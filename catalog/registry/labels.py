"""Who may see a record: the labels of its document.

Deny by default: what has no label is seen by system administrators alone. What an asker's
own labels are is `catalog.access.Actor.labels`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Subquery, and_, exists, select
from sqlmodel import col

from catalog.documents import PUBLIC, Kind
from catalog.registry.tables import Collaborator, Member, Membership, Package

Labels = Mapping[str, frozenset[str]]


def package_labels(connection: Connection, ids: Select[str]) -> Labels:
    """Package id → labels: of a public record `PUBLIC`, of a draft or private one those of
    its organisation, its creator and its collaborators.

    A deleted record keeps the labels it had before.
    """
    found: dict[str, set[str]] = defaultdict(set)
    packages: Select[*tuple[Any, ...]] = select(
        col(Package.id),
        col(Package.owner_org),
        col(Package.creator_user_id),
        _public().label("public"),
    ).where(col(Package.id).in_(ids))
    for row in connection.execute(packages):
        if row.public:
            found[row.id].add(PUBLIC)
        else:
            _add(found[row.id], row.owner_org, row.creator_user_id)
    opened = select(col(Collaborator.package_id), col(Collaborator.user_id)).where(
        col(Collaborator.package_id).in_(ids)
    )
    for package, user in connection.execute(opened):
        _add(found[package], None, user)
    return _frozen(found)


def collection_labels(connection: Connection, kind: Kind, ids: Select[str]) -> Labels:
    """Organisation or group id → labels: `PUBLIC` once it has a public package; else those
    of its members and of whoever sees a package in it."""
    places = _places(kind).subquery()
    asked = ids.subquery()
    identifier = asked.c[0]
    # EXISTS ends at the first: most have a public package among very many.
    public = exists(
        select(places.c.package)
        .join(Package, col(Package.id) == places.c.package)
        .where(places.c.held_in == identifier, _public(), col(Package.state) == "active")
    )
    found = {one: {PUBLIC} for one in connection.scalars(select(identifier).where(public))}
    hidden = list(connection.scalars(select(identifier).where(~public)))
    if hidden:
        found |= _hidden_labels(connection, kind, places, hidden)
    return _frozen(found)


def _places(kind: Kind) -> Select[*tuple[Any, ...]]:
    """Each package (``package``) with the organisation, or each group, that it is in
    (``held_in``)."""
    if kind is Kind.ORGANIZATION:
        return select(col(Package.id).label("package"), col(Package.owner_org).label("held_in"))
    return select(
        col(Membership.package_id).label("package"), col(Membership.group_id).label("held_in")
    )


def _hidden_labels(
    connection: Connection, kind: Kind, places: Subquery, hidden: list[str]
) -> dict[str, set[str]]:
    """The labels of collections without a public package."""
    found: dict[str, set[str]] = defaultdict(set)
    if kind is Kind.ORGANIZATION:
        for one in hidden:
            _add(found[one], one, None)
    members = select(col(Member.collection_id), col(Member.user_id)).where(
        col(Member.collection_id).in_(hidden)
    )
    for collection, user in connection.execute(members):
        _add(found[collection], None, user)
    present = (places.c.held_in.in_(hidden), col(Package.state) != "deleted")
    packages = (
        select(places.c.held_in, col(Package.owner_org), col(Package.creator_user_id))
        .join(Package, col(Package.id) == places.c.package)
        .where(*present)
        .distinct()
    )
    for held_in, owner, creator in connection.execute(packages):
        _add(found[held_in], owner, creator)
    people = (
        select(places.c.held_in, col(Collaborator.user_id))
        .join(Package, col(Package.id) == places.c.package)
        .join(Collaborator, col(Collaborator.package_id) == col(Package.id))
        .where(*present)
        .distinct()
    )
    for held_in, user in connection.execute(people):
        _add(found[held_in], None, user)
    return found


def _public() -> ColumnElement[bool]:
    return and_(col(Package.private).is_(False), col(Package.state) != "draft")


def _add(labels: set[str], organization: str | None, user: str | None) -> None:
    if organization:
        labels.add(f"org:{organization}")
    if user:
        labels.add(f"user:{user}")


def _frozen(found: Mapping[str, set[str]]) -> Labels:
    return {
        one: frozenset({PUBLIC} if PUBLIC in labels else labels) for one, labels in found.items()
    }
