"""Measures that are no counts: plain ones, and under disclosure control."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.mappings import Derivation
from contracts.model import Calendar, Contract, Disclosure
from standardization.derivation import compile_derivation, derive, reconcile
from tests.standardization.factory import contract, rows_of

TODAY = date(2026, 3, 9)
RULE = Disclosure(threshold=10, round_to=5, minimum_share=0.8, total="visits", parts=())
Row = tuple[str, str, float | None]
"""(place, kind, cost)."""


def statistic(rule: Disclosure | None) -> Contract:
    return contract(
        {
            "month": "VARCHAR",
            "place": "VARCHAR",
            "kind": "VARCHAR",
            "visits": "BIGINT",
            "cost": "DECIMAL(18,2)",
            "mean": "DOUBLE",
        },
        dataset="counts",
        key=("month", "place", "kind"),
        breakdowns={"by_place": ("month", "place"), "by_kind": ("month", "kind")},
        disclosure=rule,
        calendar=Calendar(None, None, "month"),
    )


def derivation(**more: Any) -> Derivation:
    made: dict[str, Any] = {
        "name": "visits",
        "dataset": "counts",
        "input": "visits",
        "path": Path("visits.yaml"),
        "dimensions": {"month": "'2026-01'", "place": "i.place", "kind": "i.kind"},
        "measures": {"visits": "count(*)", "cost": "sum(i.cost)", "mean": "avg(i.cost)"},
        "reconcile": "visits",
    }
    return Derivation(**(made | more))


def run(
    bench: duckdb.DuckDBPyConnection,
    folder: Path,
    rows: list[Row],
    rule: Disclosure | None = RULE,
) -> dict[tuple[str, str], dict[str, Any]]:
    fill(bench, rows)
    compiled = compile_derivation(statistic(rule), derivation(), today=TODAY)
    derive(bench, statistic(rule), compiled, folder / "staged.parquet")
    return {(r["place"], r["kind"]): r for r in rows_of(folder / "staged.parquet")}


def fill(bench: duckdb.DuckDBPyConnection, rows: list[Row]) -> None:
    bench.execute(
        "CREATE OR REPLACE TABLE ref_visits (place VARCHAR, kind VARCHAR, cost DECIMAL(18,2))"
    )
    if rows:
        bench.executemany("INSERT INTO ref_visits VALUES (?, ?, ?)", rows)


def test_sums_and_means_need_no_disclosure_where_none_is_asked(
    bench: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    cells = run(bench, tmp_path, [("A", "x", 10.5), ("A", "x", 2), ("B", "x", 4)], rule=None)
    assert float(cells["A", "_T"]["cost"]) == 12.5
    assert cells["A", "_T"]["mean"] == 6.25
    assert float(cells["_T", "x"]["cost"]) == 16.5


def test_a_sum_reconciles_with_that_of_the_input(bench: duckdb.DuckDBPyConnection) -> None:
    fill(bench, [("A", "x", 10.5), ("B", "y", 4.25), ("B", "y", None)])
    how = derivation(reconcile="cost", expected="sum(i.cost)")
    found = reconcile(bench, statistic(None), compile_derivation(statistic(None), how, today=TODAY))
    assert (found.measure, found.derived, found.expected) == ("cost", 14.75, 14.75)
    assert found.passed


def test_a_sum_that_loses_rows_does_not_reconcile(bench: duckdb.DuckDBPyConnection) -> None:
    fill(bench, [("A", "x", 10.5), ("B", "y", 4.25)])
    measures = dict(derivation().measures) | {"cost": "sum(i.cost) FILTER (WHERE i.kind = 'x')"}
    how = derivation(measures=measures, reconcile="cost", expected="sum(i.cost)")
    found = reconcile(bench, statistic(None), compile_derivation(statistic(None), how, today=TODAY))
    assert (found.derived, found.expected, found.passed) == (10.5, 14.75, False)


def test_a_figure_goes_with_its_total(bench: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    rows: list[Row] = [("A", "x", 100), *[("B", "x", 1)] * 30, *[("C", "x", 2)] * 40]
    cells = run(bench, tmp_path, rows)
    assert cells["A", "_T"]["visits"] is None
    assert (cells["A", "_T"]["cost"], cells["A", "_T"]["mean"]) == (None, None)
    assert (cells["B", "_T"]["cost"], cells["B", "_T"]["mean"]) == (None, None)
    assert (cells["C", "_T"]["visits"], cells["C", "_T"]["mean"]) == (40, 2.0)


def test_a_figure_of_few_values_is_hidden_though_its_count_is_shown(
    bench: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    rows: list[Row] = [("A", "x", 700), *[("A", "x", None)] * 29]
    rows += [*[("B", "x", 1)] * 30, *[("C", "x", 2)] * 40]
    cells = run(bench, tmp_path, rows)
    assert (cells["A", "_T"]["visits"], cells["A", "_T"]["mean"]) == (30, None)
    # Hidden along: with it, what all have less what the others have would tell A's value.
    assert (cells["B", "_T"]["visits"], cells["B", "_T"]["mean"]) == (30, None)
    assert cells["C", "_T"]["mean"] == 2.0


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=6))
def test_hidden_figures_hold_enough_values_to_hide_in(
    bench: duckdb.DuckDBPyConnection, tmp_path: Path, places: list[tuple[int, int]]
) -> None:
    """Per place (with a value, without one): a shown figure has ten values at least, and those
    hidden are of two cells with ten values together, unless there are no more."""
    rows: list[Row] = []
    for number, (valued, empty) in enumerate(places):
        rows += [(f"P{number}", "x", 5)] * valued + [(f"P{number}", "x", None)] * empty
    cells = run(bench, tmp_path, rows)
    values = {f"P{n}": valued for n, (valued, empty) in enumerate(places) if valued + empty}
    shown = {p for p in values if cells[p, "_T"]["cost"] is not None}
    hidden = set(values) - shown
    assert all(values[place] >= 10 for place in shown)
    assert all(cells[place, "_T"]["visits"] is not None for place in shown)
    if hidden and shown:
        assert len(hidden) >= 2
        assert sum(values[place] for place in hidden) >= 10
