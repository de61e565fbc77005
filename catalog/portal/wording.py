"""Numbers, dates, sizes and small counts as people read them, in the reader's language.

Only how a value is written belongs here; which values a page shows belongs to the pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent

from contracts.i18n import Language, _, translate
from contracts.times import VIETNAM

SMALL = 10
"""Counts of persons under this are not told. Source: the statistical disclosure rule."""
ROUND_TO = 5
_GROUPED_FROM = 10_000
_LOCALES = {"vi": "vi_VN", "en": "en_GB"}
_SIZES = ("B", "kB", "MB", "GB", "TB")


@dataclass(frozen=True)
class Words:
    """Everything a template needs to write a value in one language."""

    language: Language

    def say(self, message: str, **values: object) -> str:
        """The sentence in this language with its placeholders filled."""
        text = translate(message, self.language)
        return text.format(**values) if values else text

    def number(self, value: float) -> str:
        """``1.234`` in Vietnamese, ``1,234`` in English."""
        return _number(value, self.language)

    def figure(self, value: float, *, grouped: bool = False) -> str:
        """A number in a table of data: unless `grouped` (it is an amount of something),
        ungrouped below 10,000, so that years stay years."""
        pattern = "#,##0.######" if grouped or abs(value) >= _GROUPED_FROM else "0.######"
        return str(format_decimal(value, format=pattern, locale=_LOCALES[self.language]))

    def percent(self, share: float) -> str:
        """A share in 0..1 as a percentage with at most one decimal."""
        pattern = "#,##0.#%"
        return str(format_percent(share, format=pattern, locale=_LOCALES[self.language]))

    def size(self, size: int) -> str:
        """Bytes as the largest decimal unit that keeps the number at 1 or more."""
        value = float(size)
        unit = 0
        while value >= 1000 and unit < len(_SIZES) - 1:
            value, unit = value / 1000, unit + 1
        written = format_decimal(
            value, format="#,##0.#" if unit else "#,##0", locale=_LOCALES[self.language]
        )
        return f"{written} {_SIZES[unit]}"

    def day(self, value: date | datetime | str) -> str:
        """A day: ``22/11/2026`` in Vietnamese, ``22 November 2026`` in English."""
        parsed = _parse(value)
        if isinstance(parsed, datetime):
            parsed = parsed.astimezone(VIETNAM).date()
        pattern = "dd/MM/yyyy" if self.language == "vi" else "d MMMM yyyy"
        return str(format_date(parsed, format=pattern, locale=_LOCALES[self.language]))

    def moment(self, value: datetime | str) -> str:
        """A time of day and its day, in the province's own time zone."""
        parsed = _parse(value)
        if not isinstance(parsed, datetime):
            return self.day(parsed)
        pattern = "HH:mm, dd/MM/yyyy" if self.language == "vi" else "HH:mm, d MMMM yyyy"
        locale = _LOCALES[self.language]
        return str(format_datetime(parsed, format=pattern, tzinfo=VIETNAM, locale=locale))

    def month(self, value: str) -> str:
        """A period ``2026-03``: ``03/2026`` in Vietnamese, ``Mar 2026`` in English.

        Any other period text (a year, a quarter) is shown as it is.
        """
        try:
            parsed = date.fromisoformat(f"{value}-01")
        except ValueError:
            return value
        pattern = "MM/yyyy" if self.language == "vi" else "MMM yyyy"
        return str(format_date(parsed, format=pattern, locale=_LOCALES[self.language]))

    def few(self) -> str:
        """What stands in for a count that is too small to be told."""
        return self.say(_("fewer than {small}"), small=SMALL)

    def people(self, count: int) -> str:
        """A count of persons: small ones are not told, the rest is rounded down to fives.

        Nought is told, since it speaks of nobody. Down and not to the nearest: 9 and 9
        beside a whole that reads 20 could only be 9 and 9.
        """
        if count == 0:
            return self.number(0)
        if count < SMALL:
            return self.few()
        return self.number(count - count % ROUND_TO)


@lru_cache(maxsize=10_000)
def _number(value: float, language: Language) -> str:
    # A list of datasets has a hundred counts, and Babel takes its time over each.
    return str(format_decimal(value, locale=_LOCALES[language]))


def _parse(value: date | datetime | str) -> date | datetime:
    if not isinstance(value, str):
        return value
    if "T" not in value and " " not in value:
        return date.fromisoformat(value)
    parsed = datetime.fromisoformat(value)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
