"""Folding Vietnamese text for matching, as the catalogue and the linter need it in Python.

The SQL forms that pipelines use live in `standardization.functions`; a test there proves
that both give the same keys.
"""

from __future__ import annotations

import unicodedata

_APOSTROPHES = str.maketrans("", "", "'’ʼ`")


def fold(text: str) -> str:
    """`text` without tone and vowel marks, đ as d, case folded; spaces and length kept."""
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def match_key(text: str) -> str:
    """The match key of the cleaning rules: folded, without apostrophes and spaces."""
    return "".join(fold(text).translate(_APOSTROPHES).split())
