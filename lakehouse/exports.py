"""The files people download: written with the release, or made from it on demand.

How each format is written is `lakehouse.formats`; which columns are open is decided by the
caller's SELECT, who may have a file by `catalog`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from contracts.errors import Fault, Place
from contracts.failpoints import failpoint
from contracts.i18n import _
from contracts.model import Contract
from contracts.quoting import literal, quoted
from contracts.releases import FileEntry, Release
from lakehouse.cache import LocalCache
from lakehouse.conditions import restricted
from lakehouse.formats import MEDIA_TYPES, WRITERS, write_csv
from lakehouse.parts import parts_of
from lakehouse.scratch import scratch
from lakehouse.store import ObjectStore
from lakehouse.stores import Stores, Zone
from lakehouse.versions import describe

_ROW_GROUP = 20_480
# Changes when a format is written differently, so that files made before are not served.
_FORMATS_VERSION = "1"


def write_open_files(
    connection: duckdb.DuckDBPyConnection,
    select_sql: str,
    contract: Contract,
    n: int,
    store: ObjectStore,
) -> tuple[FileEntry, ...]:
    """Write release `n`'s Parquet and CSV: ``<dataset>/<n>/<dataset>.parquet`` and ``.csv``.

    Nothing refers to them until the manifest does. The Parquet is sorted by the contract's
    `sort` in groups of 20,480 rows, so that a look-up reads few of them; DuckDB adds Bloom
    filters to columns with repeated values. The CSV has the same rows in the same order.

    Args:
        select_sql: the open projection, on `connection`.

    Raises:
        Fault: ``export.failed``, or what the store refuses.
    """
    with scratch(connection) as folder:
        parquet, csv = folder / "rows.parquet", folder / "rows.csv"
        try:
            _write_parquet(connection, select_sql, contract, parquet)
            write_csv(f"SELECT * FROM read_parquet({literal(str(parquet))})", csv)
        except duckdb.Error:
            raise _failed(contract.id) from None
        rows = pq.ParquetFile(parquet).metadata.num_rows
        entries = []
        for path in (parquet, csv):
            form = path.suffix[1:]
            key = f"{contract.id}/{n:06d}/{contract.id}.{form}"
            store.put(key, path, MEDIA_TYPES[form])
            failpoint("mid_open_files")
            entries.append(
                FileEntry(key, form, MEDIA_TYPES[form], path.stat().st_size, _sha256(path), rows)
            )
    return tuple(entries)


def on_demand(
    release: Release,
    fmt: str,
    stores: Stores,
    cache: Path,
    *,
    zone: Zone = Zone.OPEN,
    columns: Sequence[str] | None = None,
    condition: str | None = None,
) -> Path:
    """The rows of a release as a file of another format, made once and kept in `cache`.

    Args:
        fmt: ``xlsx`` or ``jsonl``; ``parquet`` and ``csv`` too, for rows that have no file.
        zone: `Zone.SHARED` for readers with a grant, and then `columns` those it covers,
            and `condition` (checked by `lakehouse.conditions`) the rows.

    Raises:
        Fault: ``export.format``, ``export.too_many_rows`` and ``export.cell_too_long`` (XLSX),
            ``export.failed``, ``rows.none``, or what the store refuses.
    """
    if fmt not in WRITERS:
        raise Fault(
            "export.format",
            _("There is no file of the format {format}."),
            remedy=_("The formats are: {formats}."),
            place=Place(dataset=release.dataset),
            format=fmt,
            formats=", ".join(WRITERS),
        )
    parts = parts_of(release, stores, zone)
    names = [column.name for column in release.schema]
    chosen = names if columns is None else [name for name in names if name in set(columns)]

    def write(path: Path) -> None:
        with duckdb.connect() as connection:
            there = describe(connection, parts.select)
        listed = ", ".join(quoted(name) for name in chosen if name in there)
        try:
            WRITERS[fmt](f"SELECT {listed} FROM ({restricted(parts.select, condition)})", path)
        except duckdb.Error:
            raise _failed(release.dataset) from None

    # In brackets: no column is called so.
    covered = (f"({condition})",) if condition else ()
    said = "\0".join((_FORMATS_VERSION, parts.identity, *chosen, *covered))
    name = f"{hashlib.sha256(said.encode()).hexdigest()}.{fmt}"
    return LocalCache(cache).fetch(name, write)


def _write_parquet(
    connection: duckdb.DuckDBPyConnection, select_sql: str, contract: Contract, path: Path
) -> None:
    columns = describe(connection, select_sql)
    order = [name for name in (contract.sort or contract.primary_key) if name in columns]
    # The key ends ties; where the projection lacks a part of it, every other column does,
    # so that the same rows always make the same file.
    whole = set(contract.primary_key) <= set(columns)
    rest = contract.primary_key if whole else tuple(columns)
    order += [name for name in rest if name not in order]
    connection.execute(
        f"COPY (SELECT * FROM ({select_sql}) ORDER BY {', '.join(quoted(n) for n in order)})"
        f" TO {literal(str(path))}"
        f" (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROW_GROUP})"
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _failed(dataset: str) -> Fault:
    return Fault(
        "export.failed",
        _("The file could not be written; nothing was published."),
        remedy=_("Check the disk's free space, then try again."),
        place=Place(dataset=dataset),
    )
