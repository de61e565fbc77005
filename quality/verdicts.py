"""From counts and outcomes to a `Verdict`: which check passes, and what blocks.

Nothing here evaluates anything; `quality.gate` calls the engines and gives their results.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from contracts.checks import Check, CheckKind, CheckResult, Severity, Verdict
from contracts.model import Contract
from quality.outcomes import MISSING, Outcome

NO_CHECKS = "gate.no_checks"
TOLERANCE = ".tolerance"


def decide(results: Iterable[CheckResult], engine: str) -> Verdict:
    """Passed only if something was evaluated, every ERROR check passed and none crashed."""
    results = tuple(results)
    if not any(result.crashed is None for result in results):
        nothing = CheckResult(NO_CHECKS, False, 0, 0, crashed=NO_CHECKS)
        results = (*results, nothing)
    refused = tuple(result.check for result in results if _blocks(result))
    return Verdict(not refused, results, engine, refused)


def _blocks(result: CheckResult) -> bool:
    return not result.passed and (result.severity is Severity.ERROR or result.crashed is not None)


def judged(
    contract: Contract,
    crashed: Mapping[str, str],
    outcomes: Mapping[str, Mapping[str, Outcome]],
    numbers: Mapping[str, float],
    rows: int,
) -> Iterator[CheckResult]:
    """One result per check in contract order, each followed by its own tolerance if it has one.

    `evaluated` and `failed` of a row check count landed rows; failing rows are quarantined and
    do not block by themselves. An ERROR row check blocks when the candidate breaks it (a row
    served earlier that breaks a newer rule), and then counts the candidate's rows, of which
    there are `rows`.
    """
    landed, measured = outcomes.get("landed", {}), outcomes.get("measured", {})
    candidate = {**outcomes.get("candidate", {}), **outcomes.get("candidate_rules", {})}
    for check in contract.checks:
        why = crashed.get(check.id)
        if why is not None:
            yield CheckResult(check.id, False, 0, 0, check.severity, crashed=why)
        elif check.kind is CheckKind.TABLE:
            outcome = measured.get(check.id, MISSING)
            yield _result(check.id, check, outcome, observed=numbers.get(check.id))
        elif check.kind is CheckKind.ROW_COUNT:
            outcome = candidate.get(check.id, MISSING)
            yield _result(check.id, check, outcome, observed=float(outcome.evaluated))
        else:
            served = candidate.get(check.id)
            if served is not None:
                served = replace(served, evaluated=rows)
            yield from _of_rows(check, landed.get(check.id, MISSING), served)


def _of_rows(check: Check, landed: Outcome, candidate: Outcome | None) -> Iterator[CheckResult]:
    if landed.crashed is not None or check.severity is Severity.WARNING:
        yield _result(check.id, check, landed)
        return
    if candidate is None and check.kind is not CheckKind.READABLE:
        candidate = MISSING
    if candidate is not None and not candidate.passed:
        yield _result(check.id, check, candidate)
    else:
        yield CheckResult(check.id, True, landed.evaluated, landed.failed, check.severity)
    if check.tolerance is not None:
        yield share_result(check.id + TOLERANCE, landed)


def share_result(name: str, outcome: Outcome) -> CheckResult:
    """The result of a tolerance: `observed` is the share of landed rows refused, 0..1."""
    share = outcome.failed / outcome.evaluated if outcome.evaluated else 0.0
    return CheckResult(
        name,
        outcome.passed,
        outcome.evaluated,
        outcome.failed,
        observed=round(share, 6),
        crashed=outcome.crashed,
    )


def _result(
    name: str, check: Check, outcome: Outcome, observed: float | None = None
) -> CheckResult:
    return CheckResult(
        name,
        outcome.passed,
        outcome.evaluated,
        outcome.failed,
        check.severity,
        observed,
        outcome.crashed,
    )
