"""`catalog.context.View` over one state of the index: searching and completing for one asker."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import cached_property, partial
from typing import Any

from tantivy import Occur, Query

from catalog.documents import Kind
from catalog.search.beside import beside
from catalog.search.completing import complete_titles, complete_values
from catalog.search.facets import Counts, count_values
from catalog.search.matching import Matching
from catalog.search.query import QueryCompiler, matches_all, parsed
from catalog.search.questions import plain_query, without_common, without_operators
from catalog.search.ranking import Ranking
from catalog.search.records import IndexRecords
from catalog.search.request import Completion, SearchAnswer, SearchRequest
from catalog.search.sorting import SCORE, columns_of
from catalog.search.state import State
from catalog.search.suggesting import nearest_words
from catalog.search.synonyms import synonyms
from catalog.search.visibility import Form, package_forms, visible

MOST_ROWS = 1000
"""The most records of one answer, as CKAN's default limit."""

_READ_FOR_SPELLING = 20
_MANY = 10_000  # documents; in fewer, counting takes no longer than starting it elsewhere
_Asked = Callable[[Matching], Query]
"""What is asked, as a query: of a `Matching` to find it, of a `Ranking` to score it too."""

_Clauses = list[tuple[Occur, Query]]


class IndexView:
    """`state` as holders of `labels` (None: everything) see it."""

    def __init__(self, state: State, labels: frozenset[str] | None) -> None:
        self._state = state
        self._labels = labels
        self._matching = Matching(state.schema, synonyms())
        self._ranking = Ranking(state.schema, synonyms(), state.records_with)

    @cached_property
    def records(self) -> IndexRecords:
        """The records of this state."""
        return IndexRecords(self._state, self._labels)

    def position(self) -> int:
        """The number of the newest change that this state holds."""
        return self._state.position

    def search(self, request: SearchRequest) -> SearchAnswer:
        """Search the packages of this state. Raises `SearchQueryError`."""
        limits = self._limits(request)
        if not request.plain:
            text = parsed(request.q)
            schema = self._state.schema
            return self._answer(
                request, lambda words: QueryCompiler(schema, words).compile(text), limits
            )
        typed = without_operators(request.q)
        answer = self._answer(request, lambda words: plain_query(request.q, words), limits)
        if answer.count or not typed:
            return answer
        return self._nearly(request, typed, limits)

    def complete(
        self, kind: Kind, text: str, limit: int, *, include_private: bool = False
    ) -> Sequence[Completion]:
        """Packages, organisations or groups that begin, in some word, as `text` does."""
        if limit < 1 or kind is Kind.WITHDRAWN:
            return []
        limit = min(limit, MOST_ROWS)
        forms: Sequence[Form] = package_forms(private=include_private, drafts=False)
        used: Callable[[Mapping[str, Any]], int] | None = None
        if kind is not Kind.PACKAGE:
            forms = [Form.ORGANIZATION if kind is Kind.ORGANIZATION else Form.GROUP]
            used = self._used(kind)
        seen = self._visible(forms)
        state = self._state
        return complete_titles(state.searcher, state.schema, seen, text, limit, state.body, used)

    def complete_values(self, field: str, text: str, limit: int) -> Sequence[str]:
        """Values of a facet field that begin, in some word, as `text` does."""
        if limit < 1:
            return []
        seen = self._visible([Form.ACTIVE])
        return complete_values(self._state.searcher, seen, field, text, min(limit, MOST_ROWS))

    def _limits(self, request: SearchRequest) -> _Clauses:
        """What the answer is limited to, whatever is asked."""
        compiler = QueryCompiler(self._state.schema, self._matching)
        forms = package_forms(private=request.include_private, drafts=request.include_drafts)
        only = [self._visible(forms)]
        only += [compiler.compile(parsed(text)) for text in request.fq if not matches_all(text)]
        return [(Occur.Must, Query.const_score_query(one, 0.0)) for one in only]

    def _answer(self, request: SearchRequest, asked: _Asked, limits: _Clauses) -> SearchAnswer:
        scored = not matches_all(request.q)
        # One that asks for nothing would only give every document the same score.
        found = _within(asked(self._matching), limits) if scored else Query.boolean_query(limits)
        columns = columns_of(request.sort, scored=scored)
        # Scoring takes most of the time: nothing that is only counted or sorted is scored.
        by_score = columns[0].field == SCORE
        best = _within(asked(self._ranking), limits) if by_score else found
        facets = self._facets(request, found)
        rows = max(0, min(request.rows, MOST_ROWS))
        page = self._state.sorter.page(best, columns, max(0, request.start), rows)
        packages = tuple(self._state.body(place) for place in page.places)
        return SearchAnswer(packages, page.total, facets())

    def _facets(self, request: SearchRequest, found: Query) -> Callable[[], Mapping[str, Counts]]:
        """Begin to count the facets of what is found; the counts."""

        def count() -> Mapping[str, Counts]:
            return count_values(
                self._state.searcher,
                found,
                request.facet_fields,
                limit=request.facet_limit,
                mincount=request.facet_mincount,
            )

        if matches_all(request.q) and all(map(matches_all, request.fq)):
            # What the front page counts, over everything, is the same until something changes.
            key = ("facets", self._labels, *_facets_of(request))
            return lambda: self._state.keep(key, count)
        many = request.facet_fields and self._state.searcher.num_docs > _MANY
        return beside(count) if many else count

    def _nearly(
        self, request: SearchRequest, typed: Sequence[str], limits: _Clauses
    ) -> SearchAnswer:
        """All words with a letter wrong, or else those that say something, or half of them."""
        answer, best = SearchAnswer((), 0), Query.empty_query()
        for asked in _weaker(typed):
            answer = self._answer(request, asked, limits)
            best = _within(asked(self._ranking), limits)
            if answer.count:
                break
        read = self._state.bodies(best, _READ_FOR_SPELLING)
        suggestion = nearest_words(typed, read)
        if suggestion is not None and not self._finds(suggestion, limits):
            suggestion = None
        return SearchAnswer(answer.packages, answer.count, answer.facets, suggestion)

    def _finds(self, words: str, limits: _Clauses) -> bool:
        query = _within(plain_query(words, self._matching), limits)
        return self._state.first(query) is not None

    def _used(self, kind: Kind) -> Callable[[Mapping[str, Any]], int]:
        records = self.records
        known = records.organizations() if kind is Kind.ORGANIZATION else records.groups()
        counts = {one["id"]: int(one["package_count"]) for one in known}
        return lambda body: counts.get(body["id"], 0)

    def _visible(self, forms: Sequence[Form]) -> Query:
        return visible(self._state.schema, self._labels, forms)


def _facets_of(request: SearchRequest) -> tuple[Hashable, ...]:
    """All that the counts over everything depend on."""
    return (
        *(request.include_private, request.include_drafts),
        *(request.facet_fields, request.facet_limit, request.facet_mincount),
    )


def _within(query: Query, limits: _Clauses) -> Query:
    return Query.boolean_query([(Occur.Must, query), *limits])


def _weaker(typed: Sequence[str]) -> list[_Asked]:
    """What to look for instead of `typed`, each asking less."""
    telling = without_common(typed)
    steps = [(typed, len(typed)), (telling, len(telling))]
    steps.append((telling, max(1, len(telling) // 2)))
    least = [step for at, step in enumerate(steps) if step[0] and step not in steps[:at]]
    return [partial(_near, words, many) for words, many in least]


def _near(typed: Sequence[str], least: int, words: Matching) -> Query:
    return words.near(typed, least)
