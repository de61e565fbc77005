from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from catalog.tables import cell, delimited


@given(st.text())
def test_no_text_cell_begins_like_a_formula(text: str) -> None:
    written = str(cell(text))
    assert not written.startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n"))
    assert written.removeprefix("'") == text.removeprefix("'")


@given(st.lists(st.tuples(st.text(), st.integers()), max_size=5), st.sampled_from([",", "\t"]))
def test_rows_can_be_read_back(rows: list[tuple[str, int]], separator: str) -> None:
    written = delimited(({"a": a, "b": b} for a, b in rows), ["a", "b"], separator)
    read = list(csv.reader(io.StringIO(written, newline=""), delimiter=separator))
    assert [row[1] for row in read] == [str(b) for _a, b in rows]


def test_values_that_are_not_text_stay_as_they_are() -> None:
    assert [cell(value) for value in (None, True, -1, Decimal("-1.50"), date(2026, 3, 1))] == [
        "",
        "true",
        -1,
        Decimal("-1.50"),
        "2026-03-01",
    ]
