"""Near-duplicates over sources: what is linked, what is another matter, and who is an original."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.checks import Check, CheckKind
from contracts.model import Contract, NearDuplicates
from standardization.engine import CONTROL
from standardization.linking import link
from tests.standardization.factory import BOTH, contract

RULE = NearDuplicates("twin", "at", 3, ("place",), ("title", "street"), 0.8, BOTH)
COLUMNS = {
    "id": "VARCHAR",
    "place": "VARCHAR",
    "at": "TIMESTAMPTZ",
    "title": "VARCHAR",
    "street": "VARCHAR",
    "twin": "VARCHAR",
}
START = datetime(2026, 3, 1, tzinfo=UTC)
TOLD = ("1", "P1", 0, "Rác thải không được thu gom", "số 12, ấp 3, Xã Tân Phú, tỉnh Đồng Tháp")
Told = tuple[str, str | None, int, str | None, str | None]
"""(id, place, hours after the start, title, street)."""


def tickets(rule: NearDuplicates | None = RULE) -> Contract:
    made = replace(contract(COLUMNS, key=("id",)), near_duplicates=rule)
    named = Check("place_is_known", CheckKind.EXPRESSION, (), ("", ""), predicate="place <> 'P9'")
    return replace(made, checks=(named,))


def fill(
    bench: duckdb.DuckDBPyConnection, relation: str, told: Sequence[Told], source: str
) -> None:
    control = ", ".join(f'"{name}" {kind}' for name, kind in CONTROL)
    columns = ", ".join(f'"{name}" {kind}' for name, kind in COLUMNS.items())
    bench.execute(f"CREATE TABLE IF NOT EXISTS {relation} ({columns}, {control})")
    (first,) = bench.execute(f"SELECT count(*) FROM {relation}").fetchone() or (0,)
    for number, (key, place, hours, title, street) in enumerate(told, start=first):
        bench.execute(
            f"INSERT INTO {relation} VALUES "
            "($1, $2, $3, $4, $5, NULL, $6, $1, 'ok', $7, $6, NULL, [], [], [], NULL, 0)",
            [key, place, START + timedelta(hours=hours), title, street, source, number],
        )


def linked(
    bench: duckdb.DuckDBPyConnection,
    told: Sequence[Told],
    served: Sequence[Told] = (),
    rule: NearDuplicates | None = RULE,
) -> dict[str, str]:
    """id → the original, of all rows that have one."""
    bench.execute("DROP VIEW IF EXISTS batch; DROP VIEW IF EXISTS staged")
    bench.execute("DROP TABLE IF EXISTS served; DROP TABLE IF EXISTS rows_read")
    fill(bench, "rows_read", told, "app")
    fill(bench, "served", served, "hotline")
    bench.execute("CREATE VIEW batch AS SELECT * FROM rows_read")
    link(bench, tickets(rule), frozenset({"app"}))
    rows: list[Any] = bench.execute("SELECT id, twin, _doubts, quality_flag FROM batch").fetchall()
    assert len(rows) == len(told)
    for _key, twin, doubts, flag in rows:
        assert (doubts, flag) == ((["near_duplicate"], "suspect") if twin else ([], "ok"))
    return {key: twin for key, twin, _doubts, _flag in rows if twin}


SAME = [
    ("2", "P1", 60, "Rác thải không được thu gom", "12 ấp 3"),
    ("2", "P1", 72, "rac thai khong duoc thu gom", "SỐ 12, ẤP 3"),
    ("2", "P1", 1, "Thu gom rác thải: không được!", "số 012, ấp 3, Xã Tân Phú"),
    ("2", "P1", 1, "Rác thải không được thu gom gần nhà", "số 12, ấp 3"),
    ("2", "P1", 1, "Rác thả không đươc thu gom", "số 12, ấp 3"),
]
OTHER = [
    ("2", "P2", 1, "Rác thải không được thu gom", "số 12, ấp 3"),
    ("2", "P1", 73, "Rác thải không được thu gom", "số 12, ấp 3"),
    ("2", "P1", 1, "Rác thải không được thu gom", "số 13, ấp 3"),
    ("2", "P1", 1, "Rác thải không được thu gom", "số 3, ấp 12"),
    ("2", "P1", 1, "Đèn đường không sáng", "số 12, ấp 3"),
    ("2", "P1", 1, "Rác thải không được thu gom", "Xã Tân Phú, tỉnh Đồng Tháp"),
    ("2", "P1", 1, None, "số 12, ấp 3"),
    ("2", None, 1, "Rác thải không được thu gom", "số 12, ấp 3"),
    ("1", "P1", 1, "Rác thải không được thu gom", "số 12, ấp 3"),
]


@pytest.mark.parametrize("again", SAME)
def test_one_thing_told_twice_is_linked(bench: duckdb.DuckDBPyConnection, again: Told) -> None:
    assert linked(bench, [TOLD, again]) == {"2": "1"}
    assert linked(bench, [again], [TOLD]) == {"2": "1"}
    assert linked(bench, [TOLD, again], rule=None) == {}


@pytest.mark.parametrize("other", OTHER)
def test_another_matter_is_not(bench: duckdb.DuckDBPyConnection, other: Told) -> None:
    assert linked(bench, [TOLD, other]) == {}


def test_an_original_that_a_rule_refuses_is_none(bench: duckdb.DuckDBPyConnection) -> None:
    refused, again = (("1", "P9", *TOLD[2:]), ("2", "P9", *TOLD[2:]))
    assert linked(bench, [refused, again]) == {}


def test_a_named_original_stays_and_old_rows_of_a_source_read_anew_are_none(
    bench: duckdb.DuckDBPyConnection,
) -> None:
    bench.execute("DROP VIEW IF EXISTS batch; DROP VIEW IF EXISTS staged")
    fill(bench, "rows_read", [TOLD, ("2", *TOLD[1:])], "app")
    bench.execute("UPDATE rows_read SET twin = 'officer' WHERE id = '2'")
    fill(bench, "served", [("0", *TOLD[1:])], "app")
    bench.execute("CREATE VIEW batch AS SELECT * FROM rows_read")
    link(bench, tickets(), frozenset({"app"}))
    rows = bench.execute("SELECT id, twin FROM batch ORDER BY id").fetchall()
    assert rows == [("1", None), ("2", "officer")]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    told=st.lists(
        st.tuples(st.sampled_from(["P1", "P2"]), st.integers(0, 400), st.sampled_from("abc")),
        max_size=14,
    )
)
def test_blocks_miss_nothing(
    bench: duckdb.DuckDBPyConnection, told: list[tuple[str, int, str]]
) -> None:
    """As comparing all with all: the first of those that were told up to three days before."""
    rows = [
        (f"{number:03}", place, hours, f"chuyện {title}{title}", "số 1")
        for number, (place, hours, title) in enumerate(told)
    ]
    expected = {}
    for key, place, hours, title, _street in rows:
        before = [
            (then, other)
            for other, there, then, what, _where in rows
            if (there, what) == (place, title)
            and (then, other) < (hours, key)
            and hours - then <= 72
        ]
        if before:
            expected[key] = min(before)[1]
    # Words of two letters: one that differs is half of the title.
    assert linked(bench, rows) == expected
