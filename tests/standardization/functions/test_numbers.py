"""Numbers, money, yes and no."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.standardization.functions.conftest import Call

MANY = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def english(number: Decimal) -> str:
    return f"{number:,}"


def vietnamese(number: Decimal) -> str:
    return english(number).translate(str.maketrans(",.", ".,"))


@MANY
@given(
    number=st.decimals(min_value=-(10**12), max_value=10**12, places=2),
    write=st.sampled_from([english, vietnamese]),
)
def test_both_ways_of_writing_give_the_number(call: Call, number: Decimal, write: object) -> None:
    assert callable(write)
    assert call("parse_number", write(number)) == number


@MANY
@given(thousands=st.integers(1, 999), rest=st.integers(0, 999), mark=st.sampled_from(",."))
def test_one_group_of_three_is_not_guessed_but_is_money(
    call: Call, thousands: int, rest: int, mark: str
) -> None:
    text = f"{thousands}{mark}{rest:03}"
    assert call("parse_number", text) is None
    assert call("money_vnd", text) == thousands * 1000 + rest


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.125", Decimal("0.125")),
        ("0,125", Decimal("0.125")),
        ("1234.567", Decimal("1234.567")),
        ("−5", Decimal(-5)),
        ("1 234 567,5", Decimal("1234567.5")),
        ("9999999999999999", Decimal(9999999999999999)),
        ("99999999999999999", None),
        ("11.7 km/h", None),
        ("88%", None),
        ("1.23.456", None),
        ("1,2 triệu", None),
        ("1e5", None),
    ],
)
def test_numbers_at_the_edge(call: Call, text: str, expected: Decimal | None) -> None:
    assert call("parse_number", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("50.000đ", 50_000),
        ("50.000 VND", 50_000),
        ("50 nghìn đồng", 50_000),
        ("1.5 triệu", 1_500_000),
        ("1,25 tỷ", 1_250_000_000),
        ("1.234 triệu", 1_234_000_000),
        ("1,234 triệu", None),
        ("1 200 000 đồng", 1_200_000),
        ("0", 0),
        ("Không thu phí", 0),
        ("50.000,00", 50_000),
        ("theo quy định", None),
        ("99999999999999999999", None),
    ],
)
def test_money(call: Call, text: str, expected: int | None) -> None:
    assert call("money_vnd", text) == expected


def test_typed_numbers_are_taken_as_they_are(call: Call) -> None:
    assert call("parse_number", 1.234) == Decimal("1.234")
    assert call("parse_number", 7) == 7
    assert call("money_vnd", 50000.0) == 50_000
    assert call("money_vnd", 0.5) is None
    assert call("yes_no", True) is True
    assert call("yes_no", 0) is False
