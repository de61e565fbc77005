"""Indicators as people read them: the newest value, how good it is, and the months before.

Choosing and reading observations is `catalog.indicators`; addresses are `indicator_routes`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog.indicators import IndicatorStory, Row, Told
from catalog.portal.wording import Words
from contracts.i18n import _
from contracts.releases import Release

_SHOWN = 12
_UP, _DOWN = "up", "down"


@dataclass(frozen=True)
class Point:
    """One period. `number` is None where there is no value, and `text` says why."""

    period: str
    text: str
    number: float | None


@dataclass(frozen=True)
class Gauge:
    """An HTML ``meter`` of a share: thresholds and which side of them is good."""

    low: float
    high: float
    optimum: float
    least: float = 0.0
    most: float = 100.0


@dataclass(frozen=True)
class Card:
    """One indicator of one unit. `judged` says in words how good the newest value is; `gauge`
    is there for shares with thresholds. `boundaries`: those of the newest value, and of all
    that stand `before` it: a code of other boundaries is another unit."""

    code: str
    title: str
    measure: str
    newest: Point
    judged: str
    gauge: Gauge | None
    before: tuple[Point, ...]
    boundaries: str


@dataclass(frozen=True)
class Section:
    """The indicators of one domain."""

    code: str
    title: str
    cards: tuple[Card, ...]


def sections(told: Told, found: Sequence[Row], words: Words) -> tuple[Section, ...]:
    """What is found, by domain in the order of the code list; indicators that have no value
    here are left out."""
    story = told.story
    domains = _titles(told.catalogue, story.domain, words)
    boundaries = _titles(told.observations, story.basis, words)
    made: dict[str, list[Card]] = {}
    for row in found:
        if row["observations"]:
            made.setdefault(str(row[story.domain]), []).append(_card(story, row, boundaries, words))
    order = list(domains)
    return tuple(
        Section(code, domains.get(code, code), tuple(made[code]))
        for code in sorted(made, key=lambda code: order.index(code) if code in order else 99)
    )


def _titles(release: Release, column: str, words: Words) -> dict[str, str]:
    """Code → title of the column's code list, from the data dictionary of `release`."""
    found = next((c for c in release.schema if c.name == column), None)
    lists = release.metadata.get("code_lists")
    if found is None or found.code_list is None or not isinstance(lists, Mapping):
        return {}
    codes = lists.get(found.code_list)
    return {
        str(code): str(title[words.language])
        for code, title in (codes.items() if isinstance(codes, Mapping) else ())
    }


def _card(story: IndicatorStory, row: Row, boundaries: Mapping[str, str], words: Words) -> Card:
    basis = row["observations"][-1][story.basis]
    points = [_point(story, one, words) for one in row["observations"] if one[story.basis] == basis]
    newest = points[-1]
    vietnamese = words.language == "vi"
    title = row[story.name] if vietnamese else row[story.name_en]
    measure = row[story.measure] if vietnamese else row[story.measure_en]
    return Card(
        code=str(row[story.code]),
        title=str(title or row[story.name]),
        measure=str(measure or row[story.measure] or ""),
        newest=newest,
        judged=_judged(story, row, newest, words),
        gauge=_gauge(story, row),
        before=tuple(reversed(points[-_SHOWN - 1 : -1])),
        boundaries=boundaries.get(str(basis), str(basis)),
    )


def _point(story: IndicatorStory, row: Row, words: Words) -> Point:
    period = words.month(str(row[story.period]))
    if row[story.value] is not None:
        number = float(row[story.value])
        return Point(period, words.figure(number, grouped=True), number)
    hidden = row[story.status] == "suppressed"
    text = words.say(_("too few cases to be told") if hidden else _("no figures"))
    return Point(period, text, None)


def _judged(story: IndicatorStory, row: Row, newest: Point, words: Words) -> str:
    good, warning, up = row[story.good], row[story.warning], row[story.direction] == _UP
    if newest.number is None or good is None or warning is None:
        return ""
    value = newest.number
    if (value >= good) if up else (value <= good):
        return words.say(_("good"))
    if (value < warning) if up else (value > warning):
        return words.say(_("needs attention"))
    return words.say(_("fair"))


def _gauge(story: IndicatorStory, row: Row) -> Gauge | None:
    good, warning = row[story.good], row[story.warning]
    if good is None or warning is None or row[story.measure] != "%":
        return None
    low, high = sorted((float(good), float(warning)))
    return Gauge(low, high, optimum=0.0 if row[story.direction] == _DOWN else 100.0)
