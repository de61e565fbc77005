"""`Observation` as a frozen type: values computed by formulas, kept once they are released.

Made by `contracts.loading` from ``datasets/<id>/from/<name>.yaml`` with ``observe:``. What the
formulas compute is `standardization.observation`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from contracts.joins import Join


@dataclass(frozen=True)
class Formula:
    """One formula of an observation: for each combination of `by` over the rows of `input`
    that `where` lets through, `scale` * `numerator` / `denominator` (or the numerator alone),
    rounded to `digits`.

    An input row without a value that the formula reads makes the observation empty, since it
    may be hidden; with `partial` such rows are left out, and the value counts as estimated.
    What is read within ``coalesce`` may be empty, but not if it may be hidden. `joins` are rows
    of other datasets, each found by its whole primary key, for `where` and `by`.
    """

    name: str
    input: str
    where: str
    by: Mapping[str, str]
    numerator: str
    denominator: str | None = None
    scale: float = 1.0
    digits: int = 2
    partial: bool = False
    joins: tuple[Join, ...] = ()


@dataclass(frozen=True)
class ObservationColumns:
    """The columns of the contract that hold the parts of an observation."""

    value: str
    numerator: str
    denominator: str
    status: str
    vintage: str
    vintage_on: str


@dataclass(frozen=True)
class Observation:
    """Observations computed by formulas (``from/<name>.yaml`` with ``observe:``).

    One that was released is never changed: another value of the same `by` is a new vintage.
    """

    name: str
    dataset: str
    path: Path
    formulas: tuple[Formula, ...]
    columns: ObservationColumns
    lines: Mapping[str, int] = field(default_factory=dict)
    hash: str = ""

    @property
    def inputs(self) -> tuple[str, ...]:
        """The datasets that the formulas read."""
        return tuple(dict.fromkeys(formula.input for formula in self.formulas))


OBSERVATION_STATUSES = ("final", "estimated", "suppressed", "missing", "withdrawn")
"""What the status of an observation can be: computed from all rows; from those that are shown;
hidden because its inputs are; not computable; no longer computed at all."""
