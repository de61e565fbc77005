"""Writing versions of Delta tables so that racing writers never mix: the common steps.

What is written belongs to `lakehouse.tables` and `lakehouse.quarantine`; reading versions is
`lakehouse.versions`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

import duckdb
import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, Transaction, WriterProperties, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError

from contracts.errors import Fault, Place
from contracts.i18n import _
from lakehouse.digests import ContentSums
from lakehouse.store import ObjectStore
from lakehouse.versions import failure, open_table

_BATCH = 8_192
"""Rows per Arrow batch that goes from DuckDB to delta-rs, which keeps some of them waiting: with
65,536 writing two million cases took 290 MB more, and was no faster."""

ROW_GROUP = 100_000
"""Rows that look-ups can skip at once."""

# A hundred thousand rows or so: `lakehouse.patching` writes whole files again.
_FILE_BYTES = 8 << 20
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
    nothing = connection.execute(f"SELECT * FROM ({select}) LIMIT 0").to_arrow_table()
    DeltaTable.create(
        store.delta_uri(table),
        _in_utc(nothing.schema),
        mode="ignore",
        configuration=_CONFIGURATION,
        storage_options=store.storage_options,
    )
    created = open_table(store, table)
    if created is None or created.count():
        raise CommitFailedError
    return created


@dataclass(frozen=True)
class Said:
    """What a commit says of itself: that it is the table's next transaction, and that of the
    run `run_key`; and the `sums` of the version's content, for `kept_sums`.

    The first makes any two commits from the same version conflict. Delta alone would let an
    overwrite of an empty table succeed beside another.
    """

    number: int
    run_key: str | None
    sums: ContentSums | None

    @property
    def transactions(self) -> Mapping[str, int]:
        """Application → version."""
        run = {} if self.run_key is None else {self.run_key: 1}
        return {_EVERY_COMMIT: self.number, **run}

    @property
    def metadata(self) -> dict[str, str]:
        """Beside what Delta itself notes."""
        return {} if self.sums is None else {_SUMS: self.sums.to_text()}

    @property
    def properties(self) -> CommitProperties:
        """For commits that delta-rs makes."""
        transactions = [Transaction(name, number) for name, number in self.transactions.items()]
        return CommitProperties(custom_metadata=self.metadata, app_transactions=transactions)

    def actions(self, now: int) -> Iterator[Mapping[str, object]]:
        """For commits of our own; `now` in milliseconds since 1970."""
        yield {"commitInfo": {"timestamp": now, "operation": "WRITE", **self.metadata}}
        for name, number in self.transactions.items():
            yield {"txn": {"appId": name, "version": number, "lastUpdated": now}}


def say(table: DeltaTable, run_key: str | None, sums: ContentSums | None = None) -> Said:
    """What the next commit to `table` says of itself."""
    return Said((table.transaction_version(_EVERY_COMMIT) or 0) + 1, run_key, sums)


def kept_sums(table: DeltaTable) -> ContentSums | None:
    """What the commit of the version that `table` has open said of its content; None where it
    said nothing, or is forgotten."""
    for commit in table.history(1):
        if commit.get("version") == table.version() and _SUMS in commit:
            return ContentSums.from_text(commit[_SUMS])
    return None


def overwrite(
    table: DeltaTable, connection: duckdb.DuckDBPyConnection, select: str, said: Said
) -> None:
    """Stream the rows of `select` in place of all rows of `table`, with their schema."""
    write_deltalake(
        table,
        connection.execute(select).to_arrow_reader(_BATCH),
        mode="overwrite",
        schema_mode="overwrite",
        target_file_size=_FILE_BYTES,
        writer_properties=WriterProperties(compression="ZSTD", max_row_group_size=ROW_GROUP),
        commit_properties=said.properties,
    )


def _in_utc(schema: pa.Schema) -> pa.Schema:
    """The schema as Delta has it, which knows moments in UTC alone; DuckDB labels them with
    the session's time zone."""
    moment = pa.timestamp("us", "UTC")
    return pa.schema(
        [
            field.with_type(moment)
            if pa.types.is_timestamp(field.type) and field.type.tz
            else field
            for field in schema
        ]
    )
