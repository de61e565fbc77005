"""What a release says of its quality, as counts and rule titles that a page can show.

Counts only, never values. Of datasets about persons even counts are kept coarse: under 10
untold, the rest rounded, so that no subtraction gives a small one away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalog.portal.metadata import Metadata
from catalog.portal.wording import ROUND_TO, SMALL, Words
from contracts.checks import CheckResult, Severity
from contracts.i18n import _
from contracts.model import Access, Classification
from contracts.releases import Account, Release

_PERSONS = {Classification.PERSONAL.value, Classification.SENSITIVE.value}


@dataclass(frozen=True)
class Part:
    """One share of the rows read; `kind` is accepted, quarantined or excluded."""

    kind: str
    label: str
    count: str


@dataclass(frozen=True)
class Stretch:
    """A part of the bar, in percent of its width."""

    kind: str
    start: float
    width: float


@dataclass(frozen=True)
class Rule:
    """A rule in words and how many rows it touched, or what came of it."""

    title: str
    count: str = ""
    outcome: str = ""


@dataclass(frozen=True)
class RuleGroup:
    """Rules that did the same thing."""

    title: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class AccountView:
    """Where the rows of one source went."""

    title: str
    parts: tuple[Part, ...]
    bar: tuple[Stretch, ...]
    groups: tuple[RuleGroup, ...]
    stopped: str


@dataclass(frozen=True)
class QualityView:
    """The whole section. `people` and `disclosure` explain withheld counts, if any;
    `reconciled` says that derived figures add up to what they were made from."""

    sentence: str
    reconciled: str
    people: str
    disclosure: str
    accounts: tuple[AccountView, ...]
    checks_title: str
    checks: tuple[Rule, ...]


def about_persons(release: Release) -> bool:
    """Whether each of its rows is about a person."""
    return any(column.classification in _PERSONS for column in release.schema)


def count_text(release: Release, count: int, words: Words) -> str:
    """A count of rows that were read for the release, as the page may tell it."""
    return words.people(count) if about_persons(release) else words.number(count)


def served_rows(release: Release, words: Words) -> str:
    """How many rows readers get. Of an open dataset anyone can count them."""
    if release.access == Access.OPEN:
        return words.number(release.open_rows)
    return count_text(release, release.rows, words)


def quality_view(release: Release, metadata: Metadata, words: Words) -> QualityView | None:
    """The quality section of `release`; None when nothing was read for it."""
    if not release.accounts:
        return None
    accounts = tuple(_account(release, account, metadata, words) for account in release.accounts)
    checks = tuple(
        Rule(metadata.check_title(result.check), outcome=_outcome(release, result, words))
        for result in release.verdict.results
    )
    passed = sum(result.passed for result in release.verdict.results)
    return QualityView(
        sentence=_sentence(release, words),
        reconciled=_reconciled(release, words),
        people=_people_note(release, words),
        disclosure=_disclosure_note(metadata, words),
        accounts=accounts,
        checks_title=words.say(
            _("All checks: {passed} of {all} passed"),
            passed=words.number(passed),
            all=words.number(len(checks)),
        ),
        checks=checks,
    )


def _sentence(release: Release, words: Words) -> str:
    def told(counts: list[int]) -> str:
        return count_text(release, sum(counts), words)

    return words.say(
        _(
            "Of {read} rows read, {accepted} were accepted, {quarantined} were held back for "
            "the agency to correct, and {excluded} were left out by a named rule. Every row "
            "read is in exactly one of the three."
        ),
        read=told([account.read for account in release.accounts]),
        accepted=told([account.accepted for account in release.accounts]),
        quarantined=told([account.quarantined for account in release.accounts]),
        excluded=told([account.excluded for account in release.accounts]),
    )


def _reconciled(release: Release, words: Words) -> str:
    if release.reconciliation is None:
        return ""
    if not release.reconciliation.passed:
        return words.say(_("Counted again, the figures do not add up to what they were made from."))
    return words.say(
        _("Counted again, the figures add up to exactly the rows that they were made from.")
    )


def _people_note(release: Release, words: Words) -> str:
    if not about_persons(release):
        return ""
    return words.say(
        _(
            "These rows are about persons. So counts under {small} are written “fewer than "
            "{small}”, and all others are rounded down to a multiple of {round_to}."
        ),
        small=SMALL,
        round_to=ROUND_TO,
    )


def _disclosure_note(metadata: Metadata, words: Words) -> str:
    disclosure = metadata.disclosure
    if disclosure is None:
        return ""
    return words.say(
        _(
            "In the published figures a number under {threshold} is left empty, together with "
            "the numbers it could be worked out from, so that nobody can be recognised. The "
            "others are rounded to the nearest {round_to}."
        ),
        threshold=disclosure.get("threshold", SMALL),
        round_to=disclosure.get("round_to", ROUND_TO),
    )


def _account(release: Release, account: Account, metadata: Metadata, words: Words) -> AccountView:
    counted = (
        ("accepted", words.say(_("Accepted")), account.accepted),
        ("quarantined", words.say(_("Held back")), account.quarantined),
        ("excluded", words.say(_("Left out")), account.excluded),
    )
    stopped = ""
    if account.stopped:
        stopped = words.say(
            _("This source could not be read this time; its rows of the release before stay.")
        )
    groups = (
        (_("Held back because"), account.quarantined_by, metadata.check_title),
        (_("Left out because"), account.excluded_by, metadata.rule_title),
        (_("Put right automatically"), account.fixed_by, metadata.rule_title),
        (_("Accepted, but worth a second look"), account.doubted_by, metadata.rule_title),
    )
    return AccountView(
        title=metadata.source_title(account.source),
        parts=tuple(
            Part(kind, label, count_text(release, count, words)) for kind, label, count in counted
        ),
        bar=_bar({kind: count for kind, _label, count in counted}),
        groups=tuple(
            RuleGroup(
                words.say(title),
                tuple(
                    Rule(name_of(rule), count_text(release, count, words))
                    for rule, count in sorted(counts.items(), key=lambda item: -item[1])
                ),
            )
            for title, counts, name_of in groups
            if counts
        ),
        stopped=stopped,
    )


def _bar(counts: Mapping[str, int]) -> tuple[Stretch, ...]:
    """Stretches of the bar; coarse (half a percent) so that no count can be measured off it."""
    total = sum(counts.values())
    stretches = []
    start = 0.0
    for kind, count in counts.items():
        if not total or not count:
            continue
        width = max(round(200 * count / total) / 2, 1.0)
        stretches.append(Stretch(kind, min(start, 99.0), width))
        start += width
    return tuple(stretches)


def _outcome(release: Release, result: CheckResult, words: Words) -> str:
    if result.crashed:
        return words.say(_("could not be evaluated"))
    if not result.failed:
        return words.say(_("passed"))
    told = count_text(release, result.failed, words)
    if result.severity is Severity.WARNING:
        return words.say(_("{count} rows worth a second look"), count=told)
    return words.say(_("{count} rows broke it"), count=told)
