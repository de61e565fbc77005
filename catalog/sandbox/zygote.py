"""The process that has everything imported and makes a child for each question.

``python -m catalog.sandbox.zygote`` with a socket as its standard input: every descriptor
that comes over it is the channel of one question; whoever ends that socket ends this process
and its children. Before a child looks at the question it gives up every file but libraries
(Landlock), every connection, and all but so much time and memory. Asking it is
`catalog.sandbox.client`.
"""

from __future__ import annotations

import contextlib
import logging
import os
import resource
import select
import signal
import socket
import time

from catalog.confinement import confine
from catalog.places import library_places
from catalog.sandbox import frames
from catalog.sandbox.refusals import SqlRefusedError

READY = b"r"
WALL_SECONDS = 5.0
_CPU_SECONDS = 3
_MEMORY = 1_200_000_000
_TABLES = 8  # tables of one question
_NICENESS = 10  # the catalogue's other answers come first


def main() -> None:
    """Make children until the socket ends."""
    channel = socket.socket(fileno=0)
    os.nice(_NICENESS)
    os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"  # others reserve a gigabyte at once
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    logging.disable()  # sqlglot would write down what it cannot read
    _warm_up()
    channel.sendall(READY)
    _serve(channel)


def _warm_up() -> None:
    """What every child would do for itself."""
    import pyarrow as pa

    from catalog.sandbox import engine, grammar  # noqa: F401 - to have the engine imported

    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    grammar.check_select("SELECT count(*) FROM a WHERE b = '1' GROUP BY c ORDER BY d LIMIT 1")


def _serve(channel: socket.socket) -> None:
    children: dict[int, float] = {}
    while True:
        wait = min([until - time.monotonic() for until in children.values()], default=None)
        ready, _out, _bad = select.select([channel], [], [], _between(wait, len(children)))
        _reap(children)
        if ready:
            message, handles, _flags, _from = socket.recv_fds(channel, 1, 1)
            if not message:
                for child in children:
                    os.kill(child, signal.SIGKILL)
                return
            for handle in handles:
                child = os.fork()
                if child == 0:
                    channel.close()
                    _live(handle)
                os.close(handle)
                children[child] = time.monotonic() + WALL_SECONDS


def _between(wait: float | None, children: int) -> float | None:
    """Seconds to look again: there is no word of a child's end but its being waited for."""
    return None if wait is None or not children else max(0.0, min(wait, 0.1))


def _reap(children: dict[int, float]) -> None:
    for child, until in list(children.items()):
        if time.monotonic() >= until:
            os.kill(child, signal.SIGKILL)
        ended, _status = os.waitpid(child, 0 if time.monotonic() >= until else os.WNOHANG)
        if ended:
            del children[child]


def _live(handle: int) -> None:
    """A child's whole life: one question."""
    # Of itself, whatever happens: no handler of the parent's, no second question, no cleaning
    # up after libraries that wait for their threads.
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        # Here and not before fork(): DuckDB must be able to read its own /proc/self/cgroup.
        confine(readable=library_places(), writable=[], tcp=False)
        for kind, most in (
            (resource.RLIMIT_AS, _MEMORY),
            (resource.RLIMIT_CPU, _CPU_SECONDS),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_CORE, 0),
        ):
            resource.setrlimit(kind, (most, most))
        with socket.socket(fileno=handle) as channel:
            _answer(channel)
    finally:
        os._exit(0)


def _answer(channel: socket.socket) -> None:
    from catalog.sandbox import engine, grammar

    until = time.monotonic() + WALL_SECONDS
    with contextlib.suppress(frames.BrokenError):
        try:
            checked = grammar.check_select(frames.receive(channel, until).decode())
            if len(checked.tables) > _TABLES:
                raise SqlRefusedError("sql.tables")
            frames.send_json(channel, {"tables": checked.tables})
            _message, handles, _flags, _from = socket.recv_fds(channel, 1, _TABLES)
            files = dict(zip(checked.tables, handles, strict=True))
            told, rows = engine.answer(checked, files)
        except SqlRefusedError as error:
            refused = error.refusal
            frames.send_json(channel, {"refused": [refused.check, refused.clause, refused.name]})
        except MemoryError:
            frames.send_json(channel, {"refused": ["sql.too_heavy", "", ""]})
        else:
            frames.send_json(channel, told)
            frames.send(channel, rows)


if __name__ == "__main__":
    main()
