"""Indicators as people read them: the newest value, how good it is, and the months before.

Choosing and reading observations is `catalog.indicators`; addresses are `indicator_routes`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog.indicators import IndicatorStory, Row, Told
from catalog.portal.wording import Words
from contracts.i18n import _

_SHOWN = 12
_UP, _DOWN = "up", "down"


@dataclass(frozen=True)
class Point:
    """One period. `number` is None where the value is not told."""

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
    is there for shares with thresholds."""

    code: str
    title: str
    measure: str
    newest: Point
    judged: str
    gauge: Gauge | None
    before: tuple[Point, ...]


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
    domains = _domains(told, words)
    made: dict[str, list[Card]] = {}
    for row in found:
        if row["observations"]:
            made.setdefault(str(row[story.domain]), []).append(_card(story, row, words))
    order = list(domains)
    return tuple(
        Section(code, domains.get(code, code), tuple(made[code]))
        for code in sorted(made, key=lambda code: order.index(code) if code in order else 99)
    )


def _domains(told: Told, words: Words) -> dict[str, str]:
    """Code of a domain → its title, from the catalogue's own data dictionary."""
    column = next((c for c in told.catalogue.schema if c.name == told.story.domain), None)
    lists = told.catalogue.metadata.get("code_lists")
    if column is None or column.code_list is None or not isinstance(lists, Mapping):
        return {}
    codes = lists.get(column.code_list)
    return {
        str(code): str(title[words.language])
        for code, title in (codes.items() if isinstance(codes, Mapping) else ())
    }


def _card(story: IndicatorStory, row: Row, words: Words) -> Card:
    points = [_point(story, one, words) for one in row["observations"]]
    newest = points[-1]
    title = row[story.name] if words.language == "vi" else row[story.name_en]
    return Card(
        code=str(row[story.code]),
        title=str(title or row[story.name]),
        measure=str(row[story.measure] or ""),
        newest=newest,
        judged=_judged(story, row, newest, words),
        gauge=_gauge(story, row),
        before=tuple(reversed(points[-_SHOWN - 1 : -1])),
    )


def _point(story: IndicatorStory, row: Row, words: Words) -> Point:
    value = row[story.value]
    text = words.say(_("not told")) if value is None else words.figure(float(value))
    number = None if value is None else float(value)
    return Point(words.month(str(row[story.period])), text, number)


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
