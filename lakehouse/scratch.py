"""Where files stand before they are put into a store.

Not the system's folder for temporary files, which may be small or in memory: a table of ten million
rows needs half a gigabyte.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb


@contextmanager
def scratch(connection: duckdb.DuckDBPyConnection) -> Iterator[Path]:
    """An empty folder beside the one in which `connection` spills, which is a run's own; the
    system's where it has none. It is gone afterwards."""
    row = connection.execute("SELECT current_setting('temp_directory')").fetchone()
    spill = Path(row[0] if row and row[0] else "")
    beside = spill.parent if spill.is_absolute() and spill.parent.is_dir() else None
    with TemporaryDirectory(dir=beside, prefix="files-") as folder:
        yield Path(folder)
