"""Plain data between `quality.gate` and the engine in `quality.expectations`, so that nobody
else has to import the engine."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.checks import Severity


@dataclass(frozen=True)
class Share:
    """A boolean column of ``landed`` of which at most `tolerance` (0..1) may be FALSE."""

    column: str
    tolerance: float
    title: tuple[str, str]
    severity: Severity = Severity.ERROR


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
