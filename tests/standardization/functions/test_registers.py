"""Codes of units, procedures, cases, agencies and taxpayers."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.standardization.functions.conftest import Call

MANY = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)


@MANY
@given(code=st.integers(1, 99_999))
def test_commune_codes_get_their_zeros_back(call: Call, code: int) -> None:
    for written in (code, str(code), f"{code:05}", f" {code} ", float(code)):
        assert call("commune_code", written) == f"{code:05}"


@MANY
@given(digits=st.lists(st.integers(0, 9), min_size=9, max_size=9))
def test_one_check_digit_makes_a_tax_code(call: Call, digits: list[int]) -> None:
    check = 10 - sum(w * d for w, d in zip(WEIGHTS, digits, strict=True)) % 11
    body = "".join(map(str, digits))
    readable = [last for last in range(10) if call("tax_code", f"{body}{last}") is not None]
    assert readable == ([check] if check < 10 else [])


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("commune_code", "00000", None),
        ("commune_code", "2824A", None),
        ("procedure_code", "1.012753.h19", "1.012753"),
        ("procedure_code", "1.012753.H19.12", None),
        ("procedure_code", "1.01275", None),
        ("case_number", "000.00.01.H58-190605-000012", "000.00.01.H58-190605-000012"),
        ("case_number", "H58.12.3-250605-0012", "H58.12.3-250605-0012"),
        ("case_number", "000.00.01.H58-190605-12", None),
        ("case_number_date", "000.00.01.H58-190230-0012", None),
        ("case_number_date", "H58-250605-0012", date(2025, 6, 5)),
        ("agency_code", "H20." + "A" * 31, "H20." + "A" * 31),
        ("agency_code", "H20." + "A" * 32, None),
        ("agency_code", "H20..12", None),
        ("agency_code_from_qcvn102", "000.05.00.H49", None),
        ("tax_code", "0100109106-001", "0100109106-001"),
        ("tax_code", "0100109106-01", None),
        ("tax_code", "082190012345", None),
    ],
)
def test_codes(call: Call, name: str, text: str, expected: object) -> None:
    assert call(name, text) == expected
