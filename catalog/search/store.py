"""The index on disk: one folder, one writer, committed together with the place it reached.

What a document holds is `catalog.search.making`; who feeds it is `catalog.views`.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from threading import Event

import tantivy
from tantivy import Query

from catalog.documents import Document
from catalog.search.checksums import intact
from catalog.search.fields import POSITION_KEY, register_analyzers, schema
from catalog.search.making import key_of, made
from catalog.search.state import State

_LOG = logging.getLogger(__name__)
_HEAP = 64_000_000  # bytes, of one writing thread
_LOCK_WITHIN = 15.0  # seconds for a predecessor that is just ending
_PAUSE = 0.1


class BrokenIndexError(Exception):
    """The folder holds no index that can be read; make it anew."""


class IndexStore:
    """The index in `folder`, opened or made. One process writes it; `State` reads.

    Raises `BrokenIndexError` when opened.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if (folder / "meta.json").exists() and not intact(folder):
            raise BrokenIndexError(str(folder))
        self._meta = folder / "meta.json"
        self._schema = schema()
        try:
            self._index = tantivy.Index(self._schema, path=str(folder))
            register_analyzers(self._index)
            self._position, _records = _position_of(self._index)
            self._writer: tantivy.IndexWriter | None = _writer(self._index)
            self._read = self._written()
        except (OSError, ValueError) as error:
            raise BrokenIndexError(str(folder)) from error

    @property
    def position(self) -> int:
        """The change up to which everything is in the index, 0 at first."""
        return self._position

    def apply(self, documents: Sequence[Document]) -> None:
        """Replace what each of them replaces; seen after `commit`."""
        writer = self._open_writer()
        for document in documents:
            writer.delete_documents_by_term("key", key_of(document))
            try:
                entry = made(document)
            except (KeyError, TypeError, ValueError) as error:
                # One record of another shape must not keep all others from being found.
                reason = type(error).__name__
                _LOG.error("%s cannot be searched for: %s", key_of(document), reason)
                continue
            if entry is not None:
                writer.add_document(entry)

    def commit(self, position: int) -> None:
        """Make what was applied the state, together with its `position`."""
        writer = self._open_writer()
        writer.delete_documents_by_term("key", POSITION_KEY)
        entry = tantivy.Document()
        entry.add_text("key", POSITION_KEY)
        entry.add_integer("position", position)
        writer.add_document(entry)
        writer.commit()
        self._position = position

    def state(self) -> State:
        """What was last committed."""
        self._read = self._written()
        self._index.reload()
        return State(self._index.searcher(), self._schema, self._position)

    def merged(self) -> bool:
        """Whether files were put together since the last `state`, which still reads the many
        old ones: another one answers the same, sooner. Raises `BrokenIndexError`."""
        return self._written() != self._read

    def close(self) -> None:
        """Give the folder free; states read before stay readable."""
        if self._writer is not None:
            self._writer.wait_merging_threads()
            self._writer = None

    def _written(self) -> int:
        """When the list of the index's files was written."""
        try:
            return self._meta.stat().st_mtime_ns
        except OSError as error:
            raise BrokenIndexError(str(self._meta)) from error

    def _open_writer(self) -> tantivy.IndexWriter:
        if self._writer is None:
            raise BrokenIndexError("closed")
        return self._writer


def read_position(folder: Path) -> tuple[int, int]:
    """The position of the index in `folder`, and how many documents it holds.

    Raises `BrokenIndexError`. Whoever writes the index is not disturbed.
    """
    try:
        index = tantivy.Index.open(str(folder))
        return _position_of(index)
    except (OSError, ValueError) as error:
        raise BrokenIndexError(str(folder)) from error


def _position_of(index: tantivy.Index) -> tuple[int, int]:
    searcher = index.searcher()
    named = Query.term_query(index.schema, "key", POSITION_KEY, "basic")
    hits = searcher.search(named, 1, count=False).hits
    if not hits:
        if searcher.num_docs:
            raise BrokenIndexError("no position")
        return 0, 0
    position = searcher.doc(hits[0][1]).get_first("position")
    return int(position or 0), searcher.num_docs - 1


def _writer(index: tantivy.Index) -> tantivy.IndexWriter:
    """The one writer; waits for a predecessor that still holds the folder's lock."""
    pausing = Event()
    left = _LOCK_WITHIN
    while True:
        try:
            return index.writer(_HEAP, 1)
        except ValueError:
            if left <= 0:
                raise
            left -= _PAUSE
            pausing.wait(_PAUSE)
