"""Actions that read users: who holds tokens. Everyone sees themselves; who gives roles to
others sees everybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from catalog.access import Actor, Permission, Target, allows
from catalog.actions.packages import MOST
from catalog.actions.registry import Call, action
from catalog.actions.schemas import TEXT, listed, named, record
from catalog.context import Record
from catalog.errors import NotFoundError
from catalog.identifiers import ckan_time
from catalog.registry import people
from catalog.registry.tables import Package, User
from contracts.text import fold


@action(Permission.READ_CATALOGUE, result=named("User"))
def user_list(call: Call) -> list[Any]:
    """Return the users that the asker may see, by name.

    :param string q: only those in whose name this text occurs
    :param boolean all_fields: dictionaries (the default) or names
    :param integer limit: at most so many
    :param integer offset: after leaving out so many
    """
    parameters = call.parameters
    found = _visible(call)
    words = fold(parameters.text("q"))
    chosen = [one for one in found if words in fold(one["name"]) or words in fold(one["fullname"])]
    offset = parameters.integer("offset", 0)
    page = chosen[offset : offset + parameters.integer("limit", len(chosen))]
    return page if parameters.flag("all_fields", default=True) else [one["name"] for one in page]


@action(Permission.SEE_USERS, result="User")
def user_show(call: Call) -> dict[str, Any]:
    """Return one user that the asker may see.

    :param string id: its id or name; default: the asker
    :param string name: its name, where no id is given
    :param boolean include_datasets: the datasets it made too (at most 1000)
    """
    parameters = call.parameters
    own = call.actor.user_id or ""
    wanted = parameters.text("id") or parameters.text("name") or own
    found = next((one for one in _visible(call) if wanted in (one["id"], one["name"])), None)
    if found is None:
        raise NotFoundError("User was not found.")
    if parameters.flag("include_datasets"):
        return {**found, "datasets": _made_by(call, found["id"])}
    return found


@action(Permission.SEE_USERS, result=listed(record({"id": TEXT, "name": TEXT, "fullname": TEXT})))
def user_autocomplete(call: Call) -> list[dict[str, Any]]:
    """Return the users that the asker may see in whose name the text occurs.

    :param string q: what has been typed; marks are optional (required)
    :param integer limit: at most so many (default 20, most 1000)
    """
    words = fold(call.parameters.required("q"))
    limit = call.parameters.integer("limit", 20, most=MOST)
    found = [
        {key: one[key] for key in ("id", "name", "fullname")}
        for one in _visible(call)
        if words in fold(one["name"]) or words in fold(one["fullname"])
    ]
    return found[:limit]


def sees_user(actor: Actor, user: User) -> bool:
    """Whether the asker may know of a user."""
    return allows(actor, Permission.SEE_USERS, Target(user=user.id))


def user_dictionary(user: User) -> dict[str, Any]:
    """CKAN's dictionary of a user, without the number of datasets it made."""
    return {
        "id": user.id,
        "name": user.name,
        "fullname": user.fullname,
        "display_name": user.fullname or user.name,
        "about": user.about or None,
        "created": ckan_time(user.created),
        "state": user.state,
        "sysadmin": user.sysadmin,
        "image_url": None,
        "image_display_url": None,
    }


def _visible(call: Call) -> list[dict[str, Any]]:
    """The users that the asker may see; the public worker knows of none."""
    if call.context.registry is None or not allows(call.actor, Permission.SEE_USERS):
        return []
    with call.context.registry.reading() as session:
        users = [user for user in people.users(session) if sees_user(call.actor, user)]
        counts = _counts(session)
    return [
        {**user_dictionary(user), "number_created_packages": counts.get(user.id, 0)}
        for user in users
    ]


def _counts(session: Session) -> Mapping[str | None, int]:
    query = (
        select(Package.creator_user_id, func.count())
        .where(Package.state == "active", col(Package.creator_user_id).is_not(None))
        .group_by(col(Package.creator_user_id))
    )
    return dict(session.exec(query).all())


def _made_by(call: Call, user: str) -> Sequence[Record]:
    """Its datasets that the asker may see."""
    if call.context.registry is None:
        return []
    with call.context.registry.reading() as session:
        query = select(Package.id).where(Package.creator_user_id == user).limit(MOST)
        ids = session.exec(query).all()
    return call.view.records.packages(ids)
