"""A cron line in plain words."""

import pytest

from catalog.portal.schedule import schedule_sentence
from catalog.portal.wording import Words


@pytest.mark.parametrize(
    ("cron", "said"),
    [
        ("*/15 * * * *", "Read again every 15 minutes."),
        ("0 * * * *", "Read again every hour."),
        ("5/15 * * * *", "Read again on the schedule 5/15 * * * *."),
        ("30 6 * * *", "Read again every day at 06:30."),
        ("0 5 10 * *", "Read again every month on day 10 at 05:00."),
        ("0 6 * * 1", "Read again every Monday at 06:00."),
        ("0 6 * * 7", "Read again every Sunday at 06:00."),
        ("0 6 * * fri", "Read again every Friday at 06:00."),
        ("*/5 6 * * *", "Read again on the schedule */5 6 * * *."),
        ("0 6 1 1 *", "Read again on the schedule 0 6 1 1 *."),
        ("0 6 1 * 1", "Read again on the schedule 0 6 1 * 1."),
        (None, "Read again when its sources change."),
    ],
)
def test_schedule(cron: str | None, said: str) -> None:
    assert schedule_sentence({"cron": cron}, Words("en")) == said
