"""The Parquet files that hold the rows of a release, and one SELECT over them.

For readers in this room; which reader may have which zone is decided by the credentials of
its process.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from contracts.errors import Fault, Place
from contracts.i18n import _
from contracts.quoting import literal, quoted
from contracts.releases import Release
from lakehouse.conditions import restricted
from lakehouse.stores import Stores, Zone
from lakehouse.versions import data_files, describe, empty, open_table

ROW = "_id"
"""Number of a row in a release, from 1, in file order: the same for as long as it exists."""


@dataclass(frozen=True)
class Part:
    """One local Parquet file and the number of its rows."""

    path: Path
    rows: int


@dataclass(frozen=True)
class Parts:
    """All rows of a release. `identity` names exactly these bytes; `columns` are names and
    DuckDB types, for a table that has no file because it has no row."""

    files: tuple[Part, ...]
    identity: str
    columns: tuple[tuple[str, str], ...]

    @property
    def rows(self) -> int:
        """Number of rows."""
        return sum(part.rows for part in self.files)

    @property
    def select(self) -> str:
        """A SELECT of every row with its number (`ROW`) before the columns."""
        selects, before = [], 0
        for part in self.files:
            source = f"read_parquet({literal(str(part.path))}, file_row_number = TRUE)"
            selects.append(
                f"SELECT file_row_number + {before + 1} AS {ROW}, * EXCLUDE (file_row_number)"
                f" FROM {source}"
            )
            before += part.rows
        return " UNION ALL BY NAME ".join(selects) or empty([(ROW, "BIGINT"), *self.columns])


def parts_of(release: Release, stores: Stores, zone: Zone = Zone.OPEN) -> Parts:
    """Where the rows of `release` are: the open file, or the shared table (`Zone.SHARED`).

    Raises:
        Fault: ``rows.none`` if the release has no rows in that zone (it is not open, or was
            withdrawn), or what the store refuses.
    """
    found = _shared(release, stores) if zone is Zone.SHARED else _open(release, stores)
    if found is None:
        raise Fault(
            "rows.none",
            _("This release has no rows in the zone {zone}."),
            remedy=_("See the dataset's access level and its newest release."),
            place=Place(dataset=release.dataset),
            zone=zone.value,
        )
    return found


def granted_parts(parts: Parts, columns: Sequence[str] | None, condition: str, path: Path) -> Parts:
    """The rows of `parts` that a checked `condition` covers, in `columns` alone (None: all),
    written to a file of their own at `path`.

    A question over that file cannot tell anything of other rows: not by totals, row numbers,
    errors or the time it takes.

    Raises:
        Fault: ``rows.condition``: it cannot be applied to this release.
    """
    try:
        with duckdb.connect(config={"memory_limit": "512MB", "threads": "2"}) as engine:
            covered = restricted(parts.select, condition)
            there = describe(engine, covered)
            wanted = [name for name in columns or there if name in there and name != ROW]
            names = ", ".join(quoted(name) for name in wanted)
            written = engine.execute(
                f"COPY (SELECT {names} FROM ({covered}) ORDER BY {ROW}) TO {literal(str(path))}"
                " (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20480)"
            ).fetchone()
    except duckdb.Error:
        raise Fault(
            "rows.condition",
            _("The condition of this grant cannot be applied to this release."),
            remedy=_("Ask the dataset's owner to give the grant anew."),
        ) from None
    said = "\0".join((parts.identity, condition, *wanted))
    identity = hashlib.sha256(said.encode()).hexdigest()
    types = tuple((name, there[name]) for name in wanted)
    return Parts((Part(path, int(written[0]) if written else 0),), identity, types)


def _open(release: Release, stores: Stores) -> Parts | None:
    for entry in release.files:
        if entry.format == "parquet":
            path = stores[Zone.OPEN].local(entry.path, entry.sha256, entry.bytes)
            return Parts((Part(path, entry.rows),), entry.sha256, ())
    return None


def _shared(release: Release, stores: Stores) -> Parts | None:
    store = stores[Zone.SHARED]
    for table in release.tables:
        found = None
        if table.zone == Zone.SHARED.value and release.withdrawn is None:
            found = open_table(store, table.table, table.version)
        if found is not None:
            files = tuple(Part(path, rows) for path, rows in data_files(store, table.table, found))
            columns = tuple((column.name, column.type) for column in release.schema)
            return Parts(files, f"{table.table}-{table.version}-{release.content_hash}", columns)
    return None
