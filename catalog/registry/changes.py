"""Numbering changes, so that followers read them in the order of their commits.

Every transaction that changes a record calls `touch`. What followers are then told is
`catalog.registry.feed`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal
from uuid import uuid4

from sqlalchemy import cast, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import BigInteger, Text
from sqlmodel import Session, col

from catalog.documents import Kind
from catalog.identifiers import naive_utc
from catalog.registry.tables import Activity, Change, Meta

SEQUENCE = "sequence"
GENERATION = "generation"
_BATCH = 500  # records of one sequence number: what a follower must take at once


def lock(session: Session) -> None:
    """Let this transaction be the only one that changes records until it ends.

    Called before anything is read that the writing depends on, so that of two writers the
    second sees what the first wrote and no two wait for each other.
    """
    session.execute(select(col(Meta.value)).where(col(Meta.key) == SEQUENCE).with_for_update())


def touch(session: Session, kind: Kind, *ids: str) -> None:
    """Note that the records `ids` changed in this transaction, whatever became of them.

    The number is taken by an UPDATE, whose row lock is held until the commit: a transaction
    with a greater number commits later, on SQLite and PostgreSQL.
    """
    unique = list(dict.fromkeys(ids))
    for start in range(0, len(unique), _BATCH):
        number = _next(session)
        rows = [
            {"kind": kind.value, "record_id": one, "sequence": number}
            for one in unique[start : start + _BATCH]
        ]
        _upsert(session, rows)


def note(session: Session, package: str, deed: Literal["new", "changed", "deleted"]) -> None:
    """Add to a package's history what the transaction's user did to it."""
    session.add(
        Activity(
            id=str(uuid4()),
            at=naive_utc(datetime.now(UTC)),
            package_id=package,
            user_id=session.info.get("user_id"),
            activity_type=f"{deed} package",
        )
    )


def renew(session: Session) -> str:
    """Give the registry a new generation: every follower makes what it holds anew."""
    generation = uuid4().hex
    session.execute(update(Meta).where(col(Meta.key) == GENERATION).values(value=generation))
    return generation


def _next(session: Session) -> int:
    raised = cast(cast(col(Meta.value), BigInteger) + 1, Text)
    counted = session.execute(
        update(Meta)
        .where(col(Meta.key) == SEQUENCE)
        .values(value=raised)
        .returning(col(Meta.value)),
        execution_options={"synchronize_session": False},
    )
    return int(counted.scalar_one())


def _upsert(session: Session, rows: Sequence[Mapping[str, object]]) -> None:
    dialect = session.get_bind().dialect.name
    made = postgresql.insert(Change) if dialect == "postgresql" else sqlite.insert(Change)
    session.execute(
        made.on_conflict_do_update(
            index_elements=["kind", "record_id"], set_={"sequence": made.excluded.sequence}
        ),
        rows,
    )
