"""How words without a field are matched and weighed.

Every word must be somewhere in the record (``w_text``, folded); where it stands, and whether
its marks agree, only changes the order. The grammar around words is `catalog.search.query`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import tantivy
from tantivy import Occur, Query

from catalog.search.fields import EXACT_FIELDS, WEIGHTS
from catalog.search.synonyms import Piece, Synonyms
from catalog.search.text import folded, stem

_ANYWHERE = 0.3  # the weight of a word that stands in no field that counts more
_OTHER_MARKS = 0.25  # of a word's weight, where it was typed with marks that do not agree
_EXACT_TEXT = 3.0  # more than the marks of a wrong word in a title can make up for
_SINGULAR = 0.1
_SYNONYM = 0.4
_NEARBY = 0.5
_MISTYPED = 0.1
_LONGEST_MISTYPED = 40  # letters: what the index needs to compare grows with them, hugely
_MOST_PAIRS = 8
_FEW = 5_000  # records of the rarest word: among more, only titles tell what stands together
_Clauses = list[tuple[Occur, Query]]


class Ranking:
    """Makes the queries of words, phrases and whole questions.

    `records_with` says in how many records a folded word stands.
    """

    def __init__(
        self, schema: tantivy.Schema, synonyms: Synonyms, records_with: Callable[[str], int]
    ) -> None:
        self._schema = schema
        self._synonyms = synonyms
        self._records_with = records_with

    def question(self, typed: Sequence[str]) -> Query:
        """Words that must all be found, in any order: themselves or what means the same.

        Words that stand beside each other as typed rank higher: a Vietnamese word is often
        two syllables.
        """
        clauses: _Clauses = [
            (Occur.Must, self._piece(piece)) for piece in self._synonyms.pieces(typed)
        ]
        plain = [folded(word) for word in typed]
        few = min(map(self._records_with, plain)) <= _FEW
        for pair in list(pairwise(plain))[:_MOST_PAIRS]:
            for field in ("title", "text") if few else ("title",):
                together = Query.phrase_query(self._schema, f"w_{field}", list(pair))
                weight = WEIGHTS.get(field, 1.0) * _NEARBY
                clauses.append((Occur.Should, Query.boost_query(together, weight)))
        return clauses[0][1] if len(clauses) == 1 else Query.boolean_query(clauses)

    def near(self, typed: Sequence[str], least: int) -> Query:
        """At least `least` of the words, each as typed or with one or two letters wrong."""
        return Query.boolean_query(
            [(Occur.Should, self._near(word)) for word in typed],
            minimum_number_should_match=least,
        )

    def word(self, word: str) -> Query:
        """One word, anywhere."""
        plain = folded(word)
        anywhere = self._term("w_text", plain, _ANYWHERE)
        singular = stem(plain)
        others = [self._term("stem", plain, _SINGULAR)]
        if singular:
            others += [self._term(name, singular, _SINGULAR) for name in ("stem", "w_text")]
        found = Query.boolean_query([(Occur.Should, one) for one in (anywhere, *others)])
        clauses: _Clauses = [(Occur.Must, found)]
        marked = plain != word
        for name, weight in WEIGHTS.items():
            share = weight * (_OTHER_MARKS if marked else 1.0)
            clauses.append((Occur.Should, self._term(f"w_{name}", plain, share)))
            if marked and name in EXACT_FIELDS:
                clauses.append((Occur.Should, self._term(f"x_{name}", word, weight)))
        if marked:
            clauses.append((Occur.Should, self._term("x_text", word, _EXACT_TEXT)))
        return Query.boolean_query(clauses)

    def phrase(self, exact: Sequence[str], slop: int = 0) -> Query:
        """Words that stand together, anywhere."""
        if len(exact) == 1:
            return self.word(exact[0])
        plain = [folded(word) for word in exact]
        clauses: _Clauses = [(Occur.Must, self._phrase("w_text", plain, _ANYWHERE, slop))]
        for name in ("title", "notes"):
            clauses.append((Occur.Should, self._phrase(f"w_{name}", plain, WEIGHTS[name], slop)))
        if plain != list(exact):
            clauses.append((Occur.Should, self._phrase("x_text", exact, _EXACT_TEXT, slop)))
            clauses.append((Occur.Should, self._phrase("x_title", exact, WEIGHTS["title"], slop)))
        return Query.boolean_query(clauses)

    def mistyped(self, field: str, plain: str, distance: int) -> Query:
        """A folded word of a word field with at most `distance` letters wrong."""
        if len(plain) > _LONGEST_MISTYPED:
            return Query.term_query(self._schema, f"w_{field}", plain)
        return Query.fuzzy_term_query(self._schema, f"w_{field}", plain, distance)

    def words_of(self, field: str, exact: Sequence[str], slop: int) -> Query:
        """A word or phrase in one word field."""
        plain = [folded(word) for word in exact]
        found = self._run(f"w_{field}", plain, slop)
        if plain == list(exact) or field not in EXACT_FIELDS:
            return found
        as_written = Query.boost_query(self._run(f"x_{field}", exact, slop), _EXACT_TEXT)
        return Query.boolean_query([(Occur.Must, found), (Occur.Should, as_written)])

    def _piece(self, piece: Piece) -> Query:
        itself: _Clauses = [(Occur.Must, self.word(word)) for word in piece.words]
        query = itself[0][1] if len(itself) == 1 else Query.boolean_query(itself)
        if not piece.others:
            return query
        same = [Query.boost_query(self.phrase(other), _SYNONYM) for other in piece.others]
        return Query.boolean_query([(Occur.Should, one) for one in (query, *same)])

    def _near(self, word: str) -> Query:
        plain = folded(word)
        clauses: _Clauses = [(Occur.Should, self.word(word))]
        if len(plain) >= 4:
            mistyped = self.mistyped("text", plain, 1 if len(plain) < 8 else 2)
            clauses.append((Occur.Should, Query.boost_query(mistyped, _MISTYPED)))
        return Query.boolean_query(clauses)

    def _term(self, field: str, value: str, weight: float) -> Query:
        return Query.boost_query(Query.term_query(self._schema, field, value), weight)

    def _phrase(self, field: str, exact: Sequence[str], weight: float, slop: int) -> Query:
        query = Query.phrase_query(self._schema, field, list(exact), slop)
        return Query.boost_query(query, weight)

    def _run(self, field: str, terms: Sequence[str], slop: int) -> Query:
        if len(terms) == 1:
            return Query.term_query(self._schema, field, terms[0])
        return Query.phrase_query(self._schema, field, list(terms), slop)
