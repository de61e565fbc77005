"""CKAN's query grammar (Lucene's) read by luqum and turned into an index query.

Words without an operator must all match. A query that cannot be read, or asks of a field
what it has not, is a `SearchQueryError`, never a crash.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import tantivy
from luqum import tree
from luqum.exceptions import ParseError
from luqum.thread import parse
from tantivy import FieldType, Occur, Query

from catalog.search.fields import KEYWORD_FIELDS, NUMBER_FIELDS, WORD_FIELDS, micros, words
from catalog.search.request import SearchQueryError
from contracts.text import fold

_LONGEST = 32_768  # characters of one query
_DEEPEST = 60  # nested operators, groups and fields
_WEIGHTS = {
    "title": 4.0,
    "tags": 2.0,
    "organization": 1.5,
    "groups": 1.5,
    "notes": 1.0,
    "text": 0.5,
}
_EXACT = 2.0  # how much more a word counts when its marks agree too
_NOW = re.compile(r"NOW(?:/[A-Z]+)?(?:([+-]\d+)(SECOND|MINUTE|HOUR|DAY|WEEK)S?)?(?:/[A-Z]+)?")


def compile_query(text: str, schema: tantivy.Schema) -> Query:
    """`text` as an index query; empty text matches everything."""
    stripped = text.strip()
    if stripped in ("", "*", "*:*"):
        return Query.all_query()
    if len(stripped) > _LONGEST:
        raise SearchQueryError("The query is too long")
    try:
        parsed = parse(stripped)
    except (ParseError, ArithmeticError, RecursionError) as error:
        raise SearchQueryError(str(error) or "The query cannot be read") from None
    try:
        return _Compiler(schema).compile(parsed, None, 0)
    except (ValueError, ArithmeticError):
        raise SearchQueryError("The query holds a value that cannot be searched for") from None


class _Compiler:
    """Walks luqum's tree. `field` is the field an expression stands under, None for all."""

    def __init__(self, schema: tantivy.Schema) -> None:
        self._schema = schema
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

    def compile(self, node: Any, field: str | None, depth: int) -> Query:
        """The query of one node."""
        if depth > _DEEPEST:
            raise SearchQueryError("The query is nested too deeply")
        made = self._nodes.get(type(node))
        if made is None:
            raise SearchQueryError("The query uses an operator that is not supported")
        return made(node, field, depth + 1)

    def _search_field(self, node: tree.SearchField, field: str | None, depth: int) -> Query:
        if field is not None:
            raise SearchQueryError("A field cannot stand inside another field")
        if node.name == "*":
            return self.compile(node.expr, None, depth)
        known = {*WORD_FIELDS, *KEYWORD_FIELDS, *NUMBER_FIELDS}
        if node.name not in known and not node.name.startswith("extras_"):
            raise SearchQueryError(f"undefined field {node.name}")
        return self.compile(node.expr, node.name, depth)

    def _inner(self, node: tree.BaseGroup, field: str | None, depth: int) -> Query:
        return self.compile(node.expr, field, depth)

    def _boost(self, node: tree.Boost, field: str | None, depth: int) -> Query:
        force = max(0.0, min(1000.0, float(node.force)))
        return Query.boost_query(self.compile(node.expr, field, depth), force)

    def _all(self, node: tree.BaseOperation, field: str | None, depth: int) -> Query:
        clauses = []
        for child in node.operands:
            refuses = isinstance(child, (tree.Not, tree.Prohibit))
            inner = child.a if isinstance(child, (tree.Not, tree.Prohibit, tree.Plus)) else child
            occur = Occur.MustNot if refuses else Occur.Must
            clauses.append((occur, self.compile(inner, field, depth)))
        if all(occur is Occur.MustNot for occur, _ in clauses):
            clauses.append((Occur.Must, Query.all_query()))
        return Query.boolean_query(clauses)

    def _any(self, node: tree.OrOperation, field: str | None, depth: int) -> Query:
        return Query.boolean_query(
            [(Occur.Should, self.compile(child, field, depth)) for child in node.operands]
        )

    def _only(self, node: tree.Unary, field: str | None, depth: int) -> Query:
        inner = self.compile(node.a, field, depth)
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
        return self._value(node.unescaped_value[1:-1], field, 0)

    def _proximity(self, node: tree.Proximity, field: str | None, depth: int) -> Query:
        return self._value(node.term.unescaped_value[1:-1], field, min(int(node.degree), 100))

    def _fuzzy(self, node: tree.Fuzzy, field: str | None, depth: int) -> Query:
        name = field if field in WORD_FIELDS else "text"
        distance = max(0, min(2, round(float(node.degree))))
        text = fold(node.term.unescaped_value)
        return Query.fuzzy_term_query(self._schema, f"w_{name}", text, distance)

    def _has(self, field: str) -> Query:
        if field.startswith("extras_"):
            prefix = _literal(fold(field.removeprefix("extras_")))
            return self._regex("k_extras", f"{prefix}=.*")
        return Query.term_query(self._schema, "has", field)

    def _value(self, text: str, field: str | None, slop: int) -> Query:
        """A word or phrase in one field, or in all of them by weight."""
        if field is None:
            exact = words(text)
            if not exact:
                return Query.all_query()
            weighed = [
                Query.boost_query(self._words(name, exact, slop), weight)
                for name, weight in _WEIGHTS.items()
            ]
            return Query.disjunction_max_query(weighed, tie_breaker=0.2)
        if field.startswith("extras_"):
            key = field.removeprefix("extras_")
            return Query.term_query(self._schema, "k_extras", fold(f"{key}={text}"))
        if field in NUMBER_FIELDS:
            bound = self._bound(text, field)
            return self._between(field, bound, bound, low=True, high=True)
        if field in KEYWORD_FIELDS:
            return Query.term_query(self._schema, f"k_{field}", fold(text))
        exact = words(text)
        return self._words(field, exact, slop) if exact else self._has(field)

    def _words(self, field: str, exact: list[str], slop: int) -> Query:
        folded = [fold(word) for word in exact]
        found = self._run(f"w_{field}", folded, slop)
        if folded == exact:  # typed without marks: no spelling is better than another
            return found
        as_written = Query.boost_query(self._run(f"x_{field}", exact, slop), _EXACT)
        return Query.boolean_query([(Occur.Must, found), (Occur.Should, as_written)])

    def _run(self, field: str, terms: list[str], slop: int) -> Query:
        if len(terms) == 1:
            return Query.term_query(self._schema, field, terms[0])
        return Query.phrase_query(self._schema, field, list(terms), slop)

    def _pattern(self, value: str, field: str | None) -> Query:
        pieces = [
            ".*" if piece == "*" else "." if piece == "?" else _literal(_unescape(piece))
            for piece in re.split(r"((?<!\\)[*?])", fold(value))
        ]
        pattern = "".join(pieces)
        if field is None:
            return self._regex("w_text", pattern)
        if field.startswith("extras_"):
            return self._regex(
                "k_extras", _literal(fold(field.removeprefix("extras_"))) + "=" + pattern
            )
        if field in NUMBER_FIELDS:
            raise SearchQueryError(f"{field} takes a value or a range, not a pattern")
        return self._regex(f"k_{field}" if field in KEYWORD_FIELDS else f"w_{field}", pattern)

    def _regex(self, field: str, pattern: str) -> Query:
        try:
            return Query.regex_query(self._schema, field, pattern)
        except ValueError:
            raise SearchQueryError("The pattern cannot be read") from None

    def _range(self, node: tree.Range, field: str | None, depth: int) -> Query:
        if field not in NUMBER_FIELDS:
            raise SearchQueryError("A range needs a field of dates or numbers")
        ends = [
            None if end.is_wildcard() else self._end(end, field) for end in (node.low, node.high)
        ]
        return self._between(
            field, ends[0], ends[1], low=bool(node.include_low), high=bool(node.include_high)
        )

    def _end(self, end: tree.Term, field: str) -> int:
        return self._bound(end.unescaped_value.strip('"'), field)

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
            return micros(_moment(text)) if field.startswith("metadata_") else int(text)
        except (ValueError, OverflowError):
            raise SearchQueryError(f"{field} cannot be compared with this value") from None


def _literal(text: str) -> str:
    # Not re.escape: the index's expressions refuse an escaped letter, space or dash.
    return re.sub(r"([.^$*+?()\[\]{}|\\])", r"\\\1", text)


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _moment(text: str) -> datetime:
    """An ISO time (UTC), or Solr's ``NOW-7DAYS``; naive UTC."""
    if (now := _NOW.fullmatch(text)) is not None:
        moved = timedelta(**{f"{now[2].lower()}s": int(now[1])}) if now[1] else timedelta()
        return datetime.now(UTC).replace(tzinfo=None) + moved
    parsed = datetime.fromisoformat(text.removesuffix("Z"))
    return parsed.astimezone(UTC).replace(tzinfo=None) if parsed.tzinfo else parsed
