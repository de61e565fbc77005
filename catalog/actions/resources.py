"""The search over resources.

A resource is found through its dataset: the index first narrows to the datasets that can
hold a match, then their resources are looked at one by one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from catalog.access import Permission
from catalog.actions.packages import MOST
from catalog.actions.registry import Call, action
from catalog.actions.schemas import NUMBER, listed, record
from catalog.context import Record, View
from catalog.errors import ValidationError
from catalog.search.request import SearchRequest
from contracts.text import fold

_MOST_PACKAGES = 2000
_MOST_TERMS = 8
_MOST_WORDS = 4
_SHORTEST, _LONGEST = 2, 90  # letters of a pattern that the index takes
_SPECIAL = re.compile(r'([\s+\-&|!(){}\[\]^"~*?:\\/])')
_ESCAPED = r"\\\1"
_PREFIXED = "hash"
_Term = tuple[str, str]


@action(Permission.READ_CATALOGUE, result=record({"count": NUMBER, "results": listed("Resource")}))
def resource_search(call: Call) -> dict[str, Any]:
    """Search the resources of public datasets: all terms must hold, marks and case ignored.

    :param string|array query: ``field:term``, or several; a term is found anywhere in the
        field, in ``hash`` at its beginning (required)
    :param string order_by: a field to sort by
    :param integer limit: at most so many (default and most 1000)
    :param integer offset: after leaving out so many
    """
    parameters = call.parameters
    terms = _terms(call)
    found = [one for one in _candidates(call.view, terms) if _matches(one, terms)]
    if order := parameters.text("order_by"):
        found.sort(key=lambda one: str(one.get(order) or ""))
    offset = parameters.integer("offset", 0)
    limit = parameters.integer("limit", MOST, most=MOST)
    return {"count": len(found), "results": found[offset : offset + limit]}


def _terms(call: Call) -> list[_Term]:
    value = call.parameters.json("query")
    texts = value if isinstance(value, list) else [call.parameters.required("query")]
    if len(texts) > _MOST_TERMS:
        raise ValidationError({"query": [f"At most {_MOST_TERMS} pairs"]})
    terms: list[_Term] = []
    for text in texts:
        field, colon, term = str(text).partition(":")
        if not colon:
            raise ValidationError({"query": ["Must be <field>:<value> pair(s)"]})
        terms.append((field.strip(), fold(term)))
    return terms


def _candidates(view: View, terms: Sequence[_Term]) -> Iterator[Record]:
    """The resources of every dataset that can hold a match."""
    conditions = _conditions(view, terms, whole_words=False)
    if view.search(SearchRequest(fq=conditions, rows=0)).count > _MOST_PACKAGES:
        conditions = _conditions(view, terms, whole_words=True)
    start = 0
    while True:
        request = SearchRequest(fq=conditions, sort="name asc", start=start, rows=MOST)
        answer = view.search(request)
        if answer.count > _MOST_PACKAGES:
            problem = "Too many datasets to look through; narrow the query by a format or a name"
            raise ValidationError({"query": [problem]})
        for package in answer.packages:
            yield from package["resources"]
        start += len(answer.packages)
        if not answer.packages or start >= answer.count:
            return


def _conditions(view: View, terms: Sequence[_Term], *, whole_words: bool) -> tuple[str, ...]:
    """What the index can say of the terms.

    `whole_words`: in a big catalogue the words of names and descriptions are looked up too,
    so that there a term is found from the beginning of a word only.
    """
    made = []
    for field, term in terms:
        if field == "format":
            made.append(_format(view, term))
        elif field == "url" and _SHORTEST <= len(term) <= _LONGEST:
            made.append(f"res_url:*{_SPECIAL.sub(_ESCAPED, term)}*")
        elif whole_words and field in ("name", "description"):
            words = [_SPECIAL.sub(_ESCAPED, word) for word in term.split()]
            made += [f"res_{field}:{word}*" for word in words[:_MOST_WORDS]]
    return tuple(made)


def _format(view: View, term: str) -> str:
    """The datasets that have a resource of a format in which `term` occurs."""
    formats = [one for one in view.complete_values("res_format", "", MOST) if term in fold(one)]
    quoted = " OR ".join('"' + re.sub(r'(["\\])', _ESCAPED, one) + '"' for one in formats)
    return f"res_format:({quoted})" if quoted else "-*:*"


def _matches(resource: Record, terms: Sequence[_Term]) -> bool:
    for field, term in terms:
        value = fold(str(resource.get(field) or ""))
        if not (value.startswith(term) if field == _PREFIXED else term in value):
            return False
    return True
