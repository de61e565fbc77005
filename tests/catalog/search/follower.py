"""A process that indexes a feed until it is killed: ``follower.py FOLDER COUNT``.

The feed is the same for every process: package n has the title of change n.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from catalog.documents import PUBLIC, Document, Kind
from catalog.search.store import IndexStore
from tests.catalog.search.feeds import package

RECORDS = 50
BATCH = 7


def change(sequence: int) -> Document:
    """The change of this number: it gives one of `RECORDS` records a new title, or takes it."""
    body = package(f"set_{sequence % RECORDS}", f"Bảng {sequence}")
    gone = sequence % 11 == 0
    return Document(Kind.PACKAGE, body["id"], sequence, None if gone else body, frozenset({PUBLIC}))


def titles_at(sequence: int) -> set[str]:
    """The titles that exist after change `sequence`."""
    last = {number % RECORDS: number for number in range(1, sequence + 1)}
    return {f"Bảng {number}" for number in last.values() if number % 11}


def batch(after: int, count: int) -> Sequence[Document]:
    """The next changes."""
    return [change(number) for number in range(after + 1, min(after + BATCH, count) + 1)]


def _tell(position: int) -> None:
    sys.stdout.write(f"{position}\n")
    sys.stdout.flush()


def main() -> None:
    """Index and commit batch after batch, telling each position committed."""
    store = IndexStore(Path(sys.argv[1]))
    _tell(store.position)
    count = int(sys.argv[2])
    while documents := batch(store.position, count):
        store.apply(documents)
        store.commit(documents[-1].sequence)
        _tell(store.position)
    store.close()


if __name__ == "__main__":
    main()
