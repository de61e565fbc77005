"""Users, their places in organisations and groups, and whom packages were opened to.

Reading and writing rows only; who may do so is `catalog.access`. What changes who may see a
record touches that record, so that followers learn of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import or_
from sqlmodel import Session, col, select

from catalog.documents import Kind
from catalog.errors import NotFoundError, ValidationError
from catalog.identifiers import naive_utc, user_id
from catalog.registry.changes import note, touch
from catalog.registry.tables import (
    Collaborator,
    Group,
    Member,
    Membership,
    Organization,
    Package,
    User,
)


@dataclass(frozen=True)
class Place:
    """A user's `capacity` (a `catalog.access.Role`) in a collection or at a package."""

    user: User
    capacity: str


def find_user(session: Session, id_or_name: str) -> User | None:
    """A user in any state."""
    named = or_(col(User.id) == id_or_name, col(User.name) == id_or_name)
    return session.exec(select(User).where(named)).first()


def users(session: Session) -> Sequence[User]:
    """Every active user, by name."""
    return session.exec(select(User).where(User.state == "active").order_by(User.name)).all()


def ensure_user(session: Session, name: str, *, fullname: str = "", sysadmin: bool = False) -> User:
    """The user `name`, made if there is none; what it is already stays as it is.

    Making one a system administrator is the one change made to a user who exists.
    """
    found = find_user(session, name)
    if found is None:
        now = naive_utc(datetime.now(UTC))
        found = User(id=user_id(name), name=name, fullname=fullname, created=now)
    found.sysadmin = found.sysadmin or sysadmin
    session.add(found)
    session.flush()
    return found


def roles_of(session: Session, user: str) -> dict[str, str]:
    """Id of each organisation and group in which the user has a place → capacity."""
    rows = session.exec(select(Member.collection_id, Member.capacity).where(Member.user_id == user))
    return dict(rows.all())


def places_of(session: Session, user: str) -> tuple[dict[str, str], dict[str, str]]:
    """`roles_of`, of active organisations and of active groups apart."""
    own = select(Member.collection_id).where(Member.user_id == user)
    roles = roles_of(session, user)
    organizations = session.exec(
        select(Organization.id).where(
            col(Organization.id).in_(own), col(Organization.state) == "active"
        )
    )
    groups = session.exec(
        select(Group.id).where(col(Group.id).in_(own), col(Group.state) == "active")
    )
    return {one: roles[one] for one in organizations}, {one: roles[one] for one in groups}


def members_of(session: Session, collection: str) -> list[Place]:
    """Who has a place in the organisation or group of that id, by name."""
    rows = session.exec(
        select(User, Member.capacity)
        .join(Member, col(Member.user_id) == User.id)
        .where(Member.collection_id == collection, User.state == "active")
        .order_by(User.name)
    )
    return [Place(user, capacity) for user, capacity in rows]


def set_member(session: Session, collection: str, user: str, capacity: str) -> None:
    """Give the user (by id) a place in the organisation or group (by id), or another one."""
    kind = _kind(session, collection)
    if session.get(User, user) is None:
        raise NotFoundError("User was not found.")
    session.merge(Member(collection_id=collection, user_id=user, capacity=capacity))
    touch(session, kind, collection)


def remove_member(session: Session, collection: str, user: str) -> bool:
    """Take the user's place away; False when it had none."""
    row = session.get(Member, (collection, user))
    if row is None:
        return False
    session.delete(row)
    touch(session, _kind(session, collection), collection)
    return True


def collaborators(session: Session, package: str) -> list[Collaborator]:
    """Whom the package was opened to, the first first."""
    query = select(Collaborator).where(Collaborator.package_id == package)
    return list(session.exec(query.order_by(col(Collaborator.modified))))


def collaborations_of(session: Session, user: str) -> dict[str, str]:
    """Id of each package that was opened to the user → capacity."""
    rows = session.exec(
        select(Collaborator.package_id, Collaborator.capacity).where(Collaborator.user_id == user)
    )
    return dict(rows.all())


def set_collaborator(session: Session, package: str, user: str, capacity: str) -> Collaborator:
    """Open the package (by id) to the user (by id), or in another capacity."""
    now = naive_utc(datetime.now(UTC))
    row = session.merge(
        Collaborator(package_id=package, user_id=user, capacity=capacity, modified=now)
    )
    touch_package(session, package)
    return row


def remove_collaborator(session: Session, package: str, user: str) -> bool:
    """Close the package to the user again; False when it was not open to them."""
    row = session.get(Collaborator, (package, user))
    if row is None:
        return False
    session.delete(row)
    touch_package(session, package)
    return True


def place_package(session: Session, group: str, package: str) -> None:
    """Put the package in the group (both by id); it may be there already."""
    if session.get(Membership, (package, group)) is None:
        session.add(Membership(package_id=package, group_id=group))
        _regrouped(session, group, package)


def displace_package(session: Session, group: str, package: str) -> bool:
    """Take the package out of the group (both by id); False when it was not there."""
    row = session.get(Membership, (package, group))
    if row is None:
        return False
    session.delete(row)
    _regrouped(session, group, package)
    return True


def _regrouped(session: Session, group: str, package: str) -> None:
    row = session.get_one(Package, package)
    row.metadata_modified = naive_utc(datetime.now(UTC))
    session.add(row)
    session.flush()
    note(session, package, "changed")
    touch(session, Kind.PACKAGE, package)
    touch(session, Kind.GROUP, group)


def touch_package(session: Session, package: str) -> None:
    """Note a change of who sees the package, and so of who sees where it is shown."""
    touch(session, Kind.PACKAGE, package)
    row = session.get(Package, package)
    if row is not None and row.owner_org is not None:
        touch(session, Kind.ORGANIZATION, row.owner_org)
    groups = select(Membership.group_id).where(Membership.package_id == package)
    touch(session, Kind.GROUP, *session.exec(groups))


def _kind(session: Session, collection: str) -> Kind:
    if session.get(Organization, collection) is not None:
        return Kind.ORGANIZATION
    if session.get(Group, collection) is not None:
        return Kind.GROUP
    raise ValidationError({"id": ["There is no organization or group of this id."]})
