"""How far the indexes on disk are, for whoever runs the catalogue; reads, never writes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from catalog.search.store import BrokenIndexError, read_position


@dataclass(frozen=True)
class IndexStatus:
    """One index. `state`: ``current``, ``behind`` or ``broken`` (then `position`, the change
    it has reached, and `records`, its packages and collections, are None)."""

    folder: str
    position: int | None
    records: int | None
    bytes: int
    state: str


def index_statuses(folder: Path, newest: int) -> list[IndexStatus]:
    """The indexes of one worker's `folder`; `newest`: the registry's newest change."""
    return [_status(path, newest) for path in sorted(folder.glob("index-*"))]


def _status(path: Path, newest: int) -> IndexStatus:
    size = sum(file.stat().st_size for file in path.iterdir() if file.is_file())
    try:
        position, records = read_position(path)
    except BrokenIndexError:
        return IndexStatus(path.name, None, None, size, "broken")
    state = "current" if position >= newest else "behind"
    return IndexStatus(path.name, position, records, size, state)
