"""Drafts of commits: what differs from a version is found and its data files are written.

All of it stays in the run's scratch: a draft takes long, shows nobody anything, and can be thrown
away. Committing one is `lakehouse.tables`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import duckdb
from deltalake import DeltaTable, Schema
from deltalake.transaction import AddAction, RemoveAction

from contracts.errors import Fault, Place
from contracts.i18n import _
from contracts.quoting import literal, quoted
from lakehouse import data_files
from lakehouse.data_files import DataFile
from lakehouse.delta import schema_of
from lakehouse.patching import patch
from lakehouse.places import FILE, PLACE
from lakehouse.store import ObjectStore
from lakehouse.versions import describe, rows_of

INGESTED_AT = "ingested_at"
CHANGES = "_lakehouse_changes"
"""Where rows that differ are left: the table's columns, ``_change``, and the file (`FILE`) where
the row was before."""
_PATCHED = 0.2
"""Share of changed rows up to which single files are written again, not all."""


@dataclass(frozen=True)
class Change:
    """Where alone the wanted rows differ from those of `version`: without `gone` and with `new`
    (SELECTs of whole rows, of `gone` with their file) it holds them. A row may be in both."""

    version: int
    gone: str
    new: str


@dataclass(frozen=True)
class Wanted:
    """A state to bring a table to: the rows of `select`, which `key` tells apart. `ingested_at`
    is stamped on those that change; `change` spares comparing all rows. `judged`: the caller
    commits only what a gate has found to have every key once, so that it is not looked at again.
    `settled_by`: a column that is NULL in rows which may change soon."""

    store: ObjectStore
    table: str
    connection: duckdb.DuckDBPyConnection
    select: str
    key: tuple[str, ...]
    ingested_at: datetime
    change: Change | None = None
    judged: bool = False
    settled_by: str | None = None

    @property
    def types(self) -> Mapping[str, str]:
        """Column → DuckDB type of the wanted rows, without `ingested_at`."""
        return describe(self.connection, self.select)

    @property
    def stamp(self) -> str:
        """`ingested_at` of a row that changes now, as SQL."""
        return literal(self.ingested_at.isoformat(), "TIMESTAMP WITH TIME ZONE")

    @property
    def stamped(self) -> str:
        """A SELECT of all wanted rows as ones that change now."""
        return f"SELECT *, {self.stamp} AS {INGESTED_AT} FROM ({self.select})"


@dataclass(frozen=True)
class Counts:
    """Rows that a commit inserts, updates and deletes."""

    inserted: int
    updated: int
    deleted: int

    @property
    def changed(self) -> int:
        """Rows that are written or removed."""
        return self.inserted + self.updated + self.deleted


@dataclass(frozen=True)
class Draft:
    """What makes of version `base` (None: of no table) the wanted state."""

    base: int | None
    counts: Counts
    files: Sequence[DataFile] = ()
    removed: Sequence[AddAction | RemoveAction] = ()
    mode: Literal["append", "overwrite"] = "overwrite"


def make_draft(wanted: Wanted, found: DeltaTable | None, folder: Path) -> Draft | None:
    """A draft on top of the version `found`, with its files in `folder`; None where the columns
    are others, so that only delta-rs can write the next version.

    Raises:
        Fault: ``table.key`` (NULL or repeated key).
    """
    if found is None:
        check_key(wanted, wanted.select)
        schema = schema_of(wanted.connection, wanted.stamped)
        files = _write_all(wanted, schema, wanted.stamped, folder)
        return Draft(None, Counts(sum(file.rows for file in files), 0, 0), files)
    current = rows_of(wanted.store, wanted.table, found, placed=True)
    if types_of(wanted, current) != dict(wanted.types):
        return None
    if wanted.change and wanted.change.version == found.version():
        old, new = wanted.change.gone, wanted.change.new
    else:
        old, new = current, wanted.select
    check_key(wanted, new)
    _compare(wanted, old, new)
    counts = count_changes(wanted.connection)
    if not counts.changed:
        return Draft(found.version(), counts)
    if counts.changed > found.count() * _PATCHED:
        select = _in_their_time(wanted, current)
        files = _write_all(wanted, found.schema(), select, folder)
        return Draft(found.version(), counts, files)
    made = patch(wanted.store, wanted.table, wanted.connection, found, CHANGES, wanted.key, folder)
    return Draft(found.version(), counts, made.files, made.removed, "append")


def _write_all(wanted: Wanted, schema: Schema, select: str, folder: Path) -> list[DataFile]:
    """Files of all rows of `select`. Those that may change soon have files of their own: a change
    then writes few others again with them (`lakehouse.patching`)."""
    parts = [select]
    if wanted.settled_by:
        column = quoted(wanted.settled_by)
        parts = [
            f"SELECT * FROM ({select}) WHERE {column} IS {empty}" for empty in ("NOT NULL", "NULL")
        ]
    return [
        file for part in parts for file in data_files.write(wanted.connection, schema, part, folder)
    ]


def types_of(wanted: Wanted, current: str) -> dict[str, str]:
    """Column → DuckDB type of the rows `current` of a version, without `ingested_at`."""
    types = describe(wanted.connection, current)
    return {name: kind for name, kind in types.items() if name not in (INGESTED_AT, *PLACE)}


def _compare(wanted: Wanted, old: str, new: str) -> None:
    """Leave in `CHANGES` the rows that differ between two SELECTs; `old` has their file."""
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
        CREATE OR REPLACE TEMP TABLE {CHANGES} AS
        SELECT CASE WHEN o._there IS NULL THEN 'insert'
                    WHEN n._there IS NULL THEN 'delete' ELSE 'update' END AS _change,
               o.{FILE}, {values}, {wanted.stamp} AS {INGESTED_AT}
        FROM (SELECT *, TRUE AS _there FROM ({new})) AS n
        FULL JOIN (SELECT *, TRUE AS _there FROM ({old})) AS o
          ON {same_key(wanted.key, "n", "o")}
        WHERE o._there IS NULL OR n._there IS NULL OR {" OR ".join(differs) or "FALSE"}
        """
    )


def _in_their_time(wanted: Wanted, current: str) -> str:
    """A SELECT of all wanted rows: those in `CHANGES` with its time, the others with theirs."""
    return f"""
        SELECT n.*, coalesce(c.{INGESTED_AT}, o.{INGESTED_AT}) AS {INGESTED_AT}
        FROM ({wanted.select}) AS n
        LEFT JOIN {CHANGES} AS c ON {same_key(wanted.key, "n", "c")}
        LEFT JOIN ({current}) AS o ON {same_key(wanted.key, "n", "o")}
        """


def same_key(key: Sequence[str], one: str, other: str) -> str:
    """That rows of two relations have the same key, as SQL."""
    return " AND ".join(f"{one}.{quoted(c)} = {other}.{quoted(c)}" for c in key)


def count_changes(connection: duckdb.DuckDBPyConnection) -> Counts:
    """What `CHANGES` holds."""
    counted = f"SELECT _change, count(*) FROM {CHANGES} GROUP BY _change"
    counts = dict(connection.execute(counted).fetchall())
    return Counts(counts.get("insert", 0), counts.get("update", 0), counts.get("delete", 0))


def number(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    """The one number that a query gives."""
    found = connection.execute(sql).fetchone()
    return int(found[0]) if found else 0


def check_key(wanted: Wanted, select: str) -> None:
    """Refuse rows without a key or with one of another row, which would silently break every later
    commit.

    Raises:
        Fault: ``table.key``.
    """
    if wanted.judged:
        return
    relation = f"({select})"
    key = ", ".join(quoted(c) for c in wanted.key)
    null = " OR ".join(f"{quoted(c)} IS NULL" for c in wanted.key)
    broken = number(
        wanted.connection,
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
