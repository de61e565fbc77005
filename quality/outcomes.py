"""Plain data between `quality.gate` and the engine in `quality.expectations`, so that nobody
else has to import the engine, nor its process what it does not need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.checks import Check, Severity

CANDIDATE = "candidate"


@dataclass(frozen=True)
class Share:
    """A boolean column of ``landed`` of which at most `tolerance` (0..1) may be FALSE."""

    column: str
    tolerance: float
    title: tuple[str, str]
    severity: Severity = Severity.ERROR


@dataclass(frozen=True)
class Plan:
    """`landed` and `rules` are columns of ``landed`` and ``candidate_rules``; `candidate` are
    checks that have a native form over ``candidate`` (`types`: column → DuckDB type);
    `measured` are columns of ``measured``. `totals` are those of `landed` that are no check's.
    `relation` has the rows that `candidate` is about.
    """

    landed: tuple[Share, ...]
    totals: tuple[str, ...]
    candidate: tuple[Check, ...]
    types: Mapping[str, str]
    rules: tuple[Share, ...]
    measured: tuple[Check, ...]
    relation: str = CANDIDATE


@dataclass(frozen=True)
class Outcome:
    """What one expectation gave: whether it holds, and its counts of rows. `crashed` is the
    stable name of why it gave nothing; such an outcome never passes."""

    passed: bool
    evaluated: int = 0
    failed: int = 0
    crashed: str | None = None


MISSING = Outcome(False, crashed="engine.no_result")
"""What stands in for an outcome that never came."""
