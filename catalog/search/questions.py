"""What a person typed into a search box: words and "quoted phrases", never refused."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tantivy import Occur, Query

from catalog.search.matching import Matching
from catalog.search.text import folded, words

_MOST_WORDS = 32
_LONGEST = 1000  # characters; nobody types more
_ASKING = """
a an and any are at by can data dataset datasets do does file files find for from give has have
how i in is it list me of on or show table tables that the their there to we what where which
who with column columns field fields
và với của có không những các nào gì đâu ở tại trong cho về theo là thì mà được bị hãy tìm xem cần
muốn tôi bộ dữ liệu tập bảng cột danh sách bao nhiêu hay hoặc từ đến
"""
_COMMON = frozenset(map(folded, _ASKING.split()))
"""Words of asking itself, in both languages: a question may not hang on them."""

_QUOTED = re.compile(r"[\"“”„]([^\"“”„]*)[\"“”„]")


def without_operators(text: str) -> list[str]:
    """The words of a question, at most so many as are looked for."""
    return words(text[:_LONGEST])[:_MOST_WORDS]


def without_common(typed: Sequence[str]) -> list[str]:
    """`typed` without the words of asking itself, or all of them if there are no others."""
    return [word for word in typed if folded(word) not in _COMMON] or list(typed)


def plain_query(text: str, matching: Matching) -> Query:
    """All its words and phrases must be found; a question without words asks for everything."""
    text = text[:_LONGEST]
    phrases = [found for quoted in _QUOTED.findall(text) if (found := words(quoted))]
    loose = words(_QUOTED.sub(" ", text))[:_MOST_WORDS]
    clauses = [(Occur.Must, matching.phrase(phrase[:_MOST_WORDS])) for phrase in phrases[:8]]
    if loose:
        clauses.append((Occur.Must, matching.question(loose)))
    return Query.boolean_query(clauses) if clauses else Query.all_query()
