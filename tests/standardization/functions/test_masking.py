"""Nothing that names a person is left in masked text; what names none is."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standardization.functions.masking import mask

BEFORE = st.sampled_from(["", "Xin hỏi, ", "Liên hệ ", "(", "sđt:", "ĐT: "])
AFTER = st.sampled_from(["", " nhé", ".", ", cảm ơn", ")", "\n"])
MOBILE = st.from_regex(r"0[35789]\d{8}", fullmatch=True)


def spaced(number: str, mark: str) -> str:
    return mark.join((number[:4], number[4:7], number[7:]))


@given(BEFORE, MOBILE, st.sampled_from(["", " ", ".", "-"]), AFTER)
def test_no_phone_is_left(before: str, number: str, mark: str, after: str) -> None:
    masked = mask(before + spaced(number, mark) + after)
    assert not re.search(r"\d", masked)


@given(BEFORE, st.from_regex(r"[0-9]{9}|[0-9]{12}", fullmatch=True), AFTER)
def test_no_identity_number_is_left(before: str, number: str, after: str) -> None:
    assert number not in mask(before + number + after)


@given(st.from_regex(r"[a-z][a-z0-9.]{0,8}@[a-z]{1,6}\.(vn|com)", fullmatch=True))
def test_no_address_is_left(address: str) -> None:
    assert "@" not in mask(f"gửi về {address} giúp")


@pytest.mark.parametrize("plate", ["63B1-123.45", "66A-12345", "63-B1 123.45", "66H5 0123"])
def test_no_plate_is_left(plate: str) -> None:
    assert mask(f"xe {plate} chạy") == "xe [biển số xe] chạy"


@pytest.mark.parametrize(
    "name", ["ông Trần Văn A", "Bà LÊ THỊ BÉ", "chị Nguyễn Thị Sáu", "Tôi tên Phạm Thị Lài"]
)
def test_no_name_after_a_form_of_address_is_left(name: str) -> None:
    assert mask(f"{name} phản ánh").endswith("[họ tên] phản ánh")


@pytest.mark.parametrize(
    "text",
    [
        "Đường Nguyễn Huệ, Phường 1 ngập từ 7h30 ngày 05/06/2019 đến 2019-06-07",
        "Đền bù 125.000.000 đồng, diện tích 1.250,5 m2, quyết định 1265/QĐ-UBND",
        "Hồ sơ H20.12-250605-000123 và 000.00.12.H58-190605-0012 trễ hạn",
        "Bà Rịa và Ông Đốc là tên đất",
        "Nước cao 1,45 m, mã trạm DT01, gọi 1022",
    ],
)
def test_what_names_nobody_stays(text: str) -> None:
    assert mask(text) == text


@given(st.text(max_size=60))
def test_masking_twice_is_masking_once(text: str) -> None:
    assert mask(mask(text)) == mask(text)
