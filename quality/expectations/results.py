"""Reading a validation result, and taking everything out of it that is not a count."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from great_expectations.core.expectation_validation_result import (
    ExpectationSuiteValidationResult,
    ExpectationValidationResult,
)
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

from quality.outcomes import Outcome

RESULT_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 0}
"""Counts, and no failing value is even selected."""

_COUNTS = (
    "element_count",
    "missing_count",
    "missing_percent",
    "observed_value",
    "unexpected_count",
    "unexpected_percent",
    "unexpected_percent_nonmissing",
    "unexpected_percent_total",
)


def strip(result: ExpectationSuiteValidationResult) -> None:
    """Take every value and every raw text of an engine out of a result, in place."""
    for one in result.results:
        one.result = _counts(one.result or {})
        raised = _raised(one)
        one.exception_info = {
            "raised_exception": raised,
            "exception_message": "engine.failed" if raised else None,
            # A text: its renderer cannot do with none.
            "exception_traceback": "",
        }


def outcome_of(one: ExpectationValidationResult) -> Outcome:
    """What one stripped result says."""
    if _raised(one):
        return Outcome(False, crashed="engine.failed")
    counts = one.result
    if "element_count" not in counts:
        return Outcome(bool(one.success), int(counts["observed_value"]))
    judged = counts["element_count"] - counts.get("missing_count", 0)
    # Great Expectations sums over no rows, which is no number; over some rows it must be one.
    failed = counts["unexpected_count"] if counts["element_count"] else 0
    return Outcome(bool(one.success), judged, failed)


def check_of(one: ExpectationValidationResult) -> str:
    """The id of the check that a result is about."""
    return named(_configuration(one).meta)


def named(meta: Mapping[str, object] | None) -> str:
    """The id of the check in an expectation's ``meta``; KeyError where there is none."""
    return str((meta or {})["check"])


@contextmanager
def silenced() -> Iterator[None]:
    """Great Expectations logs the engine's raw text, which can hold a cell's value."""
    logger = logging.getLogger("great_expectations")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)


def _counts(result: Mapping[str, object]) -> dict[str, object]:
    return {k: result[k] for k in _COUNTS if isinstance(result.get(k), int | float)}


def _configuration(one: ExpectationValidationResult) -> ExpectationConfiguration:
    if one.expectation_config is None:
        raise LookupError
    return one.expectation_config


def _raised(one: ExpectationValidationResult) -> bool:
    """Great Expectations keeps one such record, or one per metric that failed."""
    info = one.exception_info or {}
    if "raised_exception" in info:
        return bool(info["raised_exception"])
    return any(each.get("raised_exception") for each in info.values())
