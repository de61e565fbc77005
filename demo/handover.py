"""The cases that were still open when the old system closed, and what is true of them.

iGate took them over under their old numbers, so the same number is in both systems and the
newer record wins.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np

from demo.agencies import alias, mot_cua_agencies
from demo.course import Course
from demo.faults_mot_cua import LOST_ZERO, LOST_ZERO_RULE
from demo.mot_cua_2017 import TB_HOSO
from demo.people import People
from demo.schedule import MOT_CUA_2017
from demo.store import Cell
from demo.truth import Outcome, PlantedFault
from demo.units import Units

Columns = dict[str, list[Cell]]


@dataclass(frozen=True)
class Moved:
    """Cases of the old system that iGate took over; `numbers` are their case numbers and
    `receiving` the agencies that took them in, in the form of QĐ 20/2020."""

    course: Course
    people: People
    numbers: list[Cell]
    receiving: list[Cell]


def taken_over(units: Units, course: Course, people: People, columns: Columns) -> Moved:
    """The cases of a batch of the old system that moved."""
    chosen = np.flatnonzero(course.moved).tolist()
    codes = {alias(agency.code): agency.code for agency in mot_cua_agencies(units)}
    return Moved(
        course.take(course.moved),
        People(**{f.name: [getattr(people, f.name)[n] for n in chosen] for f in fields(people)}),
        [columns["SOBIENNHAN"][n] for n in chosen],
        [codes[str(columns["MADV_NHAN"][n])] for n in chosen],
    )


def _truth(
    columns: Columns, place: int, fault: str, outcome: Outcome, rule: str,
    where: tuple[str, str, bool, str | None],
) -> PlantedFault:  # fmt: skip
    key, number = str(columns["ID"][place]), str(columns["SOBIENNHAN"][place])
    return PlantedFault(MOT_CUA_2017, TB_HOSO.name, key, number, fault, outcome, rule, *where)


def migrated(columns: Columns, course: Course) -> Iterator[PlantedFault]:
    """The old system's records of cases that moved: iGate's take their place."""
    where = ("SOBIENNHAN", "case_no", False, None)
    for place in np.flatnonzero(course.moved).tolist():
        rule = "primary_key.unique"
        yield _truth(columns, place, "migrated", Outcome.QUARANTINED, rule, where)


def lost_zeros(columns: Columns, course: Course) -> Iterator[PlantedFault]:
    """Commune codes of other provinces, whose zero the integer column lost (`columns` after
    planting: a row with a planted fault has none)."""
    for place, (code, moved) in enumerate(zip(columns["MAXA"], course.moved.tolist(), strict=True)):
        if isinstance(code, int) and code < 10_000 and not moved:
            where = ("MAXA", "applicant_admin_code", True, f"{code:05}")
            yield _truth(columns, place, LOST_ZERO, Outcome.FIXED, LOST_ZERO_RULE, where)
