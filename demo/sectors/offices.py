"""Agencies of the sample in their months, for the systems that all agencies report to.

Here belong which agencies there are on a day, and faults that befall their reports whatever
the system calls its columns. What an agency is, is `demo.agencies`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from random import Random

import numpy as np

from demo.agencies import Agency, igate_agencies, mot_cua_agencies
from demo.planting import Fault, Plant, Planted, Planter, becomes
from demo.store import Cell, Row
from demo.system import World
from demo.truth import Outcome, PlantedFault
from demo.units import Units
from demo.workdays import FIRST_DAY, NOW, Days

_KINDS = frozenset({"ubnd_tinh", "so", "ban", "ubnd_huyen", "ubnd_xa"})


def offices(units: Units) -> tuple[Agency, ...]:
    """The agencies of both old provinces and the new one that keep registers of their own
    (not their one-stop desks), each in its validity."""
    everyone = (*igate_agencies(units), *mot_cua_agencies(units))
    return tuple(a for a in everyone if a.kind in _KINDS and a.code.count(".") < 2)


def offices_on(everyone: Sequence[Agency], day: np.datetime64) -> list[Agency]:
    """Those of `everyone` that are there on the day, by code."""
    iso = str(day)
    there = [a for a in everyone if a.since <= iso and (a.until is None or iso < a.until)]
    return sorted(there, key=lambda agency: agency.code)


def months() -> Days:
    """The first days of the sample's months."""
    first, last = FIRST_DAY.astype("datetime64[M]"), NOW.astype("datetime64[M]")
    return np.arange(first, last + 1).astype("datetime64[D]")


def put(column: str, target: str, *values: Cell) -> Plant:
    """A fault that writes one of `values` into a cell."""
    return partial(_put, column, target, values)


def several(target: str, **cells: Cell) -> Plant:
    """A fault that writes several cells; the first is its hint."""
    return partial(_several, target, cells)


def loose(column: str, target: str, words: Mapping[str, str] | None = None) -> Plant:
    """Spaces, visible and not, around a cell; `words` is what the clean cell becomes, where
    it does not stay as it is."""
    return partial(_loose, column, target, words or {})


def thousands(column: str, target: str) -> Plant:
    """A number of some thousands, written with a dot as in Vietnamese."""
    return partial(_thousands, column, target)


def no_value(column: str, target: str) -> Plant:
    """A word for no data."""
    return partial(_no_value, column, target)


def older_copy(column: str, target: str, **cells: Cell) -> Plant:
    """The row once more, as it was before; `cells` make it the older one."""
    return partial(_older_copy, column, target, cells)


def more_than(part: str, whole: str, target: str) -> Plant:
    """A part that is larger than its whole."""
    return partial(_more_than, part, whole, target)


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
    """`rows` of a table that is held whole, with their faults and the rows these add; the first
    `before` are of before the merger."""
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    planter = Planter(system, table, number, faults, world.seed, cases=len(rows), before=before)
    truths, extras = planter.plant(columns, 0)
    return [*_rows(columns), *extras], truths


def fault(name: str, rate: float, outcome: Outcome, rule: str, how: Plant) -> Fault:
    """A fault that can befall any row."""
    return Fault(name, rate, outcome, rule, how)


def _rows(columns: dict[str, list[Cell]]) -> Iterator[Row]:
    for cells in zip(*columns.values(), strict=True):
        yield dict(zip(columns, cells, strict=True))


def _put(column: str, target: str, values: Sequence[Cell], row: Row, rng: Random) -> Planted:
    row[column] = rng.choice(values)
    return Planted(column, target)


def _several(target: str, cells: Row, row: Row, rng: Random) -> Planted:
    del rng
    row.update(cells)
    return Planted(next(iter(cells)), target)


def _loose(column: str, target: str, words: Mapping[str, str], row: Row, rng: Random) -> Planted:
    clean = str(row[column])
    row[column] = rng.choice([f" {clean}", f"{clean}\u00a0", f"{clean}\n", f"\ufeff{clean}"])
    return becomes(column, target, words.get(clean, clean))


def _thousands(column: str, target: str, row: Row, rng: Random) -> Planted:
    number = rng.randrange(2_000, 4_000)
    row[column] = f"{number:,}".replace(",", ".")
    return becomes(column, target, str(number))


def _no_value(column: str, target: str, row: Row, rng: Random) -> Planted:
    row[column] = rng.choice(["-", "N/A", "không có"])
    return becomes(column, target, None)


def _older_copy(column: str, target: str, cells: Row, row: Row, rng: Random) -> Planted:
    del rng
    return Planted(column, target, extra=row | cells)


def _more_than(part: str, whole: str, target: str, row: Row, rng: Random) -> Planted:
    row[part] = str(int(str(row[whole])) + rng.randrange(1, 50))
    return Planted(part, target)
