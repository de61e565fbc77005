"""Reading versions of Delta tables: where their rows are, for DuckDB.

Writing them is `lakehouse.tables` and `lakehouse.quarantine`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
from deltalake import DeltaTable, Schema
from deltalake.exceptions import DeltaError, TableNotFoundError

from contracts.errors import Fault, Place
from contracts.i18n import _
from contracts.quoting import literal, quoted
from lakehouse.places import FILE, ROW
from lakehouse.store import ObjectStore


def describe(connection: duckdb.DuckDBPyConnection, select: str) -> Mapping[str, str]:
    """Column → DuckDB type of a SELECT."""
    rows = connection.execute(f"DESCRIBE ({select})").fetchall()
    return {str(name): str(kind) for name, kind, *_rest in rows}


def open_table(store: ObjectStore, table: str, version: int | None = None) -> DeltaTable | None:
    """The Delta table at `version` (default: the latest), or None where there is none.

    Raises:
        Fault: ``table.unreadable``.
    """
    try:
        return DeltaTable(store.delta_uri(table), version, storage_options=store.storage_options)
    except TableNotFoundError:
        return None
    except (DeltaError, OSError):
        raise failure(table, "table.unreadable") from None


def served(store: ObjectStore, table: str, version: int, *, placed: bool = False) -> str:
    """A SELECT that gives the rows of the table at `version`, for any DuckDB connection; `placed`
    adds where each is (`lakehouse.places`).

    It reads the version's Parquet files by DuckDB itself, four times faster and in half the
    memory of an Arrow dataset (measured at two million rows); on S3 they are downloaded first.

    Raises:
        Fault: ``table.missing``, ``table.unreadable``, or what the store refuses.
    """
    found = open_table(store, table, version)
    if found is None:
        raise Fault(
            "table.missing",
            _("The table is not in the zone {zone}."),
            remedy=_("Restore it from a backup, or run the dataset again."),
            place=Place(dataset=table),
            zone=store.zone.value,
        )
    return rows_of(store, table, found, placed=placed)


def rows_of(store: ObjectStore, table: str, found: DeltaTable, *, placed: bool = False) -> str:
    """As `served`, of a table that is already open."""
    parts = data_files(store, table, found)
    if parts:
        files = ", ".join(literal(str(path)) for path, _rows in parts)
        place = f", filename AS {FILE}, file_row_number AS {ROW}" if placed else ""
        return f"SELECT *{place} FROM read_parquet([{files}])"
    with duckdb.connect() as connection:
        return empty(duckdb_types(connection, found.schema()), placed=placed)


def duckdb_types(connection: duckdb.DuckDBPyConnection, schema: Schema) -> list[tuple[str, str]]:
    """Column and DuckDB type of a table, in order."""
    found = connection.from_arrow(pa.table(schema.to_arrow().empty_table()))
    return list(zip(found.columns, map(str, found.types), strict=True))


def data_files(store: ObjectStore, table: str, found: DeltaTable) -> tuple[tuple[Path, int], ...]:
    """Local path and number of rows of each data file, in an order fixed for the version."""
    actions = pa.table(found.get_add_actions(flatten=True)).select(
        ["path", "size_bytes", "num_records"]
    )
    return tuple(
        (
            store.local(f"{table}/{action['path']}", size=action["size_bytes"]),
            action["num_records"],
        )
        for action in sorted(actions.to_pylist(), key=lambda action: action["path"])
    )


def empty(columns: Sequence[tuple[str, str]], *, placed: bool = False) -> str:
    """A SELECT with these columns (name, DuckDB type) and no rows: nothing is served yet.
    `placed` as of `served`."""
    if placed:
        columns = (*columns, (FILE, "VARCHAR"), (ROW, "BIGINT"))
    nulls = ", ".join(f"CAST(NULL AS {kind}) AS {quoted(name)}" for name, kind in columns)
    return f"SELECT {nulls} WHERE FALSE"


def failure(table: str, check: str) -> Fault:
    """The refusal where delta-rs or DuckDB failed on a table. Their text can hold values and
    is left out; `check` says in which step it happened."""
    return Fault(
        check,
        _("The table could not be read or written; nothing of it was published."),
        remedy=_("Check the store's space and rights, then run the dataset again."),
        place=Place(dataset=table),
    )
