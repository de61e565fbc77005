"""What of Great Expectations the gate stands on; fails when a new version changes it."""

from __future__ import annotations

import random
from collections.abc import Sequence

import duckdb
import great_expectations as gx
import pytest
from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
from great_expectations.expectations.core.expect_column_values_to_match_regex import (
    ExpectColumnValuesToMatchRegex,
)
from great_expectations.expectations.expectation import Expectation

from contracts.checks import CheckKind
from quality import expectations
from quality.dbapi import BorrowedConnection, Rows, answering
from quality.expectations import forms
from quality.outcomes import Outcome, Plan, Share
from quality.planning import has_native_form
from quality.scan import scan
from tests.quality.building import check, column, connect, contract, values

COLUMNS = [
    column("id", key=1),
    column("kind"),
    column("n", "INTEGER"),
    column("amount", "DECIMAL(10,2)"),
    column("note"),
]
TYPES = {one.name: one.sql_type for one in COLUMNS}
NATIVE = [
    check("id.required", CheckKind.REQUIRED, "id", predicate='"id" IS NOT NULL'),
    check("kind.required", CheckKind.REQUIRED, "kind", predicate='"kind" IS NOT NULL'),
    check(
        "kind.values", CheckKind.VALUES, "kind", predicate="kind IN ('x', 'y')", values=("x", "y")
    ),
    check("n.range", CheckKind.RANGE, "n", predicate="n >= 0 AND n <= 8", minimum=0, maximum=8),
    check(
        "n.open",
        CheckKind.RANGE,
        "n",
        predicate="n > 0 AND n < 8",
        exclusive_minimum=0,
        exclusive_maximum=8,
    ),
    check("amount.range", CheckKind.RANGE, "amount", predicate="amount >= 0.5", minimum=0.5),
    check(
        "note.length",
        CheckKind.LENGTH,
        "note",
        predicate="len(note) >= 2 AND len(note) <= 4",
        minimum=2,
        maximum=4,
    ),
]
GREAT_EXPECTATIONS_OWN = Expectation.__dict__["configuration"]
UNIQUE = check("primary_key.unique", CheckKind.UNIQUE, "id")
ROWS = check("table.rows", CheckKind.ROW_COUNT, minimum=1)
PAIR = check("pair.unique", CheckKind.UNIQUE, "kind", "n")


def judged(connection: duckdb.DuckDBPyConnection, plan: Plan) -> dict[str, Outcome]:
    outcomes = expectations.judge(answering(connection), plan).outcomes
    return {check: one for suite in outcomes.values() for check, one in suite.items()}


def plan(**parts: object) -> Plan:
    empty = {
        "landed": (),
        "totals": (),
        "candidate": (),
        "types": TYPES,
        "rules": (),
        "measured": (),
    }
    return Plan(**{**empty, **parts})  # type: ignore[arg-type] # a test's shorthand


def test_the_scan_counts_what_great_expectations_counts_natively() -> None:
    chance = random.Random(2025)
    rows: list[dict[str, object]] = [
        {
            "id": chance.choice([None, *"abcdefghij"]),
            "kind": chance.choice([None, "x", "y", "X", "z"]),
            "n": chance.choice([None, -1, 0, 1, 7, 8, 9]),
            "amount": chance.choice([None, "0.49", "0.50", "-1"]),
            "note": chance.choice([None, "", "ạ", "ạạ", "ạạạạ", "ạạạạạ"]),
        }
        for _ in range(300)
    ]
    dataset = contract(COLUMNS, [*NATIVE, UNIQUE, PAIR])
    connection = connect(dataset, rows)
    scan(connection, dataset, full_sources=frozenset(), references={}, precedence={})
    counted = dict(connection.execute("SELECT _check, count(*) FROM flags GROUP BY 1").fetchall())

    connection.execute("CREATE OR REPLACE VIEW candidate AS SELECT * FROM batch")
    native = judged(connection, plan(candidate=(*NATIVE, UNIQUE, PAIR)))
    assert all(one.crashed is None for one in native.values())
    for one in NATIVE:
        assert has_native_form(one, TYPES)
        assert native[one.id].failed == counted[one.id] > 0, one.id
    # Great Expectations counts every row of a duplicated key, the scan all but the one kept.
    groups = "SELECT count(*) FROM (SELECT 1 FROM batch WHERE {} GROUP BY {} HAVING count(*) > 1)"
    for unique, complete in (
        (UNIQUE, "id IS NOT NULL"),
        (PAIR, "kind IS NOT NULL AND n IS NOT NULL"),
    ):
        (keys,) = values(connection, groups.format(complete, ", ".join(unique.columns)))
        assert native[unique.id].failed == counted[unique.id] + int(str(keys)) > 0


def test_no_failing_value_is_asked_for() -> None:
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE candidate (id TEXT, kind TEXT, n INT, amount FLOAT, note TEXT)"
    )
    connection.execute(
        "INSERT INTO candidate VALUES ('1', 'z', 99, 0.1, 'x'), ('1', 'z', 99, 1, '')"
    )
    answer, asked = answering(connection), []

    def listening(statement: str, parameters: Sequence[object]) -> Rows:
        asked.append(statement)
        return answer(statement, parameters)

    found = expectations.judge(listening, plan(candidate=(*NATIVE, UNIQUE, PAIR))).outcomes
    assert found["candidate"]["kind.values"] == Outcome(False, 2, 2)
    assert found["candidate"]["pair.unique"] == Outcome(False, 2, 2)
    assert asked
    assert not [statement for statement in asked if "unexpected_values" in statement]
    # Nor for columns in PostgreSQL's catalogue, as SQLAlchemy would.
    assert not [statement for statement in asked if "pg_catalog" in statement]


def test_an_expectation_is_described_as_great_expectations_does() -> None:
    for one in (*NATIVE, UNIQUE, PAIR, ROWS):
        made = forms.of_check(one)
        theirs = GREAT_EXPECTATIONS_OWN.fget(made)
        assert made.configuration == theirs
        assert made.configuration.meta == theirs.meta == {"check": one.id}
        made.configuration.kwargs["column"] = "another"
        made.configuration.meta["check"] = "another"
        assert made.configuration == theirs
        made.id = "known"
        assert made.configuration.id == "known"


def test_a_suite_is_not_compared_with_what_was_stored_of_it_again_and_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Once, and once for the copy that the Checkpoint makes; five times by Great Expectations."""
    compared, compare = [], gx.ExpectationSuite.is_fresh

    def counting(suite: gx.ExpectationSuite) -> object:
        compared.append(suite.name)
        return compare(suite)

    monkeypatch.setattr(gx.ExpectationSuite, "is_fresh", counting)
    connection = duckdb.connect()
    connection.execute("CREATE TABLE candidate AS SELECT 'x' AS id, 'x' AS kind")
    connection.execute("CREATE TABLE measured AS SELECT 1 AS figure")
    figure = check("figure", CheckKind.TABLE, minimum=0)
    found = judged(connection, plan(candidate=NATIVE[:1], measured=(figure,)))
    assert all(outcome.passed for outcome in found.values())
    assert sorted(compared) == ["candidate", "candidate", "measured", "measured"]


def test_regular_expressions_still_do_not_work_on_duckdb() -> None:
    """If this fails, PATTERN can have a native form."""
    connection = duckdb.connect()
    connection.execute("CREATE TABLE candidate AS SELECT 'a1' AS id")
    context = gx.get_context(mode="ephemeral")
    source = context.data_sources.add_sql(
        datasource=SQLDatasource(
            name="run",
            connection_string="duckdb:///:memory:",
            kwargs={"creator": lambda: BorrowedConnection(answering(connection))},
        )
    )
    asset = source.add_table_asset("a", table_name="candidate")
    batch = asset.add_batch_definition_whole_table("a").get_batch()
    found = batch.validate(ExpectColumnValuesToMatchRegex(column="id", regex="^a"))
    assert not found.success
    assert found.exception_info is not None
    assert "raised_exception': True" in str(found.exception_info)


def test_a_check_without_native_form_is_not_given_one() -> None:
    for one in (
        check("p", CheckKind.PATTERN, "id"),
        check("d", CheckKind.RANGE, "day", minimum="2000-01-01"),
        check("l", CheckKind.VALUES, "tags", values=("x",)),
    ):
        assert not has_native_form(one, {"day": "DATE", "tags": "VARCHAR[]"})
    with pytest.raises(LookupError):
        forms.of_check(check("p", CheckKind.PATTERN, "id"))


def test_a_share_counts_and_tolerates() -> None:
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE landed AS SELECT i >= 3 AS r, CASE WHEN i < 5 THEN i > 0 END AS s"
        " FROM range(10) t(i)"
    )
    shares = (Share("r", 0.3, ("", "")), Share("s", 0.1, ("", "")))
    found = judged(connection, plan(landed=shares))
    assert found == {"r": Outcome(True, 10, 3), "s": Outcome(False, 5, 1)}


def test_no_rows_break_nothing() -> None:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE landed AS SELECT TRUE AS r LIMIT 0")
    assert judged(connection, plan(landed=(Share("r", 0.0, ("", "")),))) == {
        "r": Outcome(True, 0, 0)
    }


def test_a_column_that_fails_on_a_value_crashes_without_saying_the_value() -> None:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE t AS SELECT 'canarivi' AS x")
    connection.execute("CREATE VIEW landed AS SELECT CAST(x AS INTEGER) > 0 AS r FROM t")
    judgement = expectations.judge(answering(connection), plan(landed=(Share("r", 0.0, ("", "")),)))
    assert judgement.outcomes == {"landed": {"r": Outcome(False, crashed="engine.failed")}}
    assert "canarivi" not in repr(judgement.results)
