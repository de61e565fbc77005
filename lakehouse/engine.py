"""A DuckDB that can open the files of one release and nothing else, in turns.

What it is asked is `lakehouse.questions`; which files, `lakehouse.parts`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

import duckdb

from contracts.errors import Fault, Place
from contracts.i18n import _
from contracts.quoting import literal
from contracts.times import TIME_ZONE
from lakehouse.parts import Parts
from lakehouse.turns import TooBusyError, Turns


class RowEngine:
    """The relation ``rows`` of the files that `locate` finds, for many questions at once.

    Args:
        locate: finds the files; again, when the cache has let them go.
        memory_limit: DuckDB's own; nothing is ever spilled to disk.
    """

    def __init__(
        self,
        dataset: str,
        locate: Callable[[], Parts],
        turns: Turns,
        memory_limit: str,
        threads: int,
    ) -> None:
        self._dataset = dataset
        self._locate = locate
        self._turns = turns
        self._lock = Lock()
        self.parts = locate()
        self.connection = _confined(self.parts, memory_limit, threads)

    @contextmanager
    def turn(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor for one question in its turn; the engine's errors become Faults."""
        with self._lock:
            engine = self.connection.cursor()
        try:
            with self._turns.turn(engine):
                self._present()
                yield engine
        except TooBusyError:
            raise self._refusal("rows.busy", _("Too many questions are asked just now.")) from None
        except duckdb.InterruptException:
            raise self._refusal("rows.too_slow", _("The question took too long.")) from None
        except duckdb.OutOfMemoryException:
            raise self._refusal("rows.too_heavy", _("The question takes too much.")) from None
        except duckdb.Error:
            raise self._refusal("rows.failed", _("The question could not be answered.")) from None
        finally:
            engine.close()

    def _present(self) -> None:
        """Fetch the files again if the cache has let them go."""
        if not all(part.path.exists() for part in self.parts.files):
            self._locate()

    def _refusal(self, check: str, message: str) -> Fault:
        return Fault(
            check,
            message,
            remedy=_("Ask for fewer columns or rows, or download the whole file."),
            place=Place(dataset=self._dataset),
        )


def _confined(parts: Parts, memory_limit: str, threads: int) -> duckdb.DuckDBPyConnection:
    """A connection with the relation ``rows`` that can reach the files of `parts` alone."""
    connection = duckdb.connect(
        config={
            "memory_limit": memory_limit,
            "threads": str(threads),
            "temp_directory": "",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "python_enable_replacements": "false",
        }
    )
    allowed = ", ".join(literal(str(part.path)) for part in parts.files)
    connection.execute(f"SET GLOBAL TimeZone = {literal(TIME_ZONE)}")
    connection.execute(f"CREATE VIEW rows AS {parts.select}")
    connection.execute(f"SET allowed_paths = [{allowed}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection
