"""Derived datasets: cells, periods, reconciliation."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from contracts.errors import Fault
from contracts.mappings import Derivation
from contracts.model import Calendar, Contract, Disclosure
from standardization.derivation import (
    compile_derivation,
    derive,
    disclosure_report,
    reconcile,
)
from standardization.engine import CONTROL, stage_batch
from tests.standardization.factory import conditions, contract, rows_of

TODAY = date(2026, 3, 9)
COLUMNS = {"month": "VARCHAR", "place": "VARCHAR", "kind": "VARCHAR", "total": "BIGINT"}
PARTS = {"good": "BIGINT", "bad": "BIGINT"}


def statistic(disclosure: Disclosure | None = None, **more: Any) -> Contract:
    return contract(
        COLUMNS | PARTS,
        dataset="counts",
        key=("month", "place", "kind"),
        breakdowns={"by_place": ("month", "place"), "by_kind": ("month", "kind")},
        disclosure=disclosure,
        calendar=Calendar(None, None, "month", timedelta(days=8)),
        **more,
    )


def derivation(**more: Any) -> Derivation:
    settings: dict[str, Any] = {
        "name": "things",
        "dataset": "counts",
        "input": "things",
        "path": Path("things.yaml"),
        "dimensions": {
            "month": "strftime(i.day, '%Y-%m')",
            "place": "coalesce(i.place, '_U')",
            "kind": "i.kind",
        },
        "measures": {
            "total": "count(*)",
            "good": "count(*) FILTER (WHERE i.good)",
            "bad": "count(*) FILTER (WHERE NOT i.good)",
        },
        "reconcile": "total",
    }
    return Derivation(**(settings | more))


def fill(bench: duckdb.DuckDBPyConnection, cells: list[tuple[str, str, str, int, int]]) -> None:
    """Rows of the input: (day, place, kind, good, bad)."""
    bench.execute("CREATE TABLE ref_things (day DATE, place VARCHAR, kind VARCHAR, good BOOLEAN)")
    for day, place, kind, good, bad in cells:
        for count, flag in ((good, True), (bad, False)):
            bench.execute(
                "INSERT INTO ref_things SELECT ?::DATE, ?, ?, ? FROM range(?)",
                [day, place, kind, flag, count],
            )


def run(
    bench: duckdb.DuckDBPyConnection, made: Contract, how: Derivation, folder: Path
) -> list[dict[str, Any]]:
    compiled = compile_derivation(made, how, today=TODAY)
    derive(bench, made, compiled, folder / "staged.parquet")
    return rows_of(folder / "staged.parquet")


def test_each_breakdown_groups_by_its_own_dimensions(
    bench: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    fill(bench, [("2026-01-05", "A", "x", 2, 1), ("2026-01-06", "B", "x", 4, 0)])
    rows = run(bench, statistic(), derivation(), tmp_path)
    found = {(r["month"], r["place"], r["kind"]): (r["total"], r["good"], r["bad"]) for r in rows}
    assert found == {
        ("2026-01", "A", "_T"): (3, 2, 1),
        ("2026-01", "B", "_T"): (4, 4, 0),
        ("2026-01", "_T", "x"): (7, 6, 1),
    }
    assert [row["_landing_id"] for row in rows] == [0, 1, 2]
    assert {row["source_system"] for row in rows} == {"things"}
    assert len({row["source_key"] for row in rows}) == 3


def test_the_staged_relation_is_a_batch(bench: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    fill(bench, [("2026-01-05", "A", "x", 2, 1)])
    run(bench, statistic(), derivation(), tmp_path)
    stage_batch(bench, statistic(), [tmp_path / "staged.parquet"])
    described = dict(row[:2] for row in bench.execute("DESCRIBE batch").fetchall())
    assert list(described) == [*COLUMNS, *PARTS, *(name for name, _kind in CONTROL)]
    assert {name: described[name] for name, _kind in CONTROL} == dict(CONTROL)


def test_without_breakdowns_there_is_one_grouping(
    bench: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    fill(bench, [("2026-01-05", "A", "x", 2, 1), ("2026-01-06", "A", "y", 4, 0)])
    rows = run(bench, contract(COLUMNS, dataset="counts"), derivation(), tmp_path)
    assert sorted((r["place"], r["kind"], r["total"]) for r in rows) == [
        ("A", "x", 3),
        ("A", "y", 4),
    ]


@pytest.mark.parametrize(
    ("period", "excluded"),
    [
        ("'2026-02'", None),  # closed on 2026-03-09, eight days after its end
        ("'2026-03'", "period_open"),
        ("'2025'", None),
        ("'2026'", "period_open"),
        ("'2025-Q4'", None),
        ("'2026-Q1'", "period_open"),
        ("'2026-02-28'", None),
        ("'2026-03-02'", "period_open"),
        ("'soon'", "period_open"),
    ],
)
def test_a_period_that_has_not_closed_is_excluded_by_name(
    bench: duckdb.DuckDBPyConnection, tmp_path: Path, period: str, excluded: str | None
) -> None:
    fill(bench, [("2026-01-05", "A", "x", 1, 0)])
    how = derivation(dimensions={"month": period, "place": "i.place", "kind": "i.kind"})
    rows = run(bench, statistic(), how, tmp_path)
    assert {row["_excluded"] for row in rows} == {excluded}


def test_the_total_reconciles_with_the_rows_that_count(bench: duckdb.DuckDBPyConnection) -> None:
    fill(bench, [("2026-01-05", "A", "x", 2, 1), ("2026-03-06", "B", "z", 4, 0)])
    how = derivation(exclusions=conditions(other_kind="i.kind = 'z'"))
    compiled = compile_derivation(statistic(), how, today=TODAY)
    found = reconcile(bench, statistic(), compiled)
    assert (found.measure, found.derived, found.expected, found.passed) == ("total", 3, 3, True)


def test_a_measure_that_loses_rows_does_not_reconcile(bench: duckdb.DuckDBPyConnection) -> None:
    fill(bench, [("2026-01-05", "A", "x", 2, 1)])
    how = derivation(
        measures=dict(derivation().measures) | {"total": "count(nullif(i.good, true))"}
    )
    found = reconcile(bench, statistic(), compile_derivation(statistic(), how, today=TODAY))
    assert (found.derived, found.expected, found.passed) == (1, 3, False)


def test_a_period_that_is_still_open_counts_for_reconciliation(
    bench: duckdb.DuckDBPyConnection,
) -> None:
    fill(bench, [("2026-03-05", "A", "x", 2, 1)])
    compiled = compile_derivation(statistic(), derivation(), today=TODAY)
    assert reconcile(bench, statistic(), compiled).derived == 3


def test_the_report_tells_what_closed_periods_show(bench: duckdb.DuckDBPyConnection) -> None:
    rule = Disclosure(threshold=10, round_to=5, minimum_share=0.8, total="total", parts=())
    fill(
        bench,
        [
            ("2026-01-05", "A", "x", 30, 0),
            ("2026-01-05", "B", "x", 12, 0),
            ("2026-01-05", "C", "x", 3, 0),
            ("2026-03-05", "A", "x", 99, 0),
        ],
    )
    made = statistic(rule)
    compiled = compile_derivation(made, derivation(), today=TODAY)
    by_place, by_kind = disclosure_report(bench, made, compiled)
    assert (by_place.name, by_place.cells, by_place.cells_shown) == ("by_place", 3, 1)
    assert (by_place.cases, by_place.cases_shown) == (45, 30)
    assert (by_kind.cells_shown, by_kind.share) == (1, 1.0)


def test_lineage_and_sentences_name_the_input() -> None:
    compiled = compile_derivation(statistic(), derivation(), today=TODAY)
    assert compiled.lineage["place"] == ("ref.things.place",)
    assert "things" in compiled.how["place"][0]
    assert "things" in compiled.how["place"][1]


def test_a_missing_input_is_one_fault(bench: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    compiled = compile_derivation(statistic(), derivation(), today=TODAY)
    with pytest.raises(Fault) as caught:
        derive(bench, statistic(), compiled, tmp_path / "staged.parquet")
    assert caught.value.check == "standardise.failed"
