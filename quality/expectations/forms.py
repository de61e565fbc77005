"""Which expectation stands for a check. Building only; nothing is run here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.metadata_types import FailureSeverity

from contracts.checks import Check, CheckKind, Severity
from quality.expectations.counting import (
    ExpectCountedCompoundColumnsToBeUnique,
    ExpectCountedLengthsToBeBetween,
    ExpectCountedRowsToBeBetween,
    ExpectCountedValuesToBeBetween,
    ExpectCountedValuesToBeInSet,
    ExpectCountedValuesToBeUnique,
    ExpectCountedValuesToNotBeNull,
)
from quality.outcomes import Share


def of_check(check: Check) -> Expectation:
    """Great Expectations' own form of "no row breaks this check".

    For checks that `quality.planning.has_native_form` and ROW_COUNT; LookupError for others.
    """
    about = _about(check.id, check.title, check.severity)
    columns = list(check.columns)
    match check.kind:
        case CheckKind.ROW_COUNT:
            return _bounded(ExpectCountedRowsToBeBetween, check)
        case CheckKind.REQUIRED:
            return ExpectCountedValuesToNotBeNull(column=columns[0], **about)
        case CheckKind.VALUES:
            values: Any = check.arguments["values"]
            return ExpectCountedValuesToBeInSet(column=columns[0], value_set=list(values), **about)
        case CheckKind.UNIQUE if len(columns) == 1:
            return ExpectCountedValuesToBeUnique(column=columns[0], **about)
        case CheckKind.UNIQUE:
            return ExpectCountedCompoundColumnsToBeUnique(column_list=columns, **about)
        case CheckKind.RANGE:
            return _bounded(ExpectCountedValuesToBeBetween, check, column=columns[0])
        case CheckKind.LENGTH:
            return _bounded(ExpectCountedLengthsToBeBetween, check, column=columns[0])
    raise LookupError(check.id)


def of_share(share: Share) -> Expectation:
    """The expectation that all but the tolerated share of a column is TRUE."""
    return ExpectCountedValuesToBeInSet(
        column=share.column,
        value_set=[True],
        # Rounded, so that a share exactly at the tolerance passes (1 - 0.58 > 0.42).
        mostly=round(1 - share.tolerance, 12),
        **_about(share.column, share.title, share.severity),
    )


def of_number(check: Check) -> Expectation:
    """The expectation that the number measured for a TABLE check lies within its bounds."""
    return _bounded(ExpectCountedValuesToBeBetween, check, column=check.id)


def _about(check: str, title: tuple[str, str], severity: Severity) -> dict[str, Any]:
    level = FailureSeverity.WARNING if severity is Severity.WARNING else FailureSeverity.CRITICAL
    return {"meta": {"check": check}, "description": " · ".join(title), "severity": level}


def _bounded(kind: Callable[..., Expectation], check: Check, **kwargs: Any) -> Expectation:
    bounds = dict(check.arguments)
    strict = {"min": "exclusive_minimum" in bounds, "max": "exclusive_maximum" in bounds}
    return kind(
        min_value=bounds.get("exclusive_minimum", bounds.get("minimum")),
        max_value=bounds.get("exclusive_maximum", bounds.get("maximum")),
        strict_min=strict["min"],
        strict_max=strict["max"],
        **_about(check.id, check.title, check.severity),
        **kwargs,
    )
