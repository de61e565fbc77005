"""Opening the registry: engine, settings of each database, migrations.

The only place that runs Alembic. SQLite and PostgreSQL alike; no query lives here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from contracts.errors import Fault
from contracts.i18n import _

_MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
_MIGRATION_LOCK = 7_106_220_241  # any number of our own: PostgreSQL's advisory lock


def open_registry(url: str) -> Engine:
    """The registry at `url` (``sqlite:///…`` or ``postgresql://…``), migrated to the newest form.

    Two processes that open it at once migrate one after the other; a migration that is
    killed leaves the form before it. `Fault("registry.unreachable")` when there is no
    database to open.
    """
    engine = _engine(url)
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
            _migrate(connection)
    except SQLAlchemyError as error:
        engine.dispose()
        raise Fault(
            "registry.unreachable",
            _("The catalogue's database cannot be opened or migrated ({reason})."),
            remedy=_("Check DUNGCHUNG_DATABASE_URL, that the server runs and the disk has room."),
            reason=type(error).__name__,
        ) from None
    return engine


def _migrate(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        return create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    if parsed.database:
        Path(parsed.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = create_engine(parsed, connect_args={"timeout": 30})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # Python's sqlite3 begins transactions by itself and commits before DDL; with that off,
    # SQLAlchemy's BEGIN below makes a migration one transaction.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin_sqlite(connection: Connection) -> None:
    # IMMEDIATE: two writers queue for the lock at once instead of failing at the upgrade.
    # Readers say they only read through the execution option, and never take it.
    reads = connection.get_execution_options().get("dungchung_read_only", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def reading(engine: Engine) -> Engine:
    """The same database for transactions that only read: they never wait for a writer."""
    return engine.execution_options(dungchung_read_only=True)


def consistent(engine: Engine) -> Engine:
    """The same database for transactions that only read, each of one state of it."""
    if engine.dialect.name == "postgresql":
        return engine.execution_options(isolation_level="REPEATABLE READ")
    return reading(engine)
