"""Ways in which good Vietnamese text goes bad, each harming nothing but the text's form."""

from __future__ import annotations

import unicodedata
from random import Random

_ABOVE = 230  # the combining class that canonical ordering never reorders within


def decomposed(text: str, rng: Random) -> str:
    """NFD, as macOS file names and some PDF tools give it."""
    del rng
    return unicodedata.normalize("NFD", text)


def tone_first(text: str, rng: Random) -> str:
    """Base letter, tone mark, then circumflex, breve or horn: NFC does not repair this."""
    del rng

    def spelled(letter: str) -> str:
        marks = unicodedata.normalize("NFD", letter)
        above = len(marks) == 3 and all(unicodedata.combining(m) == _ABOVE for m in marks[1:])
        return marks[0] + marks[2] + marks[1] if above else letter

    return "".join(map(spelled, text))


def _between_words(text: str, rng: Random, mark: str) -> str:
    words = text.split(" ")
    place = rng.randrange(1, len(words)) if len(words) > 1 else 1
    return mark.join([" ".join(words[:place]), " ".join(words[place:])])


def invisible(text: str, rng: Random) -> str:
    """A zero-width mark before a word, from a web page or a word processor."""
    mark = rng.choice(["\u200b", "\u200c", "\u200d", "\ufeff"])
    return _between_words(text, rng, f" {mark}")


def no_break_space(text: str, rng: Random) -> str:
    """A no-break space for a space."""
    return _between_words(text, rng, "\u00a0")


def loose_spaces(text: str, rng: Random) -> str:
    """Doubled spaces, a line break inside, or spaces around."""
    loose = _between_words(text, rng, rng.choice(["  ", " \n", "\r\n", "   "]))
    return rng.choice(["", "", " "]) + loose + rng.choice(["", " ", "\n"])


def mojibake(text: str, rng: Random) -> str | None:
    """UTF-8 read as cp1252; None where the text would not survive that (a byte cp1252 lacks,
    or one that other cleaning would take for a space)."""
    del rng
    raw = text.encode()
    if {0xA0, 0xAD} & set(raw):
        return None
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        return None
