from __future__ import annotations

from contracts.checks import CheckKind, CheckResult, Severity
from quality.outcomes import Outcome
from quality.verdicts import decide, judged, share_result
from tests.quality.building import check, column, contract

RULE = check("rule", CheckKind.EXPRESSION, predicate="TRUE", tolerance=0.1)
WARNING = check("warning", CheckKind.EXPRESSION, predicate="TRUE", severity=Severity.WARNING)
TABLE = check("table", CheckKind.TABLE, query="SELECT 1", minimum=1)


def results(
    outcomes: dict[str, dict[str, Outcome]], crashed: dict[str, str] | None = None
) -> dict[str, CheckResult]:
    dataset = contract([column("id", key=1)], [RULE, WARNING, TABLE])
    found = judged(dataset, crashed or {}, outcomes, {"table": 7.0}, 50)
    return {result.check: result for result in found}


GOOD = {
    "landed": {"rule": Outcome(True, 10, 1), "warning": Outcome(False, 10, 2)},
    "candidate_rules": {"rule": Outcome(True, 50, 0)},
    "measured": {"table": Outcome(True, 1, 0)},
}


def test_refused_rows_alone_do_not_block() -> None:
    found = results(GOOD)
    assert list(found) == ["rule", "rule.tolerance", "warning", "table"]
    assert found["rule"] == CheckResult("rule", True, 10, 1)
    assert found["rule.tolerance"].observed == 0.1
    assert found["table"].observed == 7.0
    assert decide(found.values(), "e").passed


def test_a_warning_does_not_block() -> None:
    verdict = decide(results(GOOD).values(), "e")
    assert not next(each for each in verdict.results if each.check == "warning").passed
    assert verdict.refused_by == ()


def test_a_tolerance_blocks() -> None:
    landed = {**GOOD["landed"], "rule": Outcome(False, 10, 2)}
    assert decide(results({**GOOD, "landed": landed}).values(), "e").refused_by == (
        "rule.tolerance",
    )


def test_a_candidate_that_breaks_a_rule_blocks_and_counts_its_rows() -> None:
    found = results({**GOOD, "candidate_rules": {"rule": Outcome(False, 44, 3)}})
    assert found["rule"] == CheckResult("rule", False, 50, 3)
    assert decide(found.values(), "e").refused_by == ("rule",)


def test_a_missing_outcome_blocks() -> None:
    for asset in GOOD:
        verdict = decide(results({**GOOD, asset: {}}).values(), "e")
        assert not verdict.passed, asset
        assert "engine.no_result" in {each.crashed for each in verdict.results}


def test_a_crashed_warning_blocks() -> None:
    found = results(GOOD, {"warning": "check.not_understood"})
    assert decide(found.values(), "e").refused_by == ("warning",)


def test_no_check_at_all_blocks() -> None:
    assert decide([], "e").refused_by == ("gate.no_checks",)


def test_crashed_checks_alone_are_no_checks() -> None:
    crashed = CheckResult("rule", False, 0, 0, crashed="check.not_understood")
    assert decide([crashed], "e").refused_by == ("rule", "gate.no_checks")


def test_the_share_of_nothing_is_nothing() -> None:
    assert share_result("tolerance", Outcome(True)).observed == 0.0
