"""Actions of grants: rows given to organisations, and the log of who read them.

What a grant is and what it refuses is `catalog.grants`; the log is `catalog.audit`. The names
follow CKAN's, which has no such actions.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session

from catalog.access import Actor, Permission, Target, allows, authorize
from catalog.actions.registry import Call, action
from catalog.audit import readings
from catalog.errors import NotAuthorizedError, NotFoundError, ValidationError
from catalog.granting import give
from catalog.grants import GrantInfo, grants, owned_by, owner_of, revoke
from catalog.identifiers import ckan_time, naive_utc
from catalog.registry.collections import find_collection
from catalog.registry.live import LiveRegistry
from catalog.registry.tables import Grant, Organization
from contracts.errors import Fault
from contracts.model import Classification

MOST_READINGS = 1000
_DAYS = 365
_PARAMETER_OF_FAULT = {
    "grant.withdrawn": "dataset",
    "grant.not_needed": "dataset",
    "grant.column": "columns",
    "grant.class": "classification",
    "grant.time": "expires",
}
"""Check of a Fault → the parameter it is about; all others are about the condition."""
_TIME = {"type": ["string", "null"]}
GRANT = {
    "type": "object",
    "required": ["id", "organization", "dataset", "classification", "state", "expires"],
    "properties": {
        "id": {"type": "string"},
        "organization_id": {"type": "string"},
        "organization": {"type": "string"},
        "dataset": {"type": "string"},
        "classification": {"enum": [one.value for one in Classification]},
        "columns": {"type": ["array", "null"], "items": {"type": "string"}},
        "condition": {"type": ["string", "null"]},
        "purpose": {"type": "string"},
        "starts": _TIME,
        "expires": _TIME,
        "created": _TIME,
        "created_by": {"type": "string"},
        "revoked": _TIME,
        "revoked_by": {"type": ["string", "null"]},
        "state": {"enum": ["active", "coming", "expired", "revoked"]},
    },
}
READING = {
    "type": "object",
    "required": ["at", "dataset", "release", "grant", "organization", "action", "rows"],
    "properties": {
        "id": {"type": "integer"},
        "at": {"type": "string"},
        "dataset": {"type": "string"},
        "release": {"type": "integer"},
        "grant": {"type": "string"},
        "organization": {"type": "string"},
        "user": {"type": "string"},
        "token": {"type": "string"},
        "action": {"type": "string"},
        "columns": {"type": "integer"},
        "rows": {"type": "integer"},
    },
}


@action(Permission.MANAGE_GRANTS, reads=False, result=GRANT)
def access_grant_create(call: Call) -> dict[str, Any]:
    """Give an organisation rows of a dataset that is not open, for a time.

    For administrators of the organisation that owns the dataset.

    :param string organization: id or name of the organisation that receives them (required)
    :param string dataset: name of the dataset (required)
    :param string classification: the most guarded class of columns that it may read:
        ``internal`` (default), ``personal`` or ``sensitive``
    :param list columns: only these columns; default: every one of the class
    :param string condition: an SQL condition over the dataset's columns that a row must meet,
        such as ``commune_code = '28249'``; default: every row
    :param string starts: day or time (UTC) from which it holds; default: now
    :param string expires: day or time (UTC) at which it ends; default: in 365 days
    :param string purpose: what the rows are for
    """
    asked, registry = call.parameters, _registry(call)
    name = asked.required("dataset")
    with registry.writing(call.actor.user_id) as session:
        _authorize(session, call.actor, Permission.MANAGE_GRANTS, name)
        release = call.context.releases.latest(name)
        if release is None:
            raise NotFoundError("Dataset was not found.")
        organization = find_collection(session, Organization, asked.required("organization"))
        if organization is None or organization.state != "active":
            raise ValidationError({"organization": ["Organization does not exist"]})
        with _refusals():
            made = give(
                session,
                organization=organization,
                release=release,
                classification=_classification(asked.text("classification")),
                columns=_columns(call),
                condition=asked.text("condition").strip() or None,
                starts=_moment("starts", asked.text("starts")),
                expires=_moment("expires", asked.text("expires")) or _in_a_year(),
                purpose=asked.text("purpose"),
                by=call.actor.name or "",
            )
    return _grant(made)


@action(Permission.MANAGE_GRANTS, reads=False, result=GRANT)
def access_grant_revoke(call: Call) -> dict[str, Any]:
    """End a grant at once.

    For administrators of the organisation that owns the dataset.

    :param string id: the grant's id (required)
    """
    identifier, registry = call.parameters.required("id"), _registry(call)
    with registry.writing(call.actor.user_id) as session:
        held = session.get(Grant, identifier)
        owner = owner_of(session, held.dataset) if held else None
        target = Target(organization=owner)
        if held is None or not allows(call.actor, Permission.MANAGE_GRANTS, target):
            # Whether another's grant exists is not for everyone to know.
            raise NotFoundError("Grant was not found.")
        return _grant(revoke(session, identifier, call.actor.name or ""))


@action(Permission.READ_CATALOGUE, result={"type": "array", "items": GRANT})
def access_grant_list(call: Call) -> list[dict[str, Any]]:
    """Return grants, newest first: those that your organisations received, and those of the
    datasets whose grants you manage.

    :param string dataset: only of this dataset
    :param string organization: only to this organisation (its id or name)
    :param string state: only ``active``, ``coming``, ``expired`` or ``revoked`` ones
    """
    asked, actor = call.parameters, call.actor
    if actor.user_id is None:
        raise NotAuthorizedError("this needs a token")
    with _registry(call).reading() as session:
        datasets = None if actor.admin else owned_by(session, _managed(actor))
        found = grants(session, datasets=datasets, organizations=tuple(actor.organizations))
    dataset, receiver, state = (asked.text(one) for one in ("dataset", "organization", "state"))
    return [
        _grant(one)
        for one in found
        if dataset in ("", one.dataset)
        and receiver in ("", one.organization, one.organization_id)
        and state in ("", one.state)
    ]


@action(Permission.SEE_READINGS, result={"type": "array", "items": READING})
def access_reading_list(call: Call) -> list[dict[str, Any]]:
    """Return who read rows of a dataset that is not open, newest first.

    For administrators of the organisation that owns the dataset.

    :param string dataset: name of the dataset (required)
    :param string since: only readings since this day or time (UTC)
    :param integer limit: at most so many (default 100, most 1000)
    """
    asked = call.parameters
    name, limit = asked.required("dataset"), asked.integer("limit", 100, most=MOST_READINGS)
    since = _moment("since", asked.text("since"))
    with _registry(call).reading() as session:
        _authorize(session, call.actor, Permission.SEE_READINGS, name)
        found = readings(session, datasets=[name], since=since, limit=limit)
    return [{**asdict(one), "at": ckan_time(one.at)} for one in found]


def _registry(call: Call) -> LiveRegistry:
    if call.context.registry is None:
        raise NotAuthorizedError("this needs a token")
    return call.context.registry


def _managed(actor: Actor) -> list[str]:
    return [
        one
        for one in actor.organizations
        if allows(actor, Permission.SEE_READINGS, Target(organization=one))
    ]


def _authorize(session: Session, actor: Actor, permission: Permission, dataset: str) -> None:
    """As `authorize`, for the organisation that owns a dataset.

    A dataset that is not there is refused like another's.
    """
    authorize(actor, permission, Target(organization=owner_of(session, dataset)))


def _columns(call: Call) -> list[str] | None:
    """None only where nothing was sent: an empty list does not mean every column."""
    sent = call.parameters.data.get("columns")
    return None if sent in (None, "") else call.parameters.listing("columns")


def _classification(text: str) -> Classification:
    try:
        return Classification(text or Classification.INTERNAL)
    except ValueError:
        known = ", ".join(Classification)
        raise ValidationError({"classification": [f"Must be one of {known}"]}) from None


def _moment(name: str, text: str) -> datetime | None:
    try:
        return naive_utc(text) if text else None
    except (ValueError, OverflowError):
        raise ValidationError({name: ["Must be a day or time such as 2026-12-31"]}) from None


def _in_a_year() -> datetime:
    return datetime.now(UTC) + timedelta(days=_DAYS)


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except Fault as fault:
        if not fault.check.startswith(("grant.", "condition.", "sql.")):
            raise
        parameter = _PARAMETER_OF_FAULT.get(fault.check, "condition")
        raise ValidationError({parameter: [fault.render("en")]}) from None


def _grant(info: GrantInfo) -> dict[str, Any]:
    made = asdict(info)
    times = ("starts", "expires", "created", "revoked")
    return {**made, **{name: ckan_time(made[name]) if made[name] else None for name in times}}
