"""Which release is meant, and whether its rows are open: one rule for every surface.

The newest manifest decides about all of a dataset's releases: once it is withdrawn none is
given out, and once it is no longer open none is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from catalog.access import Actor, Permission, authorize, readable_classes
from catalog.context import CatalogContext
from catalog.errors import NotFoundError, ValidationError
from contracts.model import Classification
from contracts.releases import Release
from lakehouse.rows import RowReader


class WithdrawnError(NotFoundError):
    """The dataset was there and was withdrawn."""


@dataclass(frozen=True)
class Found:
    """A release that may be spoken of; `open`: anyone may have its rows."""

    release: Release
    open: bool


def find_release(
    context: CatalogContext, dataset: str, *, number: int | None = None, day: date | None = None
) -> Found:
    """The release `number`, or the one in force at the end of `day`, or the newest.

    Raises:
        WithdrawnError: the dataset was withdrawn.
        NotFoundError: there is no such release, or this process may not see it.
    """
    newest = context.releases.latest(dataset)
    if newest is None:
        raise NotFoundError("Dataset was not found.")
    if newest.withdrawn is not None:
        raise WithdrawnError("This dataset was withdrawn.")
    release: Release | None = newest
    if number is not None and number != newest.release:
        release = context.releases.get(dataset, number)
    elif day is not None:
        release = context.releases.as_of(dataset, day)
    if release is None or release.withdrawn is not None:
        raise NotFoundError("There is no such release of this dataset.")
    return Found(release, newest.public and release.public)


def chosen_release(context: CatalogContext, dataset: str, release: str, as_of: str) -> Found:
    """`find_release` for the texts of ``?release=`` and ``?as_of=``; both may be empty."""
    if release and not (release.isascii() and release.isdigit() and len(release) < 10):
        raise ValidationError({"release": ["Must be the number of a release"]})
    try:
        day = date.fromisoformat(as_of) if as_of else None
    except ValueError:
        raise ValidationError({"as_of": ["Must be a day such as 2026-03-01"]}) from None
    number = int(release) if release else None
    return find_release(context, dataset, number=number, day=day)


def open_rows(context: CatalogContext, actor: Actor, found: Found) -> RowReader:
    """A reader of what `actor` may see: all of an open release, else what the grant says.

    A grant reads the columns up to its own class and no others, whatever the question.

    Raises:
        NotAuthorizedError: the rows are not open and there is no grant.
    """
    if found.open:
        return context.rows(found.release)
    columns = granted_columns(actor, found.release)
    if context.shared_rows is None:
        raise NotFoundError("These rows are not served here.")
    return context.shared_rows(found.release, columns)


def granted_columns(actor: Actor, release: Release) -> tuple[str, ...]:
    """The columns of a release that is not open which `actor` may read.

    Raises:
        NotAuthorizedError: there is no grant.
    """
    authorize(actor, Permission.READ_ROWS, dataset=release.dataset)
    classes = readable_classes(actor.grants[release.dataset])
    return tuple(
        column.name for column in release.schema if Classification(column.classification) in classes
    )
