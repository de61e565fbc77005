import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.tcvn3 import decode, encode

# Letters that TCVN3 has: all small ones, and capitals without a tone mark.
LETTERS = (
    "abcxyz ABC ăâđêôơư ĂÂĐÊÔƠƯ áàảãạ ắằẳẵặ ấầẩẫậ éèẻẽẹ ếềểễệ íìỉĩị"
    "óòỏõọ ốồổỗộ ớờởỡợ úùủũụ ứừửữự ýỳỷỹỵ"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tiền Giang", "TiÒn Giang"),
        ("Xin chào, đây là tỉnh Tiền Giang", "Xin chµo, ®©y lµ tØnh TiÒn Giang"),
        ("Ủy ban", "ñy ban"),
    ],
)
def test_real_examples(text: str, expected: str) -> None:
    assert encode(text) == expected


@given(st.text(alphabet=LETTERS))
def test_what_tcvn3_has_comes_back(text: str) -> None:
    assert decode(encode(text)) == text


@given(st.text(alphabet="ẢẾỦỘĐƯaế"))
def test_toned_capitals_come_back_small(text: str) -> None:
    back = decode(encode(text))
    assert back.lower() == text.lower()
    assert unicodedata.is_normalized("NFC", back)


def test_every_letter_is_one_byte_of_cp1252() -> None:
    assert all(len(encode(letter).encode("cp1252")) == 1 for letter in LETTERS)
