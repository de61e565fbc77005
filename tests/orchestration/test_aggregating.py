"""Rows that are counted and never leave the run: accounts, quarantine, what is written down."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.errors import Fault
from lakehouse import quarantine
from lakehouse.stores import Zone
from orchestration.outcomes import State
from orchestration.pipeline import run_dataset
from orchestration.platform import Platform
from orchestration.previewing import preview_dataset
from orchestration.trying import disclosure_shares, source_problems
from tests.orchestration.clinic import VISITS, clinic, visits
from tests.orchestration.homes import latest, platform_of, shared_rows
from tests.orchestration.leaks import decoded

SECRET = "Nguyễn Thị Không Ai Được Biết"
PLACES = ("A", "B", "C")


def some_visits() -> list[tuple[object, ...]]:
    """60 visits of three places and two kinds, 3 of a fourth place, 3 bad ones, 1 excluded."""
    rows: list[tuple[object, ...]] = []
    for number in range(60):
        place, kind = PLACES[number % 3], "xy"[number % 2]
        rows.append((f"K{number}", SECRET, "2026-01-05", place, kind, "100"))
    rows += [(f"S{number}", SECRET, "2026-01-06", "D", "x", "700") for number in range(3)]
    rows += [
        ("BAD-DAY", SECRET, "hôm qua", "A", "x", "100"),
        ("BAD-COST", SECRET, "2026-01-07", "A", "x", "-5"),
        ("K0", SECRET, "2026-01-08", "A", "x", "100"),
        ("T1", "TEST", "2026-01-08", "A", "x", "100"),
    ]
    return rows


def count(folder: Path) -> Platform:
    """A home in `folder` whose visits have been counted."""
    home = folder / "home"
    visits(home, some_visits())
    platform = platform_of(home, clinic(folder / "datasets"))
    outcome = run_dataset(platform, VISITS)
    assert outcome.state is State.RELEASED, outcome
    return platform


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """A home whose visits have been counted: never change it."""
    return count(tmp_path_factory.mktemp("counted"))


def test_every_row_is_accounted_for(counted: Platform) -> None:
    (account,) = latest(counted, VISITS).accounts
    assert (account.source, account.balanced) == ("his", True)
    assert (account.read, account.accepted, account.excluded) == (67, 63, 1)
    assert account.quarantined_by == {
        "cost_possible": 1,
        "primary_key.unique": 1,
        "visited_on.readable": 1,
        "visited_on.required": 1,
    }
    assert account.excluded_by == {"trial": 1}


def test_accepted_rows_are_those_counted(counted: Platform) -> None:
    found = latest(counted, VISITS).reconciliation
    assert found is not None
    assert (found.derived, found.expected) == (63, 63)


def test_small_cells_and_their_complements_are_hidden(counted: Platform) -> None:
    with shared_rows(counted, VISITS) as connection:
        rows = connection.execute("SELECT month, place, kind, visits, mean_cost FROM served")
        cells = {row[1:3]: row[3:] for row in rows.fetchall()}
    assert cells[("D", "_T")] == (None, None)
    hidden = [cell for cell, (number, _mean) in cells.items() if number is None]
    assert len(hidden) >= 2
    assert all(mean is None for number, mean in cells.values() if number is None)
    assert {number for number, _mean in cells.values() if number} <= {20, 25, 30, 35}


def test_nothing_of_a_row_leaves_but_key_and_rule(counted: Platform) -> None:
    store = counted.stores[Zone.QUARANTINE]
    sql = quarantine.rows(store, VISITS)
    assert sql is not None
    with shared_rows(counted, VISITS) as connection:
        names = [row[0] for row in connection.execute(f"DESCRIBE {sql}").fetchall()]
        rows = [dict(zip(names, row, strict=True)) for row in connection.execute(sql).fetchall()]
    refused = {row["source_key"]: row["_rules"] for row in rows}
    assert set(refused) == {"BAD-DAY", "BAD-COST", "K0"}
    assert refused["BAD-COST"] == ["cost_possible"]
    for row in rows:
        told = {name for name, value in row.items() if value not in (None, [])}
        assert told == {"source_system", "source_key", "_mapping", "_rules"}


def test_no_file_but_the_landing_holds_a_row(counted: Platform) -> None:
    holding: dict[bytes, set[str]] = {SECRET.encode(): set(), b"K17": set()}
    for path in counted.home.rglob("*"):
        parts = list(decoded(path.read_bytes())) if path.is_file() else []
        for needle, places in holding.items():
            if any(needle in part for part in parts):
                places.add("landing" if "landing" in path.parts else path.name)
    assert all(places == {"his.db", "landing"} for places in holding.values())


def test_the_names_of_rules_are_told_in_both_languages(counted: Platform) -> None:
    titles = latest(counted, VISITS).metadata["checks"]
    assert isinstance(titles, dict)
    assert titles["cost_possible"]["en"] == "Cost is not negative"
    assert titles["row.cost_possible"] == titles["cost_possible"]
    verdict = latest(counted, VISITS).verdict
    assert "row.cost_possible" in {result.check for result in verdict.results}


def test_lineage_goes_through_to_the_source(counted: Platform) -> None:
    lineage = latest(counted, VISITS).lineage
    assert lineage["month"] == ("his.VISIT.DAY",)
    assert lineage["mean_cost"] == ("his.VISIT.COST",)


def test_the_same_rows_make_no_new_release(counted: Platform) -> None:
    assert run_dataset(counted, VISITS).state is State.UNCHANGED


def test_a_repaired_row_leaves_quarantine(tmp_path: Path) -> None:
    platform = count(tmp_path)
    visits(platform.home, [row for row in some_visits() if row[0] != "BAD-COST"])
    run_dataset(platform, VISITS)
    sql = quarantine.rows(platform.stores[Zone.QUARANTINE], VISITS)
    with shared_rows(platform, VISITS) as connection:
        keys = connection.execute(f"SELECT source_key FROM ({sql})").fetchall()
    assert {key for (key,) in keys} == {"BAD-DAY", "K0"}


def test_check_counts_what_the_breakdowns_show(counted: Platform) -> None:
    (shown,) = disclosure_shares(counted, [VISITS])
    by_place, by_kind = shown.shares
    assert (by_place.name, by_place.cells, by_place.cells_shown) == ("place_month", 4, 2)
    assert (by_kind.cells, by_kind.share) == (2, 1.0)
    assert shown.fault is None


def test_too_many_bad_rows_release_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    bad = [(f"B{n}", SECRET, "?", "A", "x", "1") for n in range(80)]
    visits(home, [*some_visits(), *bad])
    outcome = run_dataset(platform_of(home, clinic(tmp_path / "datasets")), VISITS)
    assert outcome.state is State.REFUSED
    assert outcome.verdict is not None
    assert "row.tolerance" in outcome.verdict.refused_by
    assert outcome.faults


def test_the_source_is_tried_with_the_rows_columns(counted: Platform) -> None:
    assert source_problems(counted, [VISITS]) == ()


def test_a_preview_of_counted_rows_is_refused(counted: Platform) -> None:
    with pytest.raises(Fault) as caught:
        preview_dataset(counted, VISITS, None)
    assert caught.value.check == "rows.counted"
