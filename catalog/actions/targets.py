"""What a write action is about: the record, once the asker may do that with it.

What an asker may not see does not exist for them: the same answer after the same work as for
what was never there. Who may do what is `catalog.access`; writing is `catalog.registry`.
"""

from __future__ import annotations

from contextlib import AbstractContextManager

from sqlmodel import Session, col, select

from catalog.access import Permission, Target, authorize, sees
from catalog.actions.registry import Call
from catalog.documents import Kind
from catalog.errors import NotAuthorizedError, NotFoundError
from catalog.registry.collections import Collection, find_collection
from catalog.registry.labels import collection_labels
from catalog.registry.live import LiveRegistry
from catalog.registry.people import find_user
from catalog.registry.tables import Group, Organization, Package, Resource, User
from catalog.registry.writing import find_package


def registry_of(call: Call) -> LiveRegistry:
    """The registry; only the agency worker has one."""
    if call.context.registry is None:
        raise NotAuthorizedError("this needs a token with the right scope")
    return call.context.registry


def writing(call: Call) -> AbstractContextManager[Session]:
    """One transaction of the asker's."""
    return registry_of(call).writing(call.actor.user_id)


def target_of(package: Package) -> Target:
    """A package as permissions are asked about it."""
    return Target(organization=package.owner_org, package=package.id, contract=package.contract_id)


def visible_package(call: Call, session: Session, id_or_name: str) -> Package:
    """A package in any state, if the asker may know of it."""
    found = find_package(session, id_or_name)
    if found is None or not _seen(call, found):
        raise NotFoundError("Dataset was not found.")
    return found


def package_for(call: Call, session: Session, permission: Permission, id_or_name: str) -> Package:
    """A package in any state, once the asker may do this with it."""
    found = visible_package(call, session, id_or_name)
    authorize(call.actor, permission, target_of(found))
    return found


def resource_for(
    call: Call, session: Session, permission: Permission, identifier: str
) -> tuple[Package, Resource]:
    """A resource and its package, once the asker may do this with the package."""
    found = session.get(Resource, identifier)
    package = session.get(Package, found.package_id) if found else None
    if found is None or package is None or not _seen(call, package):
        raise NotFoundError("Resource was not found.")
    authorize(call.actor, permission, target_of(package))
    return package, found


def visible_collection(
    call: Call, session: Session, model: type[Collection], id_or_name: str
) -> Collection | None:
    """An organisation or group in any state, if the asker may know of it."""
    found = find_collection(session, model, id_or_name)
    if found is None or call.actor.labels is None:
        return found
    kind = Kind.ORGANIZATION if model is Organization else Kind.GROUP
    only = select(model.id).where(col(model.id) == found.id)
    labels = collection_labels(session.connection(), kind, only).get(found.id, frozenset())
    return found if labels & call.actor.labels else None


def collection_for(
    call: Call,
    session: Session,
    model: type[Collection],
    permission: Permission,
    id_or_name: str,
) -> Collection:
    """An organisation or group in any state, once the asker may do this with it."""
    found = visible_collection(call, session, model, id_or_name)
    if found is None:
        named = "Organization" if model is Organization else "Group"
        raise NotFoundError(f"{named} was not found.")
    authorize(call.actor, permission, collection_target(found))
    return found


def collection_target(found: Organization | Group) -> Target:
    """An organisation or group as permissions are asked about it."""
    if isinstance(found, Organization):
        return Target(organization=found.id)
    return Target(group=found.id)


def user_for(session: Session, id_or_name: str) -> User:
    """An active user."""
    found = find_user(session, id_or_name)
    if found is None or found.state != "active":
        raise NotFoundError("User was not found.")
    return found


def _seen(call: Call, package: Package) -> bool:
    there = package.state == "active" or package.withdrawn is not None
    return sees(
        call.actor,
        public=there and not package.private,
        organization=package.owner_org,
        package=package.id,
        creator=package.creator_user_id,
    )
