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
from lakehouse.delta import BATCH, create, overwrite, properties, retrying
from lakehouse.store import ObjectStore
from lakehouse.versions import describe, empty, open_table, rows_of, served

__all__ = ["INGESTED_AT", "TableCommit", "commit", "empty", "served"]

INGESTED_AT = "ingested_at"
_CHANGES = "_lakehouse_changes"
_MERGED = 0.2
"""Share of changed rows up to which a merge is used: it holds them in memory, where an
overwrite streams (all of two million changed: 2.2 GB against 0.5)."""


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
class _Wanted:
    """A state to bring a table to: the argument of every step of a commit."""

    store: ObjectStore
    table: str
    connection: duckdb.DuckDBPyConnection
    select: str
    key: tuple[str, ...]
    run_key: str
    ingested_at: datetime

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
) -> TableCommit:
    """Bring the table to the rows of `candidate_sql`: insert, update and delete what differs.

    Args:
        candidate_sql: SELECT of all rows to be served, without `ingested_at`.
        key: columns that tell rows apart, never NULL.
        run_key: the run's own name; it becomes Delta's application transaction, so that two
            processes that do the same run commit once.
        ingested_at: time of the snapshot; stamped on the rows that change, and only on them.

    A process that loses a race starts again from the version that won. A rerun after a kill
    finds the rows in place and makes no version.

    Raises:
        Fault: ``table.key`` (NULL or repeated key), ``table.conflict`` (lost every race),
            ``table.unreadable``, ``table.failed``.
    """
    wanted = _Wanted(store, table, connection, candidate_sql, tuple(key), run_key, ingested_at)
    failpoint("before_shared_commit")
    done = retrying(table, lambda: _attempt(wanted))
    failpoint("after_shared_commit")
    return done


def _attempt(wanted: _Wanted) -> TableCommit:
    _check_key(wanted)
    found = open_table(wanted.store, wanted.table)
    if found is None:
        return _create(wanted)
    current = rows_of(wanted.store, wanted.table, found)
    types = dict(describe(wanted.connection, current))
    types.pop(INGESTED_AT, None)
    if types == dict(wanted.types):
        return _merge(wanted, found, current)
    return _rewrite(wanted, found, current, types)


def _create(wanted: _Wanted) -> TableCommit:
    select = f"SELECT *, {wanted.stamp} AS {INGESTED_AT} FROM ({wanted.select})"
    created = create(wanted.store, wanted.table, wanted.connection, select)
    overwrite(created, wanted.connection, select, wanted.run_key)
    return TableCommit(created.version(), created.count(), 0, 0)


def _merge(wanted: _Wanted, found: DeltaTable, current: str) -> TableCommit:
    """Write only the rows that differ from `current`, into the version it was read from."""
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
        FROM (SELECT *, TRUE AS _there FROM ({wanted.select})) AS n
        FULL JOIN (SELECT *, TRUE AS _there FROM ({current})) AS o
          ON {_equal(wanted.key, "n", "o")}
        WHERE o._there IS NULL OR n._there IS NULL OR {" OR ".join(differs) or "FALSE"}
        """
    )
    counts = _counts(wanted)
    if not counts.changed:
        return TableCommit(found.version(), 0, 0, 0)
    if counts.changed > found.count() * _MERGED:
        overwrite(found, wanted.connection, _stamped(wanted, current), wanted.run_key)
        return TableCommit(found.version(), counts.inserted, counts.updated, counts.deleted)
    reader = wanted.connection.execute(f"SELECT * FROM {_CHANGES}").to_arrow_reader(BATCH)
    updates = {quoted(c): f"s.{quoted(c)}" for c in (*columns, INGESTED_AT)}
    (
        found.merge(
            reader,
            _equal(wanted.key, "t", "s"),
            source_alias="s",
            target_alias="t",
            commit_properties=properties(found, wanted.run_key),
        )
        .when_matched_delete("s._change = 'delete'")
        .when_matched_update(updates, "s._change = 'update'")
        .when_not_matched_insert(updates, "s._change = 'insert'")
        .execute()
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
    overwrite(found, wanted.connection, select, wanted.run_key)
    return TableCommit(found.version(), counts.inserted, counts.updated, deleted)


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


def _check_key(wanted: _Wanted) -> None:
    # The gate sees to this; here a repeated key would silently break every later merge.
    relation = f"({wanted.select})"
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
