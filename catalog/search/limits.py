"""What one search may cost at most, and patterns that cannot run away."""

from __future__ import annotations

import re

from catalog.search.request import SearchQueryError

_LONGEST = 32_768  # characters of one query: harvesters name hundreds of organisations
_MOST_LEAVES = 1024  # as Lucene's maxBooleanClauses
_MOST_WORDS = 128
_MOST_PATTERNS = 8
_MOST_STARS = 3
_MOST_MARKS = 10
_LONGEST_PATTERN = 100
_PIECES = re.compile(r"((?<!\\)[*?])")


class Limits:
    """Counts what the texts of one request ask for; each method raises `SearchQueryError`."""

    def __init__(self) -> None:
        self._leaves = 0
        self._words = 0
        self._patterns = 0

    def length(self, text: str) -> None:
        """One more text."""
        if len(text) > _LONGEST:
            raise SearchQueryError("The query is too long")

    def leaf(self) -> None:
        """One more value, range or word."""
        self._leaves += 1
        if self._leaves > _MOST_LEAVES:
            raise SearchQueryError(f"The query holds more than {_MOST_LEAVES} conditions")

    def words(self, count: int) -> None:
        """Words that are looked for in every field."""
        self._words += count
        if self._words > _MOST_WORDS:
            raise SearchQueryError(f"The query holds more than {_MOST_WORDS} words")

    def pattern(self) -> None:
        """One more pattern or mistyped word."""
        self._patterns += 1
        if self._patterns > _MOST_PATTERNS:
            raise SearchQueryError(f"The query holds more than {_MOST_PATTERNS} patterns")

    def expression(self, value: str) -> str:
        """The regular expression of a pattern with ``*`` and ``?``."""
        pieces = _PIECES.split(value)
        stars, marks = pieces.count("*"), pieces.count("?")
        if stars > _MOST_STARS or marks > _MOST_MARKS or len(value) > _LONGEST_PATTERN:
            raise SearchQueryError("The pattern is too long or has too many wildcards")
        literal = sum(len(piece) for piece in pieces if piece not in ("*", "?"))
        if pieces[0] == "" and literal < 2:
            raise SearchQueryError("A pattern that begins with a wildcard needs two letters")
        return "".join(
            ".*" if piece == "*" else "." if piece == "?" else pattern_of(_unescape(piece))
            for piece in pieces
        )


def pattern_of(text: str) -> str:
    """`text` itself as a regular expression of the index."""
    # Not re.escape: the index's expressions refuse an escaped letter, space or dash.
    return re.sub(r"([.^$*+?()\[\]{}|\\])", r"\\\1", text)


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
