import unicodedata
from random import Random

import ftfy
from hypothesis import given
from hypothesis import strategies as st

from demo import text_dirt

NAMES = st.sampled_from(["Nguyễn Văn Thiện", "Trần Thị Hiền", "Đã trả kết quả", "Lê Đình Tuấn"])
SEEDS = st.integers(0, 10_000).map(Random)


@given(NAMES, SEEDS)
def test_decomposed_is_the_same_text_in_nfd(name: str, rng: Random) -> None:
    bad = text_dirt.decomposed(name, rng)
    assert bad != name
    assert unicodedata.normalize("NFC", bad) == name


def test_tone_first_is_what_nfc_does_not_repair() -> None:
    bad = text_dirt.tone_first("Nguyễn", Random(0))
    assert bad == "Nguye\u0303\u0302n"
    assert unicodedata.normalize("NFC", bad) != "Nguyễn"


@given(NAMES, SEEDS)
def test_spaces_and_marks_leave_the_words_alone(name: str, rng: Random) -> None:
    for spoil in (text_dirt.invisible, text_dirt.no_break_space, text_dirt.loose_spaces):
        bad = spoil(name, rng)
        assert bad != name
        for mark in "\u200b\u200c\u200d\ufeff":
            bad = bad.replace(mark, "")
        assert bad.split() == name.split()


@given(NAMES, SEEDS)
def test_mojibake_can_be_undone(name: str, rng: Random) -> None:
    bad = text_dirt.mojibake(name, rng)
    assert bad is None or ftfy.fix_text(bad) == name


def test_mojibake_declines_what_cp1252_lacks() -> None:
    assert text_dirt.mojibake("Đỗ", Random(0)) is None
