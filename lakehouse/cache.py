"""A folder of downloaded objects that never change, bounded in size.

Keyed by content (SHA-256) or by a name that is never written twice, so an entry is never
stale. It holds what its process may read, so two processes with different rights never share
one. What is downloaded belongs to `lakehouse.s3_store`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

DEFAULT_LIMIT = 20 << 30
_NEW = ".new-"
_DAY = 86_400


class LocalCache:
    """Files under `directory` (mode 0700); the least recently used go when it outgrows
    `limit` bytes."""

    def __init__(self, directory: Path, limit: int = DEFAULT_LIMIT) -> None:
        self._directory = directory
        self._limit = limit

    def fetch(self, name: str, fill: Callable[[Path], None]) -> Path:
        """The file called `name`, made by `fill` (which gets a path to write) if absent.

        Two processes that fill at once both succeed; a kill leaves no half file under
        `name`.
        """
        path = self._directory / name
        try:
            os.utime(path)
        except FileNotFoundError:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self._directory, prefix=_NEW) as scratch:
                fresh = Path(scratch) / "file"
                fill(fresh)
                fresh.replace(path)
            self._evict(path)
        return path

    def _evict(self, newest: Path) -> None:
        entries = []
        # os.walk passes over folders that another process removes meanwhile.
        for folder, names, files in os.walk(self._directory):
            self._sweep([Path(folder) / name for name in names if name.startswith(_NEW)])
            names[:] = [name for name in names if not name.startswith(_NEW)]
            for path in (Path(folder) / name for name in files):
                try:
                    status = path.stat()
                except FileNotFoundError:
                    continue
                entries.append((status.st_mtime, status.st_size, path))
        total = sum(size for _, size, _ in entries)
        for _, size, path in sorted(entries):
            if total <= self._limit:
                return
            if path != newest:
                path.unlink(missing_ok=True)
                total -= size

    def _sweep(self, unfinished: list[Path]) -> None:
        """Remove what killed processes left: no download takes a day."""
        for folder in unfinished:
            try:
                old = time.time() - folder.stat().st_mtime > _DAY
            except FileNotFoundError:
                continue
            if old:
                shutil.rmtree(folder, ignore_errors=True)
