"""Committing versions of Delta tables so that racing writers never mix: the common steps.

Writing their files is `lakehouse.data_files`; what is written belongs to `lakehouse.tables` and
`lakehouse.quarantine`; reading versions is `lakehouse.versions`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeVar

import duckdb
import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, Schema, Transaction, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError
from deltalake.transaction import AddAction, RemoveAction

from contracts.errors import Fault, Place
from contracts.i18n import _
from lakehouse import data_files
from lakehouse.digests import ContentSums
from lakehouse.scratch import scratch
from lakehouse.store import ObjectStore
from lakehouse.versions import failure, open_table

_ATTEMPTS = 6
_EVERY_COMMIT = "dungchung"
_SUMS = "dungchung.contentSums"
# Run keys of Delta's transactions would otherwise pile up in the table for ever.
_CONFIGURATION = {"delta.setTransactionRetentionDuration": "interval 90 days"}
_T = TypeVar("_T")


def retrying(table: str, attempt: Callable[[], _T]) -> _T:
    """What `attempt` returns; it starts again, from what is there then, when it loses a race.

    Raises:
        Fault: ``table.conflict`` (lost every race), ``table.failed``.
    """
    for _time in range(_ATTEMPTS):
        try:
            return attempt()
        except CommitFailedError:
            continue
        except (DeltaError, OSError, duckdb.Error):
            raise failure(table, "table.failed") from None
    raise Fault(
        "table.conflict",
        _("Other runs kept changing the table while this one was committing."),
        remedy=_("Let the other run end, then run the dataset again."),
        place=Place(dataset=table),
    )


def create(
    store: ObjectStore, table: str, connection: duckdb.DuckDBPyConnection, select: str
) -> DeltaTable:
    """A new, empty table with the columns of `select`; the first rows are an `overwrite`.

    Not one write that creates: of two that race, delta-rs lets both succeed (1.6), and every
    row would be there twice.

    Raises:
        CommitFailedError: another writer made the table first.
    """
    DeltaTable.create(
        store.delta_uri(table),
        schema_of(connection, select),
        mode="ignore",
        configuration=_CONFIGURATION,
        storage_options=store.storage_options,
    )
    created = open_table(store, table)
    if created is None or created.count():
        raise CommitFailedError
    return created


def say(
    table: DeltaTable, run_key: str | None, sums: ContentSums | None = None
) -> CommitProperties:
    """What the next commit to `table` says of itself: that it is the table's next transaction,
    and that of the run `run_key`; and the `sums` of the version's content, for `kept_sums`.

    The first makes any two commits from the same version conflict. Delta alone would let an
    overwrite of an empty table succeed beside another.
    """
    number = (table.transaction_version(_EVERY_COMMIT) or 0) + 1
    run = [] if run_key is None else [Transaction(run_key, 1)]
    return CommitProperties(
        custom_metadata={} if sums is None else {_SUMS: sums.to_text()},
        app_transactions=[Transaction(_EVERY_COMMIT, number), *run],
    )


def kept_sums(table: DeltaTable) -> ContentSums | None:
    """What the commit of the version that `table` has open said of its content; None where it
    said nothing, or is forgotten."""
    for commit in table.history(1):
        if commit.get("version") == table.version() and _SUMS in commit:
            return ContentSums.from_text(commit[_SUMS])
    return None


def overwrite(
    store: ObjectStore,
    name: str,
    table: DeltaTable,
    connection: duckdb.DuckDBPyConnection,
    select: str,
    said: CommitProperties,
) -> None:
    """Commit the rows of `select` in place of all rows of `table`, with their schema."""
    schema = schema_of(connection, select)
    if schema == table.schema():
        with scratch(connection) as folder:
            files = data_files.write(connection, schema, select, folder)
            commit(table, data_files.put(store, name, files), "overwrite", said)
        return
    # Rare, and left to delta-rs whole: it alone gives the table the features of new types.
    write_deltalake(
        table,
        connection.execute(select).to_arrow_reader(),
        mode="overwrite",
        schema_mode="overwrite",
        commit_properties=said,
    )


def commit(
    table: DeltaTable,
    actions: list[AddAction | RemoveAction],
    mode: Literal["append", "overwrite"],
    said: CommitProperties,
) -> None:
    """Make the version after that of `table` of `actions` alone, and open it there.

    Raises:
        CommitFailedError: another writer made that version first.
    """
    # It is this one or none: what `say` counts makes a later one a conflict.
    version = table.version() + 1
    table.create_write_transaction(actions, mode, table.schema(), commit_properties=said)
    table.load_as_version(version)


def schema_of(connection: duckdb.DuckDBPyConnection, select: str) -> Schema:
    """The columns of `select` as Delta has them, which knows moments in UTC alone; DuckDB labels
    them with the session's time zone."""
    nothing = connection.execute(f"SELECT * FROM ({select}) LIMIT 0").to_arrow_table()
    moment = pa.timestamp("us", "UTC")
    return Schema.from_arrow(
        pa.schema(
            [
                field.with_type(moment)
                if pa.types.is_timestamp(field.type) and field.type.tz
                else field
                for field in nothing.schema
            ]
        )
    )
