from __future__ import annotations

from dataclasses import replace

import duckdb
import pytest

from contracts.loading import load_datasets
from contracts.model import Access, Contract, Coverage
from orchestration.covering import covered
from tests.contracts.example import FUNCTIONS, write_example

MARKETS = """SELECT * FROM (VALUES
    ('C0001', 'class_1', NULL, DATE '2001-05-06', DATE '2010-01-01'),
    ('C0002', 'class_2', 'C0001', DATE '2019-12-31', NULL),
    ('C0003', 'class_2', '_U', NULL, NULL))
    t(market_code, kind, parent_code, opened_on, closed_on)"""


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    root = write_example(tmp_path_factory.mktemp("covering"))
    return load_datasets(root, FUNCTIONS).datasets["market"].contract


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    made = duckdb.connect()
    made.execute(f"CREATE VIEW candidate AS {MARKETS}")
    made.execute("CREATE VIEW open_rows AS SELECT * FROM candidate WHERE market_code <> 'C0001'")
    return made


def told(
    connection: duckdb.DuckDBPyConnection, contract: Contract, coverage: Coverage | None
) -> dict[str, object] | None:
    return covered(connection, replace(contract, coverage=coverage))


def test_without_coverage_nothing_is_told(
    connection: duckdb.DuckDBPyConnection, market: Contract
) -> None:
    assert told(connection, market, None) is None


def test_an_open_dataset_tells_of_its_open_rows(
    connection: duckdb.DuckDBPyConnection, market: Contract
) -> None:
    coverage = Coverage(time="opened_on", place="parent_code")
    assert told(connection, market, coverage) == {
        "from": "2019-12-31",
        "to": "2019-12-31",
        "units": ["C0001"],
    }


def test_of_rows_that_are_not_open_only_months_are_told(
    connection: duckdb.DuckDBPyConnection, market: Contract
) -> None:
    guarded = replace(market, access=Access.ON_REQUEST)
    coverage = Coverage(time="opened_on")
    assert told(connection, guarded, coverage) == {"from": "2001-05", "to": "2019-12", "units": []}


def test_rows_that_still_hold_have_no_end_and_say_the_places(
    connection: duckdb.DuckDBPyConnection, market: Contract
) -> None:
    closed = replace(market.column("opened_on"), name="closed_on")
    dated = replace(market, columns=(*market.columns, closed), access=Access.SHARED)
    coverage = Coverage(time="opened_on", until="closed_on", place="kind")
    assert told(connection, dated, coverage) == {
        "from": "2001-05",
        "to": None,
        "units": ["class_2"],
    }


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("string", "('2026-03'), ('2025-01'), ('_T'), (NULL)", ("2025-01", "2026-03")),
        ("string", "('soon')", (None, None)),
        ("string", "('2025-Q4'), ('2025-Q2'), ('2025-Q5'), (NULL)", ("2025-04", "2025-12")),
        ("string", "('2026-Q1'), ('2026-02'), ('2025')", ("2025", "2026-03")),
        (
            "timestamp",
            "(TIMESTAMPTZ '2026-01-31 18:00:00+00'), (TIMESTAMPTZ '2025-12-31 16:59:59+00')",
            ("2025-12-31", "2026-02-01"),
        ),
    ],
)
def test_the_day_is_that_of_vietnam_and_what_is_no_month_does_not_count(
    market: Contract, kind: str, values: str, expected: tuple[str | None, str | None]
) -> None:
    column = replace(market.column("opened_on"), name="at", logical_type=kind)
    contract = replace(market, columns=(column,))
    with duckdb.connect() as connection:
        connection.execute(f'CREATE VIEW open_rows AS SELECT * FROM (VALUES {values}) t("at")')
        found = told(connection, contract, Coverage(time="at"))
    assert found == {"from": expected[0], "to": expected[1], "units": []}
