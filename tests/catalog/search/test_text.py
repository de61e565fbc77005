from __future__ import annotations

import unicodedata
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.search.text import folded, id_key, name_key, stem, suffixes, title_key, words
from contracts.text import fold

VIETNAMESE = "aàảãáạăằâấbcdđeéêếghiíklmnoóôốơớpqrstuúưứvxyỳ 09"


def test_the_alphabet_is_the_vietnamese_one() -> None:
    titles = ["A", "Á", "Ạ", "An", "Ă", "Ằn", "Â", "Ân", "B", "D", "Da", "Đ", "Đa", "E", "Ê", "O"]
    titles += ["Ô", "Ơ", "U", "Ư"]
    assert sorted(set(titles), key=title_key) == titles


def test_tones_decide_only_among_equal_letters() -> None:
    assert sorted(["má", "mà", "mạ", "ma", "mả", "mã", "máy", "mãi"], key=title_key) == [
        *("ma", "mà", "mả", "mã", "má", "mạ", "mãi", "máy")
    ]


def test_digits_and_spaces_come_before_letters() -> None:
    assert sorted(["ab", "a b", "a1", "10", "2"], key=title_key) == ["10", "2", "a b", "a1", "ab"]


@given(st.text(max_size=150), st.text(max_size=150))
def test_any_text_has_a_key_of_the_index(one: str, other: str) -> None:
    for key in (title_key(one), name_key(other)):
        assert len(key) == 13
        assert all(0 <= number < 1 << 63 for number in key)


@given(st.text(alphabet=VIETNAMESE, max_size=40))
def test_nfc_nfd_and_case_do_not_matter(text: str) -> None:
    again = unicodedata.normalize("NFD", text.upper())
    assert words(again) == words(text)
    assert title_key(again) == title_key(text)


@given(st.lists(st.from_regex(r"[a-z0-9_\-]{2,100}", fullmatch=True)))
def test_names_sort_as_text(names: list[str]) -> None:
    assert sorted(names, key=name_key) == sorted(names)


@given(st.lists(st.uuids(), unique=True))
def test_ids_sort_as_text(ids: list[uuid.UUID]) -> None:
    texts = [str(one) for one in ids]
    assert sorted(texts, key=id_key) == sorted(texts)


@given(st.text(max_size=30))
def test_words_fold_as_everywhere(text: str) -> None:
    for word in words(text):
        assert folded(word) == fold(word)


@pytest.mark.parametrize(
    ("plural", "singular"),
    [
        ("schools", "school"),
        ("agencies", "agency"),
        ("houses", "house"),
        ("bus", None),
        ("census", None),
        ("access", None),
        ("trường", None),
        ("gis", None),
    ],
)
def test_english_plurals(plural: str, singular: str | None) -> None:
    assert stem(plural) == singular


def test_words_are_split_at_underscores() -> None:
    assert words("Commune_code, Mã xã") == ["commune", "code", "mã", "xã"]
    assert list(suffixes("Mã xã")) == ["ma xa", "xa"]
