"""Other words for a question that finds nothing as typed.

Taken from records that the asker may see and that nearly answer, so that no proposal tells
of a hidden one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from catalog.search.text import folded, words

_SHORTEST = 4  # letters of a word that may be mistyped


def nearest_words(typed: Sequence[str], records: Iterable[Mapping[str, Any]]) -> str | None:
    """`typed` with each word as the records write what is nearest to it, without the words
    that they have not; None if nothing changes, or nothing is left."""
    vocabulary: Counter[str] = Counter()
    for record in records:
        vocabulary.update(_words_of(record))
    nearest = [found for word in typed if (found := _nearest(word, vocabulary)) is not None]
    same = list(map(folded, nearest)) == list(map(folded, typed))
    return None if same or not nearest else " ".join(nearest)


def distance(one: str, other: str, most: int) -> int:
    """Letters to change, add, leave out or swap; `most` + 1 when more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, start=1):
        older, before = before, row
        row = [at]
        for to, against in enumerate(other, start=1):
            changed = before[to - 1] + (letter != against)
            row.append(min(changed, before[to] + 1, row[to - 1] + 1))
            swapped = at > 1 and to > 1 and letter == other[to - 2] and one[at - 2] == against
            if swapped:
                row[to] = min(row[to], older[to - 2] + 1)
    return min(row[-1], most + 1)


def _nearest(word: str, vocabulary: Mapping[str, int]) -> str | None:
    plain = folded(word)
    most = 0 if len(plain) < _SHORTEST else 1 if len(plain) < 8 else 2
    near = [
        (far, word != known, -vocabulary[known], known)
        for known in vocabulary
        if (far := distance(plain, folded(known), most)) <= most
    ]
    return min(near)[3] if near else None


def _words_of(record: Mapping[str, Any]) -> Iterable[str]:
    owner = record["organization"] or {}
    texts = [record["title"], record["notes"], owner.get("title")]
    texts += [tag["name"] for tag in record["tags"]]
    texts += [extra["value"] for extra in record["extras"] if extra["key"].endswith("_en")]
    return words(" ".join(text for text in texts if text)[:20_000])
