"""SQLAlchemy's dialect for DuckDB, with every name quoted and columns found by DESCRIBE.

duckdb-engine quotes names that DuckDB reserves, but not those that it keeps for types and
functions (``at``, ``by``, ``anti`` …), which may name a column only in quotes; and it looks for
columns in PostgreSQL's catalogue, as DuckDB imitates it: three queries of joins. Nothing here knows
Great Expectations or a check.
"""

from __future__ import annotations

from typing import Any

import duckdb_engine
from sqlalchemy import Connection
from sqlalchemy.dialects import registry
from sqlalchemy.engine.interfaces import ReflectedColumn, ReflectedPrimaryKeyConstraint
from sqlalchemy.types import NullType

from contracts.quoting import quoted


class _QuotingPreparer(duckdb_engine.DuckDBIdentifierPreparer):
    def _requires_quotes(self, value: str) -> bool:
        return True


class QuotingDialect(duckdb_engine.Dialect):
    """DuckDB, all names in quotes."""

    preparer = _QuotingPreparer
    supports_statement_cache = False  # as the dialect it is made from

    def get_columns(
        self, connection: Connection, table_name: str, schema: str | None = None, **_more: Any
    ) -> list[ReflectedColumn]:
        """The columns of a table or view, without their types."""
        described = connection.exec_driver_sql(f"DESCRIBE {quoted(table_name)}")
        return [
            ReflectedColumn(name=str(row[0]), type=NullType(), nullable=True, default=None)
            for row in described
        ]

    def get_pk_constraint(
        self, connection: Connection, table_name: str, schema: str | None = None, **_more: Any
    ) -> ReflectedPrimaryKeyConstraint:
        """None: what is judged are views."""
        return ReflectedPrimaryKeyConstraint(constrained_columns=[], name=None)


URL = "duckdb+quoting"
"""What a URL of SQLAlchemy begins with for this dialect."""
registry.register(URL.replace("+", "."), __name__, QuotingDialect.__name__)
