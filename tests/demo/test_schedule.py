import numpy as np
import pytest

from demo import workdays
from demo.schedule import BATCH_ROWS, IGATE, MOT_CUA_2017, plan


@pytest.mark.parametrize("cases", [500, 50_000, 1_234_567])
def test_exactly_that_many_cases_in_batches_of_one_month(cases: int) -> None:
    batches = plan(cases)
    assert sum(batch.size for batch in batches) == cases
    for batch in batches:
        assert len(set(batch.days.astype("datetime64[M]").tolist())) == 1
        assert batch.size <= BATCH_ROWS + batch.counts.max()


def test_ordinals_follow_one_another_within_a_system() -> None:
    for system in (IGATE, MOT_CUA_2017):
        expected = 0
        for batch in plan(50_000):
            if batch.system == system:
                assert batch.first == expected
                expected += batch.size


def test_the_old_system_takes_no_case_after_the_merger() -> None:
    days = [batch.days[-1] for batch in plan(5_000) if batch.system == MOT_CUA_2017]
    assert max(days) < workdays.MERGER


def test_working_days_leave_out_weekends_and_holidays() -> None:
    days = workdays.working_days(np.datetime64("2025-04-28"), np.datetime64("2025-05-06"))
    assert [str(day) for day in days] == ["2025-04-28", "2025-04-29", "2025-05-05"]
    moved = workdays.add_working_days(days[:2], np.asarray([1, 1]))
    assert [str(day) for day in moved] == ["2025-04-29", "2025-05-05"]
