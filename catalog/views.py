"""The catalogue as each asker sees it, following a feed of changes.

`IndexedViews` keeps one index on disk and hands out its newest state. Reading never waits
for writing, and no request reads a database. What may be seen is the actor's labels.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
import sqlite3
from contextlib import suppress
from pathlib import Path
from threading import Condition, Event, Thread
from time import monotonic

from sqlalchemy.exc import SQLAlchemyError

from catalog.access import Actor
from catalog.documents import Feed
from catalog.search.fields import INDEX_VERSION
from catalog.search.store import BrokenIndexError, IndexStore
from catalog.search.view import IndexView

_LOG = logging.getLogger(__name__)
_INTERVAL = 0.2  # seconds between two looks at the feed
_FIRST_WITHIN = 60.0  # seconds until the feed must be readable
_OWN_WRITE_WITHIN = 10.0  # seconds that a request waits for what was written before it
_AFTER_FAILURE = 5.0  # seconds before a new index is tried where one could not be written
_BATCH = 500  # documents read at once
_UNCOMMITTED = 10_000  # documents after which a long way is committed in between
_UNREADABLE = (OSError, SQLAlchemyError, sqlite3.Error)


class IndexedViews:
    """The states of an index in `folder` that follows `feed`, as `CatalogContext.view`.

    `wait`: whoever asks sees every change made before (the agency worker: whoever wrote
    reads what they wrote); else they see what the follower has reached, at most moments old.
    Returns from its making when the index holds what the feed held then.
    """

    def __init__(self, feed: Feed, folder: Path, *, wait: bool) -> None:
        self._feed = feed
        self._folder = folder
        self._wait = wait
        self._stopping = Event()
        self._waking = Event()
        self._moved = Condition()
        self._generation = self._first_generation()
        self._store = self._open(self._generation)
        self._sweep()
        self._reached = 0
        self._broken = False
        self._state = self._store.state()
        self._served = self._store
        self._look()
        self._thread = Thread(target=self._follow, name="index", daemon=True)
        self._thread.start()

    def __call__(self, actor: Actor) -> IndexView:
        """The newest state as `actor` may see it."""
        if self._wait:
            with suppress(*_UNREADABLE):  # what the index holds can be read all the same
                self._await(self._feed.position())
        return IndexView(self._state, actor.labels)

    def wake(self) -> None:
        """Look at the feed now."""
        self._waking.set()

    def close(self) -> None:
        """Stop following; states handed out stay readable."""
        self._stopping.set()
        self._waking.set()
        self._thread.join()
        self._store.close()

    def _first_generation(self) -> str:
        """Waits for a feed that another process is just making, or repairing."""
        until = monotonic() + _FIRST_WITHIN
        while True:
            try:
                return self._feed.generation()
            except _UNREADABLE:
                if monotonic() > until:
                    raise
                self._stopping.wait(_INTERVAL)

    def _open(self, generation: str) -> IndexStore:
        folder = self._folder / _folder_name(generation)
        try:
            return IndexStore(folder)
        except BrokenIndexError:
            _LOG.warning("the search index cannot be read and is made anew")
            shutil.rmtree(folder)
            return IndexStore(folder)

    def _sweep(self) -> None:
        """Remove indexes of other generations and versions."""
        for other in self._folder.glob("index-*"):
            if other.name != _folder_name(self._generation):
                shutil.rmtree(other, ignore_errors=True)
        self._swept = self._generation

    def _await(self, position: int) -> None:
        if self._reached >= position:
            return
        self.wake()
        with self._moved:
            if not self._moved.wait_for(lambda: self._reached >= position, _OWN_WRITE_WITHIN):
                _LOG.warning("the search index is behind the registry")

    def _follow(self) -> None:
        while not self._stopping.is_set():
            self._waking.wait(_INTERVAL)
            self._waking.clear()
            try:
                self._look()
            except _UNREADABLE as error:
                # The state before stays up; the next look tries again.
                _LOG.warning("the catalogue's changes cannot be read: %s", type(error).__name__)
            except (BrokenIndexError, ValueError) as error:
                _LOG.error("the search index cannot be written: %s", type(error).__name__)
                self._broken = True
                self._stopping.wait(_AFTER_FAILURE)

    def _look(self) -> None:
        """Follow; or make the index anew while the state before is still served."""
        generation = self._feed.generation()
        self._broken = self._broken or self._ahead()
        if self._broken or generation != self._generation:
            self._store.close()
            if self._broken:
                shutil.rmtree(self._folder / _folder_name(generation), ignore_errors=True)
            self._store = self._open(generation)
            self._generation, self._broken = generation, False
        self._catch_up()
        if self._swept != generation:
            self._sweep()

    def _ahead(self) -> bool:
        """Whether the index holds changes that the feed does not know (any more): its registry
        was restored from a backup."""
        return self._feed.position() < self._store.position

    def _catch_up(self) -> None:
        """Bring the index, and then the state, to where the feed is."""
        store = self._store
        reached, applied, pending = store.position, 0, False
        while not self._stopping.is_set():
            newest = self._feed.position()
            documents = self._feed.since(reached, _BATCH)
            if documents:
                store.apply(documents)
                reached, pending = documents[-1].sequence, True
                applied += len(documents)
            done = len(documents) < _BATCH
            if pending and (done or applied >= _UNCOMMITTED):
                store.commit(reached)
                applied, pending = 0, False
            if done:
                self._publish(store, max(reached, newest))
                return

    def _publish(self, store: IndexStore, reached: int) -> None:
        moved = store.position != self._state.position or self._served is not store
        if moved or store.merged():
            self._state = store.state()
            self._served = store
        with self._moved:
            self._reached = reached
            self._moved.notify_all()


def _folder_name(generation: str) -> str:
    digest = hashlib.sha256(f"{INDEX_VERSION}/{generation}".encode()).hexdigest()
    return f"index-{digest[:16]}"
