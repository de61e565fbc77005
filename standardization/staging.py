"""Rows of the batch relation on their way to the gate: one Parquet file in scratch per mapping."""

from __future__ import annotations

from pathlib import Path

import duckdb

from contracts.quoting import literal

# A staged file lives for one run. Compressing it would cost a fifth of its writing, looking for
# dictionaries in columns that have thousands of values a third.
_STAGED = "FORMAT parquet, COMPRESSION uncompressed, DICTIONARY_SIZE_LIMIT 1000"


def write_batch(connection: duckdb.DuckDBPyConnection, sql: str, out: Path) -> int:
    """Write what the SELECT `sql` gives to the Parquet file `out`; gives the rows written.

    Raises:
        duckdb.Error: the caller tells it without its words (`standardization.faults`).
    """
    copy = f"COPY ({sql}) TO {literal(str(out))} ({_STAGED})"
    written = connection.execute(copy).fetchone()
    return int(written[0]) if written else 0
