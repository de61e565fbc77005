"""VNI Windows letters as cp1252 characters, as typists of the 1990s' fonts left them.

Only the encoding that the sample needs; reading such text is the platform's work, not this
room's.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_TONES = {"\u0301": "ù", "\u0300": "ø", "\u0309": "û", "\u0303": "õ", "\u0323": "ï"}
_CIRCUMFLEX = {"\u0301": "á", "\u0300": "à", "\u0309": "å", "\u0303": "ã", "\u0323": "ä", "": "â"}
_BREVE = {"\u0301": "é", "\u0300": "è", "\u0309": "ú", "\u0303": "ü", "\u0323": "ë", "": "ê"}
_WITH_HORN = {"o": "ô", "u": "ö"}
_SINGLE = {"đ": "ñ", "í": "í", "ì": "ì", "ỉ": "æ", "ĩ": "ó", "ị": "ò", "ỵ": "î"}


@lru_cache(maxsize=1024)
def encode(text: str) -> str:
    """NFC Vietnamese as VNI letters: ``Tiền Giang`` becomes ``Tieàn Giang``."""
    return "".join(map(_letter, text))


def _letter(letter: str) -> str:
    small = letter.lower()
    written = _SINGLE.get(small) or _marked(small)
    return written if letter == small else written.upper()


def _marked(letter: str) -> str:
    """A small letter, then what stands for its marks."""
    parts = unicodedata.normalize("NFD", letter)
    base, marks = parts[0], parts[1:]
    tone = next((mark for mark in marks if mark in _TONES), "")
    if "\u0302" in marks:
        return base + _CIRCUMFLEX[tone]
    if "\u0306" in marks:
        return base + _BREVE[tone]
    if "\u031b" in marks:
        base = _WITH_HORN[base]
    return base + (_TONES[tone] if tone else "")
