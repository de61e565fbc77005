"""Which cells are shown, and that no subtraction tells a hidden one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.errors import Fault
from contracts.model import Calendar, Contract, Disclosure
from standardization.disclosure import (
    BREAKDOWN,
    BreakdownShare,
    protect,
    refuse_mostly_hidden,
    refuse_nested,
)
from tests.standardization.factory import contract

RULE = Disclosure(threshold=10, round_to=5, minimum_share=0.8, total="total", parts=("good", "bad"))
Cell = tuple[str, str, str, int, int, int]


def statistic(parts: tuple[str, ...]) -> Contract:
    columns = {"month": "VARCHAR", "place": "VARCHAR", "total": "BIGINT"}
    return contract(
        columns | dict.fromkeys(parts, "BIGINT"),
        breakdowns={"a": ("month", "place")},
        disclosure=RULE,
        calendar=Calendar(None, None, "month"),
    )


def shown(
    connection: duckdb.DuckDBPyConnection,
    cells: list[tuple[Any, ...]],
    parts: tuple[str, ...] = ("good", "bad"),
) -> list[dict[str, Any]]:
    names = ", ".join([BREAKDOWN, "month", "place", "total", *parts])
    values = ", ".join(str(cell) for cell in cells)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE cells AS FROM (VALUES {values}) AS c({names})"
    )
    rule = Disclosure(10, 5, 0.8, "total", parts)
    sql = protect("cells", statistic(parts), rule, ("month", "place"))
    found = connection.execute(f"SELECT * FROM ({sql}) ORDER BY {BREAKDOWN}, month, place")
    return [
        dict(zip((d[0] for d in found.description or ()), row, strict=True))
        for row in found.fetchall()
    ]


@pytest.fixture(scope="module")
def memory() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


@pytest.mark.parametrize(
    ("total", "expected"), [(9, None), (10, 10), (12, 10), (13, 15), (17, 15), (18, 20), (0, None)]
)
def test_a_total_is_hidden_under_the_threshold_and_rounded_above(
    memory: duckdb.DuckDBPyConnection, total: int, expected: int | None
) -> None:
    [row] = shown(memory, [("a", "2026-01", "A", total)], parts=())
    assert row["total"] == expected


@pytest.mark.parametrize(
    ("good", "bad", "expected"),
    [(30, 20, (30, 20)), (41, 9, (None, None)), (50, 0, (None, None)), (9, 41, (None, None))],
)
def test_a_small_part_hides_its_complement(
    memory: duckdb.DuckDBPyConnection, good: int, bad: int, expected: tuple[int | None, ...]
) -> None:
    [row] = shown(memory, [("a", "2026-01", "A", good + bad, good, bad)])
    assert (row["total"], row["good"], row["bad"]) == (50, *expected)


@pytest.mark.parametrize(
    ("parts", "visible"),
    [
        ((50, 30, 20), (True, True, True)),
        ((50, 30, 5), (True, False, False)),
        ((50, 4, 3), (False, False, False)),  # 4 + 3 would be a group of seven
        ((50, 9, 8), (True, False, False)),
    ],
)
def test_hidden_parts_hold_enough_together(
    memory: duckdb.DuckDBPyConnection, parts: tuple[int, ...], visible: tuple[bool, ...]
) -> None:
    [row] = shown(memory, [("a", "2026-01", "A", sum(parts), *parts)], parts=("p", "q", "r"))
    assert tuple(row[name] is not None for name in ("p", "q", "r")) == visible


@pytest.mark.parametrize(("rest", "visible"), [(0, True), (3, False), (40, True)])
def test_what_no_part_counts_is_a_hidden_part(
    memory: duckdb.DuckDBPyConnection, rest: int, visible: bool
) -> None:
    [row] = shown(memory, [("a", "2026-01", "A", 50 + rest, 50)], parts=("p",))
    assert (row["p"] is not None) is visible


def test_one_hidden_cell_takes_the_smallest_shown_one_along(
    memory: duckdb.DuckDBPyConnection,
) -> None:
    cells = [("a", "2026-01", place, n) for place, n in (("A", 3), ("B", 40), ("C", 25), ("D", 90))]
    rows = shown(memory, cells, parts=())
    assert [row["total"] for row in rows] == [None, 40, None, 90]


def test_hidden_cells_hold_enough_together(memory: duckdb.DuckDBPyConnection) -> None:
    cells = [("a", "2026-01", place, n) for place, n in (("A", 3), ("B", 4), ("C", 25), ("D", 90))]
    rows = shown(memory, cells, parts=())
    assert [row["total"] for row in rows] == [None, None, None, 90]


def test_periods_and_breakdowns_are_margins_of_their_own(
    memory: duckdb.DuckDBPyConnection,
) -> None:
    cells = [
        ("a", "2026-01", "A", 3),
        ("a", "2026-01", "B", 40),
        ("a", "2026-01", "C", 41),
        ("a", "2026-02", "A", 40),
        ("b", "2026-01", "A", 40),
    ]
    rows = shown(memory, cells, parts=())
    assert [row["total"] for row in rows] == [None, None, 40, 40, 40]


def test_a_part_hidden_in_one_cell_is_hidden_in_another(memory: duckdb.DuckDBPyConnection) -> None:
    cells = [
        ("a", "2026-01", "A", 60, 55, 5),
        ("a", "2026-01", "B", 60, 30, 30),
        ("a", "2026-01", "C", 90, 45, 45),
    ]
    rows = shown(memory, cells)
    assert [row["bad"] for row in rows] == [None, None, 45]
    assert [row["total"] for row in rows] == [60, 60, 90]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=6),
    st.integers(0, 3),
)
def test_no_subtraction_tells_a_group_under_the_threshold(
    memory: duckdb.DuckDBPyConnection, counts: list[tuple[int, int]], months: int
) -> None:
    """An attacker who knows every true margin learns only sums of at least ten, or of all."""
    cells = [
        ("a", f"2026-0{at % (months + 1) + 1}", f"P{at}", good + bad, good, bad)
        for at, (good, bad) in enumerate(counts)
    ]
    true = {
        f"P{at}": {"total": good + bad, "good": good, "bad": bad}
        for at, (good, bad) in enumerate(counts)
    }
    margins: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in shown(memory, cells):
        margins[row["month"]].append(row)
        hidden = [name for name in ("good", "bad") if row[name] is None]
        assert len(hidden) != 1
        for name in ("total", "good", "bad"):
            if row[name] is not None:
                assert true[row["place"]][name] >= RULE.threshold
                assert abs(row[name] - true[row["place"]][name]) <= RULE.round_to // 2
    for rows in margins.values():
        for name in ("total", "good", "bad"):
            hidden_cells = [true[row["place"]][name] for row in rows if row[name] is None]
            if hidden_cells and len(hidden_cells) < len(rows):
                assert len(hidden_cells) >= 2
                assert sum(hidden_cells) >= RULE.threshold


def test_nested_breakdowns_are_refused() -> None:
    made = contract(
        {"month": "VARCHAR", "place": "VARCHAR", "kind": "VARCHAR"},
        breakdowns={"fine": ("month", "place", "kind"), "coarse": ("month", "place")},
    )
    with pytest.raises(Fault) as caught:
        refuse_nested(made)
    assert caught.value.check == "disclosure.nested"
    assert caught.value.values == {"fine": "fine", "coarse": "coarse"}


def test_totals_of_a_period_are_no_nested_breakdown() -> None:
    made = contract(
        {"month": "VARCHAR", "place": "VARCHAR"},
        breakdowns={"places": ("month", "place"), "whole": ("month",)},
        calendar=Calendar(None, None, "month"),
    )
    refuse_nested(made)
    with pytest.raises(Fault) as caught:
        refuse_nested(replace(made, calendar=Calendar(None, None)))
    assert caught.value.check == "disclosure.nested"


def test_a_breakdown_that_shows_too_little_is_refused() -> None:
    made = statistic(("good", "bad"))
    enough, little = BreakdownShare("a", 10, 8, 100, 80), BreakdownShare("b", 10, 9, 100, 79)
    refuse_mostly_hidden(made, [enough])
    with pytest.raises(Fault) as caught:
        refuse_mostly_hidden(made, [enough, little])
    assert caught.value.check == "disclosure.minimum_share"
    assert caught.value.values["name"] == "b"
