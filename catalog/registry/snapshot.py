"""The public copy of the registry: public records only, in a database file of its own.

Written by the agency worker after each change, whole and under its name at once; the public
worker reads it and has no other way to the registry. What is left out here cannot leak
there: drafts, deleted records, organisations and groups that have no public record, tokens.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from threading import Lock

from sqlalchemy import ColumnElement, Engine, create_engine, insert, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel, col

from catalog.registry.database import reading
from catalog.registry.tables import (
    PUBLIC_TABLES,
    Group,
    Membership,
    Meta,
    Organization,
    Package,
    PackageExtra,
    Resource,
    Tag,
)

_BATCH = 2000


class Snapshot:
    """The public copy at `path` of the registry behind `engine`."""

    def __init__(self, engine: Engine, path: Path) -> None:
        # Every SELECT of one writing sees the same state of the registry.
        self._engine = (
            engine.execution_options(isolation_level="REPEATABLE READ")
            if engine.dialect.name == "postgresql"
            else reading(engine)
        )
        self._path = path
        self._lock = Lock()
        self._written: str | None = None

    def refresh(self) -> bool:
        """Bring the copy up to date; False when it already was.

        Calls that come together share one writing: whoever waited finds it done.
        """
        with self._lock, Session(self._engine) as session:
            stamp = session.scalar(select(col(Meta.value)).where(col(Meta.key) == "stamp")) or ""
            if self._path.is_file() and self._written == stamp:
                return False
            self._write(session)
            self._written = stamp
            return True

    def _write(self, session: Session) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self._path.with_name(f".{self._path.name}.new")
        for left in (fresh, fresh.with_name(f"{fresh.name}-journal")):  # by a killed process
            left.unlink(missing_ok=True)
        copy = create_engine(f"sqlite:///{fresh}", poolclass=NullPool)
        tables = [SQLModel.metadata.tables[_table(model)] for model in PUBLIC_TABLES]
        with copy.begin() as connection:
            SQLModel.metadata.create_all(connection, tables=tables)
            for model, condition in _public():
                rows = session.execute(
                    select(SQLModel.metadata.tables[_table(model)]).where(condition)
                )
                for batch in rows.mappings().partitions(_BATCH):
                    connection.execute(insert(model), [dict(row) for row in batch])
        copy.dispose()
        with fresh.open("rb") as handle:
            os.fsync(handle.fileno())
        fresh.replace(self._path)


def _table(model: type[SQLModel]) -> str:
    return str(model.__tablename__)


def _public() -> Iterable[tuple[type[SQLModel], ColumnElement[bool]]]:
    """Each table with the rows of it that are public, parents first."""
    shown = (col(Package.state) == "active") & col(Package.private).is_(False)
    packages = select(col(Package.id)).where(shown)
    owners = select(col(Package.owner_org)).where(shown)
    groups = select(col(Membership.group_id)).where(col(Membership.package_id).in_(packages))
    return (
        (Organization, col(Organization.id).in_(owners)),
        (Group, col(Group.id).in_(groups)),
        (Package, shown),
        (Resource, col(Resource.package_id).in_(packages)),
        (PackageExtra, col(PackageExtra.package_id).in_(packages)),
        (Tag, col(Tag.package_id).in_(packages)),
        (Membership, col(Membership.package_id).in_(packages)),
        (Meta, col(Meta.key) == "stamp"),
    )
