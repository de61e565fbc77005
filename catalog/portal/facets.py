"""The facets beside the list of datasets: values in words, with counts, as links.

What may be asked is `asked`; counting is `catalog.search`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from catalog.context import View
from catalog.frequency import code_of
from catalog.licences import LICENCES
from catalog.portal.asked import FACETS, Asked
from catalog.portal.records import access_words, owner_titles, text_of
from catalog.portal.wording import Words
from catalog.search.request import SearchAnswer
from contracts.i18n import _

MOST_VALUES = 60
"""Values of one facet that are counted; the search box is the way to the rest."""
_SHOWN = 8
"""Values shown at once; the others are behind "more"."""
_OTHER_PLACE = "_"
"""Begins a code that is no place (``_T`` the whole, ``_U`` unknown)."""

_FREQUENCIES = {
    "CONT": _("all the time"),
    "UPDATE_CONT": _("all the time"),
    "1MIN": _("every minute"),
    "5MIN": _("every 5 minutes"),
    "10MIN": _("every 10 minutes"),
    "15MIN": _("every 15 minutes"),
    "30MIN": _("every 30 minutes"),
    "HOURLY": _("every hour"),
    "BIHOURLY": _("every two hours"),
    "TRIHOURLY": _("every three hours"),
    "12HRS": _("twice a day"),
    "DAILY": _("every day"),
    "DAILY_2": _("twice a day"),
    "WEEKLY": _("every week"),
    "WEEKLY_2": _("twice a week"),
    "WEEKLY_3": _("three times a week"),
    "BIWEEKLY": _("every two weeks"),
    "MONTHLY": _("every month"),
    "MONTHLY_2": _("twice a month"),
    "MONTHLY_3": _("three times a month"),
    "BIMONTHLY": _("every two months"),
    "QUARTERLY": _("every quarter"),
    "ANNUAL_2": _("twice a year"),
    "ANNUAL_3": _("three times a year"),
    "ANNUAL": _("every year"),
    "BIENNIAL": _("every two years"),
    "TRIENNIAL": _("every three years"),
    "QUADRENNIAL": _("every four years"),
    "QUINQUENNIAL": _("every five years"),
    "DECENNIAL": _("every ten years"),
    "IRREG": _("at no fixed time"),
    "AS_NEEDED": _("at no fixed time"),
    "NEVER": _("never again"),
    "NOT_PLANNED": _("never again"),
    "OTHER": _("on another schedule"),
    "UNKNOWN": _("not stated"),
}
"""EU frequency code → words. Source: Publications Office of the EU, frequency table."""

_LICENCES = {
    "cc-by": _("Creative Commons: name the source"),
    "cc-by-sa": _("Creative Commons: name the source, share alike"),
    "cc-zero": _("Creative Commons: no conditions (CC0)"),
    "cc-nc": _("Creative Commons: not for trade"),
    "other-open": _("Another open licence"),
    "other-closed": _("Another licence, not open"),
    "notspecified": _("Licence not stated"),
}


@dataclass(frozen=True)
class Choice:
    """A value, an order or a page as a link."""

    label: str
    href: str
    active: bool = False
    count: int = 0
    facet: str = ""


@dataclass(frozen=True)
class Facet:
    """One facet: the values shown at once, those behind "more", and whether there are even
    more than those."""

    name: str
    label: str
    items: tuple[Choice, ...]
    more: tuple[Choice, ...]
    cut: bool


class Titles:
    """What facet values are called in the reader's language. `place` names a commune by its
    code, or answers nothing."""

    def __init__(self, view: View, words: Words, place: Callable[[str], str]) -> None:
        self._words = words
        self._place = place
        self.owners = owner_titles(view.records, words)
        self._themes = {
            str(record["name"]): text_of(record, "title", words) for record in view.records.groups()
        }

    def title(self, facet: str, value: str) -> str:
        """The title of a value, or the value itself."""
        named: Mapping[str, Callable[[str], str | None]] = {
            "organization": self.owners.get,
            "groups": self._themes.get,
            "commune": self._place,
            "frequency": self._frequency,
            "license_id": self._licence,
            "access": self._access,
        }
        return (named[facet](value) if facet in named else None) or value

    def _access(self, value: str) -> str:
        return access_words(value, self._words).label

    def _frequency(self, value: str) -> str:
        said = _FREQUENCIES.get(code_of(value) or "")
        return self._words.say(said) if said else ""

    def _licence(self, value: str) -> str:
        if said := _LICENCES.get(value):
            return self._words.say(said)
        return LICENCES[value].title if value in LICENCES else ""


def facets_of(
    asked: Asked, answer: SearchAnswer, titles: Titles, words: Words
) -> tuple[Facet, ...]:
    """The facets that have a value. A chosen value comes first, even one that nothing has."""
    facets = []
    for name, label in FACETS.items():
        chosen = [value for facet, value in asked.filters if facet == name]
        counted = _counted(name, answer.facets.get(name, ()))
        items = [
            Choice(titles.title(name, value), asked.without(name, value).href(words), True, count)
            for value, count in ((value, counted.get(value, 0)) for value in chosen)
        ]
        free = [(value, count) for value, count in counted.items() if value not in chosen]
        items += [
            Choice(titles.title(name, value), asked.having(name, value).href(words), False, count)
            for value, count in free[:MOST_VALUES]
        ]
        if items:
            shown = max(_SHOWN, len(chosen))
            cut = len(free) > MOST_VALUES
            facets.append(
                Facet(name, words.say(label), tuple(items[:shown]), tuple(items[shown:]), cut)
            )
    return tuple(facets)


def _counted(name: str, values: tuple[tuple[str, int], ...]) -> Mapping[str, int]:
    if name == "commune":
        return {value: n for value, n in values if not value.startswith(_OTHER_PLACE)}
    return dict(values)
