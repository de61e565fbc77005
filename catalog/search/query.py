"""CKAN's query grammar (Lucene's) read by luqum and turned into an index query.

Words without an operator must all match. A query that cannot be read, or asks of a field
what it has not, is a `SearchQueryError`, never a crash; neither is one that would cost too
much. What words find is `catalog.search.matching`, how they are weighed
`catalog.search.ranking`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

import tantivy
from luqum import tree
from luqum.exceptions import ParseError
from luqum.thread import parse
from tantivy import FieldType, Occur, Query

from catalog.search.fields import (
    CONSTANT_FIELDS,
    KEYWORD_FIELDS,
    MOMENT_FIELDS,
    NUMBER_FIELDS,
    WORD_FIELDS,
)
from catalog.search.limits import Limits, pattern_of
from catalog.search.matching import Matching
from catalog.search.moments import micros, moment
from catalog.search.request import SearchQueryError
from catalog.search.text import words
from contracts.text import fold

_DEEPEST = 60  # nested operators, groups and fields
_KNOWN = {*WORD_FIELDS, *KEYWORD_FIELDS, *NUMBER_FIELDS, *CONSTANT_FIELDS}
_ALIASES = {"title_string": "title", "res_titles": "res_name", "urls": "res_url"}


def matches_all(text: str) -> bool:
    """Whether a query asks for nothing in particular."""
    return text.strip() in ("", "*", "*:*")


def parsed(text: str) -> tree.Item | None:
    """`text` as luqum reads it; None asks for nothing in particular.

    Raises `SearchQueryError`.
    """
    if matches_all(text):
        return None
    Limits().length(text)
    try:
        return parse(unicodedata.normalize("NFC", text.strip()))
    except (ParseError, ArithmeticError, RecursionError) as error:
        raise SearchQueryError(str(error) or "The query cannot be read") from None


class QueryCompiler:
    """Compiles the texts of one request; they share its `Limits`. `words` makes the queries
    of words."""

    def __init__(self, schema: tantivy.Schema, words: Matching) -> None:
        self._schema = schema
        self._matching = words
        self._limits = Limits()
        self._nodes: dict[type[Any], Callable[[Any, str | None, int], Query]] = {
            tree.SearchField: self._search_field,
            tree.Group: self._inner,
            tree.FieldGroup: self._inner,
            tree.Boost: self._boost,
            tree.AndOperation: self._all,
            tree.UnknownOperation: self._all,
            tree.OrOperation: self._any,
            tree.Plus: self._only,
            tree.Not: self._only,
            tree.Prohibit: self._only,
            tree.Word: self._word,
            tree.Phrase: self._phrase,
            tree.Proximity: self._proximity,
            tree.Fuzzy: self._fuzzy,
            tree.Range: self._range,
        }

    def compile(self, asked: tree.Item | None) -> Query:
        """What was `parsed` as an index query; nothing in particular matches everything."""
        if asked is None:
            return Query.all_query()
        try:
            return self._compile(asked, None, 0)
        except (ValueError, ArithmeticError):
            raise SearchQueryError("The query holds a value that cannot be searched for") from None

    def _compile(self, node: Any, field: str | None, depth: int) -> Query:
        """The query of one node. `field` is the field it stands under, None for all."""
        if depth > _DEEPEST:
            raise SearchQueryError("The query is nested too deeply")
        made = self._nodes.get(type(node))
        if made is None:
            raise SearchQueryError("The query uses an operator that is not supported")
        return made(node, field, depth + 1)

    def _search_field(self, node: tree.SearchField, field: str | None, depth: int) -> Query:
        if field is not None:
            raise SearchQueryError("A field cannot stand inside another field")
        name = _ALIASES.get(node.name, node.name)
        if name == "*":
            return self._compile(node.expr, None, depth)
        if name not in _KNOWN and not name.startswith("extras_"):
            raise SearchQueryError(f"undefined field {node.name}")
        return self._compile(node.expr, name, depth)

    def _inner(self, node: tree.BaseGroup, field: str | None, depth: int) -> Query:
        return self._compile(node.expr, field, depth)

    def _boost(self, node: tree.Boost, field: str | None, depth: int) -> Query:
        force = max(0.0, min(1000.0, float(node.force)))
        return Query.boost_query(self._compile(node.expr, field, depth), force)

    def _all(self, node: tree.BaseOperation, field: str | None, depth: int) -> Query:
        clauses: list[tuple[Occur, Query]] = []
        for child in _runs(node.operands, field):
            if isinstance(child, list):
                self._limits.words(len(child))
                clauses.append((Occur.Must, self._matching.question(child)))
                continue
            refuses = isinstance(child, (tree.Not, tree.Prohibit))
            inner = child.a if isinstance(child, (tree.Not, tree.Prohibit, tree.Plus)) else child
            occur = Occur.MustNot if refuses else Occur.Must
            clauses.append((occur, self._compile(inner, field, depth)))
        if all(occur is Occur.MustNot for occur, _ in clauses):
            clauses.append((Occur.Must, Query.all_query()))
        return Query.boolean_query(clauses)

    def _any(self, node: tree.OrOperation, field: str | None, depth: int) -> Query:
        return Query.boolean_query(
            [(Occur.Should, self._compile(child, field, depth)) for child in node.operands]
        )

    def _only(self, node: tree.Unary, field: str | None, depth: int) -> Query:
        inner = self._compile(node.a, field, depth)
        if isinstance(node, tree.Plus):
            return inner
        return Query.boolean_query([(Occur.Must, Query.all_query()), (Occur.MustNot, inner)])

    def _word(self, node: tree.Word, field: str | None, depth: int) -> Query:
        if node.is_wildcard():
            return Query.all_query() if field is None else self._has(field)
        if node.has_wildcard():
            return self._pattern(node.value, field)
        return self._value(node.unescaped_value, field, 0)

    def _phrase(self, node: tree.Phrase, field: str | None, depth: int) -> Query:
        return self._value(node.unescaped_value[1:-1], field, 0, phrase=True)

    def _proximity(self, node: tree.Proximity, field: str | None, depth: int) -> Query:
        slop = min(int(node.degree), 100)
        return self._value(node.term.unescaped_value[1:-1], field, slop, phrase=True)

    def _fuzzy(self, node: tree.Fuzzy, field: str | None, depth: int) -> Query:
        self._limits.pattern()
        name = field if field in WORD_FIELDS else "text"
        distance = max(0, min(2, round(float(node.degree))))
        return self._matching.mistyped(str(name), fold(node.term.unescaped_value), distance)

    def _has(self, field: str) -> Query:
        self._limits.leaf()
        if field.startswith("extras_"):
            return self._regex("k_extras", pattern_of(f"{_extra(field)}=") + ".*")
        return Query.term_query(self._schema, "has", field, "basic")

    def _value(self, text: str, field: str | None, slop: int, *, phrase: bool = False) -> Query:
        """A word or phrase in one field, or in all of them by weight."""
        self._limits.leaf()
        if field in CONSTANT_FIELDS:
            return Query.all_query()
        if field in NUMBER_FIELDS:
            bound = self._bound(text, field)
            return self._between(field, bound, bound, low=True, high=True)
        if field is not None and field.startswith("extras_"):
            return self._keyword("extras", f"{_extra(field)}={text}")
        if field in KEYWORD_FIELDS and field not in WORD_FIELDS:
            return self._keyword(field, text)
        if field in ("tags", "organization", "groups"):
            return self._keyword(field, text)
        exact = words(text)
        if field is not None:
            return self._matching.words_of(field, exact, slop) if exact else self._has(field)
        if not exact:
            return Query.all_query()
        self._limits.words(len(exact))
        alone = not phrase and len(exact) == 1
        return self._matching.question(exact) if alone else self._matching.phrase(exact, slop)

    def _keyword(self, field: str, text: str) -> Query:
        found = Query.term_query(self._schema, f"k_{field}", fold(text), "basic")
        return Query.const_score_query(found, 1.0)

    def _pattern(self, value: str, field: str | None) -> Query:
        if field in CONSTANT_FIELDS:
            return Query.all_query()
        if field in NUMBER_FIELDS:
            raise SearchQueryError(f"{field} takes a value or a range, not a pattern")
        self._limits.pattern()
        pattern = self._limits.expression(fold(value))
        if field is None:
            return self._regex("w_text", pattern)
        if field.startswith("extras_"):
            return self._regex("k_extras", pattern_of(f"{_extra(field)}=") + pattern)
        return self._regex(f"k_{field}" if field in KEYWORD_FIELDS else f"w_{field}", pattern)

    def _regex(self, field: str, pattern: str) -> Query:
        try:
            return Query.regex_query(self._schema, field, pattern)
        except ValueError:
            raise SearchQueryError("The pattern cannot be read") from None

    def _range(self, node: tree.Range, field: str | None, depth: int) -> Query:
        if field not in NUMBER_FIELDS:
            raise SearchQueryError("A range needs a field of dates or numbers")
        self._limits.leaf()
        ends = [
            None if end.is_wildcard() else self._bound(end.unescaped_value.strip('"'), field)
            for end in (node.low, node.high)
        ]
        return self._between(
            field, ends[0], ends[1], low=bool(node.include_low), high=bool(node.include_high)
        )

    def _between(
        self, field: str, lower: int | None, upper: int | None, *, low: bool, high: bool
    ) -> Query:
        if lower is None and upper is None:
            return self._has(field)
        return Query.range_query(
            self._schema,
            f"n_{field}",
            FieldType.Integer,
            lower,
            upper,
            low or lower is None,
            high or upper is None,
        )

    def _bound(self, text: str, field: str) -> int:
        try:
            return micros(moment(text)) if field in MOMENT_FIELDS else int(text)
        except (ValueError, OverflowError):
            raise SearchQueryError(f"{field} cannot be compared with this value") from None


def _extra(field: str) -> str:
    return fold(field.removeprefix("extras_"))


def _runs(operands: Sequence[Any], field: str | None) -> list[Any]:
    """The operands, with the plain words among them (also behind ``+``) gathered, in their
    order, as one list at the place of the first: together they make a question."""
    if field is not None:
        return list(operands)
    gathered: list[str] = []
    made: list[Any] = []
    for operand in operands:
        inner = operand.a if isinstance(operand, tree.Plus) else operand
        exact = (
            words(inner.unescaped_value)
            if isinstance(inner, tree.Word) and not inner.has_wildcard()
            else []
        )
        if len(exact) != 1:
            made.append(operand)
            continue
        if not gathered:
            made.append(gathered)
        gathered += exact
    return made
