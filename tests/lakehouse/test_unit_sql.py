"""Units by code and day in SQL: never by code alone, never a guess, never all with all."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from lakehouse.unit_sql import UNIT_DAYS, register_units
from lakehouse.units import UNITS
from tests.lakehouse.unit_rows import NEW, OLD, unit_tables


@pytest.fixture(scope="module")
def tables() -> Iterator[duckdb.DuckDBPyConnection]:
    with unit_tables() as connection:
        yield connection


@pytest.mark.parametrize(
    ("code", "day", "system"),
    [
        ("00001", "2025-06-30", OLD),
        ("00001", "2025-07-01", NEW),
        ("00003", "2025-06-30", OLD),
        ("00003", "2025-07-01", None),
        ("00001", "2003-12-31", None),
        ("99999", "2025-07-01", None),
    ],
)
def test_resolve_unit_is_by_day(
    tables: duckdb.DuckDBPyConnection, code: str, day: str, system: str | None
) -> None:
    found = tables.execute(
        f"SELECT resolve_unit(code, day) FROM (VALUES ('{code}', DATE '{day}')) AS t(code, day)"
    ).fetchone()
    assert found == ({"code_system": system, "unit_code": code} if system else None,)


def test_no_day_is_in_two_spans_of_a_code(tables: duckdb.DuckDBPyConnection) -> None:
    overlaps = tables.execute(
        f"SELECT count(*) FROM {UNIT_DAYS} AS a JOIN {UNIT_DAYS} AS b USING (unit_code) "
        "WHERE a.first_day < b.first_day AND b.first_day < a.next_day"
    ).fetchone()
    assert overlaps == (0,)


def test_nothing_resolves_to_nothing(tables: duckdb.DuckDBPyConnection) -> None:
    sql = (
        "SELECT resolve_unit(NULL, current_date), resolve_unit('00001', NULL), unit_now(NULL, '1')"
    )
    assert tables.execute(sql).fetchone() == (None, None, None)


@pytest.mark.parametrize(
    ("system", "code", "now"),
    [
        (OLD, "00001", "00002"),
        (OLD, "00002", "00001"),
        (NEW, "00001", "00001"),
        (OLD, "00004", "00002"),
        (OLD, "00003", None),
        (OLD, "00005", None),
        (OLD, "815", None),
        (NEW, "00003", None),
    ],
)
def test_unit_now_never_guesses_a_split(
    tables: duckdb.DuckDBPyConnection, system: str, code: str, now: str | None
) -> None:
    sql = f"SELECT unit_now(s, c) FROM (VALUES ('{system}', '{code}')) AS t(s, c)"
    assert tables.execute(sql).fetchone() == (now,)


def test_an_ambiguous_code_is_not_guessed(tables: duckdb.DuckDBPyConnection) -> None:
    with tables.cursor() as connection:
        connection.begin()
        connection.execute(
            f"INSERT INTO ref_{UNITS} FROM ref_{UNITS}"
            " WHERE unit_code = '00002' AND valid_to IS NULL"
        )
        found = connection.execute("SELECT resolve_unit('00002', DATE '2026-01-01')").fetchone()
        connection.rollback()
    assert found == (None,)


@pytest.mark.parametrize(
    "call",
    [
        "resolve_unit(code, day)",
        "unit_now(system, code)",
        "(SELECT 1 WHERE r.unit_code = unit_now(r.code_system, r.unit_code))",
    ],
)
def test_units_are_joined_by_hash(tables: duckdb.DuckDBPyConnection, call: str) -> None:
    tables.execute(
        f"""CREATE OR REPLACE VIEW many AS SELECT *, resolve_unit(code, day) AS r FROM (
        SELECT lpad((i % 9)::VARCHAR, 5, '0') AS code, '{OLD}' AS system,
        DATE '2025-01-01' + (i % 300)::INTEGER AS day FROM range(10000) AS t(i))"""
    )
    plan = str(tables.execute(f"EXPLAIN SELECT count({call}) FROM many").fetchall())
    assert "HASH_JOIN" in plan
    for quadratic in ("NESTED_LOOP_JOIN", "CROSS_PRODUCT", "BLOCKWISE_NL_JOIN"):
        assert quadratic not in plan


def test_without_the_views_there_are_no_functions() -> None:
    with duckdb.connect() as connection:
        register_units(connection)
        with pytest.raises(duckdb.CatalogException):
            connection.execute("SELECT resolve_unit('1', current_date)")
