"""Words that mean the same, read from ``synonyms.txt`` beside this file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from catalog.search.text import folded, words

_FILE = Path(__file__).with_name("synonyms.txt")


@dataclass(frozen=True)
class Piece:
    """Words of a question that stand together, and what else means the same."""

    words: tuple[str, ...]
    others: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Synonyms:
    """Groups of equal meaning; each entry is the words of one way to say it."""

    by_first: Mapping[str, Sequence[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]]]

    def pieces(self, typed: Sequence[str]) -> list[Piece]:
        """`typed` cut where a group's entry stands, the longest first; the rest word by word."""
        found: list[Piece] = []
        at = 0
        while at < len(typed):
            piece = self._at(typed, at)
            found.append(piece)
            at += len(piece.words)
        return found

    def _at(self, typed: Sequence[str], at: int) -> Piece:
        for entry, others in self.by_first.get(folded(typed[at]), ()):
            here = tuple(typed[at : at + len(entry)])
            if len(here) == len(entry) and all(map(_same, here, entry)):
                return Piece(here, others)
        return Piece((typed[at],))


def _same(typed: str, entry: str) -> bool:
    """What is typed with marks must have the entry's; without, its letters are enough."""
    return typed == entry or typed == folded(entry)


def read_synonyms(text: str) -> Synonyms:
    """The groups of `text`: one a line, entries parted by ``|``, ``#`` begins a comment."""
    by_first = defaultdict(list)
    for line in text.splitlines():
        entries = [tuple(words(entry)) for entry in line.partition("#")[0].split("|")]
        group = [entry for entry in entries if entry]
        for entry in group:
            others = tuple(other for other in group if other != entry)
            by_first[folded(entry[0])].append((entry, others))
    for known in by_first.values():
        known.sort(key=lambda one: -len(one[0]))
    return Synonyms(dict(by_first))


@cache
def synonyms() -> Synonyms:
    """The groups of this catalogue, read once."""
    return read_synonyms(_FILE.read_text(encoding="utf-8"))
