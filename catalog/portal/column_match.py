"""Which columns of a dataset a question speaks of: "which datasets have a commune code".

Finding the datasets is `catalog.search`; this says why one was found.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from catalog.context import Record
from catalog.portal.wording import Words
from contracts.text import fold

_SHOWN = 4
_LONGEST_SCHEMA = 1_000_000  # characters; a longer one is not a table's
_SAME = {"ma": "code"}
"""Words that columns use for one another: what has a name in one language is asked for in
the other ("mã xã" for a ``unit_code`` called "Xã, phường")."""
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class MatchedColumn:
    """A column that the question speaks of; `name` is what programs call it."""

    name: str
    title: str


def words_of(text: str) -> frozenset[str]:
    """The folded words of a text, English plurals as singulars; ``commune_code`` has two."""
    found = (_SAME.get(word, word) for word in _WORD.findall(fold(text)))
    return frozenset(word[:-1] if len(word) > 3 and word[-1] == "s" else word for word in found)


def matching_columns(record: Record, query: str, words: Words) -> tuple[MatchedColumn, ...]:
    """The columns of `record` that the question shares most words with, by their names and
    titles in both languages; none where nothing was asked."""
    asked = words_of(query)
    shared: dict[MatchedColumn, int] = {}
    for column in _columns(record) if asked else ():
        if name := str(column.get("name") or ""):
            title = _title(column, words) or name
            shared[MatchedColumn(name, title)] = _shared(asked, column)
    most = max(shared.values(), default=0)
    best = [column for column, count in shared.items() if count == most > 0]
    return tuple(best[:_SHOWN])


def _shared(asked: frozenset[str], column: Mapping[str, object]) -> int:
    """How many words of the question speak of the column. One alone is in nearly every
    question: it counts only as the whole question."""
    texts = (str(column.get(key) or "") for key in ("name", "title", "title_en"))
    common = asked & words_of(" ".join(texts))
    return len(common) if len(common) > 1 or common == asked else 0


def _title(column: Mapping[str, object], words: Words) -> str:
    translated = column.get("title_en") if words.language == "en" else None
    return str(translated or column.get("title") or "")


def _columns(record: Record) -> Iterator[Mapping[str, object]]:
    """The columns of the first resource that describes any; resources of a dataset share
    them."""
    for resource in record.get("resources") or ():
        fields = _schema(resource.get("schema")).get("fields")
        if isinstance(fields, list) and fields:
            yield from (field for field in fields if isinstance(field, Mapping))
            return


def _schema(value: object) -> Mapping[str, object]:
    """A Table Schema, which records hold as JSON text or as an object."""
    if isinstance(value, str) and len(value) <= _LONGEST_SCHEMA:
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return {}
    return value if isinstance(value, Mapping) else {}
