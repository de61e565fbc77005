"""Rows before and after."""

from __future__ import annotations

from pathlib import Path

import duckdb

from standardization.compiler import compile_mapping
from standardization.landing import land
from standardization.preview import preview
from standardization.sources import open_reader
from tests.standardization.conftest import MakeTable
from tests.standardization.factory import conditions, contract, mapping, source


def test_rows_before_and_after_show_each_outcome_first(
    bench: duckdb.DuckDBPyConnection, database: MakeTable, tmp_path: Path
) -> None:
    values = [(n, "05/03/2026", 0) for n in range(40)]
    values += [(40, "31/02/2026", 0), (41, "06/03/2026", 1), (42, " 07/03/2026", 0)]
    dsn = database("CASES", "ID INTEGER, V TEXT, GONE INTEGER", values)
    made = contract({"day": "DATE"})
    how = mapping(
        {"day": "parse_date(c.V)"},
        exclusions=conditions(gone="c.GONE = 1"),
        fixes=conditions(tidied="clean_text(c.V) <> c.V"),
    )
    compiled = compile_mapping(made, how)
    with open_reader(source(), dsn) as reader:
        landing = land(reader, how, compiled.needed, None, tmp_path, limit=20)
    shown = preview(bench, made, compiled, landing, tmp_path, rows=5)
    assert shown.staged == 43
    assert [row.source_key for row in shown.rows] == ["0", "1", "40", "41", "42"]
    plain, _second, unreadable, excluded, fixed = shown.rows
    assert (plain.before["c.V"], plain.after["day"]) == ("05/03/2026", "2026-03-05")
    assert (unreadable.after["day"], unreadable.unreadable) == (None, ("day",))
    assert excluded.excluded == "gone"
    assert (fixed.before["c.V"], fixed.fixed) == (" 07/03/2026", ("parse_date", "tidied"))
    [column] = shown.columns
    assert column.reads == ("c.V",)
    assert "CASES.V" in column.how[0]


def test_fewer_rows_than_asked_for(
    bench: duckdb.DuckDBPyConnection, database: MakeTable, tmp_path: Path
) -> None:
    dsn = database("CASES", "ID INTEGER, V TEXT", [])
    made, how = contract({"v": "VARCHAR"}), mapping({"v": "c.V"})
    compiled = compile_mapping(made, how)
    with open_reader(source(), dsn) as reader:
        landing = land(reader, how, compiled.needed, None, tmp_path)
    assert preview(bench, made, compiled, landing, tmp_path).rows == ()
