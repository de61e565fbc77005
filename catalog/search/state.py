"""One state of the index: documents by their keys, and values counted once.

A state never changes; a commit makes another. What an asker may see of it is `view.py`'s.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Mapping
from threading import Lock
from typing import Any, TypeVar, cast

import tantivy
from tantivy import DocAddress, Query, Searcher

from catalog.search.sorting import Sorter

_MOST_KEPT = 64
Body = Mapping[str, Any]
_Kept = TypeVar("_Kept")


class State:
    """A searcher with the `position` in the feed that it holds. Safe to share."""

    def __init__(self, searcher: Searcher, schema: tantivy.Schema, position: int) -> None:
        self.searcher = searcher
        self.schema = schema
        self.position = position
        self.sorter = Sorter(searcher, schema)
        self._kept: dict[Hashable, Any] = {}
        self._lock = Lock()

    def body(self, place: DocAddress) -> Body:
        """The record at one place."""
        return cast("Body", json.loads(self.searcher.doc(place).get_first("body") or b"{}"))

    def activity(self, place: DocAddress) -> tuple[Body, ...]:
        """The activity of the record at one place, newest first."""
        return tuple(json.loads(self.searcher.doc(place).get_first("activity") or b"[]"))

    def records_with(self, word: str) -> int:
        """In how many records, whoever may see them, a folded word stands."""
        return self.searcher.doc_freq("w_text", word)

    def first(self, query: Query) -> DocAddress | None:
        """The place of the one document that matches."""
        hits = self.searcher.search(query, 1, count=False).hits
        return hits[0][1] if hits else None

    def bodies(self, query: Query, limit: int) -> list[Body]:
        """The records that match, in no order."""
        hits = self.searcher.search(query, limit, count=False).hits
        return [self.body(place) for _score, place in hits]

    def keep(self, key: Hashable, make: Callable[[], _Kept]) -> _Kept:
        """What `make` gives, made once for this state. Keys of different askers differ."""
        with self._lock:
            if key in self._kept:
                return cast("_Kept", self._kept[key])
        made = make()
        with self._lock:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[key] = made
        return made
