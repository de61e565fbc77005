"""How what words find is weighed.

Where a word stands, and whether its marks agree, only changes the order; what is found is
`catalog.search.matching`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import tantivy
from tantivy import Occur, Query

from catalog.search.fields import EXACT_FIELDS, WEIGHTS
from catalog.search.matching import Matching
from catalog.search.synonyms import Synonyms
from catalog.search.text import folded

_OTHER_MARKS = 0.25  # of a word's weight, where it was typed with marks that do not agree
_EXACT_TEXT = 3.0  # more than the marks of a wrong word in a title can make up for
_NEARBY = 0.5
_MOST_PAIRS = 8
_TELLING = ("title", "notes")  # fields in which a phrase counts more
_FEW = 5_000  # records of the rarest word: among more, only titles tell what stands together


class Ranking(Matching):
    """Makes queries that find what `Matching`'s find, and score it.

    `records_with` says in how many records a folded word stands.
    """

    def __init__(
        self, schema: tantivy.Schema, synonyms: Synonyms, records_with: Callable[[str], int]
    ) -> None:
        super().__init__(schema, synonyms)
        self._records_with = records_with

    def question(self, typed: Sequence[str]) -> Query:
        """Words that stand beside each other as typed rank higher: a Vietnamese word is often
        two syllables."""
        plain = [folded(word) for word in typed]
        few = min(map(self._records_with, plain)) <= _FEW
        pairs = [
            self._phrase(f"w_{field}", pair, WEIGHTS.get(field, 1.0) * _NEARBY, 0)
            for pair in list(pairwise(plain))[:_MOST_PAIRS]
            for field in (("title", "text") if few else ("title",))
        ]
        return _weighed(super().question(typed), pairs)

    def word(self, word: str) -> Query:
        """One word, anywhere."""
        plain = folded(word)
        marked = plain != word
        weights: list[Query] = []
        for name, weight in WEIGHTS.items():
            share = weight * (_OTHER_MARKS if marked else 1.0)
            weights.append(self._term(f"w_{name}", plain, share))
            if marked and name in EXACT_FIELDS:
                weights.append(self._term(f"x_{name}", word, weight))
        if marked:
            weights.append(self._term("x_text", word, _EXACT_TEXT))
        return _weighed(super().word(word), weights)

    def phrase(self, exact: Sequence[str], slop: int = 0) -> Query:
        """Words that stand together, anywhere."""
        if len(exact) == 1:
            return self.word(exact[0])
        plain = [folded(word) for word in exact]
        weights = [self._phrase(f"w_{name}", plain, WEIGHTS[name], slop) for name in _TELLING]
        if plain != list(exact):
            weights.append(self._phrase("x_text", exact, _EXACT_TEXT, slop))
            weights.append(self._phrase("x_title", exact, WEIGHTS["title"], slop))
        return _weighed(super().phrase(exact, slop), weights)

    def words_of(self, field: str, exact: Sequence[str], slop: int) -> Query:
        """A word or phrase in one word field."""
        found = super().words_of(field, exact, slop)
        if field not in EXACT_FIELDS or all(folded(word) == word for word in exact):
            return found
        as_written = Query.boost_query(self._run(f"x_{field}", exact, slop), _EXACT_TEXT)
        return _weighed(found, [as_written])


def _weighed(found: Query, weights: Iterable[Query]) -> Query:
    """What `found` finds, scored by `weights` too."""
    optional = [(Occur.Should, one) for one in weights]
    return Query.boolean_query([(Occur.Must, found), *optional]) if optional else found
