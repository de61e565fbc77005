"""Which records words find.

Every word must be somewhere in the record (``w_text``, folded). In what order records are
given is `catalog.search.ranking`; the grammar around words is `catalog.search.query`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import tantivy
from tantivy import Occur, Query

from catalog.search.synonyms import Piece, Synonyms
from catalog.search.text import folded, stem

_ANYWHERE = 0.3  # the weight of a word that stands in no field that counts more
_SINGULAR = 0.1
_SYNONYM = 0.4
_MISTYPED = 0.1
_LONGEST_MISTYPED = 40  # letters: what the index needs to compare grows with them, hugely


class Matching:
    """Makes the queries of words, phrases and whole questions: enough to count what they find.

    The weights in them say only where a word need not be the one that was typed.
    """

    def __init__(self, schema: tantivy.Schema, synonyms: Synonyms) -> None:
        self._schema = schema
        self._synonyms = synonyms

    def question(self, typed: Sequence[str]) -> Query:
        """Words that must all be found, in any order: themselves or what means the same."""
        return _all(self._piece(piece) for piece in self._synonyms.pieces(typed))

    def near(self, typed: Sequence[str], least: int) -> Query:
        """At least `least` of the words, each as typed or with one or two letters wrong."""
        return Query.boolean_query(
            [(Occur.Should, self._near(word)) for word in typed],
            minimum_number_should_match=least,
        )

    def word(self, word: str) -> Query:
        """One word, anywhere."""
        plain = folded(word)
        found = [self._term("w_text", plain, _ANYWHERE), self._term("stem", plain, _SINGULAR)]
        if singular := stem(plain):
            found += [self._term(name, singular, _SINGULAR) for name in ("stem", "w_text")]
        return Query.boolean_query([(Occur.Should, one) for one in found])

    def phrase(self, exact: Sequence[str], slop: int = 0) -> Query:
        """Words that stand together, anywhere."""
        if len(exact) == 1:
            return self.word(exact[0])
        return self._phrase("w_text", list(map(folded, exact)), _ANYWHERE, slop)

    def mistyped(self, field: str, plain: str, distance: int) -> Query:
        """A folded word of a word field with at most `distance` letters wrong."""
        if len(plain) > _LONGEST_MISTYPED:
            return Query.term_query(self._schema, f"w_{field}", plain)
        return Query.fuzzy_term_query(self._schema, f"w_{field}", plain, distance)

    def words_of(self, field: str, exact: Sequence[str], slop: int) -> Query:
        """A word or phrase in one word field."""
        return self._run(f"w_{field}", list(map(folded, exact)), slop)

    def _piece(self, piece: Piece) -> Query:
        query = _all(self.word(word) for word in piece.words)
        if not piece.others:
            return query
        same = [Query.boost_query(self.phrase(other), _SYNONYM) for other in piece.others]
        return Query.boolean_query([(Occur.Should, one) for one in (query, *same)])

    def _near(self, word: str) -> Query:
        plain = folded(word)
        clauses = [(Occur.Should, self.word(word))]
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


def _all(queries: Iterable[Query]) -> Query:
    clauses = [(Occur.Must, query) for query in queries]
    return clauses[0][1] if len(clauses) == 1 else Query.boolean_query(clauses)
