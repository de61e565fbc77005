"""Faults that befall a register (facilities, schools), planted by hand row by row.

Here belongs what several registers share; what a fault of one register does is in its module.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

import numpy as np

from demo.planting import Fault, ListPlanter, Planted, Span, becomes
from demo.store import Row, Table
from demo.system import World
from demo.truth import PlantedFault
from demo.workdays import MERGER


def day_text(day: np.datetime64) -> str:
    """A day as the registers write it: ``01/07/2025``."""
    year, month, number = str(day.astype("datetime64[D]")).split("-")
    return f"{number}/{month}/{year}"


def plant(
    world: World,
    system: str,
    table: Table,
    columns: tuple[str, str],
    rows: list[Row],
    quiet: Sequence[int],
    faults: Sequence[Fault],
) -> list[PlantedFault]:
    """Plant `faults` in the rows at the places `quiet`, one a row, and add the rows that they
    add; gives the truth. `columns` are those of the code and of the first day of validity; a
    fault after the merger befalls rows that begin on that day. Rates are of all rows.

    Raises `StopIteration` when there are too few quiet rows.
    """
    code, since = columns
    note = ListPlanter(system, table.name, code)
    left = world.rng(system, 2).permutation(np.asarray(quiet)).tolist()
    after = day_text(MERGER)
    for fault in faults:
        for _ in range(max(1, round(fault.rate * len(rows)))):
            free = (n for n in left if fault.span is Span.ANY or rows[n][since] == after)
            row = rows[left.pop(left.index(next(free)))]
            planted = fault.plant(row, Random(f"{world.seed}:{system}:{row['ID']}"))
            if planted.extra is not None:
                row = planted.extra | {"ID": len(rows) + 1}
                rows.append(row)
            note.note(row, fault.name, fault.outcome, fault.rule, planted)
    return note.truths


def set_cell(
    column: str, target: str, value: str | int | float | None, row: Row, rng: Random
) -> Planted:
    """Put `value` in `column`."""
    del rng
    row[column] = value
    return Planted(column, target)


def spoil_text(
    column: str, target: str, mutate: Callable[[str, Random], str], row: Row, rng: Random
) -> Planted:
    """Spoil the form of a text, which must be repaired to what it was."""
    clean = str(row[column])
    row[column] = mutate(clean, rng)
    return becomes(column, target, clean)


def stands_as(column: str, target: str, value: str, row: Row, rng: Random) -> Planted:
    """Put a text that looks odd and must be kept."""
    del rng
    row[column] = value
    return becomes(column, target, value)


def loose_code(column: str, target: str, row: Row, rng: Random) -> Planted:
    """A code with an invisible mark or a space around it."""
    clean = str(row[column])
    row[column] = rng.choice([f" {clean}", f"{clean}\u00a0", f"\ufeff{clean}"])
    return becomes(column, target, clean)


def null_word(column: str, target: str, row: Row, rng: Random) -> Planted:
    """A word for nothing."""
    row[column] = rng.choice(["-", "N/A", "không có"])
    return becomes(column, target, None)


def capitals(column: str, target: str, row: Row, rng: Random) -> Planted:
    """A person's name in capitals."""
    del rng
    row[column] = "NGUYỄN THỊ HIỀN"
    return becomes(column, target, "Nguyễn Thị Hiền")


def old_phone(column: str, area: tuple[str, str], row: Row, rng: Random) -> Planted:
    """A landline of before 2017; `area` is its code then and today, without the zero."""
    digits = f"{rng.randrange(10**6):06}"
    row[column] = f"0{area[0]}.3{digits[:3]} {digits[3:]}"
    return becomes(column, "phone", f"+84{area[1]}3{digits}")


def swapped(latitude: str, longitude: str, row: Row, rng: Random) -> Planted:
    """Latitude and longitude in each other's place."""
    del rng
    row[latitude], row[longitude] = row[longitude], row[latitude]
    return becomes(latitude, "latitude", str(row[longitude]))


def older_copy(column: str, target: str, changed: str, row: Row, rng: Random) -> Planted:
    """An earlier state of the row that was never taken away; `changed` is the column of the
    day of its last change."""
    del rng
    return Planted(column, target, extra=row | {changed: "2024-09-01 08:00:00"})
