"""Readers of rows, kept open between requests: the most used releases only.

Which release is read is `catalog.finding`, who may read it `catalog.access`.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from contracts.releases import Release
from lakehouse.rows import RowReader
from lakehouse.stores import Stores, Zone

_KEPT = 24
_Key = tuple[str, int, tuple[str, ...] | None]


class RowReaders:
    """Readers of one zone, at most `kept` of them, the least used given up first."""

    def __init__(self, stores: Stores, zone: Zone, kept: int = _KEPT) -> None:
        self._stores = stores
        self._zone = zone
        self._kept = kept
        self._lock = Lock()
        self._readers: OrderedDict[_Key, RowReader] = OrderedDict()

    def __call__(self, release: Release, columns: tuple[str, ...] | None = None) -> RowReader:
        """The reader of a release, showing only `columns` (None: all there are)."""
        key = release.dataset, release.release, columns
        with self._lock:
            if key in self._readers:
                self._readers.move_to_end(key)
                return self._readers[key]
        # Opened outside the lock: one release that downloads must not hold up the others.
        reader = RowReader(release, self._stores, zone=self._zone, columns=columns)
        with self._lock:
            self._readers[key] = reader
            while len(self._readers) > self._kept:
                self._readers.popitem(last=False)
        return reader
