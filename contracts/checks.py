"""`Check` and `Verdict`: what is asserted about a dataset, and what came of it.

A check says *what* is asserted; engines (`quality.scan`, `quality.expectations`) say how.
Nothing here evaluates anything, and nothing here can hold a cell's value.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class CheckKind(StrEnum):
    """The neutral kinds. Row kinds have `predicate`; table kinds have `query`."""

    READABLE = "readable"  # row: every mapped value could be read (filled by the engine)
    REQUIRED = "required"
    PATTERN = "pattern"
    LENGTH = "length"
    RANGE = "range"
    VALUES = "values"
    REFERENCE = "reference"
    EXPRESSION = "expression"
    UNIQUE = "unique"
    TABLE = "table"  # one number compared with bounds
    ROW_COUNT = "row_count"

    @property
    def of_rows(self) -> bool:
        """Whether the check judges single rows (and so can quarantine them)."""
        return self not in (CheckKind.TABLE, CheckKind.ROW_COUNT)


class Severity(StrEnum):
    """ERROR: a failing row is quarantined, a failing table check blocks. WARNING: counted."""

    ERROR = "error"
    WARNING = "warning"


OVERALL = "tolerance"
"""Id of the gate's own check of the share of rows quarantined; no rule may have it."""


@dataclass(frozen=True)
class Check:
    """One assertion.

    `id` is stable and names the rule people see, e.g. ``status.values`` or a contract's own
    rule name. `predicate` (row kinds except UNIQUE, READABLE and REFERENCE) is a DuckDB
    boolean expression over the dataset's columns that is TRUE or NULL where the row keeps
    the rule. `query` (TABLE) is a SELECT giving one number, with the candidate called
    ``candidate``. `arguments` hold what an engine needs natively: ``pattern``, ``minimum``,
    ``maximum``, ``exclusive_minimum``, ``exclusive_maximum`` (of the value, the length or the
    query's number; see `within`), ``values`` (tuple), ``reference``
    (`contracts.model.Reference`). READABLE checks are one per column, told by the engine.
    `tolerance` is the share of rows in 0..1 that may fail before the gate blocks; None
    means the contract's overall tolerance alone judges. `title` is ``(vi, en)``.
    """

    id: str
    kind: CheckKind
    columns: tuple[str, ...]
    title: tuple[str, str]
    severity: Severity = Severity.ERROR
    predicate: str | None = None
    query: str | None = None
    arguments: Mapping[str, object] = field(default_factory=dict)
    tolerance: float | None = None


@dataclass(frozen=True)
class CheckResult:
    """What came of one check: counts only, never values.

    `crashed` holds the stable name of what went wrong when the check could not be
    evaluated; such a check never passes.
    """

    check: str
    passed: bool
    evaluated: int
    failed: int
    severity: Severity = Severity.ERROR
    observed: float | None = None
    crashed: str | None = None


@dataclass(frozen=True)
class Verdict:
    """The gate's decision on a candidate. `passed` only if every ERROR check passed.

    `engine` names what judged, e.g. ``great_expectations 1.24.1``. `refused_by` lists the
    ids of the checks that block, in contract order.
    """

    passed: bool
    results: tuple[CheckResult, ...]
    engine: str
    refused_by: tuple[str, ...] = ()


def within(arguments: Mapping[str, object], number: float | None) -> bool:
    """Whether `number` keeps the bounds in a check's `arguments`; None keeps none of them."""
    if number is None:
        return False

    def bound(name: str, default: float) -> float:
        value = arguments.get(name, default)
        if not isinstance(value, int | float):
            raise TypeError(name)
        return value

    return bound("minimum", -math.inf) <= number <= bound("maximum", math.inf) and bound(
        "exclusive_minimum", -math.inf
    ) < number < bound("exclusive_maximum", math.inf)
