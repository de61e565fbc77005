"""Refused rows, kept with the rules that refused them until their source repairs them.

The only zone that holds values nobody vouches for; who may read it belongs to `orchestration`.
Which rows are refused is decided by `quality`.
"""

from __future__ import annotations

from collections.abc import Collection

import duckdb

from contracts.quoting import literal
from lakehouse.delta import create, overwrite, retrying, say
from lakehouse.digests import content_hash
from lakehouse.store import ObjectStore
from lakehouse.versions import describe, open_table, rows_of

_POSITION = "_landing_id"


def keep(
    store: ObjectStore,
    table: str,
    connection: duckdb.DuckDBPyConnection,
    *,
    full_sources: Collection[str] = (),
) -> int:
    """Bring this run's refused rows into the table, and take repaired ones out.

    The working connection holds ``quarantine`` (the rows refused now) and ``batch`` (all rows
    read now). A row refused by an earlier run stays until its source key is read again;
    those of `full_sources`, which were read whole, go in any case, since a row they no longer
    hold is not read again. ``_landing_id`` counts within one run and is left out.

    Returns:
        The version that holds them; unchanged rows make no new one.

    Raises:
        Fault: ``table.conflict``, ``table.unreadable``, ``table.failed``.
    """
    return retrying(table, lambda: _attempt(store, table, connection, full_sources))


def rows(store: ObjectStore, table: str) -> str | None:
    """A SELECT of the rows refused at present; None if none ever was.

    Raises:
        Fault: ``table.unreadable``.
    """
    found = open_table(store, table)
    return None if found is None else rows_of(store, table, found)


def _attempt(
    store: ObjectStore,
    table: str,
    connection: duckdb.DuckDBPyConnection,
    full_sources: Collection[str],
) -> int:
    now = f"SELECT * EXCLUDE ({_POSITION}) FROM quarantine"
    found = open_table(store, table)
    if found is None:
        found = create(store, table, connection, now)
        overwrite(store, table, found, connection, now, say(found, None))
        return found.version()
    kept = rows_of(store, table, found)
    whole = ", ".join(literal(source) for source in sorted(full_sources)) or "NULL"
    wanted = f"""
        {now} UNION ALL BY NAME
        SELECT * FROM ({kept}) AS old
        WHERE coalesce(old.source_system NOT IN ({whole}), TRUE) AND NOT EXISTS (
            FROM batch WHERE batch.source_system = old.source_system
            AND batch.source_key = old.source_key
        )
        """
    columns = describe(connection, wanted)
    if columns == describe(connection, kept):
        names = list(columns)
        if content_hash(connection, wanted, names) == content_hash(connection, kept, names):
            return found.version()
    overwrite(store, table, found, connection, wanted, say(found, None))
    return found.version()
