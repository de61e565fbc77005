"""Alembic's entry point: migrates the connection that `catalog.registry.database` hands over."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

import catalog.registry.tables  # noqa: F401 - makes the tables known to SQLModel

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    # SQLite can roll DDL back too once Python's own transactions are off.
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
