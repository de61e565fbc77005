"""The public copy of the registry: public records only, in a database file of its own.

Written by the agency worker after each change, whole and under its name at once; the public
worker reads it and has no other way to the registry. What is left out here cannot leak
there: drafts, deleted records, organisations and groups that have no public record, tokens.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from threading import Lock
from time import time

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
_POINTER = "current"
_KEPT_FOR = 60.0  # seconds that a copy stays for readers who have not moved on yet


def newest_copy(folder: Path) -> Path | None:
    """The copy that is in force in `folder`, or None before the first."""
    try:
        return folder / (folder / _POINTER).read_text(encoding="ascii")
    except FileNotFoundError:
        return None


class Snapshot:
    """The public copies, in `folder`, of the registry behind `engine`.

    Each state of the registry has a file of its own, so that a reader's records and index
    stay of one state; a pointer, replaced at once, says which is in force.
    """

    def __init__(self, engine: Engine, folder: Path) -> None:
        # Every SELECT of one writing sees the same state of the registry.
        self._engine = (
            engine.execution_options(isolation_level="REPEATABLE READ")
            if engine.dialect.name == "postgresql"
            else reading(engine)
        )
        self._folder = folder
        self._lock = Lock()
        self._written: str | None = None

    def refresh(self) -> bool:
        """Bring the copy up to date; False when it already was.

        Calls that come together share one writing: whoever waited finds it done.
        """
        with self._lock, Session(self._engine) as session:
            stamp = session.scalar(select(col(Meta.value)).where(col(Meta.key) == "stamp"))
            name = f"{stamp or 'empty'}.db"
            if self._written == name:
                return False
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            fresh = self._write(session)
            fresh.replace(self._folder / name)
            pointer = self._folder / f".{_POINTER}"
            pointer.write_text(name, encoding="ascii")
            pointer.replace(self._folder / _POINTER)
            self._written = name
            self._sweep(name)
            return True

    def _write(self, session: Session) -> Path:
        fresh = self._folder / ".new.db"
        for left in (fresh, self._folder / ".new.db-journal"):  # by a killed process
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
        return fresh

    def _sweep(self, newest: str) -> None:
        for path in self._folder.glob("*.db"):
            if path.name != newest and time() - path.stat().st_mtime > _KEPT_FOR:
                path.unlink(missing_ok=True)


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
