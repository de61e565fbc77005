"""What goes wrong in one cell or row, whatever a system calls its columns.

Each function gives a `Plant` for a `Fault`. Which faults a system has, and how often, is said in
its module; so is what befalls that system alone. `column` is that of the source, `target` that of
the contract.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from random import Random

from demo.planting import Fault, Plant, Planted, Span, becomes
from demo.store import Cell, Row
from demo.truth import Outcome

Mutate = Callable[[str, Random], str]
Listed = tuple[str, float, Outcome, str, Plant]
"""Name, rate, outcome, rule and what it does: a fault in one line."""


def faults(rows: Iterable[Listed], span: Span = Span.ANY) -> tuple[Fault, ...]:
    """Faults of the cases of one span."""
    return tuple(Fault(*row, span) for row in rows)


def set_to(column: str, target: str, *values: Cell) -> Plant:
    """One of `values` in `column`, beyond repair."""

    def plant(row: Row, rng: Random) -> Planted:
        row[column] = rng.choice(values)
        return Planted(column, target)

    return plant


def several(target: str, **cells: Cell) -> Plant:
    """Several cells; the first is the hint."""

    def plant(row: Row, rng: Random) -> Planted:
        del rng
        row.update(cells)
        return Planted(next(iter(cells)), target)

    return plant


def stands_as(column: str, target: str, written: Cell, value: str | None = None) -> Plant:
    """`written` in `column`, which must become `value` (the same text if left out)."""

    def plant(row: Row, rng: Random) -> Planted:
        del rng
        row[column] = written
        return becomes(column, target, str(written) if value is None else value)

    return plant


def mutated(column: str, target: str, mutate: Mutate) -> Plant:
    """The text of `column` in another form that cleaning undoes."""

    def plant(row: Row, rng: Random) -> Planted:
        clean = str(row[column])
        row[column] = mutate(clean, rng)
        return becomes(column, target, clean)

    return plant


def loose(column: str, target: str, words: Mapping[str, str] | None = None) -> Plant:
    """Spaces, visible and not, around a cell; `words` is what the clean cell becomes, where it
    does not stay as it is."""

    def plant(row: Row, rng: Random) -> Planted:
        clean = str(row[column])
        row[column] = rng.choice([f" {clean}", f"{clean}\u00a0", f"{clean}\n", f"\ufeff{clean}"])
        return becomes(column, target, (words or {}).get(clean, clean))

    return plant


def null_word(column: str, target: str) -> Plant:
    """A word for nothing."""

    def plant(row: Row, rng: Random) -> Planted:
        row[column] = rng.choice(["-", "N/A", "không có"])
        return becomes(column, target, None)

    return plant


def thousands(column: str, target: str) -> Plant:
    """A number of some thousands, written with a dot as in Vietnamese."""

    def plant(row: Row, rng: Random) -> Planted:
        number = rng.randrange(2_000, 4_000)
        row[column] = f"{number:,}".replace(",", ".")
        return becomes(column, target, str(number))

    return plant


def more_than(part: str, whole: str, target: str) -> Plant:
    """A part that is larger than its whole."""

    def plant(row: Row, rng: Random) -> Planted:
        row[part] = str(int(str(row[whole])) + rng.randrange(1, 50))
        return Planted(part, target)

    return plant


def capitals(column: str, target: str) -> Plant:
    """A person's name in capitals."""
    return stands_as(column, target, "NGUYỄN THỊ HIỀN", "Nguyễn Thị Hiền")


def old_phone(column: str, area: tuple[str, str]) -> Plant:
    """A landline of before 2017; `area` is its code then and today, without the zero."""

    def plant(row: Row, rng: Random) -> Planted:
        digits = f"{rng.randrange(10**6):06}"
        row[column] = f"0{area[0]}.3{digits[:3]} {digits[3:]}"
        return becomes(column, "phone", f"+84{area[1]}3{digits}")

    return plant


def swapped(latitude: str, longitude: str) -> Plant:
    """Latitude and longitude in each other's place."""

    def plant(row: Row, rng: Random) -> Planted:
        del rng
        row[latitude], row[longitude] = row[longitude], row[latitude]
        return becomes(latitude, "latitude", str(row[longitude]))

    return plant


def older_copy(column: str, target: str, **cells: Cell) -> Plant:
    """An earlier state of the row that was never taken away; `cells` make it the older one."""

    def plant(row: Row, rng: Random) -> Planted:
        del rng
        return Planted(column, target, extra=row | cells)

    return plant
