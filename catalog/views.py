"""States of the catalogue: records and the index over them, replaced whole when they change.

`PublicViews` follows the public copy, `RegistryViews` the registry itself with its drafts.
Which of the two an asker gets is decided by `catalog.access`.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock, Thread

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from catalog.registry.database import open_snapshot, reading
from catalog.registry.reading import RegistryRecords
from catalog.search.index import SearchIndex
from catalog.search.request import SearchAnswer, SearchRequest

_LOG = logging.getLogger(__name__)
_INTERVAL = 0.2  # seconds between two looks at the public copy


@dataclass(frozen=True)
class IndexedView:
    """One consistent state: `catalog.context.View`."""

    records: RegistryRecords
    index: SearchIndex

    def search(self, request: SearchRequest) -> SearchAnswer:
        """Search this state. Raises `SearchQueryError`."""
        return self.index.search(request)


class PublicViews:
    """The newest state of the public copy at `path`, followed by a thread of its own.

    Requests never wait for a new index: until it is ready they get the state before.
    """

    def __init__(self, path: Path, public_url: str) -> None:
        self._path = path
        self._public_url = public_url
        self._seen = self._mark()
        self._current = self._load()
        self._stopping = Event()
        self._thread = Thread(target=self._follow, name="public-views", daemon=True)
        self._thread.start()

    def __call__(self) -> IndexedView:
        """The newest state."""
        return self._current

    def close(self) -> None:
        """Stop following."""
        self._stopping.set()
        self._thread.join()

    def _mark(self) -> tuple[int, int]:
        status = self._path.stat()
        return status.st_ino, status.st_mtime_ns

    def _load(self) -> IndexedView:
        records = RegistryRecords(open_snapshot(self._path), self._public_url)
        return IndexedView(records, SearchIndex(records.all_packages()))

    def _follow(self) -> None:
        while not self._stopping.wait(_INTERVAL):
            try:
                mark = self._mark()
                if mark != self._seen:
                    self._current, self._seen = self._load(), mark
            except (OSError, SQLAlchemyError) as error:
                # The state before stays up; the next look tries again.
                _LOG.warning("the public copy cannot be read: %s", type(error).__name__)


class RegistryViews:
    """The registry with its drafts, for those who keep it; indexed when first asked for."""

    def __init__(self, engine: Engine, public_url: str) -> None:
        self._records = RegistryRecords(reading(engine), public_url)
        self._lock = Lock()
        self._current: tuple[str, IndexedView] | None = None

    def __call__(self) -> IndexedView:
        """The state as of this call."""
        stamp = self._records.stamp()
        with self._lock:
            if self._current is None or self._current[0] != stamp:
                index = SearchIndex(self._records.all_packages())
                self._current = stamp, IndexedView(self._records, index)
            return self._current[1]
