"""Old fonts: whatever is written in them comes back as it was."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from standardization.functions import fonts
from tests.standardization.functions.conftest import LETTERS, Call

WORDS = st.text(LETTERS + " ", min_size=1, max_size=20)
_VNI_OF = {shown: written for written, shown in fonts._VNI.items()}


@given(WORDS)
def test_vni_is_read_back(text: str) -> None:
    written = "".join(_VNI_OF.get(letter, letter) for letter in text)
    # í and ì are themselves in VNI; the letters of two signs are told by their second.
    assert fonts._vni(written) == text


@given(WORDS)
def test_cp1258_is_read_back(text: str) -> None:
    marks = "\u0300\u0301\u0303\u0309\u0323"
    spelled = []
    for letter in text:
        parts = unicodedata.normalize("NFD", letter)
        tone = "".join(mark for mark in parts if mark in marks)
        spelled.append(
            unicodedata.normalize("NFC", "".join(p for p in parts if p not in marks)) + tone
        )
    seen = "".join(spelled).encode("cp1258").decode("cp1252")
    assert fonts._cp1258(seen) == text


def test_capitals_keep_their_case(call: Call) -> None:
    assert call("vni_text", "TÆNH ÑOÀNG THAÙP") == "TỈNH ĐỒNG THÁP"
    assert call("viqr_text", "DDO^`NG THA'P") == "ĐỒNG THÁP"


def test_viqr_leaves_what_is_escaped_or_no_letter(call: Call) -> None:
    assert call("viqr_text", "a\\. b(c) 5+5") == "a. b(c) 5+5"
