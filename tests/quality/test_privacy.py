from __future__ import annotations

import duckdb
import pytest

from contracts.checks import CheckKind, CheckResult, Verdict
from contracts.model import Access, Classification, Contract
from quality.privacy import free_text, judge_open
from quality.scan import scan
from tests.quality.building import check, column, connect, contract

COLUMNS = [
    column("id", key=1),
    column("note"),
    column("name", classification=Classification.PERSONAL),
]
OPEN = contract(COLUMNS, [], access=Access.OPEN)
Row = dict[str, object]


def gated(rows: list[Row], dataset: Contract = OPEN) -> duckdb.DuckDBPyConnection:
    connection = connect(dataset, rows)
    scan(connection, dataset, full_sources=frozenset(), references={}, precedence={})
    return connection


def result(verdict: Verdict, name: str) -> CheckResult:
    return next(each for each in verdict.results if each.check == name)


def test_the_open_projection_passes() -> None:
    verdict = judge_open(gated([{"id": "a", "note": "sạch", "name": "Nguyễn Văn A"}]), OPEN)
    assert verdict.passed
    assert [each.check for each in verdict.results] == [
        "privacy.columns",
        "privacy.personal_text.note",
    ]


@pytest.mark.parametrize("columns", ["id, name", "id, source_key", "id, id AS other"])
def test_any_column_that_is_not_public_is_refused(columns: str) -> None:
    connection = gated([{"id": "a"}])
    connection.execute(f"CREATE OR REPLACE VIEW open_rows AS SELECT {columns} FROM candidate")
    verdict = judge_open(connection, OPEN)
    assert "privacy.columns" in verdict.refused_by
    assert result(verdict, "privacy.columns").failed == 1


@pytest.mark.parametrize(
    "note",
    [
        "liên hệ an.nguyen@example.vn",
        "gọi 0912345678 nhé",
        "gọi 0912 345 678",
        "đt +84912345678.",
        "đt 84.912.345.678",
        "(0273)3872123, 02733872123",
        "CCCD 082190012345",
        "CMND: 310123456",
        "082190012345",
    ],
)
def test_personal_text_is_refused(note: str) -> None:
    verdict = judge_open(gated([{"id": "a", "note": note}, {"id": "b", "note": "sạch"}]), OPEN)
    assert verdict.refused_by == ("privacy.personal_text.note",)
    assert result(verdict, "privacy.personal_text.note").failed == 1
    assert note not in repr(verdict)


@pytest.mark.parametrize(
    "note",
    [
        "Quyết định 19/2025/QĐ-TTg ngày 30/6/2025",
        "000.00.05.H20",
        "1.012753.H20",
        "lệ phí 1.234.567.890 đồng",
        "28 ngày làm việc, 15:30, 2025-07-01",
        "20250701",
        "1022, 113",
        "@ đầu dòng",
    ],
)
def test_other_text_is_not(note: str) -> None:
    assert judge_open(gated([{"id": "a", "note": note}]), OPEN).passed


def test_keys_codes_references_and_formed_columns_are_no_free_text() -> None:
    columns = [
        *COLUMNS,
        column("status", code_list="status"),
        column("phone"),
        column("n", "INTEGER"),
        column("tags", "VARCHAR[]"),
    ]
    pattern = check("phone.pattern", CheckKind.PATTERN, "phone", predicate="TRUE")
    dataset = contract(columns, [pattern], access=Access.OPEN)
    assert [one.name for one in free_text(dataset)] == ["note", "tags"]
    connection = gated([{"id": "a", "tags": ["x", "an@example.vn"]}], dataset)
    assert judge_open(connection, dataset).refused_by == ("privacy.personal_text.tags",)


def test_a_canary_is_found_in_any_column_and_case() -> None:
    connection = gated([{"id": "CANARIVI-1", "note": None}])
    verdict = judge_open(connection, OPEN, canaries=("canarivi",))
    assert verdict.refused_by == ("privacy.canary",)
    assert judge_open(connection, OPEN, canaries=("elsewhere",)).passed


def test_a_canary_in_a_column_that_is_left_out_is_not_open() -> None:
    connection = gated([{"id": "a", "name": "Canarivi"}])
    assert judge_open(connection, OPEN, canaries=("canarivi",)).passed


def test_a_dataset_that_is_not_open_has_nothing_open() -> None:
    closed = contract(COLUMNS, [], access=Access.ON_REQUEST)
    connection = gated([{"id": "a"}], closed)
    verdict = judge_open(connection, closed)
    assert verdict.passed
    assert [each.check for each in verdict.results] == ["privacy.closed"]
    connection.execute("CREATE VIEW open_rows AS SELECT id FROM candidate")
    assert judge_open(connection, closed).refused_by == ("privacy.closed",)


def test_without_open_rows_an_open_dataset_fails() -> None:
    connection = gated([{"id": "a"}])
    connection.execute("DROP VIEW open_rows")
    verdict = judge_open(connection, OPEN)
    assert not verdict.passed
    assert result(verdict, "privacy.columns").crashed == "check.relation_missing"
