"""Datasets made from another row by row."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from contracts.mappings import Derivation
from standardization.derivation import compile_derivation, derive, reconcile
from standardization.engine import CONTROL, stage_batch
from tests.standardization.factory import conditions, contract, rows_of

COLUMNS = {"ticket": "VARCHAR", "day": "DATE", "number": "BIGINT"}
TODAY = date(2026, 3, 9)


def derivation(**more: Any) -> Derivation:
    made: dict[str, Any] = {
        "name": "tickets",
        "dataset": "open_tickets",
        "input": "tickets",
        "path": Path("tickets.yaml"),
        "rows": {"ticket": "upper(i.code)", "day": "i.day", "number": "i.number"},
        "key": "i.code",
        "exclusions": conditions(secret="i.secret", old="i.day < '2000'"),
    }
    return Derivation(**(made | more))


def run(bench: duckdb.DuckDBPyConnection, folder: Path) -> list[dict[str, Any]]:
    bench.execute(
        "CREATE TABLE ref_tickets AS FROM (VALUES ('a', '2026-01-01', '1', false, 'ok'), "
        "('b', 'soon', '2', false, 'fixed'), ('c', '2026-01-03', NULL, true, 'ok'), "
        "('d', NULL, 'x', NULL, 'suspect')) AS t(code, day, number, secret, quality_flag)"
    )
    made = contract(COLUMNS, dataset="open_tickets", key=("ticket",))
    compiled = compile_derivation(made, derivation(), today=TODAY)
    derive(bench, made, compiled, folder / "staged.parquet")
    stage_batch(bench, made, [folder / "staged.parquet"])
    return rows_of(folder / "staged.parquet")


def test_each_row_becomes_one_row(bench: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    rows = {row["source_key"]: row for row in run(bench, tmp_path)}
    assert {key: row["ticket"] for key, row in rows.items()} == dict(
        zip("abcd", "ABCD", strict=True)
    )
    assert (rows["a"]["day"], rows["a"]["number"]) == (date(2026, 1, 1), 1)
    assert {row["source_system"] for row in rows.values()} == {"tickets"}
    assert sorted(row["_landing_id"] for row in rows.values()) == [0, 1, 2, 3]


def test_exclusions_are_by_name(bench: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    rows = {row["source_key"]: row["_excluded"] for row in run(bench, tmp_path)}
    assert rows == {"a": None, "b": None, "c": "secret", "d": None}


def test_a_value_of_another_type_is_unreadable(
    bench: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    rows = {row["source_key"]: row["_unreadable"] for row in run(bench, tmp_path)}
    assert rows == {"a": [], "b": ["day"], "c": [], "d": ["number"]}


def test_the_flag_of_the_input_stays(bench: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    rows = {row["source_key"]: row["quality_flag"] for row in run(bench, tmp_path)}
    assert rows == {"a": "ok", "b": "fixed", "c": "ok", "d": "suspect"}


def test_the_staged_relation_is_a_batch(bench: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    run(bench, tmp_path)
    described = dict(row[:2] for row in bench.execute("DESCRIBE batch").fetchall())
    assert described == COLUMNS | dict(CONTROL)


def test_the_number_of_rows_reconciles(bench: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    run(bench, tmp_path)
    made = contract(COLUMNS, dataset="open_tickets", key=("ticket",))
    found = reconcile(bench, made, compile_derivation(made, derivation(), today=TODAY))
    assert (found.measure, found.derived, found.expected) == ("rows", 3, 3)


def test_lineage_and_sentences_name_the_input() -> None:
    made = contract(COLUMNS, dataset="open_tickets", key=("ticket",))
    compiled = compile_derivation(made, derivation(), today=TODAY)
    assert compiled.lineage["ticket"] == ("ref.tickets.code",)
    assert "tickets" in compiled.how["ticket"][0]
