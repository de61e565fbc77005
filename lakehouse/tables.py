"""Delta tables of the shared zone: what agencies build on, one atomic version after another.

A commit brings the table to a wanted state and writes only what changed; a state that is
already there makes no version. What changes and its files are `lakehouse.drafting`, which may be
done before; refused rows are `lakehouse.quarantine`; whether a version is published is decided by
the manifest (`lakehouse.releases`), never here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
from deltalake import CommitProperties, DeltaTable
from deltalake.exceptions import DeltaError

from contracts.failpoints import failpoint
from contracts.quoting import quoted
from lakehouse import data_files
from lakehouse.delta import commit as commit_version
from lakehouse.delta import create, kept_sums, overwrite, retrying, say
from lakehouse.digests import ContentSums
from lakehouse.drafting import (
    CHANGES,
    INGESTED_AT,
    Change,
    Counts,
    Draft,
    Wanted,
    check_key,
    count_changes,
    make_draft,
    number,
    same_key,
    types_of,
)
from lakehouse.scratch import scratch
from lakehouse.store import ObjectStore
from lakehouse.versions import empty, failure, open_table, rows_of, served

__all__ = [
    "INGESTED_AT",
    "Change",
    "Draft",
    "TableCommit",
    "Wanted",
    "commit",
    "draft",
    "empty",
    "served",
    "sums_of",
]


@dataclass(frozen=True)
class TableCommit(Counts):
    """What this run changed, and the version that holds the wanted rows."""

    version: int


def draft(wanted: Wanted, folder: Path) -> Draft | None:
    """All of a commit that can be done before it: compare, and write the files into `folder`,
    which must be there until the commit. Nothing reaches the store.

    Raises:
        Fault: ``table.key`` (NULL or repeated key), ``table.unreadable``, ``table.failed``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        return make_draft(wanted, open_table(wanted.store, wanted.table), folder)
    except (DeltaError, OSError, duckdb.Error):
        raise failure(wanted.table, "table.failed") from None


def commit(
    wanted: Wanted,
    *,
    run_key: str,
    sums: ContentSums | None = None,
    drafted: Draft | None = None,
) -> TableCommit:
    """Bring the table to the wanted rows: insert, update and delete what differs.

    Args:
        wanted: the state, without `ingested_at`.
        run_key: the run's own name; it becomes Delta's application transaction, so that two
            processes that do the same run commit once.
        sums: of the wanted rows, kept with the version for `sums_of`.
        drafted: of the same state; used while the table still is at its version.

    A process that loses a race starts again from the version that won. A rerun after a kill
    finds the rows in place and makes no version.

    Raises:
        Fault: ``table.key`` (NULL or repeated key), ``table.conflict`` (lost every race),
            ``table.unreadable``, ``table.failed``.
    """
    failpoint("before_shared_commit")
    done = retrying(wanted.table, lambda: _attempt(wanted, run_key, sums, drafted))
    failpoint("after_shared_commit")
    return done


def sums_of(store: ObjectStore, table: str, version: int) -> ContentSums | None:
    """The sums that were kept with a version; None where it is not the latest or has none.

    Raises:
        Fault: ``table.unreadable``.
    """
    found = open_table(store, table)
    return kept_sums(found) if found is not None and found.version() == version else None


def _attempt(
    wanted: Wanted, run_key: str, sums: ContentSums | None, drafted: Draft | None
) -> TableCommit:
    found = open_table(wanted.store, wanted.table)
    base = None if found is None else found.version()
    with scratch(wanted.connection) as folder:
        if drafted is None or drafted.base != base:
            drafted = make_draft(wanted, found, folder)
        if found is None:
            found = create(wanted.store, wanted.table, wanted.connection, wanted.stamped)
        said = say(found, run_key, sums)
        if drafted is None:
            return _rewrite(wanted, found, said)
        if base is None or drafted.counts.changed:
            added = data_files.put(wanted.store, wanted.table, drafted.files)
            commit_version(found, [*added, *drafted.removed], drafted.mode, said)
    counts = drafted.counts
    return TableCommit(counts.inserted, counts.updated, counts.deleted, found.version())


def _rewrite(wanted: Wanted, found: DeltaTable, said: CommitProperties) -> TableCommit:
    """The contract's columns changed: write the whole table with its new schema.

    A row whose values survive the change (a new column that is NULL, a wider type) keeps its
    `ingested_at`.
    """
    check_key(wanted, wanted.select)
    current = rows_of(wanted.store, wanted.table, found)
    types, columns = types_of(wanted, current), wanted.types
    old = ", ".join(
        f"TRY_CAST({quoted(c)} AS {kind}) AS {quoted(c)}"
        if c in types
        else f"CAST(NULL AS {kind}) AS {quoted(c)}"
        for c, kind in columns.items()
    )
    differs = " OR ".join(f"n.{quoted(c)} IS DISTINCT FROM o.{quoted(c)}" for c in columns)
    wanted.connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {CHANGES} AS
        SELECT CASE WHEN o._there IS NULL THEN 'insert' WHEN {differs} THEN 'update' END AS _change,
               n.*, CASE WHEN o._there IS NULL OR {differs} THEN {wanted.stamp}
                         ELSE o.{INGESTED_AT} END AS {INGESTED_AT}
        FROM ({wanted.select}) AS n
        LEFT JOIN (SELECT {old}, {INGESTED_AT}, TRUE AS _there FROM ({current})) AS o
          ON {same_key(wanted.key, "n", "o")}
        """
    )
    counts = count_changes(wanted.connection)
    stayed = f"SELECT count(*) - {counts.inserted} FROM {CHANGES}"
    kept = number(wanted.connection, stayed)
    deleted = number(wanted.connection, f"SELECT count(*) - {kept} FROM ({current})")
    select = f"SELECT * EXCLUDE (_change) FROM {CHANGES}"
    overwrite(wanted.store, wanted.table, found, wanted.connection, select, said)
    return TableCommit(counts.inserted, counts.updated, deleted, found.version())
