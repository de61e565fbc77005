"""How many cases were late in one place: one sentence, a chart, a table, a CSV, a citation.

Reading the numbers is `stories`; finding and naming the place is `unit_pages`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from catalog.portal.charts import Row, draw_rows
from catalog.portal.stories import Period, PlaceStory
from catalog.portal.wording import ROUND_TO, SMALL, Words
from contracts.i18n import _


@dataclass(frozen=True)
class TableRow:
    """One month as the table tells it."""

    period: str
    total: str
    part: str


@dataclass(frozen=True)
class PlaceAnswer:
    """What the page shows; `note` is empty when every number is told, and `any_told` says
    whether any late number is."""

    sentence: str
    note: str
    any_told: bool
    chart: Markup
    caption: str
    rows: tuple[TableRow, ...]


def answer(name: str, periods: Sequence[Period], words: Words) -> PlaceAnswer:
    """The answer for the place called `name`; `periods` is not empty, oldest first."""
    newest_first = tuple(reversed(periods))
    told = tuple(_row(one, words) for one in newest_first)
    title = words.say(_("Late cases in {name}, by month"), name=name)
    sentence = _sentence(name, periods, words)
    untold = any(one.total is None or one.part is None for one in periods)
    note = _(
        "* Fewer than {small}, or not told because a number under {small} could be worked out "
        "from it. All other numbers are rounded to the nearest {round_to}."
    )
    return PlaceAnswer(
        sentence=sentence,
        note=words.say(note, small=SMALL, round_to=ROUND_TO) if untold else "",
        any_told=any(one.part is not None for one in periods),
        chart=draw_rows(
            tuple(
                Row(row.period, one.total, one.part, row.part)
                for one, row in zip(newest_first, told, strict=True)
            ),
            title=title,
            description=sentence,
            small=SMALL,
        ),
        caption=title,
        rows=told,
    )


def as_csv(periods: Sequence[Period], story: PlaceStory, unit: str) -> str:
    """The numbers of the page under the dataset's own column names; an empty cell and
    ``suppressed`` naming its column where a number is not told."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow((story.unit, story.period, story.total, story.part, "suppressed"))
    for one in periods:
        numbers = {story.total: one.total, story.part: one.part}
        suppressed = " ".join(column for column, number in numbers.items() if number is None)
        writer.writerow((unit, one.period, one.total, one.part, suppressed))
    return text.getvalue()


def _row(one: Period, words: Words) -> TableRow:
    untold = f"{words.few()}*"
    return TableRow(
        words.month(one.period),
        untold if one.total is None else words.number(one.total),
        untold if one.part is None else words.number(one.part),
    )


def _opening(periods: Sequence[Period], words: Words) -> str:
    first, last = words.month(periods[0].period), words.month(periods[-1].period)
    if first == last:
        return words.say(_("In {month}"), month=first)
    return words.say(_("From {first} to {last}"), first=first, last=last)


def _sentence(name: str, periods: Sequence[Period], words: Words) -> str:
    totals = [one.total for one in periods if one.total is not None]
    parts = [one.part for one in periods if one.part is not None]
    about = _("about") if len(totals) == len(periods) else _("at least about")
    said: dict[str, object] = {
        "opening": _opening(periods, words),
        "name": name,
        "about": words.say(about),
        "total": words.number(sum(totals)),
        "late": words.number(sum(parts)),
        "told": words.number(len(parts)),
        "months": words.number(len(periods)),
        "few": words.few(),
    }
    if not totals:
        return words.say(_("{opening}, {few}* cases from {name} were finished each month."), **said)
    if not parts:
        return words.say(
            _(
                "{opening}, {about} {total} cases from {name} were finished; in each of the "
                "{months} months {few}* were late."
            ),
            **said,
        )
    if len(parts) < len(periods):
        return words.say(
            _(
                "{opening}, {about} {total} cases from {name} were finished. About {late} were "
                "late in the months whose number is told ({told} of {months}); in each of the "
                "others {few}* were late."
            ),
            **said,
        )
    return words.say(
        _(
            "{opening}, {about} {total} cases from {name} were finished, of which about {late} "
            "were late ({share})."
        ),
        share=words.percent(sum(parts) / sum(totals)),
        **said,
    )
