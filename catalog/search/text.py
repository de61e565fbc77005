"""Words, stems and sort keys of text, Vietnamese first.

Pure functions of text; which fields they fill is `catalog.search.making`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from contracts.text import fold

_WORD = re.compile(r"[^\W_]+")
_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
"""Vietnamese dictionary order: each of these is a letter of its own, the tones are not."""

_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
"""Huyền, hỏi, ngã, sắc, nặng: the order of dictionaries; they tell equal letters apart."""

_OTHER, _DIGITS, _ALPHABET = 2, 3, 13
_LETTER_CODES = {letter: _ALPHABET + at for at, letter in enumerate(_LETTERS)}
_DIGIT_CODES = {str(digit): _DIGITS + digit for digit in range(10)}
_TITLE_CODES = {" ": 1, **_DIGIT_CODES, **_LETTER_CODES}
_NAME_CODES = {
    letter: at for at, letter in enumerate("-0123456789_abcdefghijklmnopqrstuvwxyz", start=1)
}
_PER_NUMBER = 8  # symbols below 128, a byte each, in one signed 64-bit number

SORT_NUMBERS = 13
"""Numbers in the sort key of a name or title: its first 104 symbols."""


def words(text: str) -> list[str]:
    """The words of `text` as written, case folded, NFC; ``commune_code`` is two."""
    return _WORD.findall(unicodedata.normalize("NFC", text).casefold())


@lru_cache(maxsize=200_000)
def folded(word: str) -> str:
    """`contracts.text.fold`, remembered: texts repeat their words."""
    return word.lower() if word.isascii() else fold(word)


def stem(word: str) -> str | None:
    """The singular of an English plural, or None where there is nothing to take off.

    Harman's S-stemmer. No Vietnamese syllable ends in s, so none is ever shortened.
    """
    if len(word) < 4 or not word.endswith("s") or not word.isascii():
        return None
    if word.endswith("ies"):
        return None if word.endswith(("eies", "aies")) else f"{word[:-3]}y"
    if word.endswith("es") and not word.endswith(("aes", "ees", "oes")):
        return word[:-1]
    return None if word.endswith(("us", "ss")) else word[:-1]


@dataclass(frozen=True)
class Split:
    """A text by its words, joined by spaces: as written, folded; and singulars of plurals."""

    exact: str
    folded: str
    stems: frozenset[str]


@lru_cache(maxsize=2048)
def split(text: str) -> Split:
    """The words of `text`; remembered, because a record says many things twice."""
    found = words(text)
    plain = list(map(folded, found))
    stems = frozenset(short for word in plain if word[-1] == "s" and (short := stem(word)))
    return Split(" ".join(found), " ".join(plain), stems)


def title_key(text: str) -> list[int]:
    """`SORT_NUMBERS` numbers whose order is that of a Vietnamese dictionary.

    A Ă Â B …, digits before letters, tones looked at only where all letters agree.
    """
    letters: list[int] = []
    tones: list[int] = []
    for character in unicodedata.normalize("NFC", text).casefold():
        letter, tone = _letter(character)
        letters.append(letter)
        tones.append(tone + 1)
    return _packed([*letters, 0, *tones])


def name_key(name: str) -> list[int]:
    """`SORT_NUMBERS` numbers whose order is that of the characters of a CKAN name."""
    return _packed([_NAME_CODES.get(character, 63) for character in name])


def id_key(identifier: str) -> int:
    """A number whose order is that of UUIDs as text (their first 60 bits)."""
    digits = re.sub(r"[^0-9a-f]", "", identifier.lower())[:15]
    return int(digits.ljust(15, "0"), 16)


def suffixes(text: str) -> Iterator[str]:
    """`text` folded, from each of its words to its end: what completions look up."""
    found = [folded(word) for word in words(text)]
    for at in range(len(found)):
        yield " ".join(found[at:])


@lru_cache(maxsize=4096)
def _letter(character: str) -> tuple[int, int]:
    code = _TITLE_CODES.get(character)
    if code is not None:
        return code, 0
    base, tone = "", 0
    for part in unicodedata.normalize("NFD", character):
        if part in _TONES:
            tone = _TONES[part]
        else:
            base += part
    whole = unicodedata.normalize("NFC", base)
    known = _TITLE_CODES.get(whole) or _TITLE_CODES.get(fold(whole))
    return (known, tone) if known else (_OTHER, 0)


def _packed(symbols: Sequence[int]) -> list[int]:
    size = SORT_NUMBERS * _PER_NUMBER
    padded = bytes(symbols[:size]).ljust(size, b"\0")
    return [
        int.from_bytes(padded[at : at + _PER_NUMBER], "big") for at in range(0, size, _PER_NUMBER)
    ]
