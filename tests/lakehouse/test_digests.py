"""The content hash tells rows apart, and nothing else."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakehouse.digests import ContentSums, content_hash, content_sums

_connection = duckdb.connect(config={"threads": "1"})
_TEXT = st.one_of(st.none(), st.text(alphabet="a:|0 1", max_size=4))
_ROW = st.tuples(_TEXT, _TEXT, st.one_of(st.none(), st.integers(0, 12)))


def _hash(rows: list[tuple[str | None, str | None, int | None]]) -> str:
    nulls = (None, None, None)
    values = ", ".join(
        f"({', '.join('NULL' if value is None else repr(value) for value in row)})"
        for row in [*rows, nulls]
    )
    select = (
        "SELECT a::VARCHAR AS a, b::VARCHAR AS b, c::INTEGER AS c"
        f" FROM (VALUES {values}) AS t(a, b, c) LIMIT {len(rows)}"
    )
    return content_hash(_connection, select, ["a", "b", "c"])


@settings(deadline=None, max_examples=60)
@given(st.lists(_ROW, max_size=4), st.lists(_ROW, max_size=4))
def test_equal_only_for_the_same_rows_in_any_order(
    one: list[tuple[str | None, str | None, int | None]],
    other: list[tuple[str | None, str | None, int | None]],
) -> None:
    same = sorted(map(repr, one)) == sorted(map(repr, other))
    assert (_hash(one) == _hash(other)) == same
    assert _hash(one) == _hash(one[::-1])


@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_it_does_not_depend_on_the_session(zone: str) -> None:
    select = (
        "SELECT TIMESTAMPTZ '2024-01-01 00:00:00+07' + to_seconds(i * 86400) AS moment,"
        " ['x', NULL] AS several, (i / 3)::DOUBLE AS ratio, (i / 8)::DECIMAL(9,3) AS money"
        " FROM range(5000) AS t(i)"
    )
    names = ["moment", "several", "ratio", "money"]
    with duckdb.connect() as one, duckdb.connect() as other:
        one.execute("SET TimeZone = 'Asia/Ho_Chi_Minh'; SET threads = 1")
        other.execute(f"SET TimeZone = '{zone}'; SET threads = 4")
        assert content_hash(one, select, names) == content_hash(other, select, names)


def test_it_stays_the_same_over_versions_of_this_project() -> None:
    select = "SELECT 'Xã Tân Hội' AS a, 1 AS b, NULL::DATE AS c"
    with duckdb.connect() as connection:
        assert (
            content_hash(connection, select, ["a", "b", "c"])
            == "bd083d1183264eeb9720adcd18d6ff454198541cabb16293e70a4be5a5f6320c"
        )


def test_columns_left_out_do_not_count() -> None:
    with duckdb.connect() as connection:
        one = content_hash(connection, "SELECT 1 AS a, 2 AS b", ["a"])
        assert one == content_hash(connection, "SELECT 1 AS a, 3 AS b", ["a"])
        assert one != content_hash(connection, "SELECT 1 AS b, 3 AS a", ["b"])


def test_sums_of_parts_add_up_to_those_of_the_whole() -> None:
    def sums(where: str) -> ContentSums:
        select = f"SELECT i AS a, 'x' || i AS b FROM range(20) AS t(i) WHERE {where}"
        return content_sums(_connection, select, ["a", "b"])

    whole, even = sums("TRUE"), sums("i % 2 = 0")
    assert even + sums("i % 2 = 1") == whole
    assert whole - even == sums("i % 2 = 1")
    assert whole - whole == sums("FALSE") == ContentSums(0, 0, 0)
    assert (whole - whole).hash(["a", "b"]) == content_hash(
        _connection, "SELECT 1 AS a, 'x' AS b LIMIT 0", ["a", "b"]
    )
    assert ContentSums.from_text(whole.to_text()) == whole
