"""The reading log: who was given rows that are not open, by which grant, how many.

Each reading is a row of the registry, shown to the dataset's owner, and one line of the
log. Never a value, a question or a token. Nothing is given that could not be noted.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from catalog.access import Actor, RowGrant
from catalog.context import CatalogContext
from catalog.identifiers import naive_utc
from catalog.registry.tables import Organization, Reading
from contracts.errors import Fault, Place
from contracts.i18n import _
from contracts.releases import Release

_LOG = logging.getLogger("dungchung.access")


@dataclass(frozen=True)
class ReadingInfo:
    """One reading; `at` is naive UTC, `organization` a name, `action` what was called."""

    id: int
    at: datetime
    dataset: str
    release: int
    grant: str
    organization: str
    user: str
    token: str
    action: str
    columns: int
    rows: int


def note_reading(
    context: CatalogContext,
    actor: Actor,
    grant: RowGrant | None,
    release: Release,
    action: str,
    rows: int,
    columns: int,
) -> None:
    """Note that `actor` is about to be given so many rows and columns of `release`.

    Call it before anything is answered. Without a `grant` the rows are open, and nobody
    counts who reads those.

    Raises:
        Fault: ``reading.not_noted``: give nothing.
    """
    if grant is None:
        return
    reading = Reading(
        at=naive_utc(datetime.now(UTC)),
        dataset=release.dataset,
        release=release.release,
        grant_id=grant.id,
        organization_id=grant.organization_id,
        user_name=actor.name or "",
        token_id=actor.token_id or "",
        action=action,
        columns=columns,
        rows=rows,
    )
    line = (
        f"user={reading.user_name} organization={reading.organization_id}"
        f" token={reading.token_id} grant={reading.grant_id} dataset={reading.dataset}"
        f" release={reading.release} action={action} rows={rows} columns={columns}"
    )
    try:
        if context.registry is None:
            raise _not_noted(release)
        with Session(context.registry.engine) as session, session.begin():
            session.add(reading)
    except SQLAlchemyError as error:
        _LOG.error("not noted, so not given: %s (%s)", line, type(error).__name__)
        raise _not_noted(release) from None
    _LOG.info("%s", line)


def readings(
    session: Session,
    *,
    datasets: Iterable[str] | None = None,
    since: datetime | None = None,
    limit: int = 100,
) -> list[ReadingInfo]:
    """At most `limit` readings, newest first; `datasets` None: of every dataset.

    `since`: naive UTC or with an offset.
    """
    wanted = select(Reading).order_by(col(Reading.id).desc()).limit(limit)
    if datasets is not None:
        wanted = wanted.where(col(Reading.dataset).in_(list(datasets)))
    if since is not None:
        wanted = wanted.where(Reading.at >= naive_utc(since))
    names = {row.id: row.name for row in session.exec(select(Organization))}
    return [
        ReadingInfo(
            row.id or 0,
            row.at,
            row.dataset,
            row.release,
            row.grant_id,
            names.get(row.organization_id, row.organization_id),
            row.user_name,
            row.token_id,
            row.action,
            row.columns,
            row.rows,
        )
        for row in session.exec(wanted)
    ]


def _not_noted(release: Release) -> Fault:
    return Fault(
        "reading.not_noted",
        _("This reading could not be noted, so the rows were not given."),
        remedy=_("Check that the catalogue's database can be written."),
        place=Place(dataset=release.dataset),
    )
