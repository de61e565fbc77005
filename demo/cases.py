"""The course of the cases, before any vendor's spelling: who, where, what, when, how it ended.

Cases are drawn in batches in order of the day they were received; each batch has its own
generator, seeded by what it is, so that batches do not depend on one another.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from demo import workdays
from demo.course import Course, Flags, Instants, Numbers, OnTime, Status
from demo.procedures import PROCEDURES
from demo.schedule import IGATE, MOT_CUA_2017, Batch
from demo.units import Units
from demo.workdays import Days, add_working_days

_LATE, _LATE_IN_WORST, _WORST_EVERY = 0.045, 0.30, 5
_TOWN, _TOWN_WEIGHT, _OTHER_WEIGHT = "Phường", 3.0, 0.85
_OUTSIDE, _SPLIT = 0.01, 0.012
_RATINGS = (0.62, 0.005, 0.015, 0.05, 0.13, 0.18)  # none, then 1 to 5
_MOVED_ON = 0.25  # of the old system's open cases of June: carried over rather than finished
_OLD_SYSTEM_LAST_FINISH = np.datetime64("2025-06-27", "D")
_OLD_SYSTEM_ENDS = np.datetime64("2025-06-30T17:00:00", "s")
NO_TIME = np.datetime64("NaT", "s")


class Courses:
    """Draws the course of the cases of any batch of one seed."""

    def __init__(self, units: Units, seed: int) -> None:
        self._units = units
        self._seed = seed
        self._codes = tuple(units.current)

    @cached_property
    def _weights(self) -> npt.NDArray[np.float64]:
        rng = np.random.default_rng([self._seed, 1])
        size = np.where(self._towns, _TOWN_WEIGHT, _OTHER_WEIGHT)
        return np.asarray(size * np.exp(0.18 * rng.standard_normal(len(self._codes))))

    @cached_property
    def _towns(self) -> npt.NDArray[np.bool_]:
        """Wards: towns bring more cases than the countryside."""
        return np.asarray([name.startswith(_TOWN) for name in self._units.current.values()])

    @cached_property
    def _late(self) -> npt.NDArray[np.float64]:
        """Share of late cases per commune; every fifth ward is far behind."""
        worst = np.flatnonzero(self._towns)[::_WORST_EVERY]
        late = np.full(len(self._codes), _LATE)
        late[worst] = _LATE_IN_WORST
        return late

    def _old_by_current(self, province: str) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for n, old in enumerate(self._units.old):
            if old.province_code == province and old.current is not None:
                found.setdefault(self._codes.index(old.current), []).append(n)
        return found

    @cached_property
    def _components(self) -> dict[str, dict[int, list[int]]]:
        return {MOT_CUA_2017: self._old_by_current("82"), IGATE: self._old_by_current("87")}

    @cached_property
    def _split(self) -> Numbers:
        return np.asarray([n for n, old in enumerate(self._units.old) if old.current is None])

    def draw(self, batch: Batch) -> Course:
        """The batch's cases, in order of `received`."""
        key = [self._seed, 2, batch.system == IGATE, int(batch.days[0].astype(int))]
        rng = np.random.default_rng(key)
        before = bool(batch.days[0] < workdays.MERGER)
        day = np.repeat(batch.days, batch.counts)
        procedure = _draw_procedures(rng, batch.days[0], batch.size)
        places = self._draw_places(rng, batch, before)
        times = _draw_times(rng, day, procedure, self._late[places["office"]])
        moved = np.zeros(batch.size, dtype=bool)
        last_return = np.full(batch.size, workdays.NOW.astype("datetime64[s]"))
        if batch.system == MOT_CUA_2017:
            moved = _close_old_system(rng, times)
            last_return = np.where(moved, last_return, _OLD_SYSTEM_ENDS)
        due = np.add(times.due_day.astype("datetime64[s]"), np.timedelta64(17, "h"))
        ends = _ends(rng, times, moved, last_return)
        return Course(received=times.received, due=due, **places, **_asked(rng, procedure), **ends)

    def _draw_places(
        self, rng: np.random.Generator, batch: Batch, before: bool
    ) -> dict[str, npt.NDArray[Any]]:
        size = batch.size
        components = self._components[batch.system]
        pool = np.asarray(sorted(components)) if before else np.arange(len(self._codes))
        weights = self._weights[pool] / self._weights[pool].sum()
        office = rng.choice(pool, size, p=weights)
        current = np.where(rng.random(size) < 0.93, office, rng.choice(pool, size, p=weights))
        part = rng.random(size)
        old = np.full(size, -1)
        if before:
            choices = [components[n] for n in current.tolist()]
            old = np.asarray(
                [c[int(u * len(c))] for c, u in zip(choices, part.tolist(), strict=True)],
                dtype=np.int64,
            )
            if batch.system == IGATE:
                split = rng.random(size) < _SPLIT
                old = np.where(split, rng.choice(self._split, size), old)
                current = np.where(split, -1, current)
        codes = self._units.outside_old if before else self._units.outside_new
        away = rng.random(size) < _OUTSIDE
        outside = np.where(away, rng.integers(0, len(codes), size), -1)
        return {
            "office": office,
            "current": np.where(away, -1, current),
            "old": np.where(away, -1, old),
            "outside": outside,
        }


@dataclass
class _Times:
    received: Instants
    due_day: Days
    finish: Instants


def _draw_procedures(rng: np.random.Generator, day: np.datetime64, size: int) -> Numbers:
    weights = np.asarray(
        [
            0.0 if item.abolished and day >= np.datetime64(item.abolished) else item.weight
            for item in PROCEDURES
        ]
    )
    return rng.choice(len(PROCEDURES), size, p=weights / weights.sum())


def _seconds(rng: np.random.Generator, first: int, last: int, size: int) -> Numbers:
    return rng.integers(first, last, size)


def _draw_times(
    rng: np.random.Generator, day: Days, procedure: Numbers, late: npt.NDArray[np.float64]
) -> _Times:
    """Received, due and finished; the office works from 7:30 to 17:00, due is at 17:00."""
    size = len(day)
    sla = np.asarray([item.sla for item in PROCEDURES])[procedure]
    # Sorted within the day, so that numbers and times rise together.
    second = _seconds(rng, 27_000, 57_000, size)
    received = np.sort(np.add(day.astype("datetime64[s]"), second.astype("timedelta64[s]")))
    luck = rng.random(size)
    steps = np.floor(sla * (0.15 + 0.8 * rng.random(size))).astype(np.int64)
    steps = np.where(luck > 0.62, sla, steps)
    steps = np.where(luck < late, sla + rng.geometric(0.3, size), steps)
    finish_day = add_working_days(day, steps)
    within = _seconds(rng, 28_800, 60_600, size)
    soon = received + _seconds(rng, 600, 3_000, size)
    finish = np.where(steps == 0, soon, finish_day.astype("datetime64[s]") + within)
    return _Times(received, add_working_days(day, sla), finish.astype("datetime64[s]"))


def _close_old_system(rng: np.random.Generator, times: _Times) -> Flags:
    """Cases open when the old system closed were hurried to an end, or moved to iGate."""
    last = _OLD_SYSTEM_LAST_FINISH
    over = times.finish.astype("datetime64[D]") > last
    june = times.received >= np.datetime64("2025-06-01", "s")
    moved = over & june & (rng.random(len(over)) < _MOVED_ON)
    hurried = over & ~moved
    received = times.received
    ordinary = last.astype("datetime64[s]") + _seconds(rng, 57_600, 60_600, len(over))
    sooner = np.where(
        received.astype("datetime64[D]") >= last, received + np.int64(1_200), ordinary
    )
    times.finish = np.where(hurried, sooner, times.finish)
    return moved


def _ends(
    rng: np.random.Generator, times: _Times, moved: Flags, last_return: Instants
) -> dict[str, npt.NDArray[Any]]:
    """How the cases end: the columns of `Course` that follow from the times. Nothing is handed
    out from `last_return` on."""
    size = len(moved)
    now = workdays.NOW.astype("datetime64[s]")
    running = times.finish >= now
    finish_day = times.finish.astype("datetime64[D]")
    on_time = np.where(finish_day < times.due_day, OnTime.EARLY, OnTime.LATE)
    on_time = np.where(finish_day == times.due_day, OnTime.ON_TIME, on_time)
    outcome = rng.random(size)
    status = np.where(outcome < 0.02, Status.REJECTED, Status.APPROVED)
    status = np.where(outcome > 0.99, Status.WITHDRAWN, status)
    # Most results are handed out at once, the rest in the days after.
    waits = (rng.random(size) < 0.4) * rng.integers(1, 6, size) * 86_400
    collected = times.finish + _seconds(rng, 60, 900, size) + waits
    handed = (status == Status.APPROVED) & (rng.random(size) < 0.88)
    handed &= (collected < last_return) & ~running
    status = np.where(handed, Status.RETURNED, status)
    open_status = rng.choice([Status.PROCESSING, Status.SUPPLEMENT_REQUESTED], size, p=[0.9, 0.1])
    fresh = now - times.received < np.timedelta64(2, "D")
    status = np.where(running, np.where(fresh, Status.RECEIVED, open_status), status)
    touched = np.minimum(times.received + _seconds(rng, 60, 90_000, size), now)
    return {
        "finished": np.where(running, NO_TIME, times.finish),
        "returned": np.where(handed, collected, NO_TIME),
        "updated": np.where(running, touched, np.where(handed, collected, times.finish)),
        "status": status.astype(np.int64),
        "on_time": np.where(running, OnTime.RUNNING, on_time).astype(np.int64),
        "rating": np.where(running, 0, rng.choice(6, size, p=_RATINGS)).astype(np.int64),
        "moved": moved,
    }


def _asked(rng: np.random.Generator, procedure: Numbers) -> dict[str, npt.NDArray[Any]]:
    """Who asked and how: the columns of `Course` that follow from the procedure."""
    size = len(procedure)
    online = np.asarray([item.online for item in PROCEDURES])[procedure]
    enterprise = np.asarray([item.enterprise for item in PROCEDURES])[procedure]
    fee = np.asarray([item.fee for item in PROCEDURES])[procedure]
    other = np.where(rng.random(size) < 0.015, 2, np.where(rng.random(size) < 0.02, 1, 0))
    channel = np.where(rng.random(size) < (online - 1) * 0.2, 1, 0)
    return {
        "procedure": procedure,
        "kind": np.where(enterprise, 1, other).astype(np.int64),
        "channel": np.where(rng.random(size) < 0.05, 2, channel).astype(np.int64),
        "fee": (fee * rng.choice([1, 1, 1, 1, 2, 3], size)).astype(np.int64),
    }
