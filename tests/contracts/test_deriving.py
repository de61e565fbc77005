from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from contracts.checks import Check, CheckKind, Severity, within
from contracts.linting import lint
from contracts.loading import load_datasets
from contracts.quoting import literal, quoted
from tests.contracts.example import FUNCTIONS, MARKET, replace, write_example

GOOD = {
    "market_code": "'C0001'",
    "name": "'Chợ A'",
    "kind": "'class_2'",
    "parent_code": "NULL",
    "opened_on": "DATE '2000-01-01'",
    "area": "10.5",
    "stalls": "7",
    "manager": "NULL",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_example(tmp_path)


def checks(root: Path, dataset: str = "market") -> dict[str, Check]:
    contract = load_datasets(root, FUNCTIONS).datasets[dataset].contract
    return {check.id: check for check in contract.checks}


def test_the_order_of_checks(root: Path) -> None:
    names = list(checks(root))
    assert names == [
        *(f"{column}.readable" for column in GOOD),
        "market_code.required",
        "name.required",
        "kind.required",
        "market_code.pattern",
        "name.length",
        "opened_on.range",
        "area.range",
        "stalls.range",
        "kind.values",
        "parent_code.reference",
        "primary_key.unique",
        "large_has_stalls",
        "opening_day_known",
        "suppliers_exist",
    ]


def test_what_checks_carry(root: Path) -> None:
    found = checks(root)
    assert found["kind.values"].arguments == {"values": ("class_1", "class_2")}
    assert found["market_code.pattern"].arguments == {"pattern": r"^C\d{4}$"}
    assert found["name.required"].title == ("Tên chợ không để trống", "Name is filled in")
    assert found["large_has_stalls"].tolerance == 0.02
    assert found["large_has_stalls"].columns == ("kind", "stalls")
    assert found["opening_day_known"].severity is Severity.WARNING
    assert found["opening_day_known"].arguments == {"maximum": 10.0}
    assert found["suppliers_exist"].arguments == {"minimum": 0.0, "maximum": 0.0}
    assert found["primary_key.unique"].columns == ("market_code",)


@pytest.mark.parametrize(
    ("check", "column", "value"),
    [
        ("market_code.required", "market_code", "NULL"),
        ("market_code.pattern", "market_code", "'C1'"),
        ("name.length", "name", "'Ch'"),
        ("opened_on.range", "opened_on", "DATE '1899-12-31'"),
        ("area.range", "area", "0"),
        ("stalls.range", "stalls", "-1"),
        ("kind.values", "kind", "'class_3'"),
        ("large_has_stalls", "kind", "'class_1'"),
    ],
)
def test_a_predicate_is_false_for_the_row_that_breaks_it_alone(
    root: Path, check: str, column: str, value: str
) -> None:
    contract = load_datasets(root, FUNCTIONS).datasets["market"].contract
    types = {each.name: each.sql_type for each in contract.columns}
    with duckdb.connect() as connection:
        for number, row in enumerate((GOOD, {**GOOD, column: value})):
            cells = ", ".join(
                f"CAST({cell} AS {types[name]}) AS {quoted(name)}" for name, cell in row.items()
            )
            broken = {
                each.id
                for each in contract.checks
                if each.predicate
                and connection.execute(f"SELECT {each.predicate} FROM (SELECT {cells})").fetchone()
                == (False,)
            }
            assert broken == ({check} if number else set())


def test_table_queries_give_their_number(root: Path) -> None:
    replace(
        root,
        MARKET,
        "    quality:\n      - id: large",
        """    quality:
      - id: enough
        type: library
        metric: rowCount
        mustBeBetween: [1, 5]
        description: a
        customProperties: [{property: descriptionEn, value: b}]
      - id: names_differ
        type: library
        metric: duplicateValues
        arguments: {properties: [name, kind]}
        mustBe: 0
        description: a
        customProperties: [{property: descriptionEn, value: b}]
      - id: large""",
    )
    found = checks(root)
    assert found["enough"].kind is CheckKind.ROW_COUNT
    assert found["enough"].arguments == {"minimum": 1.0, "maximum": 5.0}
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE candidate AS SELECT * FROM (VALUES ('C1', 'a', 'x', NULL, NULL),"
            " ('C2', 'a', 'x', 'C1', DATE '2000-01-01'), ('C3', 'b', 'x', 'C9', NULL),"
            " ('C4', 'c', 'x', NULL, NULL))"
            " AS t(market_code, name, kind, parent_code, opened_on)"
        )
        numbers = {
            name: connection.execute(found[name].query or "").fetchall()[0][0]
            for name in ("opening_day_known", "suppliers_exist", "names_differ")
        }
    assert numbers == {"opening_day_known": 75.0, "suppliers_exist": 1, "names_differ": 1}


def test_a_query_reads_another_dataset(root: Path) -> None:
    replace(
        root,
        "market_statistics/contract.odcs.yaml",
        "slaProperties:",
        """    quality:
      - id: no_more_than_markets
        type: sql
        query: >-
          WITH ref_code AS (SELECT sum(candidate.markets) AS n FROM candidate)
          SELECT count(*) - max(ref_code.n) FROM ref.market, ref_code WHERE market.stalls > 0
        mustBeGreaterOrEqualTo: 0
        description: a
        customProperties: [{property: descriptionEn, value: b}]
slaProperties:""",
    )
    datasets = load_datasets(root, FUNCTIONS)
    assert datasets.requires("market_statistics") == ("market",)
    query = checks(root, "market_statistics")["no_more_than_markets"].query
    assert query is not None
    assert "FROM ref_market AS market, ref_code WHERE market.stalls" in query
    assert lint(root, FUNCTIONS) == ()


@pytest.mark.parametrize(
    ("options", "type_", "predicate"),
    [
        (
            "{minItems: 1, maxItems: 7}",
            "array",
            'len("stalls") >= 1 AND len("stalls") <= 7',
        ),
        (
            "{exclusiveMaximum: '2025-07-01T00:00:00+07:00'}",
            "timestamp",
            "\"stalls\" < CAST('2025-07-01T00:00:00+07:00' AS TIMESTAMP WITH TIME ZONE)",
        ),
    ],
)
def test_limits_of_other_types(root: Path, options: str, type_: str, predicate: str) -> None:
    replace(
        root,
        MARKET,
        "logicalType: integer\n        logicalTypeOptions: {minimum: 0}",
        f"logicalType: {type_}\n        logicalTypeOptions: {options}",
    )
    found = checks(root)
    check = found.get("stalls.length") or found["stalls.range"]
    assert check.predicate == predicate


def test_enum_and_json(root: Path) -> None:
    replace(
        root,
        MARKET,
        "description: Tên theo quyết định thành lập.\n        logicalType: string\n"
        "        logicalTypeOptions: {minLength: 3}",
        "description: a\n        logicalType: object",
    )
    replace(
        root,
        MARKET,
        "description: Loại theo quy mô.",
        "description: a\n        enum: [{value: class_1}]",
    )
    found = checks(root)
    assert found["kind.values"].arguments == {"values": ("class_1",)}
    assert found["name.expression"].predicate == 'json_valid("name")'


@pytest.mark.parametrize(
    ("arguments", "number", "kept"),
    [
        ({"minimum": 1, "maximum": 2}, 1, True),
        ({"minimum": 1, "maximum": 2}, 2.5, False),
        ({"exclusive_minimum": 1}, 1, False),
        ({"exclusive_maximum": 1}, 0.5, True),
        ({}, 5, True),
        ({}, None, False),
        ({"minimum": 1}, float("nan"), False),
    ],
)
def test_within(arguments: dict[str, object], number: float | None, kept: bool) -> None:
    assert within(arguments, number) is kept


def test_literals_and_names_are_quoted() -> None:
    assert literal("a'b") == "'a''b'"
    assert literal("2025-07-01", "DATE") == "CAST('2025-07-01' AS DATE)"
    assert quoted('a"b') == '"a""b"'
