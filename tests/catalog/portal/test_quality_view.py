"""Quality as counts: exact for things, coarse for persons."""

from dataclasses import replace

from catalog.portal.metadata import Metadata
from catalog.portal.quality_view import QualityView, quality_view
from catalog.portal.wording import Words
from contracts.releases import Release
from tests.catalog.portal.factory import column, metadata, release

EN = Words("en")


def _view(made: Release) -> QualityView:
    view = quality_view(made, Metadata.of(made, EN), EN)
    assert view is not None
    return view


def _persons() -> Release:
    schema = (column("code"), column("holder", classification="personal"))
    return release("cases", 1, metadata("Hồ sơ", "Cases"), schema=schema, access="on_request")


def test_counts_of_things_are_exact() -> None:
    view = _view(release("lists", 1, metadata("Danh mục", "List")))
    (account,) = view.accounts
    assert [(part.kind, part.count) for part in account.parts] == [
        ("accepted", "1,240"),
        ("quarantined", "7"),
        ("excluded", "53"),
    ]
    assert view.people == ""


def test_counts_of_persons_are_coarse_everywhere() -> None:
    view = _view(_persons())
    (account,) = view.accounts
    assert [part.count for part in account.parts] == ["1,240", "fewer than 10", "50"]
    assert [rule.count for group in account.groups for rule in group.rules] == [
        "fewer than 10",
        "50",
    ]
    assert "1,300 rows read, 1,240 were accepted, fewer than 10 were held back" in view.sentence
    assert [check.outcome for check in view.checks] == ["passed", "10 rows worth a second look"]
    assert "fewer than 10" in view.people


def test_rules_are_named_in_words_and_unknown_ones_by_their_id() -> None:
    view = _view(release("lists", 1, metadata("Danh mục", "List")))
    held, left_out = view.accounts[0].groups
    assert (held.title, held.rules[0].title) == ("Held back because", "Code is well formed")
    assert left_out.rules[0].title == "Deleted at the source"
    assert [check.title for check in view.checks] == ["Code is well formed", "code.odd"]


def test_the_bar_cannot_be_measured() -> None:
    made = _persons()
    other = replace(made, accounts=(replace(made.accounts[0], accepted=1241, quarantined=6),))
    assert _view(made).accounts[0].bar == _view(other).accounts[0].bar
    assert all(stretch.width >= 1 for stretch in _view(made).accounts[0].bar)


def test_a_stopped_source_and_a_crashed_check_are_told() -> None:
    made = release("lists", 1, metadata("Danh mục", "List"))
    crashed = replace(made.verdict.results[0], passed=False, crashed="timeout")
    broken = replace(
        made,
        accounts=(replace(made.accounts[0], stopped="source.unreachable"),),
        verdict=replace(made.verdict, results=(crashed,)),
    )
    view = _view(broken)
    assert view.accounts[0].stopped.startswith("This source could not be read")
    assert view.checks[0].outcome == "could not be evaluated"
    assert view.checks_title == "All checks: 0 of 1 passed"


def test_statistics_explain_what_is_left_empty() -> None:
    rule = {"threshold": 10, "round_to": 5, "total": "cases", "parts": ["late"]}
    made = release("figures", 1, metadata("Thống kê", "Figures", disclosure=rule))
    assert _view(made).disclosure.startswith("In the published figures a number under 10")


def test_nothing_read_says_nothing() -> None:
    made = release("lists", 1, metadata("Danh mục", "List"), accounts=())
    assert quality_view(made, Metadata.of(made, EN), EN) is None
