"""The whole gate, with Great Expectations itself."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from contracts.checks import Check, CheckKind, CheckResult, Severity, Verdict
from contracts.errors import Fault
from contracts.failpoints import EXIT_STATUS, VARIABLE
from contracts.model import Access, Contract, Reference
from quality import expectations, judging
from quality.gate import GateResult, run_gate
from tests.quality.building import check, column, connect, contract, values

CANARY = "Canarivi0912345678"
Row = dict[str, object]

COLUMNS = [
    column("id", key=1),
    column("kind"),
    column("n", "INTEGER"),
    column("note"),
    column("day", "DATE"),
    column("unit"),
]
CHECKS = [
    check("id.readable", CheckKind.READABLE, "id"),
    check("id.required", CheckKind.REQUIRED, "id", predicate='"id" IS NOT NULL'),
    # Braces, colons, percent signs and question marks mean nothing to anybody but DuckDB.
    check(
        "id.pattern", CheckKind.PATTERN, "id", predicate="regexp_matches(id, '^(?:a|b)[0-9]{1,4}$')"
    ),
    check("note.length", CheckKind.LENGTH, "note", predicate="len(note) <= 20", maximum=20),
    check(
        "n.range",
        CheckKind.RANGE,
        "n",
        predicate="n >= 0 AND n < 100",
        minimum=0,
        exclusive_maximum=100,
    ),
    check(
        "day.range",
        CheckKind.RANGE,
        "day",
        predicate="day >= DATE '2000-01-01'",
        minimum="2000-01-01",
    ),
    check(
        "kind.values", CheckKind.VALUES, "kind", predicate="kind IN ('x', 'y')", values=("x", "y")
    ),
    check(
        "unit.reference", CheckKind.REFERENCE, "unit", reference=Reference("don_vi", "code", "day")
    ),
    check("primary_key.unique", CheckKind.UNIQUE, "id"),
    check(
        "no_colon", CheckKind.EXPRESSION, "note", predicate="note NOT LIKE '%:x%{}%' AND n % 2 < 2"
    ),
    check(
        "even",
        CheckKind.EXPRESSION,
        "n",
        predicate="n % 2 = 0",
        severity=Severity.WARNING,
        tolerance=0.9,
    ),
    check(
        "mean", CheckKind.TABLE, query="SELECT avg(c.n) FROM candidate AS c", minimum=0, maximum=100
    ),
    check("rows", CheckKind.ROW_COUNT, minimum=1),
]
OF_SINGLE_ROWS = [each for each in CHECKS if each.kind is not CheckKind.ROW_COUNT]
UNITS = contract(
    [column("code", key=1), column("valid_from", "DATE"), column("valid_to", "DATE")],
    [],
    name="don_vi",
)


def dataset(
    checks: list[Check] | None = None, access: Access = Access.SHARED, tolerance: float = 0.5
) -> Contract:
    return contract(
        COLUMNS, CHECKS if checks is None else checks, access=access, tolerance=tolerance
    )


def row(number: int, **changes: object) -> Row:
    good: Row = {"id": f"a{number}", "kind": "x", "n": number % 100, "note": "ghi chú"}
    return {**good, "day": "2025-01-02", "unit": "u1", **changes}


GOOD = [row(number) for number in range(10)]
BAD = [
    row(20, kind=CANARY),
    row(21, id=CANARY),
    row(22, id=None, _unreadable=["id"]),
    row(23, n=100),
    row(24, n=-1),
    row(26, note=CANARY * 2),
    row(30, day="1999-01-01"),
    row(32, day="2026-01-01"),
    row(0, n=7, _order=1),
    row(28, note=":x{}"),
]


def opened(
    contracted: Contract, rows: list[Row], served: list[Row] | None = None
) -> duckdb.DuckDBPyConnection:
    connection = connect(contracted, rows, served or [])
    connection.execute(
        "CREATE VIEW ref_don_vi AS SELECT 'u1' AS code, DATE '1990-01-01' AS valid_from,"
        " DATE '2026-01-01' AS valid_to"
    )
    return connection


def gate(
    contracted: Contract,
    rows: list[Row],
    served: list[Row] | None = None,
    documents: Path | None = None,
    canaries: tuple[str, ...] = (),
    *,
    vouched: bool = False,
) -> GateResult:
    return run_gate(
        opened(contracted, rows, served),
        contracted,
        full_sources=frozenset(),
        references={"don_vi": UNITS},
        documents=documents,
        canaries=canaries,
        vouched=vouched,
    )


def result(verdict: Verdict, name: str) -> CheckResult:
    return next(each for each in verdict.results if each.check == name)


def test_bad_rows_are_set_aside_and_the_rest_passes() -> None:
    found = gate(dataset(), [*GOOD, *BAD])
    assert found.passed
    assert found.verdict.engine == expectations.ENGINE
    failed = {each.check: each.failed for each in found.verdict.results if each.failed}
    assert failed == {
        "id.readable": 1,
        "id.required": 1,
        "id.pattern": 1,
        "note.length": 1,
        "n.range": 2,
        "day.range": 1,
        "kind.values": 1,
        "unit.reference": 1,
        "primary_key.unique": 1,
        "no_colon": 1,
        "even": 8,
        "tolerance": 10,
    }
    assert {each.evaluated for each in found.verdict.results} == {20, 10, 1}
    assert result(found.verdict, "tolerance").observed == 0.5
    assert found.accounts["igate"].quarantined == 10


def test_over_the_tolerance_nothing_passes() -> None:
    found = gate(dataset(tolerance=0.49), [*GOOD, *BAD])
    assert found.verdict.refused_by == ("tolerance",)


def test_a_tolerance_is_met_exactly() -> None:
    rows = [row(n) for n in range(42)] + [row(1000 + n, kind="?") for n in range(58)]
    assert gate(dataset(tolerance=0.58), rows).passed


def test_one_bad_source_is_named() -> None:
    old = [row(50 + n, kind="?", source_system="mot_cua") for n in range(3)]
    found = gate(dataset(), [*GOOD, *old])
    assert found.verdict.refused_by == ("tolerance.mot_cua",)


def test_a_rule_with_its_own_tolerance() -> None:
    checks = [
        check(
            "kind.values",
            CheckKind.VALUES,
            "kind",
            predicate="kind = 'x'",
            values=("x",),
            tolerance=0.05,
        )
    ]
    found = gate(dataset(checks), [*GOOD, row(20, kind="?")])
    assert found.verdict.refused_by == ("kind.values.tolerance",)


@pytest.mark.parametrize(
    ("served", "rule"),
    [
        ({"kind": "?"}, "kind.values"),
        ({"id": "zzz"}, "id.pattern"),
        ({"n": 100}, "n.range"),
        ({"day": "1999-01-01"}, "day.range"),
        ({"unit": "gone"}, "unit.reference"),
        ({"note": "x" * 21}, "note.length"),
    ],
)
def test_a_served_row_that_breaks_a_rule_blocks(served: Row, rule: str) -> None:
    found = gate(dataset(), GOOD, [row(90, **served)])
    assert found.verdict.refused_by == (rule,)
    assert (result(found.verdict, rule).evaluated, result(found.verdict, rule).failed) == (11, 1)


def test_table_checks_block() -> None:
    checks = [
        check("few", CheckKind.ROW_COUNT, maximum=9),
        check("mean", CheckKind.TABLE, query="SELECT avg(n) FROM candidate", exclusive_minimum=4.5),
        check(
            "exact", CheckKind.TABLE, query="SELECT avg(n) FROM candidate", minimum=4.5, maximum=4.5
        ),
        check("soft", CheckKind.TABLE, query="SELECT 1", maximum=0, severity=Severity.WARNING),
    ]
    found = gate(dataset(checks), GOOD)
    assert found.verdict.refused_by == ("few", "mean")
    assert result(found.verdict, "few").observed == 10
    assert result(found.verdict, "mean").observed == 4.5


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (
            check("r", CheckKind.EXPRESSION, predicate="CAST(kind AS DATE) > day"),
            "check.failed_on_a_value",
        ),
        (check("r", CheckKind.EXPRESSION, predicate="nope > 1"), "check.not_understood"),
        (check("r", CheckKind.PATTERN, "kind"), "check.not_defined"),
        (check("r", CheckKind.UNIQUE, "nope"), "check.not_understood"),
        (
            check("r", CheckKind.REFERENCE, "unit", reference=Reference("gone", "c")),
            "check.reference_unknown",
        ),
        (
            check("r", CheckKind.TABLE, query="SELECT nope FROM candidate", minimum=0),
            "check.not_understood",
        ),
    ],
)
def test_a_rule_that_cannot_be_evaluated_fails_closed(broken: Check, reason: str) -> None:
    found = gate(dataset([CHECKS[1], broken]), [row(1, kind=CANARY)])
    assert found.verdict.refused_by == ("r",)
    assert result(found.verdict, "r").crashed == reason
    assert CANARY not in repr(found)


def test_a_contract_without_checks_fails() -> None:
    assert gate(dataset([]), GOOD).verdict.refused_by == ("gate.no_checks",)


def test_an_engine_that_breaks_fails_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr(judging, "judge", broken)
    found = gate(dataset(), GOOD)
    assert not found.verdict.passed
    assert {each.crashed for each in found.verdict.results} == {
        "engine.no_result",
        "gate.no_checks",
    }
    assert CANARY not in repr(found)


def test_the_privacy_gate_is_part_of_it() -> None:
    found = gate(dataset(access=Access.OPEN), [row(1, note="Canarivi")], canaries=("canarivi",))
    assert found.verdict.passed
    assert found.privacy.refused_by == ("privacy.canary",)
    assert not found.passed


def test_what_the_gate_was_not_given_is_named() -> None:
    connection = opened(dataset(), GOOD)
    connection.execute("ALTER TABLE batch DROP COLUMN kind")
    with pytest.raises(Fault) as raised:
        run_gate(connection, dataset(), full_sources=frozenset(), references={})
    assert raised.value.check == "gate.relation_missing"
    assert raised.value.place.column == "kind"


def test_a_contract_without_key_is_refused() -> None:
    keyless = contract([column("id")], [check("rows", CheckKind.ROW_COUNT, minimum=0)])
    with pytest.raises(Fault) as raised:
        run_gate(duckdb.connect(), keyless, full_sources=frozenset(), references={})
    assert raised.value.check == "gate.no_primary_key"


def test_no_value_is_kept_shown_or_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    crashing = check("casts", CheckKind.EXPRESSION, predicate="CAST(kind AS INTEGER) > 0")
    served = [row(90, note=CANARY * 2)]
    found = gate(dataset([*CHECKS, crashing]), [*GOOD, *BAD], served, documents=tmp_path)
    pages = {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()}
    assert sorted(pages) == [
        "candidate.html",
        "candidate_rules.html",
        "landed.html",
        "measured.html",
    ]
    written = [*pages.values(), repr(found), caplog.text, *capfd.readouterr()]
    assert not any("anarivi" in text.lower() for text in written)


def test_data_docs_are_readable_and_fetch_nothing(tmp_path: Path) -> None:
    gate(dataset(), [*GOOD, *BAD], documents=tmp_path)
    page = (tmp_path / "landed.html").read_text("utf-8")
    assert "Kiểm tra · Check" in page
    assert "kind.values" in page
    for path in tmp_path.iterdir():
        text = path.read_text("utf-8")
        assert "<script" not in text
        assert "//" not in text.replace("<!DOCTYPE", "")
        assert "../" not in text


def test_unwritable_documents_are_a_fault(tmp_path: Path) -> None:
    with pytest.raises(Fault) as raised:
        gate(dataset(), GOOD, documents=tmp_path / "missing")
    assert raised.value.check == "gate.documents"


def test_the_gate_leaves_what_the_next_room_needs() -> None:
    connection = opened(dataset(), [*GOOD, *BAD])
    run_gate(connection, dataset(), full_sources=frozenset(), references={"don_vi": UNITS})
    assert values(connection, "SELECT count(*) FROM candidate") == [10]
    assert values(connection, "SELECT count(*) FROM accepted") == [10]
    assert values(connection, "SELECT count(*) FROM quarantine") == [10]


@pytest.mark.parametrize("broken", [row(50, note=CANARY * 2), row(50, id="wrong")])
def test_rows_that_stay_are_judged_again_unless_somebody_vouches_for_them(broken: Row) -> None:
    """A length has a native form in Great Expectations, a pattern has none."""
    served = [{**broken, "source_key": "old"}]
    contracted = dataset(OF_SINGLE_ROWS)
    assert not gate(contracted, GOOD, served).verdict.passed
    assert gate(contracted, GOOD, served, vouched=True).verdict.passed


def test_nobody_vouches_for_what_the_clock_says() -> None:
    late = check("late", CheckKind.EXPRESSION, "day", predicate="day <= current_date")
    contracted = dataset([*OF_SINGLE_ROWS, late])
    served = [{**row(50, day="2999-01-01"), "source_key": "old"}]
    verdict = gate(contracted, GOOD, served, vouched=True).verdict
    assert verdict.refused_by == ("late",)


def test_nothing_passes_where_it_cannot_be_found_out_what_the_clock_says() -> None:
    late = check("late", CheckKind.EXPRESSION, "note", predicate="note::DATE <= current_date")
    contracted = dataset([*OF_SINGLE_ROWS, late])
    landed = [row(number, note="2020-01-01") for number in range(10)]
    served = [{**row(50, note=CANARY), "source_key": "old"}]
    verdict = gate(contracted, landed, served, vouched=True).verdict
    assert not verdict.passed
    assert "late" in verdict.refused_by


def test_a_check_of_several_rows_looks_at_all_of_them() -> None:
    once = check("note.unique", CheckKind.UNIQUE, "note")
    contracted = dataset([*OF_SINGLE_ROWS, once])
    served = [{**row(50, note="same"), "source_key": "old"}]
    landed = [row(number, note=f"n{number}") for number in range(10)]
    verdict = gate(contracted, [*landed, row(51, note="same")], served, vouched=True).verdict
    assert verdict.refused_by == ("note.unique",)


def test_what_is_replaced_is_what_does_not_stay() -> None:
    """And is replaced once: of two rows with one key, one was landed again, one gives way to it."""
    served = [
        {**row(0), "source_key": "k0"},
        {**row(0), "source_key": "twin"},
        {**row(1), "source_key": "elsewhere"},
        {**row(60), "source_key": "old"},
        {**row(61), "source_key": "old2", "source_system": "other"},
    ]
    connection = opened(dataset(), GOOD, served)
    run_gate(connection, dataset(), full_sources=frozenset({"other"}), references={"don_vi": UNITS})
    staying = values(connection, "SELECT source_key FROM staying")
    replaced = values(connection, "SELECT source_key FROM replaced ORDER BY 1")
    assert staying == ["old"]
    assert replaced == ["elsewhere", "k0", "old2", "twin"]
    # Told with their file, of which others are not read.
    files = values(connection, "SELECT DISTINCT _file FROM replaced ORDER BY 1")
    assert files == ["part-0.parquet", "part-1.parquet"]


def test_the_run_can_be_killed_in_the_gate() -> None:
    code = "from tests.quality.test_gate import *; gate(dataset(), GOOD)"
    root = Path(__file__).parents[2]
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=root,
        env={**os.environ, VARIABLE: "mid_gate", "PYTHONPATH": str(root)},
        check=False,
        capture_output=True,
    )
    assert ended.returncode == EXIT_STATUS
