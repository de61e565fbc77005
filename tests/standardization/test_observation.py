"""Observations: what formulas compute, what stays empty, and vintages over reruns."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.errors import Fault
from contracts.joins import Join, TableUse
from contracts.model import Calendar, Contract
from contracts.observations import Formula, Observation, ObservationColumns
from standardization.engine import CONTROL, stage_batch
from standardization.observation import compile_observation, observe
from tests.standardization.factory import contract, rows_of

TODAY, LATER = date(2026, 3, 9), date(2026, 4, 9)
KEY = ("indicator", "place", "month")
COLUMNS = {
    "indicator": "VARCHAR",
    "place": "VARCHAR",
    "month": "VARCHAR",
    "vintage": "INTEGER",
    "value": "DECIMAL(18,4)",
    "part": "DECIMAL(18,4)",
    "whole": "DECIMAL(18,4)",
    "status": "VARCHAR",
    "told_on": "DATE",
}
SHARE = Formula(
    "share",
    "stats",
    "i.kind = '_T'",
    {"indicator": "'A-1'", "place": "i.place", "month": "i.month"},
    "sum(i.good)",
    "sum(i.total)",
    scale=100,
    digits=1,
)
Stat = tuple[str, str, int | None, int | None]
"""(month, place, total, good)."""


def observations() -> Contract:
    return contract(
        COLUMNS,
        dataset="seen",
        key=(*KEY, "vintage"),
        calendar=Calendar(None, None, "month", timedelta(days=8)),
    )


def formulas(*made: Formula) -> Observation:
    columns = ObservationColumns("value", "part", "whole", "status", "vintage", "told_on")
    return Observation("ioc", "seen", Path("ioc.yaml"), made, columns)


def fill(bench: duckdb.DuckDBPyConnection, rows: list[Stat]) -> None:
    bench.execute("DROP TABLE IF EXISTS ref_stats")
    bench.execute(
        "CREATE TABLE ref_stats (month VARCHAR, place VARCHAR, kind VARCHAR, total BIGINT, "
        "good BIGINT)"
    )
    for month, place, total, good in rows:
        bench.execute(
            "INSERT INTO ref_stats VALUES (?, ?, '_T', ?, ?)", [month, place, total, good]
        )
    bench.execute("INSERT INTO ref_stats VALUES ('2026-01', '_T', 'x', 1000, 1)")


def serve(bench: duckdb.DuckDBPyConnection, rows: list[dict[str, Any]] | None = None) -> None:
    """What is served: nothing, or `rows` beside what was served before."""
    if rows is None:
        columns = ", ".join(f'"{n}" {kind}' for n, kind in COLUMNS.items())
        bench.execute(f"CREATE OR REPLACE TABLE served ({columns}, source_system VARCHAR)")
    for row in rows or ():
        values = [row[name] for name in (*COLUMNS, "source_system")]
        bench.execute(f"INSERT INTO served VALUES ({', '.join('?' * len(values))})", values)


def run(
    bench: duckdb.DuckDBPyConnection,
    folder: Path,
    *made: Formula,
    protected: bool = True,
    today: date = TODAY,
) -> list[dict[str, Any]]:
    compiled = compile_observation(
        observations(),
        formulas(*(made or (SHARE,))),
        protected=frozenset({"stats"} if protected else ()),
        today=today,
    )
    observe(bench, observations(), compiled, folder / "staged.parquet")
    return rows_of(folder / "staged.parquet")


def test_a_ratio_is_of_the_sums(bench: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    fill(bench, [("2026-01", "A", 30, 10), ("2026-01", "A", 30, 30), ("2026-01", "B", 40, 40)])
    serve(bench)
    found = {row["place"]: row for row in run(bench, tmp_path)}
    assert float(found["A"]["value"]) == 66.7
    assert (found["A"]["part"], found["A"]["whole"]) == (40, 60)
    assert float(found["B"]["value"]) == 100
    assert {row["status"] for row in found.values()} == {"final"}
    assert {row["vintage"] for row in found.values()} == {1}
    assert {row["told_on"] for row in found.values()} == {TODAY}
    assert {row["source_system"] for row in found.values()} == {"stats"}


@pytest.mark.parametrize(("protected", "status"), [(True, "suppressed"), (False, "missing")])
def test_a_ratio_of_hidden_counts_is_hidden(
    bench: duckdb.DuckDBPyConnection, tmp_path: Path, protected: bool, status: str
) -> None:
    fill(bench, [("2026-01", "A", 30, None), ("2026-01", "A", 30, 30), ("2026-01", "B", 40, 40)])
    serve(bench)
    found = {row["place"]: row for row in run(bench, tmp_path, protected=protected)}
    hidden = found["A"]
    assert (hidden["value"], hidden["part"], hidden["whole"]) == (None, None, None)
    assert hidden["status"] == status
    assert found["B"]["status"] == "final"


def test_a_partial_formula_leaves_hidden_rows_out(
    bench: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    fill(bench, [("2026-01", "A", 30, None), ("2026-01", "B", 40, 20), ("2026-02", "A", 9, None)])
    serve(bench)
    whole = replace(SHARE, by={**SHARE.by, "place": "'all'"}, partial=True)
    found = {row["month"]: row for row in run(bench, tmp_path, whole, today=LATER)}
    assert (float(found["2026-01"]["value"]), found["2026-01"]["whole"]) == (50.0, 40)
    assert found["2026-01"]["status"] == "estimated"
    assert (found["2026-02"]["value"], found["2026-02"]["status"]) == (None, "suppressed")


def test_nothing_is_divided_by_nothing(bench: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    fill(bench, [("2026-01", "A", 0, 0)])
    serve(bench)
    (row,) = run(bench, tmp_path)
    assert (row["value"], row["status"]) == (None, "missing")


def test_what_stands_in_coalesce_may_be_empty_unless_it_may_be_hidden(
    bench: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    fill(bench, [("2026-01", "A", 30, None), ("2026-01", "A", 30, 31), ("2026-01", "A", 30, 2)])
    serve(bench)
    over = "count(*) FILTER (WHERE coalesce(i.good > i.total, false))"
    share = replace(SHARE, numerator=over, denominator="count(*)", digits=2)
    (told,) = run(bench, tmp_path, share, protected=False)
    assert (float(told["value"]), told["whole"], told["status"]) == (33.33, 3, "final")
    (hidden,) = run(bench, tmp_path, share)
    assert (hidden["value"], hidden["status"]) == (None, "suppressed")


def test_a_joined_row_says_of_what_an_observation_is(
    bench: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    fill(bench, [("2026-01", "A", 30, 10), ("2026-01", "B", 40, 20), ("2026-01", "C", 5, 5)])
    serve(bench)
    bench.execute("CREATE TABLE ref_sites AS SELECT * FROM (VALUES ('A', 'x'), ('B', 'x')) t(k, u)")
    join = Join(TableUse("sites", "s", dataset=True), "s.k = i.place")
    made = replace(SHARE, joins=(join,), by={**SHARE.by, "place": "coalesce(s.u, 'none')"})
    found = {row["place"]: row for row in run(bench, tmp_path, made)}
    assert {place: row["whole"] for place, row in found.items()} == {"x": 70, "none": 5}
    compiled = compile_observation(
        observations(), formulas(made), protected=frozenset(), today=TODAY
    )
    assert compiled.lineage["place"] == ("ref.sites.u",)


def test_a_sum_has_no_denominator(bench: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    fill(bench, [("2026-01", "A", 30, 10)])
    serve(bench)
    (row,) = run(bench, tmp_path, replace(SHARE, denominator=None, scale=1.0, digits=0))
    assert (row["value"], row["part"], row["whole"]) == (10, 10, None)


def test_an_open_period_is_not_observed(bench: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    fill(bench, [("2026-02", "A", 30, 10), ("2026-03", "A", 30, 10)])
    serve(bench)
    assert [row["month"] for row in run(bench, tmp_path)] == ["2026-02"]
    assert len(run(bench, tmp_path, today=LATER)) == 2


def test_the_staged_relation_is_a_batch(bench: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    fill(bench, [("2026-01", "A", 30, 10)])
    serve(bench)
    run(bench, tmp_path)
    stage_batch(bench, observations(), [tmp_path / "staged.parquet"])
    described = dict(row[:2] for row in bench.execute("DESCRIBE batch").fetchall())
    assert described == COLUMNS | dict(CONTROL)


def test_the_same_run_again_makes_no_vintage(
    bench: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    fill(bench, [("2026-01", "A", 30, 10), ("2026-01", "B", 30, None)])
    serve(bench)
    serve(bench, run(bench, tmp_path))
    assert run(bench, tmp_path, today=LATER) == []


def test_a_changed_value_is_one_new_vintage(
    bench: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    fill(bench, [("2026-01", "A", 30, 10), ("2026-01", "B", 30, 15)])
    serve(bench)
    serve(bench, run(bench, tmp_path))
    fill(bench, [("2026-01", "A", 30, 20), ("2026-01", "B", 30, 15)])
    (row,) = run(bench, tmp_path, today=LATER)
    assert (row["place"], row["vintage"], float(row["value"])) == ("A", 2, 66.7)
    assert row["told_on"] == LATER
    assert row["source_key"] == "A-1|A|2026-01|2"


def test_a_value_that_becomes_hidden_is_a_new_vintage(
    bench: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    fill(bench, [("2026-01", "A", 30, 10)])
    serve(bench)
    serve(bench, run(bench, tmp_path))
    fill(bench, [("2026-01", "A", 30, None)])
    (row,) = run(bench, tmp_path)
    assert (row["vintage"], row["value"], row["status"]) == (2, None, "suppressed")


def test_what_no_formula_gives_any_more_is_withdrawn_once(
    bench: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    fill(bench, [("2026-01", "A", 30, 10), ("2026-01", "B", 30, 15)])
    serve(bench)
    serve(bench, run(bench, tmp_path))
    fill(bench, [("2026-01", "A", 30, 10)])
    (row,) = gone = run(bench, tmp_path)
    assert (row["place"], row["vintage"], row["value"]) == ("B", 2, None)
    assert (row["status"], row["_mapping"]) == ("withdrawn", "withdrawn")
    serve(bench, gone)
    assert run(bench, tmp_path) == []


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from([None, 10, 15])), max_size=4),
        min_size=1,
        max_size=4,
    )
)
def test_the_newest_vintages_are_what_is_computed_now(
    bench: duckdb.DuckDBPyConnection, tmp_path: Path, states: list[list[tuple[str, int | None]]]
) -> None:
    serve(bench)
    before: set[tuple[object, ...]] = set()
    for state in states:
        fill(bench, [("2026-01", place, 30, good) for place, good in state])
        serve(bench, run(bench, tmp_path))
        everything = set(bench.execute("SELECT * FROM served").fetchall())
        assert before <= everything
        before = everything
        newest = bench.execute(
            "SELECT place, part FROM served QUALIFY row_number() OVER "
            "(PARTITION BY place ORDER BY vintage DESC) = 1"
        ).fetchall()
        goods: dict[str, list[int | None]] = {}
        for place, good in state:
            goods.setdefault(place, []).append(good)
        now = {
            p: None if None in found else sum(g or 0 for g in found) for p, found in goods.items()
        }
        assert {place: part for place, part in newest if place in now} == now
        vintages = bench.execute(
            "SELECT count(*) FROM (SELECT place, max(vintage) AS m, count(*) AS n FROM served "
            "GROUP BY place) WHERE m <> n"
        ).fetchone()
        assert vintages == (0,)


def test_lineage_and_sentences_name_the_inputs() -> None:
    compiled = compile_observation(
        observations(), formulas(SHARE), protected=frozenset(), today=TODAY
    )
    assert compiled.lineage["value"] == ("ref.stats.good", "ref.stats.total")
    assert compiled.lineage["whole"] == ("ref.stats.total",)
    assert "stats" in compiled.how["value"]["share"][0]
    assert "stats" in compiled.how["value"]["share"][1]


def test_a_missing_input_is_one_fault(bench: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    serve(bench)
    with pytest.raises(Fault) as caught:
        run(bench, tmp_path)
    assert caught.value.check == "standardise.failed"
