"""Great Expectations in a process of its own: our side.

Importing it takes as long as importing everything else. A process that starts early does so
beside other work, on another core, and its memory goes with it. It has no rows: it is told what
to expect, asks for SQL to be run, and gets counts. Its side is `quality.expectations.__main__`;
what is expected is `quality.planning`.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe
from threading import Lock

import duckdb

from quality.dbapi import Answer, Rows, answering
from quality.outcomes import Outcome, Plan

_LOCK = Lock()


@dataclass(frozen=True)
class Task:
    """What to judge; with `heading`, what to write above each page about it."""

    plan: Plan
    heading: str | None


@dataclass(frozen=True)
class Query:
    """SQL that the process wants to be run."""

    statement: str
    parameters: Sequence[object]


@dataclass(frozen=True)
class Broken:
    """That a query failed: the name of DuckDB's error, without its words."""

    error: str


@dataclass(frozen=True)
class Judged:
    """Asset → check id → outcome; the engine's name; asset → Data Docs page (HTML)."""

    outcomes: Mapping[str, Mapping[str, Outcome]]
    engine: str
    pages: Mapping[str, str]


class _Judge:
    """The process, while it lives."""

    def __init__(self) -> None:
        self.link, theirs = Pipe()
        self.process = subprocess.Popen(  # noqa: S603 - our own module, no shell
            # -P: a folder called quality where one happens to stand is not ours.
            [sys.executable, "-P", "-m", "quality.expectations", str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
        )
        theirs.close()

    @property
    def lives(self) -> bool:
        return self.process.poll() is None

    def end(self) -> None:
        """It holds nothing that could be lost, and would take its time to end by itself."""
        self.link.close()
        self.process.kill()
        self.process.wait()


_running: list[_Judge] = []


def begin() -> None:
    """Start the process unless it runs, and do not wait for it."""
    with _LOCK:
        _start()


def end() -> None:
    """End the process if it runs; it would end with this one in any case."""
    with _LOCK:
        while _running:
            _running.pop().end()


def judge(connection: duckdb.DuckDBPyConnection, task: Task) -> Judged:
    """What Great Expectations says of the relations in `connection` that the plan names.

    Raises:
        EOFError, OSError: the process died; the next call starts another.
        RuntimeError: it could not judge.
    """
    with _LOCK:
        process = _start()
        try:
            return _converse(process.link, connection, task)
        except BaseException:
            # Whatever it was about to say would be taken for the answer to the next task.
            _running.remove(process)
            process.end()
            raise


def _start() -> _Judge:
    while _running and not _running[-1].lives:
        _running.pop().end()
    if not _running:
        _running.append(_Judge())
    return _running[-1]


def _converse(
    link: Connection[object, object], connection: duckdb.DuckDBPyConnection, task: Task
) -> Judged:
    answer = answering(connection)
    link.send(task)
    while True:
        said = link.recv()
        if isinstance(said, Query):
            link.send(_answered(answer, said))
        elif isinstance(said, Judged):
            return said
        else:
            raise RuntimeError


def _answered(answer: Answer, query: Query) -> object:
    try:
        return answer(query.statement, query.parameters)
    except duckdb.Error as error:
        return Broken(type(error).__name__)


def asking(link: Connection[object, object]) -> Answer:
    """Their side of a query: as `quality.dbapi.answering`, by way of `link`.

    Raises:
        duckdb.Error: as there, without the engine's words.
    """

    def ask(statement: str, parameters: Sequence[object]) -> Rows:
        link.send(Query(statement, parameters))
        answer = link.recv()
        if isinstance(answer, Rows):
            return answer
        error = answer.error if isinstance(answer, Broken) else ""
        raise getattr(duckdb, error, duckdb.Error)

    return ask
