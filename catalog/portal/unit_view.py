"""A commune as people read it: what it was, what it is now, and on what ground.

Wording only. Finding units is `lakehouse.units`, whose candidates this module reads; a split
commune is told as split, with all its parts, and never resolved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from catalog.portal.site import address
from catalog.portal.wording import Words
from contracts.i18n import _
from lakehouse.units import Candidate, Link, Unit

_GROUNDS = {
    "whole": _("merged whole"),
    "part": _("merged in part"),
    "unchanged": _("unchanged"),
    "renamed": _("renamed"),
    "retyped": _("its kind was changed"),
    "district_to_special_zone": _("island district made a special zone"),
}
_DISTRICT = "district"


@dataclass(frozen=True)
class OtherUnit:
    """The other end of a change; `href` where it has a page of its own."""

    name: str
    code: str
    where: str
    ground: str
    href: str


@dataclass(frozen=True)
class UnitView:
    """One unit. `now` is what it became, `before` what it was made from; `split` explains a
    split, `gone` an end without a successor. Texts are empty where there is nothing to say."""

    name: str
    code: str
    where: str
    validity: str
    href: str
    now_title: str
    now: tuple[OtherUnit, ...]
    split: str
    gone: str
    before_title: str
    before: tuple[OtherUnit, ...]


def unit_view(candidate: Candidate, words: Words) -> UnitView:
    """The card of a unit."""
    unit = candidate.unit
    current = unit.valid_to is None
    return UnitView(
        name=unit.full_name,
        code=unit.code,
        where=", ".join(unit.parents),
        validity=validity(unit, words),
        href=address(words.language, f"/units/{unit.code}") if current else "",
        now_title=_now_title(candidate, words),
        now=_others(candidate.became, words),
        split=_split(words) if candidate.split else "",
        gone="" if current or candidate.became else _gone(unit, words),
        before_title=words.say(_("Made from")) if candidate.made_from else "",
        before=_others(candidate.made_from, words),
    )


def validity(unit: Unit, words: Words) -> str:
    """The days on which the unit had this code and name."""
    if unit.valid_to is None:
        return words.say(_("since {day}"), day=words.day(unit.valid_from))
    return words.say(_("until {day}"), day=words.day(unit.valid_to - timedelta(days=1)))


def _now_title(candidate: Candidate, words: Words) -> str:
    if not candidate.became:
        return ""
    if candidate.split:
        parts = words.number(len(candidate.became))
        return words.say(_("Split among {parts} communes and wards"), parts=parts)
    return words.say(_("Now"))


def _split(words: Words) -> str:
    return words.say(
        _(
            "Which of them an address belongs to now depends on the hamlet or street. It cannot "
            "be told from the old name alone, so we do not guess: ask the People's Committee of "
            "one of them."
        )
    )


def _gone(unit: Unit, words: Words) -> str:
    if unit.level == _DISTRICT:
        return words.say(
            _("Districts were closed on {day}; nothing took their place."),
            day=words.day(unit.valid_to) if unit.valid_to else "",
        )
    return words.say(_("The published list names no successor."))


def _others(links: Sequence[Link], words: Words) -> tuple[OtherUnit, ...]:
    return tuple(_other(link, words) for link in links)


def _other(link: Link, words: Words) -> OtherUnit:
    unit = link.unit
    current = unit is not None and unit.valid_to is None
    return OtherUnit(
        name=unit.full_name if unit else link.code,
        code=link.code,
        where=", ".join(unit.parents) if unit else "",
        ground=_ground(link, words),
        href=address(words.language, f"/units/{link.code}") if current else "",
    )


def _ground(link: Link, words: Words) -> str:
    said = [words.say(_GROUNDS.get(link.relation, link.relation))]
    if link.share is not None and link.share < 1:
        said.append(words.percent(float(link.share)))
    if link.effective_date is not None:
        said.append(words.say(_("on {day}"), day=words.day(link.effective_date)))
    if link.ground:
        said.append(f"“{link.ground}”")
    return ", ".join(said)
