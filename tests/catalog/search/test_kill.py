"""An index whose writer is killed at any moment is the index of some change, whole."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

from catalog.documents import PUBLIC
from catalog.search.request import SearchRequest
from catalog.search.store import IndexStore
from catalog.search.view import IndexView
from tests.catalog.search.follower import titles_at

_ROOT = Path(__file__).resolve().parents[3]
_COUNT = 100_000  # more than is ever reached


def test_killed_at_any_moment(tmp_path: Path) -> None:
    chance = random.Random(20261122)
    reached = 0
    for _round in range(8):
        told = killed_after(tmp_path, commits=chance.randint(1, 25))
        store = IndexStore(tmp_path)  # at once: the lock of the killed process is free
        # What it told was committed; it may have committed more before it died.
        assert store.position >= told > reached
        view = IndexView(store.state(), frozenset({PUBLIC}))
        found = view.search(SearchRequest(rows=1000)).packages
        assert {str(one["title"]) for one in found} == titles_at(store.position)
        reached = store.position
        store.close()


def killed_after(folder: Path, commits: int) -> int:
    """The last position that a process told before it was killed after so many commits."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.catalog.search.follower", str(folder), str(_COUNT)],
        cwd=_ROOT,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
        text=True,
    )
    assert process.stdout is not None
    with process.stdout:
        process.stdout.readline()  # where it begins
        told = [int(process.stdout.readline()) for _commit in range(commits)]
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    return told[-1]
