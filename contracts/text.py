"""Folding Vietnamese text for matching, as the catalogue and the linter need it in Python.

The SQL forms that pipelines use live in `standardization.functions`; a test there proves
that both give the same keys.
"""

from __future__ import annotations

import re
import unicodedata

_APOSTROPHES = str.maketrans("", "", "'’ʼ`")
# Both placements of a tone are one spelling: hòa is hoà, thủy is thuỷ.
_TONES = ("\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
_PLACEMENTS = {
    unicodedata.normalize("NFC", first + tone + last): unicodedata.normalize(
        "NFC", first + last + tone
    )
    for first, last in ("oa", "oe", "uy")
    for tone in _TONES
}
_PLACED_FIRST = re.compile("|".join(_PLACEMENTS))


def fold(text: str) -> str:
    """`text` without tone and vowel marks, đ as d, case folded; spaces and length kept."""
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def match_key(text: str) -> str:
    """The match key of the cleaning rules: folded, without apostrophes and spaces."""
    return "".join(fold(text).translate(_APOSTROPHES).split())


def spelled_key(text: str) -> str:
    """The key of a spelling: as `match_key`, but with all marks, in NFC, and the tone of oa, oe
    and uy on the second letter. It tells Tân Thành from Tân Thạnh and not hòa from hoà."""
    lowered = unicodedata.normalize("NFC", text.casefold())
    placed = _PLACED_FIRST.sub(lambda found: _PLACEMENTS[found[0]], lowered)
    return "".join(placed.translate(_APOSTROPHES).split())
