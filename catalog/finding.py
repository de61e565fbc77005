"""Which release is meant, and whether its rows are open: one rule for every surface.

The newest manifest decides about all of a dataset's releases: once it is withdrawn none is
given out, and once it is no longer open none is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from catalog.access import ANONYMOUS, Actor, Permission, RowGrant, Target, authorize, sees
from catalog.context import CatalogContext
from catalog.errors import NotAuthorizedError, NotFoundError, ValidationError
from catalog.grants import granted_columns
from catalog.identifiers import organization_id, package_id
from contracts.releases import Release
from contracts.sql import columns_of, parse_expression
from lakehouse.rows import RowReader


class WithdrawnError(NotFoundError):
    """The dataset was there and was withdrawn."""


@dataclass(frozen=True)
class Found:
    """A release that may be spoken of; `open`: anyone may have its rows. `newest`: the
    newest release of its dataset."""

    release: Release
    open: bool
    newest: Release


@dataclass(frozen=True)
class Granted:
    """What a reader may see of a release that is not open."""

    grant: RowGrant
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Opened:
    """A reader of what an actor may see, by which grant; None: the rows are open."""

    reader: RowReader
    grant: RowGrant | None


def find_release(
    context: CatalogContext,
    dataset: str,
    *,
    number: int | None = None,
    day: date | None = None,
    actor: Actor = ANONYMOUS,
) -> Found:
    """The release `number`, or the one in force at the end of `day`, or the newest.

    Raises:
        WithdrawnError: the dataset was withdrawn.
        NotFoundError: there is no such release, or `actor` may not know of it.
    """
    newest = context.releases.latest(dataset)
    if newest is None or not _known_to(actor, newest):
        raise NotFoundError("Dataset was not found.")
    if newest.withdrawn is not None:
        raise WithdrawnError("This dataset was withdrawn.")
    release: Release | None = newest
    if number is not None and number != newest.release:
        release = context.releases.get(dataset, number)
    elif day is not None:
        release = context.releases.as_of(dataset, day)
    if release is None or release.withdrawn is not None or not _known_to(actor, release):
        raise NotFoundError("There is no such release of this dataset.")
    return Found(release, newest.public and release.public, newest)


def chosen_release(
    context: CatalogContext, dataset: str, release: str, as_of: str, actor: Actor = ANONYMOUS
) -> Found:
    """`find_release` for the texts of ``?release=`` and ``?as_of=``; both may be empty."""
    if release and not (release.isascii() and release.isdigit() and len(release) < 10):
        raise ValidationError({"release": ["Must be the number of a release"]})
    try:
        day = date.fromisoformat(as_of) if as_of else None
    except ValueError:
        raise ValidationError({"as_of": ["Must be a day such as 2026-03-01"]}) from None
    number = int(release) if release else None
    return find_release(context, dataset, number=number, day=day, actor=actor)


def open_rows(
    context: CatalogContext, actor: Actor, found: Found, grant_id: str | None = None
) -> Opened:
    """A reader of what `actor` may see: all of an open release, else what the grant says.

    A grant reads its own columns and rows and no others, whatever the question. Whoever is
    given something of a grant is noted first (`catalog.audit.note_reading`).

    Raises:
        NotAuthorizedError, ValidationError: as `granted`.
    """
    if found.open:
        return Opened(context.rows(found.release), None)
    allowed = granted(actor, found, grant_id)
    if context.shared_rows is None:
        raise NotFoundError("These rows are not served here.")
    reader = context.shared_rows(found.release, allowed.columns, allowed.grant.condition)
    return Opened(reader, allowed.grant)


def granted(actor: Actor, found: Found, grant_id: str | None = None) -> Granted:
    """What `actor` may read of a release that is not open; `grant_id`: by which grant.

    Raises:
        NotAuthorizedError: there is no grant in force, none of this id for the actor, or it
            covers nothing of this release.
        ValidationError: there are several, and none was named.
    """
    dataset = found.release.dataset
    authorize(actor, Permission.READ_ROWS, Target(dataset=dataset))
    held = {grant.id: grant for grant in actor.grants if grant.dataset == dataset}
    if grant_id and grant_id not in held:
        raise NotAuthorizedError("you hold no grant of this id for these rows")
    if not grant_id and len(held) > 1:
        ids = ", ".join(held)
        raise ValidationError({"grant": [f"Several grants cover these rows; name one of: {ids}"]})
    grant = held[grant_id] if grant_id else next(iter(held.values()))
    columns = granted_columns(grant, found.release, found.newest.schema)
    there = {column.name for column in found.release.schema}
    if not columns or not _asked_about(grant.condition) <= there:
        raise NotAuthorizedError("your grant covers nothing of this release")
    return Granted(grant, columns)


@lru_cache(1024)
def _asked_about(condition: str | None) -> frozenset[str]:
    """The columns that a grant's condition looks at."""
    if condition is None:
        return frozenset()
    tree = parse_expression(condition, frozenset())
    return frozenset(name for _table, name in columns_of(tree))


def _known_to(actor: Actor, release: Release) -> bool:
    """Whether the actor may know that there is such a release: a draft is its owner's."""
    if release.metadata.get("status") != "draft":
        return True
    owner = release.metadata.get("owner")
    code = str(owner["code"]) if isinstance(owner, Mapping) else ""
    return sees(
        actor,
        public=False,
        organization=organization_id(code),
        package=package_id(release.dataset),
    )
