"""Looking communes up: the request, the readers of the unit datasets, the answer in words.

Which unit a code or name means is `lakehouse.units`; how one is worded is `unit_view`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from starlette.datastructures import QueryParams

from catalog.context import CatalogContext, View
from catalog.errors import NotFoundError
from catalog.finding import find_release
from catalog.portal.records import text_of
from catalog.portal.stories import ToldBy, place_story, units_of
from catalog.portal.unit_view import UnitView, unit_view
from catalog.portal.wording import Words
from contracts.i18n import _, translate_count
from contracts.text import fold
from lakehouse.rows import RowReader
from lakehouse.units import CROSSWALK, UNITS, Candidate, Unit, find_units

_SHOWN = 25
_LONGEST = 120
_LONGEST_CODE = 5


@dataclass(frozen=True)
class Place:
    """A commune of today in a list."""

    code: str
    name: str


@dataclass(frozen=True)
class Region:
    """A province with those of its communes that something is told of."""

    name: str
    places: tuple[Place, ...]


@dataclass(frozen=True)
class SourceLink:
    """A dataset that the answer comes from."""

    name: str
    title: str


@dataclass(frozen=True)
class Lookup:
    """The form as it was filled in, and its answer. `asked` is false on the empty form;
    `problem` says what is wrong with the request."""

    query: str = ""
    on: str = ""
    problem: str = ""
    asked: bool = False
    found: str = ""
    several: str = ""
    units: tuple[UnitView, ...] = ()
    more: str = ""
    source: tuple[SourceLink, ...] = ()


class UnitSource:
    """The two unit datasets at their newest open releases, opened when first asked."""

    def __init__(self, context: CatalogContext) -> None:
        self._context = context

    @cached_property
    def _units(self) -> RowReader | None:
        return _reader(self._context, UNITS)

    @cached_property
    def _crosswalk(self) -> RowReader | None:
        return _reader(self._context, CROSSWALK)

    def find(
        self, *, code: str | None = None, name: str | None = None, on: date | None = None
    ) -> list[Candidate]:
        """As `find_units`; nothing where the datasets are not there yet."""
        if self._units is None or self._crosswalk is None:
            return []
        return find_units(self._units, self._crosswalk, code=code, name=name, on=on)

    def current(self, code: str) -> Candidate | None:
        """The unit of today with this code."""
        return next((one for one in self.find(code=code) if one.unit.valid_to is None), None)


def _reader(context: CatalogContext, dataset: str) -> RowReader | None:
    try:
        found = find_release(context, dataset)
    except NotFoundError:
        return None
    return context.rows(found.release) if found.open else None


def lookup(context: CatalogContext, view: View, params: QueryParams, words: Words) -> Lookup:
    """The answer to what the form asks."""
    query = " ".join(params.get("q", "").split())[:_LONGEST]
    day = params.get("on", "").strip()[:_LONGEST]
    if not query:
        return Lookup(on=day)
    try:
        on = date.fromisoformat(day) if day else None
    except ValueError:
        problem = _("The day cannot be read. Write it as year-month-day, e.g. 2025-06-30.")
        return Lookup(query, problem=words.say(problem))
    source = UnitSource(context)
    if query.isdigit() and len(query) <= _LONGEST_CODE:
        candidates = source.find(code=query, on=on)
    else:
        candidates = source.find(name=query, on=on)
    candidates = _ours_first(candidates, _our_codes(context, view))
    return Lookup(
        query=query,
        on=day,
        asked=True,
        found=_found(query, candidates, words),
        several=_several(candidates, words),
        units=tuple(unit_view(one, words) for one in candidates[:_SHOWN]),
        more=_more(candidates, words),
        source=_source(view, words),
    )


def _our_codes(context: CatalogContext, view: View) -> frozenset[str]:
    """Codes of the communes that the province publishes figures of: its own, in the main."""
    told = place_story(context, view)
    return frozenset(units_of(context.rows(told.release), told.story) if told else ())


def _ours_first(candidates: Sequence[Candidate], ours: frozenset[str]) -> list[Candidate]:
    """The same, with the places that are or became one of `ours` before those elsewhere."""

    def elsewhere(one: Candidate) -> bool:
        now = {link.code for link in one.became} if one.unit.valid_to else {one.unit.code}
        return ours.isdisjoint(now)

    return sorted(candidates, key=elsewhere)


def regions(context: CatalogContext, told: ToldBy) -> tuple[Region, ...]:
    """The communes of today that `told` tells of, by province (the one with most first: the
    province itself) and by name without its kind."""
    source = UnitSource(context)
    found = (source.current(code) for code in units_of(context.rows(told.release), told.story))
    grouped: dict[str, list[Unit]] = {}
    for one in found:
        if one is not None:
            grouped.setdefault(", ".join(one.unit.parents), []).append(one.unit)
    return tuple(
        Region(
            name,
            tuple(
                Place(unit.code, unit.full_name)
                for unit in sorted(units, key=lambda unit: (fold(unit.name), unit.code))
            ),
        )
        for name, units in sorted(grouped.items(), key=lambda item: (-len(item[1]), item[0]))
    )


def _found(query: str, candidates: Sequence[Candidate], words: Words) -> str:
    if not candidates:
        return words.say(_("Nothing is called “{query}”"), query=query)
    count = translate_count(
        "{count} match for “{query}”",
        "{count} matches for “{query}”",
        len(candidates),
        words.language,
    )
    return count.format(count=words.number(len(candidates)), query=query)


def _several(candidates: Sequence[Candidate], words: Words) -> str:
    """Why there is more than one answer, when there is."""
    if len(candidates) < 2:
        return ""
    codes = {one.unit.code for one in candidates}
    if len(codes) == 1:
        return words.say(_("The same code meant different places at different times."))
    return words.say(_("Several places have this name. The district and province tell them apart."))


def _more(candidates: Sequence[Candidate], words: Words) -> str:
    if len(candidates) <= _SHOWN:
        return ""
    return words.say(
        _("The first {shown} are shown. Write the name more fully to find the one you mean."),
        shown=words.number(_SHOWN),
    )


def _source(view: View, words: Words) -> tuple[SourceLink, ...]:
    records = (view.records.package(name) for name in (UNITS, CROSSWALK))
    return tuple(
        SourceLink(str(record["name"]), text_of(record, "title", words))
        for record in records
        if record
    )
