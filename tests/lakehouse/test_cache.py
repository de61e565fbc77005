"""Downloads kept: filled once, bounded, never half there."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lakehouse.cache import LocalCache


def _filler(size: int) -> Callable[[Path], None]:
    def fill(path: Path) -> None:
        path.write_bytes(b"x" * size)

    return fill


def test_a_file_is_made_once(tmp_path: Path) -> None:
    made: list[Path] = []

    def fill(path: Path) -> None:
        made.append(path)
        path.write_bytes(b"x")

    cache = LocalCache(tmp_path)
    assert cache.fetch("a/b", fill) == cache.fetch("a/b", fill)
    assert len(made) == 1


def test_a_failed_download_leaves_nothing(tmp_path: Path) -> None:
    def fill(path: Path) -> None:
        path.write_bytes(b"half")
        raise ConnectionError

    with pytest.raises(ConnectionError):
        LocalCache(tmp_path).fetch("a", fill)
    assert list(tmp_path.iterdir()) == []


def test_the_least_recently_used_goes(tmp_path: Path) -> None:
    cache = LocalCache(tmp_path, limit=250)
    paths = [cache.fetch(name, _filler(100)) for name in "ab"]
    for age, path in zip((10, 20), paths, strict=True):
        os.utime(path, (1_000_000 - age, 1_000_000 - age))
    cache.fetch("a", _filler(0))  # used: now the newer one
    cache.fetch("c", _filler(100))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "c"]


def test_only_the_own_user_may_look_in(tmp_path: Path) -> None:
    LocalCache(tmp_path / "cache").fetch("a", _filler(1))
    assert (tmp_path / "cache").stat().st_mode & 0o077 == 0


def test_what_a_killed_download_left_goes_after_a_day(tmp_path: Path) -> None:
    for name, age in ((".new-old", 100_000), (".new-now", 0)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_bytes(b"half")
        when = time.time() - age
        os.utime(tmp_path / name, (when, when))
    LocalCache(tmp_path).fetch("a", _filler(1))
    assert sorted(path.name for path in tmp_path.iterdir()) == [".new-now", "a"]


def test_many_fill_at_once(tmp_path: Path) -> None:
    cache = LocalCache(tmp_path, limit=500)
    with ThreadPoolExecutor(8) as pool:
        paths = list(pool.map(lambda n: cache.fetch(f"d{n % 3}/{n % 5}", _filler(100)), range(80)))
    assert len(paths) == 80
