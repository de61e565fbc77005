"""Telephone numbers, old and new."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from standardization.functions.phones import _AREA_2017, _AREA_KEPT, _MOBILE_2018
from tests.standardization.functions.conftest import Call

MANY = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def test_the_tables_cover_every_province_and_prefix() -> None:
    assert len({*_AREA_2017.values(), *_AREA_KEPT}) == 63
    assert len(_MOBILE_2018) == len(set(_MOBILE_2018.values())) == 21


@MANY
@given(
    prefix=st.sampled_from(["032", "056", "070", "083", "091", "098"]),
    rest=st.from_regex(r"[0-9]{7}", fullmatch=True),
    write=st.sampled_from(["0{0}", "+84{0}", "84{0}", "0084{0}", "+84 (0){0}", "0{0} ", "{0}"]),
)
def test_mobiles_in_every_form(call: Call, prefix: str, rest: str, write: str) -> None:
    number = f"{prefix[1:]}{rest}"
    assert call("phone_e164", write.format(number)) == f"+84{number}"


@pytest.mark.parametrize(("old", "new"), sorted(_MOBILE_2018.items()))
def test_eleven_digit_mobiles_are_renumbered(call: Call, old: str, new: str) -> None:
    assert call("phone_e164", f"{old} 345 6789") == f"+84{new[1:]}3456789"
    assert call("phone_e164", f"+84{old[1:]}3456789") == f"+84{new[1:]}3456789"


@pytest.mark.parametrize(("old", "new"), sorted(_AREA_2017.items()))
def test_old_area_codes_in_brackets(call: Call, old: str, new: str) -> None:
    subscriber = "38251234" if len(old) == 2 else "3872123"
    assert call("phone_e164", f"({old}) {subscriber}") == f"+84{new[1:]}{subscriber}"
    assert call("phone_e164", f"{new}{subscriber}") == f"+84{new[1:]}{subscriber}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0763872123", "+84763872123"),
        ("(0912) 345 678", "+84912345678"),
        ("073.3872.123", "+842733872123"),
        ("19001234", "19001234"),
        ("1800 1234", "18001234"),
        ("115", "115"),
        ("+855 12 345 678", "+85512345678"),
        ("0912345678/0987654321", None),
        ("912345678.0", "+84912345678"),
        ("0912345", None),
        ("091234567x", None),
        ("0111111111", None),
    ],
)
def test_the_edges(call: Call, text: str, expected: str | None) -> None:
    assert call("phone_e164", text) == expected
