"""SQLAlchemy's dialect for DuckDB, with every name quoted.

duckdb-engine quotes names that DuckDB reserves, but not those that it keeps for types and
functions (``at``, ``by``, ``anti`` …), which may name a column only in quotes. Nothing here knows
Great Expectations or a check.
"""

from __future__ import annotations

import duckdb_engine
from sqlalchemy.dialects import registry


class _QuotingPreparer(duckdb_engine.DuckDBIdentifierPreparer):
    def _requires_quotes(self, value: str) -> bool:
        return True


class QuotingDialect(duckdb_engine.Dialect):
    """DuckDB, all names in quotes."""

    preparer = _QuotingPreparer
    supports_statement_cache = False  # as the dialect it is made from


URL = "duckdb+quoting"
"""What a URL of SQLAlchemy begins with for this dialect."""
registry.register(URL.replace("+", "."), __name__, QuotingDialect.__name__)
