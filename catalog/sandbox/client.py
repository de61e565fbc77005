"""`SqlSandbox`: asks the zygote's children, so many at a time.

Whose files may be read is the caller's to say (`catalog.actions.sql`); what a child may do is
`catalog.sandbox.zygote`.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import Any

from catalog.sandbox import frames
from catalog.sandbox.refusals import SqlRefusedError
from catalog.sandbox.zygote import READY, WALL_SECONDS

_ROOT = Path(__file__).resolve().parents[2]
_BOOT = (
    "import sys; sys.path.insert(0, sys.argv[1]); from catalog.sandbox.zygote import main; main()"
)
_START_WITHIN = 30.0
_WAIT = 6.0


@dataclass(frozen=True)
class SqlAnswer:
    """`fields`: ``{"id", "type"}`` of each column, also without rows."""

    fields: list[dict[str, str]]
    records: list[dict[str, Any]]
    truncated: bool


class SqlSandbox:
    """At most `running` questions at once, and at most `waiting` that wait for their turn."""

    def __init__(self, running: int = 2, waiting: int = 6) -> None:
        self._turns = BoundedSemaphore(running)
        self._places = BoundedSemaphore(running + waiting)
        self._lock = Lock()
        self._zygote: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._ready = False

    def ask(self, sql: str, locate: Callable[[str], Path]) -> SqlAnswer:
        """The answer to one SELECT.

        Args:
            locate: table as it was written → Parquet file of open rows; raises for others.

        Raises:
            SqlRefusedError: ``sql.busy``, ``sql.stopped`` (too much time or memory), or what
                `catalog.sandbox.grammar` and `catalog.sandbox.engine` refuse.
        """
        if not self._places.acquire(blocking=False):
            raise SqlRefusedError("sql.busy")
        try:
            if not self._turns.acquire(timeout=_WAIT):
                raise SqlRefusedError("sql.busy")
            try:
                with self._child() as channel:
                    return _converse(channel, sql, locate)
            finally:
                self._turns.release()
        except frames.BrokenError:
            raise SqlRefusedError("sql.stopped") from None
        finally:
            self._places.release()

    def start(self) -> None:
        """Start the zygote now: a process that is about to confine itself cannot later."""
        with self._lock:
            self._living()

    def close(self) -> None:
        """End the zygote and its children."""
        with self._lock:
            if self._control is not None:
                self._control.close()
            if self._zygote is not None:
                self._zygote.wait()
            self._control = self._zygote = None

    def _child(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs, self._lock:
            try:
                control = self._living()
                if not self._ready:
                    self._ready = control.recv(1) == READY
                socket.send_fds(control, [b"q"], [theirs.fileno()])
            except OSError:
                ours.close()
                raise frames.BrokenError from None
        return ours

    def _living(self) -> socket.socket:
        """The zygote's socket; started if there is none, or if it ended."""
        if self._control is not None and self._zygote is not None and self._zygote.poll() is None:
            return self._control
        if self._control is not None:
            self._control.close()
        ours, theirs = socket.socketpair()
        ours.settimeout(_START_WITHIN)
        self._control, self._ready = ours, False
        with theirs:
            # The interpreter and the folder are ours; nothing of a question is in it.
            self._zygote = subprocess.Popen(  # noqa: S603 - see above, no shell
                [sys.executable, "-I", "-X", "utf8", "-c", _BOOT, str(_ROOT)],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={},
                start_new_session=True,
            )
        return ours


def _converse(channel: socket.socket, sql: str, locate: Callable[[str], Path]) -> SqlAnswer:
    until = time.monotonic() + WALL_SECONDS + 0.5
    frames.send(channel, sql.encode("utf-8", "replace"))
    handles: list[int] = []
    try:
        for table in _told(channel, until)["tables"]:
            handles.append(os.open(locate(table), os.O_RDONLY | os.O_CLOEXEC))
        socket.send_fds(channel, [b"f"], handles)
    except OSError:
        raise frames.BrokenError from None
    finally:
        for handle in handles:
            os.close(handle)
    told = _told(channel, until)
    records = json.loads(frames.receive(channel, until))
    return SqlAnswer(told["fields"], records, told["records_truncated"])


def _told(channel: socket.socket, until: float) -> dict[str, Any]:
    told: dict[str, Any] = frames.receive_json(channel, until)
    if "refused" in told:
        check, clause, name = told["refused"]
        raise SqlRefusedError(check, clause, name)
    return told
