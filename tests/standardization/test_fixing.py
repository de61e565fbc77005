"""Functions tell by themselves what they put right, and only that."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from standardization.compiler import compile_mapping
from standardization.fixing import rules_of
from standardization.functions import FUNCTIONS
from tests.standardization.conftest import MakeTable
from tests.standardization.factory import conditions, contract, mapping
from tests.standardization.test_engine import one

CASES: list[tuple[str, str, list[tuple[Any, list[str]]]]] = [
    ("clean_text(c.V)", "VARCHAR", [("Mỹ Tho", []), ("Mỹ  Tho", ["clean_text"]), ("", [])]),
    ("parse_date(c.V)", "DATE", [("2025-07-01", []), ("1/7/2025", ["parse_date"]), (None, [])]),
    (
        "parse_timestamp(c.V)",
        "TIMESTAMP WITH TIME ZONE",
        [("2025-07-01T08:00:00Z", []), ("8h30 ngày 1/7/2025", ["parse_timestamp"])],
    ),
    (
        "money_vnd(c.V)",
        "BIGINT",
        [("50000", []), ("50.000", ["money_vnd"]), ("50000.00", []), (50000, [])],
    ),
    ("parse_number(c.V)", "DECIMAL(20,4)", [("12.5", []), ("12,5", ["parse_number"]), (12.5, [])]),
    (
        "phone_e164(c.V)",
        "VARCHAR",
        [
            ("0912345678", []),
            ("1022", []),
            ("+84912345678", ["phone_e164"]),
            ("0912 345 678", ["phone_e164"]),
            ("01234567890", ["phone_e164"]),
        ],
    ),
    (
        "commune_code(c.V)",
        "VARCHAR",
        [("28249", []), ("00004", []), ("1234", ["commune_code"]), (4, ["commune_code"])],
    ),
    ("facility_code(c.V)", "VARCHAR", [("01c51", []), (1020, ["facility_code"])]),
    ("agency_code_from_qcvn102(c.V)", "VARCHAR", [("000.00.12.H49", ["agency_code_from_qcvn102"])]),
    ("parse_number(c.V)", "DECIMAL(20,4)", [("N/A", ["null_word"]), (" ", []), (None, [])]),
    ("lookup('kind', c.V)", "VARCHAR", [("Chợ", []), ("-", ["null_word"])]),
    ("null_word(c.V)", "VARCHAR", [("--", ["null_word"]), ("xã", [])]),
    (
        "person_name(clean_text(c.V))",
        "VARCHAR",
        [
            ("Lê Văn An", []),
            ("Lê  Văn An", ["clean_text"]),
            ("ông Lê Văn  An", ["clean_text", "person_name"]),
        ],
    ),
    (
        "CAST(coordinate(c.V, 106.36).latitude AS VARCHAR)",
        "VARCHAR",
        [("10.36", []), (10.36, [])],
    ),
]


@pytest.mark.parametrize(("expression", "kind", "cells"), CASES)
def test_what_is_told(
    bench: duckdb.DuckDBPyConnection,
    database: MakeTable,
    tmp_path: Path,
    expression: str,
    kind: str,
    cells: list[tuple[Any, list[str]]],
) -> None:
    values = [value for value, _rules in cells]
    lookups = {"kind": {"Chợ": "market"}}
    rows = one(bench, database, tmp_path, values, expression, kind, lookups=lookups)
    assert [sorted(row["_fixed"]) for row in rows] == [rules for _value, rules in cells]
    flags = ["fixed" if rules else "ok" for _value, rules in cells]
    assert [row["quality_flag"] for row in rows] == flags


def test_what_is_not_asked_for_is_not_told(
    bench: duckdb.DuckDBPyConnection, database: MakeTable, tmp_path: Path
) -> None:
    expression = "CASE WHEN c.ID = 0 THEN clean_text(c.V) ELSE 'no' END"
    rows = one(bench, database, tmp_path, ["a  b", "c  d"], expression)
    assert [row["_fixed"] for row in rows] == [["clean_text"], []]


def test_a_second_reading_tells_only_of_what_the_first_could_not_read(
    bench: duckdb.DuckDBPyConnection, database: MakeTable, tmp_path: Path
) -> None:
    expression = "coalesce(agency_code(c.V), agency_code_from_qcvn102(c.V))"
    values = ["H18.1.2", "000.00.12.H49", "-", "?"]
    rows = one(bench, database, tmp_path, values, expression)
    assert [row["_fixed"] for row in rows] == [
        [],
        ["agency_code_from_qcvn102"],
        ["null_word"],
        [],
    ]
    assert [row["_unreadable"] for row in rows] == [[], [], [], ["x"]]


def test_only_columns_tell(
    bench: duckdb.DuckDBPyConnection, database: MakeTable, tmp_path: Path
) -> None:
    doubts = conditions(odd="clean_text(c.V) = 'a b'")
    rows = one(bench, database, tmp_path, ["a  b"], "c.V", doubts=doubts)
    assert [(row["_fixed"], row["_doubts"]) for row in rows] == [([], ["odd"])]


def test_a_habit_is_not_told_but_what_the_mapping_says_is(
    bench: duckdb.DuckDBPyConnection, database: MakeTable, tmp_path: Path
) -> None:
    rows = one(
        bench,
        database,
        tmp_path,
        ["1/7/2025", "ngày 1 tháng 7 năm 2025"],
        "parse_date(c.V)",
        "DATE",
        habits=frozenset({"parse_date"}),
        fixes=conditions(parse_date="contains(c.V, 'ngày')"),
    )
    assert [row["_fixed"] for row in rows] == [[], ["parse_date"]]


def test_rules_have_the_functions_titles() -> None:
    how = mapping({"x": "person_name(clean_text(c.V))"}, habits=frozenset({"clean_text"}))
    assert rules_of(how) == {name: FUNCTIONS[name].title for name in ("person_name", "null_word")}


def test_a_test_costs_no_second_call() -> None:
    how = mapping({"x": "clean_text(c.V)"})
    sql = compile_mapping(contract({"x": "VARCHAR"}), how).sql
    assert sql.count("clean_text(") == 1


def test_swapped_coordinates_are_told(
    bench: duckdb.DuckDBPyConnection, database: MakeTable, tmp_path: Path
) -> None:
    expression = "CAST(coordinate(c.V, 10.36).latitude AS VARCHAR)"
    [row] = one(bench, database, tmp_path, ["106.36"], expression)
    assert (row["x"], row["_fixed"]) == ("10.36", ["coordinate"])
