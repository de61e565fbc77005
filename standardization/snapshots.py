"""Landings in object storage: the last two snapshots of each mapping.

Here belong the types of a landing and how snapshots are kept, compared and dropped. Making
one is `standardization.landing`.

A snapshot is ``<source>/<dataset>/<mapping>/<time>/<table>.parquet`` and a ``manifest.json``,
which is written last: without it the snapshot is not there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from contracts.errors import Fault, Place
from contracts.failpoints import failpoint
from contracts.i18n import _
from contracts.mappings import SourceMapping
from lakehouse.store import ObjectStore

KEPT_SNAPSHOTS = 2
# A table that had fewer rows than this may well be empty the next day.
_MANY_ROWS = 20
_MANIFEST = "manifest.json"


@dataclass(frozen=True)
class LandedTable:
    """One table of a landing: its local file, rows, and columns as the mapping spells them."""

    path: Path
    rows: int
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Landing:
    """What was read for one mapping. `hash` is over its content, whatever the row order;
    `taken_at` an ISO time in UTC; `watermark` the highest one seen so far; `full` whether all
    rows were read. `rows` counts the key table, or all tables of a shape."""

    source: str
    mapping: str
    tables: Mapping[str, LandedTable]
    hash: str
    taken_at: str
    watermark: str | None
    full: bool
    rows: int


def keep(store: ObjectStore, mapping: SourceMapping, landing: Landing) -> None:
    """Store `landing` as the newest snapshot, unless the newest already holds the same.

    Raises:
        Fault: ``source.empty`` where a table has no rows but had many before.
    """
    prefix = f"{mapping.source}/{mapping.dataset}/{mapping.name}/"
    stored = sorted(info.key for info in store.list(prefix))
    whole = sorted(key.split("/")[-2] for key in stored if key.endswith("/" + _MANIFEST))
    if whole:
        newest = json.loads(store.get(f"{prefix}{whole[-1]}/{_MANIFEST}"))
        if landing.full:
            _refuse_emptied(mapping, landing, newest["rows"])
        if newest["hash"] == landing.hash:
            return
    moment = datetime.fromisoformat(landing.taken_at)
    snapshot = moment.strftime("%Y%m%dT%H%M%S%fZ")
    for table in landing.tables.values():
        store.put(f"{prefix}{snapshot}/{table.path.name}", table.path)
        failpoint("mid_landing")
    manifest = json.dumps(_manifest(landing), ensure_ascii=False, indent=1).encode()
    store.put(f"{prefix}{snapshot}/{_MANIFEST}", manifest, "application/json")
    kept = {*whole[1 - KEPT_SNAPSHOTS :], snapshot}
    for key in stored:
        if key.split("/")[-2] not in kept:
            store.delete(key)


def _manifest(landing: Landing) -> dict[str, object]:
    return {
        "hash": landing.hash,
        "taken_at": landing.taken_at,
        "watermark": landing.watermark,
        "full": landing.full,
        "rows": {name: table.rows for name, table in landing.tables.items()},
        "columns": {name: list(table.columns) for name, table in landing.tables.items()},
        "files": {name: table.path.name for name, table in landing.tables.items()},
    }


def _refuse_emptied(mapping: SourceMapping, landing: Landing, before: Mapping[str, int]) -> None:
    for name, table in landing.tables.items():
        rows = before.get(name, 0)
        if table.rows == 0 and rows >= _MANY_ROWS:
            raise Fault(
                "source.empty",
                _("The table {table} has no rows; last time it had {rows}."),
                remedy=_(
                    "Ask its owner. If it really is empty now, remove the last snapshot of this "
                    "source from the landing zone and run again."
                ),
                place=Place(dataset=mapping.dataset, source=mapping.source, table=name),
                table=name,
                rows=rows,
            )
