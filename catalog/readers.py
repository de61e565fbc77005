"""Readers of rows, kept open between requests: the most used releases only.

Which release is read is `catalog.finding`, who may read it `catalog.access`.
"""

from __future__ import annotations

import shutil
from collections import OrderedDict
from pathlib import Path
from threading import Lock

from contracts.releases import Release
from lakehouse.conditions import check_condition
from lakehouse.rows import RowReader
from lakehouse.stores import Stores, Zone

_KEPT = 24
_Key = tuple[str, int, tuple[str, ...] | None, str | None]


class RowReaders:
    """Readers of one zone, at most `kept` of them, the least used given up first.

    `scratch`: a folder of its own, emptied first, where the rows that a condition covers are
    kept while their reader is.
    """

    def __init__(
        self, stores: Stores, zone: Zone, kept: int = _KEPT, scratch: Path | None = None
    ) -> None:
        self._stores = stores
        self._zone = zone
        self._kept = kept
        self._scratch = scratch
        if scratch is not None:
            # A process that was killed leaves there what must not outlive its grant.
            shutil.rmtree(scratch, ignore_errors=True)
            scratch.mkdir(mode=0o700, parents=True)
        self._lock = Lock()
        self._readers: OrderedDict[_Key, RowReader] = OrderedDict()

    def __call__(
        self,
        release: Release,
        columns: tuple[str, ...] | None = None,
        condition: str | None = None,
    ) -> RowReader:
        """The reader of a release, showing only `columns` (None: all there are) of the rows
        that meet `condition` (None: every one).

        Raises:
            Fault: those of `RowReader`; of `check_condition`, where the release lacks what
                the condition asks about.
        """
        key = release.dataset, release.release, columns, condition
        with self._lock:
            if key in self._readers:
                self._readers.move_to_end(key)
                return self._readers[key]
        # Opened outside the lock: one release that downloads must not hold up the others.
        reader = RowReader(
            release,
            self._stores,
            zone=self._zone,
            columns=columns,
            condition=check_condition(release.schema, condition) if condition else None,
            scratch=self._scratch,
        )
        with self._lock:
            self._readers[key] = reader
            while len(self._readers) > self._kept:
                self._readers.popitem(last=False)
        return reader
