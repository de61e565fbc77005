"""Numbers of a declared form, and numbers with units."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.standardization.functions.conftest import Call

RELAXED = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@RELAXED
@given(number=st.decimals(0, 10**10, places=2))
def test_both_ways_of_writing_are_read_back(call: Call, number: Decimal) -> None:
    english = f"{number:,.2f}"
    vietnamese = english.translate(str.maketrans(",.", ".,"))
    assert call("number_en", english) == number
    assert call("number_vi", vietnamese) == number


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("2 tỷ", "", "2000000000"),
        ("1,5 tạ", "kg", "150"),
        ("2.500.000 m2", "ha", "250"),
        ("1,2 mg/m3", "µg/m3", "1200"),
        ("4 g/l", "g/l", "4"),
        ("3 nghìn con", "con", "3000"),
        ("12 con", "con", "12"),
    ],
)
def test_units(call: Call, text: str, unit: str, expected: str) -> None:
    assert call("quantity", text, unit) == Decimal(expected)


@pytest.mark.parametrize(
    ("text", "unit"), [("5 kg", "ha"), ("1.234 kg", "kg"), ("nhiều", "kg"), ("5 con", "kg")]
)
def test_what_does_not_fit_is_unreadable(call: Call, text: str, unit: str) -> None:
    assert call("quantity", text, unit) is None
