"""Words that rows must hold, as SQL: marks and case do not matter, đ is d.

A word becomes a regular expression with every letter's own forms, because folding two
million texts first (``strip_accents(lower(…))``) takes ten times as long. Which columns are
looked at is `lakehouse.questions`.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from functools import cache

from contracts.errors import Fault
from contracts.i18n import _
from contracts.quoting import quoted
from contracts.text import fold
from lakehouse.values import text_value

MOST_WORDS = 32
LONGEST = 200
"""Words of one question, and characters of one word, that are looked for at most."""
_MARKS = r"\p{M}*"
# Latin with all Vietnamese letters, Greek, Cyrillic. Other scripts match without case only.
_RANGES = (range(0x20, 0x7F), range(0xA1, 0x530), range(0x1E00, 0x2000), range(0xFF01, 0xFF5F))


def words_of(text: str) -> list[str]:
    """The folded words of `text`, each once.

    Raises:
        Fault: ``rows.bad_words``.
    """
    # A lone surrogate, which JSON can bring, is no letter of any text.
    readable = text.encode("utf-8", "replace").decode()
    words = list(dict.fromkeys(fold(readable).split()))
    if len(words) > MOST_WORDS or any(len(word) > LONGEST for word in words):
        raise Fault(
            "rows.bad_words",
            _("At most {words} words of {characters} characters are looked for at once."),
            remedy=_("Look for fewer words."),
            words=MOST_WORDS,
            characters=LONGEST,
        )
    return words


def holds(columns: Sequence[str], word: str) -> str:
    """SQL that is true where the folded `word` is part of a text in one of `columns`."""
    pattern = text_value(_pattern(word))
    found = [f"regexp_matches({quoted(name)}::VARCHAR, {pattern})" for name in columns]
    return f"({' OR '.join(found) or 'FALSE'})"


def _pattern(word: str) -> str:
    forms = _forms()
    letters = []
    for letter in unicodedata.normalize("NFC", word):
        if letter in forms:
            letters.append(f"[{''.join(_escaped(form) for form in forms[letter])}]")
        else:
            letters.append(f"(?i:{_escaped(letter)})")
    return _MARKS.join(letters)


def _escaped(letter: str) -> str:
    return f"\\x{{{ord(letter):x}}}"


@cache
def _forms() -> dict[str, str]:
    """Folded letter → every letter that folds to it."""
    found: defaultdict[str, str] = defaultdict(str)
    for letter in (chr(number) for numbers in _RANGES for number in numbers):
        folded = fold(letter)
        if len(folded) == 1:
            found[folded] += letter
    return dict(found)
