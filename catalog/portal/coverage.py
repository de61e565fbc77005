"""What time and place a dataset says it covers, in words."""

from __future__ import annotations

from collections.abc import Callable

from catalog.context import Record
from catalog.portal.records import extra
from catalog.portal.wording import Words
from contracts.i18n import _, translate_count

_NAMED = 3
"""Up to so many communes are named; more are counted."""
_DAY = len("2026-01-01")


def time_covered(record: Record, words: Words) -> str:
    """``01/01/2024 – 30/11/2026``; one end alone as from or up to; empty where not said."""
    first, last = (_said(extra(record, f"temporal_{end}"), words) for end in ("start", "end"))
    if first and last:
        return first if first == last else f"{first} – {last}"
    if first:
        return words.say(_("from {first}"), first=first)
    return words.say(_("up to {last}"), last=last) if last else ""


def communes_covered(record: Record) -> tuple[str, ...]:
    """Codes of the communes it covers; those of no place (``_T``, ``_U``) left out."""
    codes = extra(record, "communes").split()
    return tuple(code for code in dict.fromkeys(codes) if not code.startswith("_"))


def places_covered(record: Record, words: Words, place: Callable[[str], str]) -> str:
    """The communes by name, or how many they are; empty where not said."""
    codes = communes_covered(record)
    if len(codes) <= _NAMED:
        return ", ".join(place(code) or code for code in codes)
    count = translate_count(
        "{count} commune or ward", "{count} communes and wards", len(codes), words.language
    )
    return count.format(count=words.number(len(codes)))


def _said(day: str, words: Words) -> str:
    """A day, month or year as people write it; what is none of them as it stands."""
    try:
        return words.day(day) if len(day) == _DAY else words.month(day)
    except ValueError:
        return day
