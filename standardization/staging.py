"""Rows of the batch relation on their way to the gate: one Parquet file in scratch per mapping.

Columns that are the same in all rows of a file stand in its metadata: DuckDB would write, and
read each time, every one of their values.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import duckdb

from contracts.quoting import literal, quoted

# A staged file lives for one run. Compressing it would cost a fifth of its writing, looking for
# dictionaries in columns that have thousands of values a third.
_STAGED = "FORMAT parquet, COMPRESSION uncompressed, DICTIONARY_SIZE_LIMIT 1000"
_CONSTANTS = "constants"


def write_batch(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    out: Path,
    constants: Mapping[str, str] | None = None,
) -> int:
    """Write what the SELECT `sql` gives, and `constants` (column → SQL of its value), to the
    Parquet file `out`; gives the rows written.

    Raises:
        duckdb.Error: the caller tells it without its words (`standardization.faults`).
    """
    known = f"KV_METADATA {{{_CONSTANTS}: {literal(json.dumps(constants or {}))}}}"
    copy = f"COPY ({sql}) TO {literal(str(out))} ({_STAGED}, {known})"
    written = connection.execute(copy).fetchone()
    return int(written[0]) if written else 0


def staged_rows(connection: duckdb.DuckDBPyConnection, file: Path) -> str:
    """A SELECT of the rows in `file`, which `write_batch` wrote, with its constants."""
    name = literal(str(file))
    found = connection.execute(
        f"SELECT decode(value) FROM parquet_kv_metadata({name}) "
        f"WHERE decode(key) = {literal(_CONSTANTS)}"
    ).fetchone()
    constants = json.loads(found[0]) if found else {}
    items = ["*", *(f"{value} AS {quoted(column)}" for column, value in constants.items())]
    return f"SELECT {', '.join(items)} FROM read_parquet({name})"
