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
from catalog.registry.snapshot import newest_copy
from catalog.search.index import SearchIndex
from catalog.search.request import SearchAnswer, SearchRequest
from contracts.errors import Fault
from contracts.i18n import _

_LOG = logging.getLogger(__name__)
_INTERVAL = 0.2  # seconds between two looks at the public copy
_FIRST_WITHIN = 300  # looks for the first copy, which the agency worker makes as it starts


@dataclass(frozen=True)
class IndexedView:
    """One consistent state: `catalog.context.View`."""

    records: RegistryRecords
    index: SearchIndex

    def search(self, request: SearchRequest) -> SearchAnswer:
        """Search this state. Raises `SearchQueryError`."""
        return self.index.search(request)


class PublicViews:
    """The newest of the public copies in `folder`, followed by a thread of its own.

    Requests never wait for a new index: until it is ready they get the state before.
    """

    def __init__(self, folder: Path, public_url: str) -> None:
        self._folder = folder
        self._public_url = public_url
        self._stopping = Event()
        self._seen = self._first()
        self._current = self._load(self._seen)
        self._thread = Thread(target=self._follow, name="public-views", daemon=True)
        self._thread.start()

    def __call__(self) -> IndexedView:
        """The newest state."""
        return self._current

    def close(self) -> None:
        """Stop following."""
        self._stopping.set()
        self._thread.join()

    def _first(self) -> Path:
        for _look in range(_FIRST_WITHIN):
            if (found := newest_copy(self._folder)) is not None:
                return found
            self._stopping.wait(_INTERVAL)
        raise Fault(
            "catalog.no_copy",
            _("There is no public copy of the catalogue yet."),
            remedy=_("See why the agency process does not start; it makes the copy."),
        )

    def _load(self, path: Path) -> IndexedView:
        records = RegistryRecords(open_snapshot(path), self._public_url)
        return IndexedView(records, SearchIndex(records.all_packages()))

    def _follow(self) -> None:
        while not self._stopping.wait(_INTERVAL):
            try:
                newest = newest_copy(self._folder)
                if newest is not None and newest != self._seen:
                    self._current, self._seen = self._load(newest), newest
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
