"""The story a dataset can tell of one place: a part of a total, period by period.

Which dataset and which columns comes from the manifest (``metadata.stories.place``), never
from here. Wording the answer is `place_page`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalog.context import CatalogContext, View
from catalog.errors import NotFoundError
from catalog.finding import find_release
from catalog.search.request import SearchRequest
from contracts.releases import Release
from lakehouse.rows import RowReader

_MOST_PERIODS = 600
_MOST_TOTALS = 200_000


@dataclass(frozen=True)
class PlaceStory:
    """The columns of the story, and the rows of the dataset it is told from (`where`)."""

    unit: str
    period: str
    total: str
    part: str
    where: Mapping[str, str]

    @staticmethod
    def of(release: Release) -> PlaceStory | None:
        """The story that `release` can tell, or None."""
        stories = release.metadata.get("stories")
        told = stories.get("place") if isinstance(stories, Mapping) else None
        if not isinstance(told, Mapping):
            return None
        where = told.get("where")
        return PlaceStory(
            unit=str(told["unit"]),
            period=str(told["period"]),
            total=str(told["total"]),
            part=str(told["part"]),
            where={str(k): str(v) for k, v in where.items()} if isinstance(where, Mapping) else {},
        )


@dataclass(frozen=True)
class ToldBy:
    """A release and the story it tells."""

    release: Release
    story: PlaceStory


def place_story(context: CatalogContext, view: View, number: int | None = None) -> ToldBy | None:
    """The first dataset by name that tells of places, at its newest release or at `number`.

    None when no dataset does, or when it has no open release of that number.
    """
    told = view.search(SearchRequest(fq=("extras_stories:*place*",), sort="name asc", rows=1))
    for record in told.packages:
        name = str(record["name"])
        try:
            found = find_release(context, name, number=number)
        except NotFoundError:
            continue
        story = PlaceStory.of(found.release) if found.open else None
        if story:
            return ToldBy(found.release, story)
    return None


@dataclass(frozen=True)
class Period:
    """One period of the story. A number that is not told is None."""

    period: str
    total: int | None
    part: int | None


def periods_of(reader: RowReader, story: PlaceStory, unit: str) -> tuple[Period, ...]:
    """The story of one unit, oldest period first; empty when there is nothing of it."""
    page = reader.search(
        filters={**story.where, story.unit: unit},
        sort=f'"{story.period}"',
        fields=(story.period, story.total, story.part),
        limit=_MOST_PERIODS,
        include_total=False,
    )
    return tuple(
        Period(str(row[story.period]), _count(row[story.total]), _count(row[story.part]))
        for row in page.rows
    )


def units_of(reader: RowReader, story: PlaceStory) -> tuple[str, ...]:
    """Codes of the units that at least one number is told of, sorted."""
    page = reader.search(
        filters=story.where,
        fields=(story.unit, story.total),
        distinct=True,
        limit=_MOST_TOTALS,
        include_total=False,
    )
    told = {row[story.unit] for row in page.rows if row[story.total] is not None}
    return tuple(sorted(str(unit) for unit in told if unit is not None))


def _count(value: object) -> int | None:
    return None if value is None else int(str(value))
