"""Delta tables of the shared zone: what agencies build on, one atomic version after another.

A commit brings the table to a wanted state and writes only what changed; a state that is
already there makes no version. Refused rows are `lakehouse.quarantine`; whether a version is
published is decided by the manifest (`lakehouse.releases`), never here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb
from deltalake import DeltaTable

from contracts.errors import Fault, Place
from contracts.failpoints import failpoint
from contracts.i18n import _
from contracts.quoting import literal, quoted
from lakehouse.delta import create, kept_sums, overwrite, retrying, say
from lakehouse.digests import ContentSums
from lakehouse.patching import patch
from lakehouse.store import ObjectStore
from lakehouse.versions import describe, empty, open_table, rows_of, served

__all__ = ["INGESTED_AT", "Change", "TableCommit", "commit", "empty", "served", "sums_of"]

INGESTED_AT = "ingested_at"
_CHANGES = "_lakehouse_changes"
_PATCHED = 0.2
"""Share of changed rows up to which single files are written again, not all."""


@dataclass(frozen=True)
class TableCommit:
    """The version that holds the wanted rows, and what this run changed to get there."""

    version: int
    inserted: int
    updated: int
    deleted: int

    @property
    def changed(self) -> int:
        """Rows that were written or removed."""
        return self.inserted + self.updated + self.deleted


@dataclass(frozen=True)
class Change:
    """Where alone the wanted rows differ from those of `version`: without `gone` and with `new`
    (SELECTs of whole rows) it holds them. A row may be in both."""

    version: int
    gone: str
    new: str


@dataclass(frozen=True)
class _Wanted:
    """A state to bring a table to: the argument of every step of a commit."""

    store: ObjectStore
    table: str
    connection: duckdb.DuckDBPyConnection
    select: str
    key: tuple[str, ...]
    run_key: str
    ingested_at: datetime
    change: Change | None
    sums: ContentSums | None

    @property
    def types(self) -> Mapping[str, str]:
        """Column → DuckDB type of the wanted rows, without `ingested_at`."""
        return describe(self.connection, self.select)

    @property
    def stamp(self) -> str:
        """`ingested_at` of a row that changes now, as SQL."""
        return literal(self.ingested_at.isoformat(), "TIMESTAMP WITH TIME ZONE")


def commit(
    store: ObjectStore,
    table: str,
    connection: duckdb.DuckDBPyConnection,
    candidate_sql: str,
    key: Sequence[str],
    *,
    run_key: str,
    ingested_at: datetime,
    change: Change | None = None,
    sums: ContentSums | None = None,
) -> TableCommit:
    """Bring the table to the rows of `candidate_sql`: insert, update and delete what differs.

    Args:
        candidate_sql: SELECT of all rows to be served, without `ingested_at`.
        key: columns that tell rows apart, never NULL.
        run_key: the run's own name; it becomes Delta's application transaction, so that two
            processes that do the same run commit once.
        ingested_at: time of the snapshot; stamped on the rows that change, and only on them.
        change: spares comparing all rows, while the table still is at its version.
        sums: of the wanted rows, kept with the version for `sums_of`.

    A process that loses a race starts again from the version that won. A rerun after a kill
    finds the rows in place and makes no version.

    Raises:
        Fault: ``table.key`` (NULL or repeated key), ``table.conflict`` (lost every race),
            ``table.unreadable``, ``table.failed``.
    """
    wanted = _Wanted(
        store,
        table,
        connection,
        candidate_sql,
        tuple(key),
        run_key,
        ingested_at,
        change,
        sums,
    )
    failpoint("before_shared_commit")
    done = retrying(table, lambda: _attempt(wanted))
    failpoint("after_shared_commit")
    return done


def sums_of(store: ObjectStore, table: str, version: int) -> ContentSums | None:
    """The sums that were kept with a version; None where it is not the latest or has none.

    Raises:
        Fault: ``table.unreadable``.
    """
    found = open_table(store, table)
    return kept_sums(found) if found is not None and found.version() == version else None


def _attempt(wanted: _Wanted) -> TableCommit:
    found = open_table(wanted.store, wanted.table)
    if found is None:
        _check_key(wanted, wanted.select)
        return _create(wanted)
    current = rows_of(wanted.store, wanted.table, found)
    types = dict(describe(wanted.connection, current))
    types.pop(INGESTED_AT, None)
    if types != dict(wanted.types):
        _check_key(wanted, wanted.select)
        return _rewrite(wanted, found, current, types)
    if wanted.change and wanted.change.version == found.version():
        old, new = wanted.change.gone, wanted.change.new
    else:
        old, new = current, wanted.select
    _check_key(wanted, new)
    _compare(wanted, old, new)
    return _write(wanted, found, current)


def _create(wanted: _Wanted) -> TableCommit:
    select = f"SELECT *, {wanted.stamp} AS {INGESTED_AT} FROM ({wanted.select})"
    created = create(wanted.store, wanted.table, wanted.connection, select)
    _overwrite(wanted, created, select)
    return TableCommit(created.version(), created.count(), 0, 0)


def _compare(wanted: _Wanted, old: str, new: str) -> None:
    """Leave in `_CHANGES` the rows that differ between two SELECTs."""
    columns = tuple(wanted.types)
    differs = [
        f"n.{quoted(c)} IS DISTINCT FROM o.{quoted(c)}" for c in columns if c not in wanted.key
    ]
    values = ", ".join(
        f"coalesce(n.{quoted(c)}, o.{quoted(c)}) AS {quoted(c)}"
        if c in wanted.key
        else f"n.{quoted(c)}"
        for c in columns
    )
    wanted.connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {_CHANGES} AS
        SELECT CASE WHEN o._there IS NULL THEN 'insert'
                    WHEN n._there IS NULL THEN 'delete' ELSE 'update' END AS _change,
               {values}, {wanted.stamp} AS {INGESTED_AT}
        FROM (SELECT *, TRUE AS _there FROM ({new})) AS n
        FULL JOIN (SELECT *, TRUE AS _there FROM ({old})) AS o
          ON {_equal(wanted.key, "n", "o")}
        WHERE o._there IS NULL OR n._there IS NULL OR {" OR ".join(differs) or "FALSE"}
        """
    )


def _write(wanted: _Wanted, found: DeltaTable, current: str) -> TableCommit:
    """Write only the rows in `_CHANGES`, into the version `found` that has the rows `current`."""
    counts = _counts(wanted)
    if not counts.changed:
        return TableCommit(found.version(), 0, 0, 0)
    if counts.changed > found.count() * _PATCHED:
        select = _stamped(wanted, current)
        _overwrite(wanted, found, select)
        return TableCommit(found.version(), counts.inserted, counts.updated, counts.deleted)
    patch(
        wanted.store,
        wanted.table,
        wanted.connection,
        found,
        _CHANGES,
        wanted.key,
        say(found, wanted.run_key, wanted.sums),
    )
    return TableCommit(found.version(), counts.inserted, counts.updated, counts.deleted)


def _stamped(wanted: _Wanted, current: str) -> str:
    """A SELECT of all wanted rows: those in `_CHANGES` with its time, the others with theirs."""
    return f"""
        SELECT n.*, coalesce(c.{INGESTED_AT}, o.{INGESTED_AT}) AS {INGESTED_AT}
        FROM ({wanted.select}) AS n
        LEFT JOIN {_CHANGES} AS c ON {_equal(wanted.key, "n", "c")}
        LEFT JOIN ({current}) AS o ON {_equal(wanted.key, "n", "o")}
        """


def _rewrite(
    wanted: _Wanted, found: DeltaTable, current: str, types: Mapping[str, str]
) -> TableCommit:
    """The contract's columns changed: write the whole table with its new schema.

    A row whose values survive the change (a new column that is NULL, a wider type) keeps its
    `ingested_at`.
    """
    columns = wanted.types
    old = ", ".join(
        f"TRY_CAST({quoted(c)} AS {kind}) AS {quoted(c)}"
        if c in types
        else f"CAST(NULL AS {kind}) AS {quoted(c)}"
        for c, kind in columns.items()
    )
    differs = " OR ".join(f"n.{quoted(c)} IS DISTINCT FROM o.{quoted(c)}" for c in columns)
    wanted.connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {_CHANGES} AS
        SELECT CASE WHEN o._there IS NULL THEN 'insert' WHEN {differs} THEN 'update' END AS _change,
               n.*, CASE WHEN o._there IS NULL OR {differs} THEN {wanted.stamp}
                         ELSE o.{INGESTED_AT} END AS {INGESTED_AT}
        FROM ({wanted.select}) AS n
        LEFT JOIN (SELECT {old}, {INGESTED_AT}, TRUE AS _there FROM ({current})) AS o
          ON {_equal(wanted.key, "n", "o")}
        """
    )
    counts = _counts(wanted)
    kept = _number(wanted, f"SELECT count(*) - {counts.inserted} FROM {_CHANGES}")
    deleted = _number(wanted, f"SELECT count(*) - {kept} FROM ({current})")
    select = f"SELECT * EXCLUDE (_change) FROM {_CHANGES}"
    _overwrite(wanted, found, select)
    return TableCommit(found.version(), counts.inserted, counts.updated, deleted)


def _overwrite(wanted: _Wanted, table: DeltaTable, select: str) -> None:
    said = say(table, wanted.run_key, wanted.sums)
    overwrite(wanted.store, wanted.table, table, wanted.connection, select, said)


def _equal(key: Sequence[str], one: str, other: str) -> str:
    return " AND ".join(f"{one}.{quoted(c)} = {other}.{quoted(c)}" for c in key)


def _number(wanted: _Wanted, sql: str) -> int:
    found = wanted.connection.execute(sql).fetchone()
    return int(found[0]) if found else 0


def _counts(wanted: _Wanted) -> TableCommit:
    """What `_CHANGES` holds, as a commit of no version yet."""
    counted = f"SELECT _change, count(*) FROM {_CHANGES} GROUP BY _change"
    counts = dict(wanted.connection.execute(counted).fetchall())
    return TableCommit(
        -1, counts.get("insert", 0), counts.get("update", 0), counts.get("delete", 0)
    )


def _check_key(wanted: _Wanted, select: str) -> None:
    # The gate sees to this; here a repeated key would silently break every later merge.
    relation = f"({select})"
    key = ", ".join(quoted(c) for c in wanted.key)
    null = " OR ".join(f"{quoted(c)} IS NULL" for c in wanted.key)
    broken = _number(
        wanted,
        f"""SELECT (SELECT count(*) FROM {relation} WHERE {null})
            + (SELECT count(*) FROM (SELECT {key} FROM {relation} GROUP BY ALL HAVING count(*) > 1))
        """,
    )
    if broken:
        raise Fault(
            "table.key",
            _("{rows} keys ({columns}) are empty or occur twice in the rows to be served."),
            remedy=_("Check the primary key in the contract; the gate should have refused them."),
            place=Place(dataset=wanted.table),
            rows=broken,
            columns=", ".join(wanted.key),
        )
