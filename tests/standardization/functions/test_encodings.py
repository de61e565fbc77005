"""TCVN3 and mojibake: repaired where they are, nothing else touched."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from standardization.functions.syllables import TCVN3, UNICODE
from tests.standardization.functions.conftest import Call

TO_TCVN3 = str.maketrans(UNICODE, TCVN3)
MANY = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
SENTENCES = (
    "Ủy ban nhân dân xã Tân Phú Đông",
    "Giấy chứng nhận quyền sử dụng đất",
    "Đăng ký khai sinh",
    "Nguyễn Thị Hồng Nhung",
    "Trả kết quả trễ hẹn",
    "Sở Nội vụ",
)


def test_the_table_pairs_74_letters_once() -> None:
    assert len(UNICODE) == len(TCVN3) == len(set(UNICODE)) == len(set(TCVN3)) == 74
    assert TCVN3.encode("latin-1").isascii() is False


@pytest.mark.parametrize("sentence", SENTENCES)
def test_tcvn3_goes_there_and_back(call: Call, sentence: str) -> None:
    # TCVN3 has no Ủ: a typist writes it small.
    sentence = sentence.replace("Ủ", "ủ")
    legacy = sentence.translate(TO_TCVN3)
    assert call("is_tcvn3", legacy) is True
    assert call("from_tcvn3", legacy) == sentence
    assert call("tcvn3_text", legacy) == sentence


@pytest.mark.parametrize(
    "text",
    [
        *SENTENCES,
        "Long Xuyên",
        "LONG XUYÊN",
        "Xã Tân An",
        "XÃ TÂN AN",
        "Cà Mau",
        "Hà Tiên",
        "Yên Bái",
        "Bình Phú",
        "Lê Tôn",
        "TRÊN",
        "Công ty ABC®",
        "20×30",
        "25 × 30 cm",
        "© 2019",
        "§ 5",
        "Citroën",
        "Café São Paulo",
        "27.8°C",
    ],
)
def test_unicode_is_left_alone(call: Call, text: str) -> None:
    assert call("is_tcvn3", text) is False
    assert call("from_tcvn3", text) == text


def test_capitals_come_back_only_where_the_text_is_in_capitals(call: Call) -> None:
    assert call("from_tcvn3", "TR¦êNG THÞ §µO") == "TRƯỜNG THỊ ĐÀO"
    assert call("from_tcvn3", "Hµ T«") == "Hà Tô"


@MANY
@given(sentence=st.sampled_from(SENTENCES), encoding=st.sampled_from(["cp1252", "latin-1"]))
def test_mojibake_is_repaired(call: Call, sentence: str, encoding: str) -> None:
    raw = sentence.encode()
    # Bytes that Windows-1252 leaves undefined come through as control characters.
    broken = "".join(
        bytes([byte]).decode("latin-1" if byte in b"\x81\x8d\x8f\x90\x9d" else encoding)
        for byte in raw
    )
    assert call("fix_mojibake", broken) == sentence
    assert call("fix_mojibake", sentence) == sentence
