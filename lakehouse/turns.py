"""How many questions run at once in a process, and for how long each.

One more would slow every other down and add its memory to theirs, so it waits; and when too
many wait it is refused, because whoever waits holds a thread that could answer something
else. What a question is belongs to `lakehouse.questions`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Timer

import duckdb


class TooBusyError(Exception):
    """Too many wait already, or no turn came within the waiting time."""


class Turns:
    """At most `running` questions at once and `waiting` more, each for at most `wait` seconds;
    a question is interrupted after `seconds` (DuckDB then raises ``InterruptException``)."""

    def __init__(
        self, running: int = 4, waiting: int = 12, wait: float = 10, seconds: float = 20
    ) -> None:
        self._free = BoundedSemaphore(running)
        self._places = BoundedSemaphore(running + waiting)
        self._wait = wait
        self._seconds = seconds

    @contextmanager
    def turn(self, connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
        """A turn for one question on `connection`. Raises `TooBusyError`."""
        if not self._places.acquire(blocking=False):
            raise TooBusyError
        try:
            if not self._free.acquire(timeout=self._wait):
                raise TooBusyError
            clock = Timer(self._seconds, connection.interrupt)
            clock.daemon = True
            clock.start()
            try:
                yield
            finally:
                clock.cancel()
                self._free.release()
        finally:
            self._places.release()


TURNS = Turns()
"""Those of this process."""
