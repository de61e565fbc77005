"""Grants: rows of a dataset that is not open, given to an organisation for a time.

Listing and ending them, and what they cover. Giving is `catalog.granting`, who may is
`catalog.access`, which grant a reader uses `catalog.finding`, what was read `catalog.audit`.
Grants are read from the database with each request, so that a revoked one ends at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sqlmodel import Session, col, select

from catalog.access import RowGrant, readable_classes
from catalog.identifiers import naive_utc
from catalog.registry.tables import Grant, Organization, Package
from contracts.errors import Fault
from contracts.i18n import _
from contracts.model import Classification
from contracts.releases import ColumnSchema, Release

State = Literal["active", "coming", "expired", "revoked"]


@dataclass(frozen=True)
class GrantInfo:
    """A grant as it can be listed; times are naive UTC.

    `organization` is the name of the organisation that received it. `columns` None: every
    column up to `classification`; `condition` None: every row.
    """

    id: str
    organization_id: str
    organization: str
    dataset: str
    classification: Classification
    columns: tuple[str, ...] | None
    condition: str | None
    purpose: str
    starts: datetime
    expires: datetime
    created: datetime
    created_by: str
    revoked: datetime | None
    revoked_by: str | None
    state: State


def revoke(session: Session, identifier: str, by: str) -> GrantInfo:
    """End a grant at once; the caller commits. Ending it twice changes nothing.

    Raises:
        Fault: ``grant.unknown``.
    """
    row = session.get(Grant, identifier)
    if row is None:
        raise Fault(
            "grant.unknown",
            _("There is no grant {id}."),
            remedy=_("See the grants with: dungchung grants"),
            id=identifier,
        )
    now = naive_utc(datetime.now(UTC))
    if row.revoked is None:
        row.revoked, row.revoked_by = now, by
        session.add(row)
        session.flush()
    return grant_info(row, _name(session, row.organization_id), now)


def grants(
    session: Session, *, datasets: Iterable[str] | None = None, organizations: Iterable[str] = ()
) -> list[GrantInfo]:
    """Grants of any state, newest first: of these datasets or to these organisations.

    `datasets` None: every grant.
    """
    wanted = select(Grant).order_by(col(Grant.created).desc(), col(Grant.id))
    if datasets is not None:
        wanted = wanted.where(
            col(Grant.dataset).in_(list(datasets))
            | col(Grant.organization_id).in_(list(organizations))
        )
    names = {row.id: row.name for row in session.exec(select(Organization))}
    now = naive_utc(datetime.now(UTC))
    return [
        grant_info(row, names.get(row.organization_id, row.organization_id), now)
        for row in session.exec(wanted)
    ]


def in_force(
    session: Session, organization_ids: Iterable[str], now: datetime
) -> tuple[RowGrant, ...]:
    """What these organisations were given and may read at `now` (naive UTC), oldest first."""
    rows = session.exec(
        select(Grant)
        .where(
            col(Grant.organization_id).in_(list(organization_ids)),
            col(Grant.revoked).is_(None),
            Grant.starts <= now,
            Grant.expires > now,
        )
        .order_by(col(Grant.created), col(Grant.id))
    )
    return tuple(
        RowGrant(
            row.id,
            row.organization_id,
            row.dataset,
            Classification(row.classification),
            None if row.columns is None else frozenset(row.columns),
            row.condition,
        )
        for row in rows
    )


def granted_columns(
    grant: RowGrant, release: Release, newest: Sequence[ColumnSchema]
) -> tuple[str, ...]:
    """The columns of `release` that `grant` reads, in their order.

    A column is as guarded as the newest release of the dataset says, or as `release` itself
    did where that was more: what was found to be personal later is personal in old releases.
    """
    classes = readable_classes(grant.classification)
    later = {column.name: Classification(column.classification) for column in newest}
    return tuple(
        column.name
        for column in release.schema
        if (own := Classification(column.classification)) in classes
        and later.get(column.name, own) in classes
        and (grant.columns is None or column.name in grant.columns)
    )


def owner_of(session: Session, dataset: str) -> str | None:
    """Id of the organisation that owns a dataset, withdrawn or not."""
    return session.exec(select(Package.owner_org).where(Package.contract_id == dataset)).first()


def owned_by(session: Session, organization_ids: Iterable[str]) -> tuple[str, ...]:
    """The datasets, withdrawn or not, that these organisations own."""
    found = session.exec(
        select(Package.contract_id).where(
            col(Package.contract_id).is_not(None),
            col(Package.owner_org).in_(list(organization_ids)),
        )
    )
    return tuple(dataset for dataset in found if dataset is not None)


def _name(session: Session, organization_id: str) -> str:
    found = session.get(Organization, organization_id)
    return found.name if found else organization_id


def grant_info(row: Grant, organization: str, now: datetime) -> GrantInfo:
    """A grant as it can be listed at `now`; `organization` is its receiver's name."""
    return GrantInfo(
        row.id,
        row.organization_id,
        organization,
        row.dataset,
        Classification(row.classification),
        None if row.columns is None else tuple(row.columns),
        row.condition,
        row.purpose,
        row.starts,
        row.expires,
        row.created,
        row.created_by,
        row.revoked,
        row.revoked_by,
        _state(row, now),
    )


def _state(row: Grant, now: datetime) -> State:
    if row.revoked is not None:
        return "revoked"
    if row.expires <= now:
        return "expired"
    return "active" if row.starts <= now else "coming"
