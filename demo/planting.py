"""Chooses which rows get which fault, plants them and writes down the truth.

What a fault does to a row is `demo.faults_igate` and `demo.faults_mot_cua`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from random import Random

import numpy as np

from demo.store import Cell, Row
from demo.truth import Outcome, PlantedFault

# Later rows may still be running, or be carried over at the merger: no fault is planted there.
_PLANTED_SHARE = {"igate": 0.85, "mot_cua_2017": 0.7}


class Span(Enum):
    """Which cases a fault can befall, by the day they were received."""

    ANY = "any"
    BEFORE_MERGER = "before"
    AFTER_MERGER = "after"


@dataclass(frozen=True)
class Planted:
    """Where a fault was put: source column, contract column, and what the cell must become
    when `states` is True. `extra` is a row that the fault adds, and then the fault is there."""

    column: str
    target: str
    value: str | None = None
    states: bool = False
    extra: Row | None = None


def becomes(column: str, target: str, value: str | None) -> Planted:
    """A fault whose repair is known."""
    return Planted(column, target, value, states=True)


Plant = Callable[[Row, Random], Planted]


@dataclass(frozen=True)
class Fault:
    """A fault of the case table. `rate` is the share of the system's cases that get it, at
    least one case; 0 is exactly one."""

    name: str
    rate: float
    outcome: Outcome
    rule: str
    plant: Plant
    span: Span = Span.ANY


class ListPlanter:
    """Writes down the faults of one list table (agencies, procedures), each planted by hand."""

    def __init__(self, system: str, table: str, code: str) -> None:
        self._system, self._table, self._code = system, table, code
        self.truths: list[PlantedFault] = []

    def note(
        self, row: Row, fault: str, outcome: Outcome, rule: str, planted: Planted
    ) -> Row:  # fmt: skip
        """Note a fault of `row`; gives the row."""
        key = (self._system, self._table, str(row["ID"]), str(row[self._code]))
        where = (planted.column, planted.target, planted.states, planted.value)
        self.truths.append(PlantedFault(*key, fault, outcome, rule, *where))
        return row


class Planter:
    """The plan of faults for one system's cases, by ordinal. At most one fault a row.

    Raises `ValueError` when there are too few cases to hold every fault once.
    """

    def __init__(
        self, system: str, table: str, number: str, faults: Sequence[Fault], seed: int,
        *, cases: int, before: int,
    ) -> None:  # fmt: skip
        self._system, self._table, self._number, self._seed = system, table, number, seed
        rng = np.random.default_rng([seed, 3, len(system)])
        limit = int(cases * _PLANTED_SHARE.get(system, 1.0))
        # Arrays: at a large scale a list of all ordinals would be the largest thing in memory.
        pools = {
            Span.BEFORE_MERGER: rng.permutation(np.arange(min(before, limit))),
            Span.AFTER_MERGER: rng.permutation(np.arange(min(before, limit), limit)),
        }
        self._chosen: dict[int, Fault] = {}
        # Faults of a fixed span choose first, then the rest from what is left of both.
        for fault in sorted(faults, key=lambda fault: fault.span is Span.ANY):
            if fault.span is Span.ANY and Span.ANY not in pools:
                pools[Span.ANY] = rng.permutation(np.concatenate([*pools.values()]))
            count = max(1, round(fault.rate * cases))
            pool = pools[fault.span]
            left = len(pool) - count
            if left < 0:
                raise ValueError(f"{cases} cases of {system} are too few to hold every fault")
            self._chosen |= dict.fromkeys(pool[left:].tolist(), fault)
            pools[fault.span] = pool[:left]
        self._ordinals = sorted(self._chosen)
        self.next_extra_id = cases + 1

    def plant(
        self, columns: dict[str, list[Cell]], first: int
    ) -> tuple[list[PlantedFault], list[Row]]:
        """Plant this batch's faults in place (`first` is the ordinal of its first case);
        gives the truth and the rows to add."""
        size = len(columns["ID"])
        low, high = np.searchsorted(self._ordinals, [first, first + size]).tolist()
        truths: list[PlantedFault] = []
        extras: list[Row] = []
        for ordinal in self._ordinals[low:high]:
            fault = self._chosen[ordinal]
            row = {name: column[ordinal - first] for name, column in columns.items()}
            planted = fault.plant(row, Random(f"{self._seed}:{self._system}:{ordinal}"))
            for name, column in columns.items():
                column[ordinal - first] = row[name]
            if planted.extra is not None:
                row = planted.extra | {"ID": self.next_extra_id}
                self.next_extra_id += 1
                extras.append(row)
            truths.append(self._truth(fault, row, planted))
        return truths, extras

    def _truth(self, fault: Fault, row: Row, planted: Planted) -> PlantedFault:
        return PlantedFault(
            system=self._system,
            table_name=self._table,
            key=str(row["ID"]),
            business_key=str(row[self._number]),
            fault=fault.name,
            expected_outcome=fault.outcome,
            expected_rule=fault.rule,
            column_hint=planted.column,
            target=planted.target,
            states_value=planted.states,
            expected_value=planted.value,
        )
