"""A release calendar in plain words: a cron line as people say it.

Running anything on time is the pipelines' business; this only says it.
"""

from __future__ import annotations

from collections.abc import Mapping

from catalog.portal.wording import Words
from contracts.i18n import _

_WEEKDAYS = (
    _("Sunday"),
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
)
_SHORT_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


def schedule_sentence(calendar: Mapping[str, object], words: Words) -> str:
    """When the sources are read again, from manifest ``metadata.calendar``.

    Cron forms that need more than one phrase are quoted as they stand. Without a cron line
    the answer says that a release is made when something changes.
    """
    cron = calendar.get("cron")
    if not isinstance(cron, str) or len(cron.split()) != 5:
        return words.say(_("Read again when its sources change."))
    minute, hour, day, month, weekday = cron.split()
    dated = day != "*" or month != "*" or weekday != "*"
    every, _slash, step = minute.partition("/")
    if every == "*" and step.isdigit() and hour == "*" and not dated:
        return words.say(_("Read again every {count} minutes."), count=step)
    if minute.isdigit() and hour == "*" and not dated:
        return words.say(_("Read again every hour."))
    if not (minute.isdigit() and hour.isdigit()) or month != "*":
        return words.say(_("Read again on the schedule {cron}."), cron=cron)
    at = f"{int(hour):02d}:{int(minute):02d}"
    if not dated:
        return words.say(_("Read again every day at {time}."), time=at)
    if day.isdigit() and weekday == "*":
        return words.say(_("Read again every month on day {day} at {time}."), day=day, time=at)
    if day == "*" and (name := _weekday(weekday)):
        said = words.say(name)
        return words.say(_("Read again every {weekday} at {time}."), weekday=said, time=at)
    return words.say(_("Read again on the schedule {cron}."), cron=cron)


def _weekday(text: str) -> str | None:
    if text.isdigit() and int(text) <= 7:
        return _WEEKDAYS[int(text) % 7]
    if text.upper() in _SHORT_WEEKDAYS:
        return _WEEKDAYS[_SHORT_WEEKDAYS.index(text.upper())]
    return None
