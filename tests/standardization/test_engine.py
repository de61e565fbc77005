"""From a SQLite table to staged rows: the compiler's SQL as the engine runs it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from contracts.errors import Fault
from contracts.mappings import SourceMapping
from contracts.model import Contract
from standardization import engine
from standardization.compiler import compile_mapping
from standardization.engine import CONTROL, stage_batch, standardise
from standardization.landing import land
from standardization.sources import open_reader
from standardization.staging import staged_rows
from tests.standardization.conftest import MakeTable
from tests.standardization.factory import conditions, contract, mapping, source


def run(
    bench: duckdb.DuckDBPyConnection,
    dsn: str,
    made: Contract,
    how: SourceMapping,
    folder: Path,
) -> list[dict[str, Any]]:
    compiled = compile_mapping(made, how)
    with open_reader(source(), dsn) as reader:
        landing = land(reader, how, compiled.needed, None, folder / "scratch")
    out = folder / "staged.parquet"
    standardise(bench, made, compiled, landing, out)
    rows = bench.execute(f"FROM ({staged_rows(bench, out)}) ORDER BY _landing_id")
    names = [column[0] for column in rows.description or ()]
    return [dict(zip(names, row, strict=True)) for row in rows.fetchall()]


def one(
    bench: duckdb.DuckDBPyConnection,
    database: MakeTable,
    folder: Path,
    values: list[Any],
    expression: str,
    kind: str = "VARCHAR",
    **more: Any,
) -> list[dict[str, Any]]:
    """Stage one column `x` made from the column V of a table that holds `values`."""
    dsn = database("CASES", "ID INTEGER, V", list(enumerate(values)))
    how = mapping({"x": expression}, **more)
    return run(bench, dsn, contract({"x": kind}), how, folder)


def test_all_workbenches_of_a_process_have_the_macros_of_its_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    defined: list[bool] = []
    register = engine.register

    def listening(*arguments: Any, macros: bool = True, **named: Any) -> None:
        defined.append(macros)
        register(*arguments, macros=macros, **named)

    monkeypatch.setattr(engine, "register", listening)
    monkeypatch.setattr(engine, "_MADE", [])
    asked = "SELECT phone_e164('0912 345 678'), pseudonym('079123456789')"
    found = []
    for name in ("first", "second"):
        folder, key = tmp_path / name, name.encode() * 8
        with engine.workbench(folder, memory_limit="1GB", threads=1, pseudonym_key=key) as opened:
            found.append(opened.execute(asked).fetchone())
        assert [path.name for path in folder.iterdir()] == ["work.duckdb"]
    assert defined == [True, False, False]
    (phone, first), (same, second) = (row or () for row in found)
    assert phone == same == "+84912345678"
    # Each has a key of its own.
    assert first != second


def test_columns_come_in_contract_order_with_its_types(
    bench: duckdb.DuckDBPyConnection, database: MakeTable, tmp_path: Path
) -> None:
    dsn = database("CASES", "ID INTEGER, NGAY TEXT, TIEN TEXT", [(7, "05/03/2026", "50.000 đ")])
    made = contract({"fee": "BIGINT", "day": "DATE", "at": "TIMESTAMP WITH TIME ZONE"})
    how = mapping(
        {"day": "parse_date(c.NGAY)", "at": "parse_timestamp(c.NGAY)", "fee": "money_vnd(c.TIEN)"},
        precedence=3,
    )
    rows = run(bench, dsn, made, how, tmp_path)
    found = bench.execute(f"DESCRIBE SELECT * FROM '{tmp_path / 'staged.parquet'}'").fetchall()
    control = [name for name, _kind in CONTROL if name not in compile_mapping(made, how).constants]
    assert [row[0] for row in found] == ["fee", "day", "at", *control]
    assert [row[1] for row in found[:3]] == ["BIGINT", "DATE", "TIMESTAMP WITH TIME ZONE"]
    [row] = rows
    assert (row["fee"], row["day"].isoformat()) == (50_000, "2026-03-05")
    assert row["at"].astimezone(UTC).isoformat() == "2026-03-04T17:00:00+00:00"
    assert (row["source_system"], row["source_key"], row["_mapping"]) == ("office", "7", "office")
    assert (row["_precedence"], row["quality_flag"]) == (3, "fixed")
    assert set(row["_fixed"]) == {"money_vnd", "parse_date", "parse_timestamp"}


@pytest.mark.parametrize(
    ("value", "unreadable"),
    [("05/03/2026", []), ("31/02/2026", ["x"]), ("  ", []), ("N/A", []), (None, []), ("?", ["x"])],
)
def test_a_value_that_no_parser_can_read_makes_its_row_unreadable(
    bench: duckdb.DuckDBPyConnection,
    database: MakeTable,
    tmp_path: Path,
    value: str | None,
    unreadable: list[str],
) -> None:
    [row] = one(bench, database, tmp_path, [value], "parse_date(c.V)", "DATE")
    assert row["_unreadable"] == unreadable
    assert row["_doubts"] == []


def test_a_lenient_column_becomes_null_with_a_doubt(
    bench: duckdb.DuckDBPyConnection, database: MakeTable, tmp_path: Path
) -> None:
    rows = one(
        bench, database, tmp_path, ["?"], "parse_date(c.V)", "DATE", lenient=frozenset({"x"})
    )
    assert rows[0]["_unreadable"] == []
    assert rows[0]["_doubts"] == ["x.unreadable"]
    assert (rows[0]["x"], rows[0]["quality_flag"]) == (None, "suspect")


def test_coalesce_reads_the_first_value_that_can_be_read(
    bench: duckdb.DuckDBPyConnection, database: MakeTable, tmp_path: Path
) -> None:
    dsn = database("CASES", "ID INTEGER, A TEXT, B TEXT", [(1, "?", "05/03/2026"), (2, "?", "!")])
    how = mapping({"x": "coalesce(parse_date(c.A), parse_date(c.B))"})
    rows = run(bench, dsn, contract({"x": "DATE"}), how, tmp_path)
    assert [row["_unreadable"] for row in rows] == [[], ["x"]]


def test_a_value_in_a_branch_that_is_not_taken_is_not_unreadable(
    bench: duckdb.DuckDBPyConnection, database: MakeTable, tmp_path: Path
) -> None:
    dsn = database(
        "CASES", "ID INTEGER, K TEXT, V TEXT", [(1, "a", "?"), (2, "b", "?"), (3, None, "?")]
    )
    expression = "CASE WHEN c.K = 'a' THEN NULL WHEN c.K = 'b' THEN parse_date(c.V) END"
    rows = run(bench, dsn, contract({"x": "DATE"}), mapping({"x": expression}), tmp_path)
    assert [row["_unreadable"] for row in rows] == [[], ["x"], []]


@pytest.mark.parametrize(
    ("value", "expected", "unreadable"),
    [("Đã trả", "done", []), ("ĐÃ  TRẢ ", "done", []), ("khác", None, ["x"]), ("-", None, [])],
)
def test_lookup_matches_on_the_match_key(
    bench: duckdb.DuckDBPyConnection,
    database: MakeTable,
    tmp_path: Path,
    value: str,
    expected: str | None,
    unreadable: list[str],
) -> None:
    lookups: Mapping[str, Mapping[str, str]] = {"status": {"Đã trả": "done", "Mới": "new"}}
    [row] = one(bench, database, tmp_path, [value], "lookup('status', c.V)", lookups=lookups)
    assert (row["x"], row["_unreadable"]) == (expected, unreadable)


def test_lookup_of_a_number(
    bench: duckdb.DuckDBPyConnection, database: MakeTable, tmp_path: Path
) -> None:
    rows = one(
        bench, database, tmp_path, [1, 9], "lookup('s', c.V)", lookups={"s": {"1": "received"}}
    )
    assert [(row["x"], row["_unreadable"]) for row in rows] == [("received", []), (None, ["x"])]


@pytest.mark.parametrize(
    ("kind", "values", "expected", "unreadable"),
    [
        ("INTEGER", ["5", "x", "1.5", None], [5, None, 2, None], [[], ["x"], ["x"], []]),
        ("BIGINT", [5, 9, 7, 2], [5, 9, 7, 2], [[], [], [], []]),
        (
            "DECIMAL(5, 1)",
            [0.25, 3.0, 9.5, 1e9],
            ["0.3", "3.0", "9.5", "None"],
            [[], [], [], ["x"]],
        ),
        ("DATE", ["2026-02-30", "2026-02-03", "", None], None, [["x"], [], [], []]),
    ],
)
def test_a_value_that_does_not_fit_the_type_is_unreadable(
    bench: duckdb.DuckDBPyConnection,
    database: MakeTable,
    tmp_path: Path,
    kind: str,
    values: list[Any],
    expected: list[Any] | None,
    unreadable: list[list[str]],
) -> None:
    rows = one(bench, database, tmp_path, values, "nullif(c.V, NULL)", kind)
    assert [row["_unreadable"] for row in rows] == unreadable
    if expected is not None:
        found = [str(r["x"]) if kind.startswith("DECIMAL") else r["x"] for r in rows]
        assert found == expected


def test_a_failing_cast_makes_the_row_unreadable_and_stops_nothing(
    bench: duckdb.DuckDBPyConnection, database: MakeTable, tmp_path: Path
) -> None:
    rows = one(bench, database, tmp_path, ["2026-01-02", "soon"], "CAST(c.V AS DATE)", "DATE")
    assert [row["_unreadable"] for row in rows] == [[], ["x"]]


def test_the_day_of_a_moment_is_the_day_that_was_written(
    bench: duckdb.DuckDBPyConnection, database: MakeTable, tmp_path: Path
) -> None:
    """Not that of a clock which was an hour ahead at the time, as a cast has it."""
    written = ["1954-12-31 23:30:00", "2026-01-02 23:30:00", "soon", None]
    expression = "CAST(parse_timestamp(c.V) AS DATE)"
    rows = one(bench, database, tmp_path, written, expression, "DATE")
    assert [row["x"] for row in rows] == [date(1954, 12, 31), date(2026, 1, 2), None, None]
    assert [row["_unreadable"] for row in rows] == [[], [], ["x"], []]


def test_conditions_name_what_was_fixed_doubted_and_excluded(
    bench: duckdb.DuckDBPyConnection, database: MakeTable, tmp_path: Path
) -> None:
    rows = one(
        bench,
        database,
        tmp_path,
        ["a", "b", "c", "d", None],
        "c.V",
        exclusions=conditions(first="c.V = 'a'", second="c.V IN ('a', 'b')"),
        fixes=conditions(tidied="c.V = 'c' OR c.V = 'd'"),
        doubts=conditions(odd="c.V = 'd'"),
        order="c.ID",
    )
    assert [row["_excluded"] for row in rows] == ["first", "second", None, None, None]
    assert [row["_fixed"] for row in rows] == [[], [], ["tidied"], ["tidied"], []]
    assert [row["_doubts"] for row in rows] == [[], [], [], ["odd"], []]
    assert [row["quality_flag"] for row in rows] == ["ok", "ok", "fixed", "suspect", "ok"]
    assert [row["_order"] for row in rows] == [0, 1, 2, 3, 4]


def test_a_join_looks_up_and_keeps_every_row(
    bench: duckdb.DuckDBPyConnection, database: MakeTable, tmp_path: Path
) -> None:
    database("KINDS", "CODE TEXT, NAME TEXT", [("a", "An"), ("b", "Bê")])
    dsn = database("CASES", "ID INTEGER, KIND TEXT", [(1, "b"), (2, "z"), (3, None)])
    how = mapping({"x": "clean_text(k.NAME)"}, joins=[("KINDS", "k", False, "k.CODE = c.kind")])
    rows = run(bench, dsn, contract({"x": "VARCHAR"}), how, tmp_path)
    assert [row["x"] for row in rows] == ["Bê", None, None]


def test_a_join_that_multiplies_rows_is_refused_by_name(
    bench: duckdb.DuckDBPyConnection, database: MakeTable, tmp_path: Path
) -> None:
    database("KINDS", "CODE TEXT", [("a",), ("a",)])
    database("PLACES", "CODE TEXT", [("a",)])
    dsn = database("CASES", "ID INTEGER, KIND TEXT", [(1, "a")])
    joins = [("PLACES", "p", False, "p.CODE = c.KIND"), ("KINDS", "k", False, "k.CODE = c.KIND")]
    how = mapping({"x": "k.CODE || p.CODE"}, joins=joins)
    with pytest.raises(Fault) as caught:
        run(bench, dsn, contract({"x": "VARCHAR"}), how, tmp_path)
    assert caught.value.check == "standardise.join_multiplies"
    assert caught.value.place.table == "KINDS"


def test_a_join_with_another_dataset(
    bench: duckdb.DuckDBPyConnection, database: MakeTable, tmp_path: Path
) -> None:
    bench.execute("CREATE TABLE ref_agency AS SELECT 'H20' AS code, 'UBND' AS name")
    dsn = database("CASES", "ID INTEGER, AGENCY TEXT", [(1, "H20"), (2, "H58")])
    how = mapping({"x": "a.name"}, joins=[("agency", "a", True, "a.code = c.AGENCY")])
    compiled = compile_mapping(contract({"x": "VARCHAR"}), how)
    assert compiled.needed == {"CASES": ("ID", "AGENCY")}
    rows = run(bench, dsn, contract({"x": "VARCHAR"}), how, tmp_path)
    assert [row["x"] for row in rows] == ["UBND", None]


@pytest.mark.parametrize(
    ("valid", "streams"),
    [
        ("c.DAY >= a.since AND c.DAY < coalesce(a.until, DATE 'infinity')", True),
        ("c.DAY >= a.since AND (a.until IS NULL OR c.DAY < a.until)", False),
    ],
)
def test_a_join_by_validity_finds_the_row_of_the_day(
    valid: str,
    streams: bool,
    bench: duckdb.DuckDBPyConnection,
    database: MakeTable,
    tmp_path: Path,
) -> None:
    bench.execute(
        """CREATE TABLE ref_agency(code VARCHAR, name VARCHAR, since DATE, until DATE);
        INSERT INTO ref_agency VALUES ('a', 'old', '2020-01-01', '2025-07-01'),
            ('a', 'new', '2025-07-01', NULL), ('b', 'other', '2025-07-01', NULL)"""
    )
    cases = [("a", "2025-06-30"), ("a", "2025-07-01"), ("b", "2025-06-30"), ("a", None)]
    dsn = database("CASES", "ID INTEGER, A TEXT, D TEXT", [(n, *c) for n, c in enumerate(cases)])
    on = f"a.code = c.A AND {valid}".replace("c.DAY", "CAST(c.D AS DATE)")
    how = mapping({"x": "a.name"}, joins=[("agency", "a", True, on)])
    assert ("LATERAL" not in compile_mapping(contract({"x": "VARCHAR"}), how).sql) == streams
    rows = run(bench, dsn, contract({"x": "VARCHAR"}), how, tmp_path)
    assert [row["x"] for row in rows] == ["old", "new", None, None]
    plan = str(
        bench.execute(f"EXPLAIN {compile_mapping(contract({'x': 'VARCHAR'}), how).sql}").fetchall()
    )
    # A delimited join keeps every row of the source until the last is read.
    assert ("DELIM" not in plan) == streams
    assert "NESTED_LOOP" not in plan


def test_a_shape_gives_the_key_table(
    bench: duckdb.DuckDBPyConnection, database: MakeTable, tmp_path: Path
) -> None:
    database("OLD", "CODE TEXT, NAME TEXT", [("2", "Hai"), ("1", "Một")])
    dsn = database("NEW", "CODE TEXT, TITLE TEXT", [("3", "Ba")])
    how = mapping(
        {"x": "clean_text(s.name)"},
        table="",
        alias="s",
        key="s.code",
        shape="SELECT o.CODE AS code, o.NAME AS name FROM OLD AS o "
        "UNION ALL SELECT n.CODE, n.TITLE FROM NEW n",
    )
    compiled = compile_mapping(contract({"x": "VARCHAR"}), how)
    assert compiled.lineage == {"x": ("OLD.NAME", "NEW.TITLE")}
    rows = run(bench, dsn, contract({"x": "VARCHAR"}), how, tmp_path)
    assert [(row["source_key"], row["x"]) for row in rows] == [
        ("1", "Một"),
        ("2", "Hai"),
        ("3", "Ba"),
    ]


def test_a_failing_expression_names_the_column_and_no_value(
    bench: duckdb.DuckDBPyConnection, database: MakeTable, tmp_path: Path
) -> None:
    dsn = database("CASES", "ID INTEGER, V TEXT", [(1, "canary")])
    how = mapping({"y": "c.V", "x": "CASE WHEN c.V = 1 THEN 'a' END"})
    with pytest.raises(Fault) as caught:
        run(bench, dsn, contract({"y": "VARCHAR", "x": "VARCHAR"}), how, tmp_path)
    assert caught.value.check == "standardise.failed"
    assert (caught.value.place.column, caught.value.place.line) == ("x", 11)
    assert "canary" not in caught.value.render("en")
    assert caught.value.__cause__ is None


def test_a_failing_condition_is_named_too(
    bench: duckdb.DuckDBPyConnection, database: MakeTable, tmp_path: Path
) -> None:
    dsn = database("CASES", "ID INTEGER, V TEXT", [(1, "canary")])
    how = mapping({"x": "c.V"}, doubts=conditions(fine="c.ID = 1", odd="c.V = 1"))
    with pytest.raises(Fault) as caught:
        run(bench, dsn, contract({"x": "VARCHAR"}), how, tmp_path)
    assert (caught.value.check, caught.value.place.column) == ("standardise.failed", "odd")


def test_an_unknown_function_is_named_by_its_column(
    bench: duckdb.DuckDBPyConnection, database: MakeTable, tmp_path: Path
) -> None:
    dsn = database("CASES", "ID INTEGER, V TEXT", [(1, "a")])
    how = mapping({"y": "c.V", "x": "resolve_unit(c.V, DATE '2026-01-01').unit_code"})
    with pytest.raises(Fault) as caught:
        run(bench, dsn, contract({"y": "VARCHAR", "x": "VARCHAR"}), how, tmp_path)
    assert (caught.value.check, caught.value.place.column) == ("standardise.failed", "x")


def test_what_is_cast_to_the_contracts_type_is_not_cast_twice() -> None:
    made = contract({"x": "INTEGER"})
    for kind, again in (("INT", 0), ("VARCHAR", 1)):
        how = mapping({"x": f"CAST(c.V AS {kind})"})
        assert ('"failed:x"' in compile_mapping(made, how).sql) == again


def test_batch_numbers_the_rows_of_several_mappings(
    bench: duckdb.DuckDBPyConnection, database: MakeTable, tmp_path: Path
) -> None:
    made = contract({"x": "VARCHAR"})
    one(bench, database, tmp_path, ["a", "b"], "c.V")
    staged = tmp_path / "staged.parquet"
    stage_batch(bench, made, [staged, staged])
    ids = bench.execute("SELECT count(*), count(DISTINCT _landing_id) FROM batch").fetchone()
    assert ids == (4, 4)
    stage_batch(bench, made, [])
    described = bench.execute("DESCRIBE batch").fetchall()
    assert [row[0] for row in described] == ["x", *(name for name, _kind in CONTROL)]
    assert bench.execute("SELECT count(*) FROM batch").fetchone() == (0,)
