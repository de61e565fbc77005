"""Tables that are held whole while their faults are planted: lists, registers, small reports.

What a fault does is `demo.sectors.dirt`; tables too large to be held are planted batch by batch
with `demo.planting.Planter`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from random import Random

import numpy as np

from demo.planting import Fault, ListPlanter, Planter, Span
from demo.store import Cell, Row, Table
from demo.system import Place, World
from demo.truth import Outcome, PlantedFault
from demo.workdays import MERGER


def day_text(day: np.datetime64) -> str:
    """A day as clerks write it: ``01/07/2025``."""
    year, month, number = str(day.astype("datetime64[D]")).split("-")
    return f"{number}/{month}/{year}"


def plant(
    world: World,
    system: str,
    table: str,
    number: str,
    rows: list[Row],
    faults: Sequence[Fault],
    *,
    before: int = 0,
) -> tuple[list[Row], list[PlantedFault]]:
    """`rows` with their faults and the rows these add, and the truth; any row can have one. The
    first `before` are of before the merger; `number` is the column of a row's own number."""
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    planter = Planter(system, table, number, faults, world.seed, cases=len(rows), before=before)
    truths, extras = planter.plant(columns, 0)
    return [*_rows(columns), *extras], truths


def _rows(columns: dict[str, list[Cell]]) -> Iterator[Row]:
    for cells in zip(*columns.values(), strict=True):
        yield dict(zip(columns, cells, strict=True))


def plant_quiet(
    world: World,
    system: str,
    table: str,
    columns: tuple[str, str],
    rows: list[Row],
    quiet: Sequence[int],
    faults: Sequence[Fault],
) -> list[PlantedFault]:
    """Plant `faults` in the rows at the places `quiet` only, one a row, and add the rows that
    they add; gives the truth. `columns` are those of the code and of the first day of validity;
    a fault after the merger befalls rows that begin on that day. Rates are of all rows.

    Raises `StopIteration` when there are too few quiet rows.
    """
    code, since = columns
    note = ListPlanter(system, table, code)
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


def write_tables(
    place: Place, tables: Mapping[Table, Sequence[Row]], truths: Sequence[PlantedFault]
) -> int:
    """Write a database that is held whole, and the truth about it; gives the number of its
    rows."""
    with place.database() as writer:
        for table, rows in tables.items():
            writer.create(table)
            writer.insert(table, table.tuples(rows))
        place.tell(truths)
    return sum(map(len, tables.values()))


def sums(rows: Sequence[Row], columns: Sequence[str]) -> Row:
    """The total of each column over `rows`; what is no number does not count."""
    return {
        column: sum(int(row[column] or 0) for row in rows if isinstance(row[column], int))
        for column in columns
    }


def left_out(system: str, table: str, key: str, rule: str, column: str) -> PlantedFault:
    """The truth about a total that stands among the rows of a report."""
    return PlantedFault(
        *(system, table, key, key, rule, Outcome.EXCLUDED, rule, column, "", False, None)
    )
