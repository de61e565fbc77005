"""What people read about a gate: the titles of its checks, and why it refused.

Which checks there are and what they decide belongs to the modules that evaluate them.
"""

from __future__ import annotations

from contracts.checks import OVERALL, Check, CheckKind, CheckResult, Verdict
from contracts.errors import Fault, Place
from contracts.i18n import _, translate
from contracts.model import Contract
from quality import disclosure, privacy
from quality.verdicts import NO_CHECKS, TOLERANCE

_OWN = {
    NO_CHECKS: _("The contract asserts something"),
    OVERALL: _("The share of rows set aside stays within the contract's tolerance"),
    privacy.CLOSED: _("Nothing of a dataset that is not open would be open"),
    privacy.COLUMNS: _("Only columns classified as public would be open"),
    privacy.PERSONAL_TEXT: _("{column}: no e-mail address, telephone number or personal id"),
    privacy.CANARY: _("No planted test person would be open"),
    disclosure.SMALL_TOTAL: _("No count under the threshold is shown"),
    disclosure.SMALL_PART: _("No part of a count under the threshold is shown"),
    disclosure.ROUNDING: _("Shown counts are rounded"),
    disclosure.FIGURE: _("No figure is shown of a hidden count"),
    disclosure.COMPLEMENT: _("No hidden part follows from the parts that are shown"),
    disclosure.BREAKDOWN: _("Every row belongs to one declared breakdown"),
    disclosure.SINGLE_CELL: _("No breakdown and period hides a single cell only"),
}


def title(contract: Contract, check: str) -> tuple[str, str]:
    """(Vietnamese, English) title of a check of either gate, by its id.

    An id nobody knows is its own title.
    """
    known = {one.id: one for one in contract.checks}
    if check in known:
        return known[check].title
    base, dot, last = check.rpartition(".")
    if dot and base in known and f".{last}" == TOLERANCE:
        return _both(
            _("{rule}: the share of failing rows stays within its tolerance"),
            rule=known[base].title,
        )
    if base == OVERALL:
        return _both(
            _("{mapping}: the share of rows set aside stays within the contract's tolerance"),
            mapping=(last, last),
        )
    if base == privacy.PERSONAL_TEXT:
        column = contract.column(last).title
        return _both(_OWN[base], column=(column.vi, column.en))
    return _both(_OWN[check]) if check in _OWN else (check, check)


def refusal(contract: Contract, verdict: Verdict) -> Fault | None:
    """The first check that blocks as one sentence; None when nothing does."""
    if not verdict.refused_by:
        return None
    name = verdict.refused_by[0]
    result = next(result for result in verdict.results if result.check == name)
    check = next((one for one in contract.checks if one.id == name), None)
    message, remedy = _explain(result, check)
    vi, en = (text.rstrip(".") for text in title(contract, name))
    return Fault(
        name,
        message,
        remedy=remedy,
        place=Place(dataset=contract.id, column=_column(name, check)),
        rule=en if vi == en else f"{vi} ({en})",
        dataset=contract.id,
        failed=result.failed,
        evaluated=result.evaluated,
        observed=result.observed,
        share=f"{100 * (result.observed or 0):.1f} %",
        reason=result.crashed,
    )


def _explain(result: CheckResult, check: Check | None) -> tuple[str, str]:
    """(message, remedy) msgids for what a result says."""
    name = result.check
    if name == NO_CHECKS:
        return (
            _("No check could be evaluated, so nothing vouches for the data."),
            _("Add rules to the contract, or correct those it has."),
        )
    if result.crashed is not None:
        return (
            _("The rule “{rule}” could not be evaluated ({reason})."),
            _("Correct the rule in the contract; nothing was published."),
        )
    if name.startswith("privacy."):
        return (
            _("“{rule}” does not hold for {failed} of {evaluated}: it would be open to anybody."),
            _("Correct the classification, the mapping or the source; nothing was published."),
        )
    overall = check is None and name.partition(".")[0] == OVERALL
    if overall or name.endswith(TOLERANCE):
        return (
            _("{failed} of {evaluated} rows ({share}) were set aside, more than is tolerated."),
            _("See “dungchung quarantine {dataset}” and have the source corrected."),
        )
    if check is not None and check.kind in (CheckKind.TABLE, CheckKind.ROW_COUNT):
        return (
            _("“{rule}” does not hold: the number found is {observed:g}."),
            _("Look for what is missing or wrong in the sources; nothing was published."),
        )
    return (
        _("{failed} rows served until now break the rule “{rule}”."),
        _("Read the sources again in full, or correct the rule; nothing was published."),
    )


def _column(name: str, check: Check | None) -> str | None:
    if check is not None:
        return check.columns[0] if len(check.columns) == 1 else None
    base, _dot, last = name.rpartition(".")
    return last if base == privacy.PERSONAL_TEXT else None


def _both(message: str, **values: tuple[str, str]) -> tuple[str, str]:
    vi = {name: value[0] for name, value in values.items()}
    en = {name: value[1] for name, value in values.items()}
    return translate(message, "vi").format(**vi), translate(message, "en").format(**en)
