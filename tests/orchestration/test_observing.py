"""Observations over reruns, and rows made from rows: as a whole run releases them."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.outcomes import State
from orchestration.pipeline import run_dataset
from orchestration.platform import Platform
from tests.orchestration.clinic import VISITS, clinic, contract, visits, write
from tests.orchestration.homes import latest, platform_of, shared_rows

SEEN, LISTED = "visits_seen", "visits_listed"
FORMULAS = f"""\
observe:
  cost_of_place:
    from: {VISITS}
    where: i.kind = '_T'
    by:
      place: i.place
      month: i.month
    numerator: sum(i.visits)
columns:
  {{value: value, numerator: part, denominator: whole, status: status,
    vintage: vintage, vintageOn: told_on}}
"""
ROWS = f"""\
derive: {VISITS}
exclude:
  hidden:
    when: i.visits IS NULL
    title: {{vi: Bị che, en: Hidden}}
key: concat_ws('|', i.month, i.place, i.kind)
rows:
  month: i.month
  place: i.place
  kind: i.kind
  visits: i.visits
"""
_SEEN = {"place": "string", "month": "string", "value": "integer", "part": "integer"}
_SEEN |= {"whole": "integer", "status": "string", "vintage": "integer", "told_on": "date"}
_LISTED = {"month": "string", "place": "string", "kind": "string", "visits": "integer"}


def some_visits(**places: int) -> list[tuple[object, ...]]:
    """As many visits as said of each place."""
    return [
        (f"{place}{number}", "", "2026-01-05", place, "x", "100")
        for place, count in places.items()
        for number in range(count)
    ]


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    home, root = tmp_path / "home", clinic(tmp_path / "datasets")
    write(root, SEEN, contract(SEEN, _SEEN, ("place", "month", "vintage")), FORMULAS, "ioc")
    key = ("month", "place", "kind")
    write(root, LISTED, contract(LISTED, _LISTED, key), ROWS, VISITS)
    visits(home, some_visits(A=20, B=30, C=40, D=3))
    return platform_of(home, root)


def vintages(platform: Platform) -> set[tuple[object, ...]]:
    """(place, vintage, value, status) of everything that is served."""
    with shared_rows(platform, SEEN) as connection:
        rows = connection.execute("SELECT place, vintage, value, status FROM served").fetchall()
    return set(rows)


def test_what_was_released_stays_and_a_change_is_a_vintage(platform: Platform) -> None:
    assert run_dataset(platform, VISITS).state is State.RELEASED
    first = run_dataset(platform, SEEN)
    assert first.state is State.RELEASED, first
    (account,) = first.accounts
    assert (account.source, account.read, account.accepted) == (VISITS, 4, 4)
    told = vintages(platform)
    assert told == {
        ("A", 1, None, "suppressed"),
        ("B", 1, 30, "final"),
        ("C", 1, 40, "final"),
        ("D", 1, None, "suppressed"),
    }
    assert run_dataset(platform, SEEN).state is State.UNCHANGED
    again = run_dataset(platform, SEEN, force=True)
    assert (again.state, vintages(platform)) == (State.RELEASED, told)

    visits(platform.home, some_visits(A=20, B=30, C=60, D=3))
    assert run_dataset(platform, VISITS).state is State.RELEASED
    assert run_dataset(platform, SEEN).state is State.RELEASED
    assert vintages(platform) == told | {("C", 2, 60, "final")}
    assert latest(platform, SEEN).metadata["derived_from"] == VISITS
    assert latest(platform, SEEN).lineage["value"] == (f"ref.{VISITS}.visits",)


def test_every_row_of_the_input_is_accounted_for(platform: Platform) -> None:
    assert run_dataset(platform, VISITS).state is State.RELEASED
    outcome = run_dataset(platform, LISTED)
    assert (outcome.state, outcome.good) == (State.RELEASED, True), outcome
    (account,) = outcome.accounts
    assert (account.source, account.balanced) == (VISITS, True)
    assert (account.read, account.accepted, account.excluded_by) == (5, 3, {"hidden": 2})
    found = latest(platform, LISTED).reconciliation
    assert found is not None
    assert (found.measure, found.derived, found.expected) == ("rows", 3, 3)


def test_an_observation_of_what_has_no_release_is_refused(platform: Platform) -> None:
    outcome = run_dataset(platform, SEEN)
    assert outcome.state is State.FAILED
    assert [fault.check for fault in outcome.faults] == ["run.reference_missing"]
