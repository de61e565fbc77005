"""Unicode form, spaces, null words and match keys."""

import unicodedata

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts import text as python_text
from standardization.functions.text import NULL_WORDS
from tests.standardization.functions.conftest import DIRTY, LETTERS, Call

MANY = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
NAMES = st.text(LETTERS + LETTERS.upper() + " '’-.0123456789", max_size=30)


@MANY
@given(name=NAMES, form=st.sampled_from(["NFC", "NFD"]))
def test_both_unicode_forms_become_the_same(call: Call, name: str, form: str) -> None:
    cleaned = call("clean_text", unicodedata.normalize(form, name))  # type: ignore[arg-type] # sampled
    assert cleaned == (" ".join(name.split()) or None)


@MANY
@given(letter=st.sampled_from("aeoAEO"), tone=st.sampled_from("\u0300\u0301\u0303\u0309\u0323"))
def test_tone_before_circumflex_is_put_right(call: Call, letter: str, tone: str) -> None:
    expected = unicodedata.normalize("NFC", f"{letter}\u0302{tone}")
    assert len(expected) == 1
    assert call("clean_text", f"{letter}{tone}\u0302") == expected


@MANY
@given(text=DIRTY)
def test_cleaned_text_has_no_stray_spaces_or_invisible_letters(call: Call, text: str) -> None:
    cleaned = call("clean_text", text)
    if cleaned is not None:
        assert isinstance(cleaned, str)
        assert cleaned == " ".join(cleaned.split())
        assert not set(cleaned) & set("\u00ad\u200b\u200c\u200d\ufeff\u00a0\x00")


def test_real_cells_with_line_breaks_and_mixed_forms(call: Call) -> None:
    assert call("clean_text", "Nhập toàn \nbộ ") == "Nhập toàn bộ"
    assert call("clean_text", "Xa\u0303 Hòa\u00a0 Bình") == "Xã Hòa Bình"


def test_lost_text_is_unreadable_but_not_a_null_word(call: Call) -> None:
    for lost in ("Nguy\ufffdn", "Nguy\x90n", "\ue000", "\uffff"):
        assert call("clean_text", lost) is None
        assert call("null_word", lost) is not None


@MANY
@given(name=NAMES)
def test_match_key_is_the_one_python_computes(call: Call, name: str) -> None:
    assert call("match_key", name) == (python_text.match_key(name) or None)


def test_tone_placement_does_not_part_names(call: Call) -> None:
    for old, new in (("Hòa", "Hoà"), ("Thủy", "Thuỷ"), ("Úy", "Uý"), ("Khóe", "Khoé")):
        assert call("match_key", old) == call("match_key", new)
        assert call("clean_text", old) == old
        assert call("clean_text", new) == new


@MANY
@given(name=NAMES, form=st.sampled_from(["NFC", "NFD"]))
def test_a_spelling_is_the_match_key_with_its_marks(name: str, form: str) -> None:
    spelled = python_text.spelled_key(unicodedata.normalize(form, name))  # type: ignore[arg-type] # sampled
    assert spelled == python_text.spelled_key(name.upper()) == python_text.spelled_key(spelled)
    assert python_text.match_key(spelled) == python_text.match_key(name)


@MANY
@given(name=NAMES, other=NAMES)
def test_names_of_one_spelling_have_one_match_key(name: str, other: str) -> None:
    for one in (other, name.replace("oà", "òa").replace("uỷ", "ủy")):
        if python_text.spelled_key(one) == python_text.spelled_key(name):
            assert python_text.match_key(one) == python_text.match_key(name)


def test_a_spelling_parts_tones_but_not_their_placement() -> None:
    for old, new in (("Hòa", "HOÀ"), ("Thủy", "Thuỷ"), ("Úy", "Uý"), ("Khóe", "Khoé")):
        assert python_text.spelled_key(old) == python_text.spelled_key(new)
    assert python_text.spelled_key("Xã Tân Thành") == "xãtânthành"
    for one, other in (("Tân Thành", "Tân Thạnh"), ("Mỹ Đức", "Mỹ Dức"), ("Lúa", "Luá")):
        assert python_text.spelled_key(one) != python_text.spelled_key(other)


@settings(MANY, max_examples=200)
@given(
    text=st.one_of(
        DIRTY,
        st.builds(
            lambda word, left, right: left + word + right,
            st.sampled_from([*NULL_WORDS, *(word.upper() for word in NULL_WORDS)]),
            st.text(" \u00a0\u200b\t", max_size=2),
            st.text(" \u00a0\u200b\tx", max_size=2),
        ),
    )
)
def test_odd_cells_have_the_same_null_words(call: Call, text: str) -> None:
    assert call("_said", text) == call("null_word", text)
