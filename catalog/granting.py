"""Giving an organisation rows of a dataset that is not open: what may be given, and noting it.

Every refusal names what to do instead. What a grant then covers is `catalog.grants`, who may
give one `catalog.access`.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlmodel import Session

from catalog.access import readable_classes
from catalog.grants import GrantInfo, grant_info
from catalog.identifiers import naive_utc
from catalog.registry.tables import Grant, Organization
from contracts.errors import Fault, Place
from contracts.i18n import _
from contracts.model import Access, Classification
from contracts.releases import Release
from lakehouse.conditions import check_condition


def give(
    session: Session,
    *,
    organization: Organization,
    release: Release,
    classification: Classification = Classification.INTERNAL,
    columns: Sequence[str] | None = None,
    condition: str | None = None,
    starts: datetime | None = None,
    expires: datetime,
    purpose: str = "",
    by: str,
) -> GrantInfo:
    """Give an organisation rows of a dataset; the caller commits.

    Args:
        session: the registry.
        organization: who receives them.
        release: the newest release of the dataset.
        classification: the most guarded class of columns that it may read.
        columns: only these; None: every one up to `classification`, later ones too.
        condition: an SQL condition over the dataset's columns that a row must meet.
        starts: naive UTC or with an offset; None: now.
        expires: likewise; it must lie ahead, and after `starts`.
        purpose: what it is for, in the giver's words.
        by: name of the user who gives it.

    Raises:
        Fault: ``grant.withdrawn``, ``grant.not_needed`` (open), ``grant.column`` (unknown),
            ``grant.class`` (more guarded than `classification`), ``grant.time``, and those of
            `lakehouse.conditions.check_condition`.
    """
    now = naive_utc(datetime.now(UTC))
    begins, ends = naive_utc(starts) if starts else now, naive_utc(expires)
    _needed(release)
    _lasts(release, begins, ends, now)
    chosen = _chosen(release, columns, classification)
    row = Grant(
        id=secrets.token_hex(6),
        organization_id=organization.id,
        dataset=release.dataset,
        classification=classification.value,
        columns=chosen,
        condition=_condition(release, condition),
        purpose=" ".join(word for word in purpose.split() if word.isprintable()),
        starts=begins,
        expires=ends,
        created=now,
        created_by=by,
    )
    session.add(row)
    session.flush()
    return grant_info(row, organization.name, now)


def _condition(release: Release, condition: str | None) -> str | None:
    if condition is None:
        return None
    try:
        return check_condition(release.schema, condition)
    except Fault as fault:
        fault.place = fault.place.within(release.dataset)
        raise


def _needed(release: Release) -> None:
    place = Place(dataset=release.dataset)
    if release.withdrawn is not None:
        raise Fault(
            "grant.withdrawn",
            _("This dataset was withdrawn: there are no rows to give."),
            remedy=_("Give them when it is back."),
            place=place,
        )
    if release.access == Access.OPEN:
        raise Fault(
            "grant.not_needed",
            _("This dataset is open: nobody needs a grant for it."),
            remedy=_("Leave it out."),
            place=place,
        )


def _lasts(release: Release, begins: datetime, ends: datetime, now: datetime) -> None:
    if ends <= max(begins, now):
        raise Fault(
            "grant.time",
            _("This grant would end before it begins."),
            remedy=_("Let it end on a day that lies ahead and after its first."),
            place=Place(dataset=release.dataset),
        )


def _chosen(
    release: Release, columns: Sequence[str] | None, classification: Classification
) -> list[str] | None:
    """The columns to be kept in the grant; each must be there and said to be given."""
    if columns is None:
        return None
    there = {column.name: Classification(column.classification) for column in release.schema}
    classes = readable_classes(classification)
    for name in columns:
        place = Place(dataset=release.dataset, column=name)
        if name not in there:
            raise Fault(
                "grant.column",
                _("There is no such column."),
                remedy=_("The columns are: {names}."),
                place=place,
                names=", ".join(there),
            )
        if there[name] not in classes:
            raise Fault(
                "grant.class",
                _("This column is {guarded}, and the grant reads columns up to {classification}."),
                remedy=_(
                    "Leave it out, or say that it is meant: --class {guarded}"
                    " (in programs classification={guarded})."
                ),
                place=place,
                guarded=there[name].value,
                classification=classification.value,
            )
    if not columns:
        raise Fault(
            "grant.column",
            _("A grant of no columns gives nothing."),
            remedy=_("Name some, or leave the list out."),
            place=Place(dataset=release.dataset),
        )
    return list(dict.fromkeys(columns))
