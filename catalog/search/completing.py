"""Autocomplete: what begins, in some word, as the asker types. Folded; the best first.

Best is: the marks agree, it begins the title, it is short, it is much used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import tantivy
from tantivy import Occur, Query, Searcher

from catalog.search.fields import VALUE_FIELDS, clipped
from catalog.search.request import Completion
from catalog.search.text import folded, title_key, words

_FIRST, _MARKS, _TOGETHER = 40.0, 100.0, 20.0  # far above what shortness makes
_CANDIDATES = 200
_LONGEST = 200  # characters; nobody types more
_GAP = 2  # positions between two words of one text (`catalog.search.fields`)
Body = Mapping[str, Any]


def complete_titles(
    searcher: Searcher,
    schema: tantivy.Schema,
    visible: Query,
    text: str,
    limit: int,
    read: Callable[[tantivy.DocAddress], Body],
    used: Callable[[Body], int] | None = None,
) -> list[Completion]:
    """The documents among `visible` in whose title or name each word of `text` begins a word.

    `used` says how much one is used, where that is known; then it decides among equals.
    """
    typed = words(text[:_LONGEST])
    query = _titles_query(schema, visible, typed)
    found = searcher.search(query, limit if used is None else max(limit, _CANDIDATES), count=False)
    bodies = [(score, read(place)) for score, place in found.hits]

    def order(one: tuple[float, Body]) -> tuple[float, int, list[int]]:
        score, body = one
        key = title_key(body["title"] or body["name"])
        return (-score, 0, key) if used is None else (-(score // _TOGETHER), -used(body), key)

    bodies.sort(key=order)
    return [_completion(body, typed) for _score, body in bodies[:limit]]


def complete_values(
    searcher: Searcher, visible: Query, field: str, text: str, limit: int
) -> list[str]:
    """The values of `field` among `visible` that begin, in some word, as `text` does."""
    if field not in VALUE_FIELDS:
        return []
    typed = words(text[:_LONGEST])
    prefix = " ".join(map(folded, typed))
    found = searcher.terms_with_prefix(f"v_{field}", prefix, visible, max(limit, _CANDIDATES))
    counts: dict[str, int] = {}
    for term, count in found:
        counts.setdefault(term.partition("\0")[2], count)

    def order(value: str) -> tuple[bool, int, bool, list[int]]:
        has = words(value)
        begins = " ".join(map(folded, has)).startswith(prefix)
        return not _agrees(has, typed), -counts[value], not begins, title_key(value)

    return sorted(counts, key=order)[:limit]


def _titles_query(schema: tantivy.Schema, visible: Query, typed: Sequence[str]) -> Query:
    clauses = [(Occur.Must, visible)]
    plain = [clipped(folded(word)) for word in typed]
    for word, asked in zip(plain, typed, strict=True):
        clauses.append((Occur.Must, Query.term_query(schema, "c_folded", word)))
        if folded(asked) != asked:
            same = Query.term_query(schema, "c_exact", clipped(asked))
            clauses.append((Occur.Should, Query.const_score_query(same, _MARKS / len(typed))))
    if plain:
        first = Query.term_query(schema, "c_first", plain[0])
        clauses.append((Occur.Should, Query.const_score_query(first, _FIRST)))
    if len(plain) > 1:
        placed: list[str | tuple[int, str]] = [(at * _GAP, word) for at, word in enumerate(plain)]
        together = Query.phrase_query(schema, "c_folded", placed)
        clauses.append((Occur.Should, Query.const_score_query(together, _TOGETHER)))
    return Query.boolean_query(clauses)


def _completion(body: Body, typed: Sequence[str]) -> Completion:
    """A proposal; it matched in the title if the title has all the words, else in the name."""
    title = body["title"] or body["name"]
    plain = [folded(word) for word in typed]
    english = next((e["value"] for e in body.get("extras") or () if e["key"] == "title_en"), "")
    for field, text in (("title", title), ("name", body["name"]), ("title", english)):
        has = [folded(word) for word in words(text)]
        if all(any(word.startswith(one) for word in has) for one in plain):
            return Completion(body["id"], body["name"], title, field, text)
    return Completion(body["id"], body["name"], title, "title", title)


def _agrees(has: Sequence[str], typed: Sequence[str]) -> bool:
    """Whether each word begins one with these very marks."""
    return all(any(word.startswith(one) for word in has) for one in typed)
