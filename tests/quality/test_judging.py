"""The process that judges: what it is told, what it may not know, and what its death does."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import duckdb
import pytest

from quality import judging
from quality.dbapi import answering
from quality.judging import Broken, Query, Task
from quality.outcomes import Outcome, Share
from tests.quality.test_expectations import plan

TASK = Task(plan(landed=(Share("r", 0.0, ("", "")),)), heading="d")


@pytest.fixture(autouse=True)
def ended() -> Iterator[None]:
    yield
    judging.end()


@pytest.fixture
def landed() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE landed AS SELECT i > 2 AS r FROM range(10) t(i)")
    return connection


def _process() -> int:
    (running,) = judging._running
    return running.process.pid


def test_it_judges_relations_of_a_connection_it_does_not_have(
    landed: duckdb.DuckDBPyConnection,
) -> None:
    judged = judging.judge(landed, TASK)
    assert judged.outcomes == {"landed": {"r": Outcome(False, 10, 3)}}
    assert judged.engine.startswith("great_expectations ")
    assert set(judged.pages) == {"landed"}
    assert "<html" in judged.pages["landed"]


def test_one_process_judges_task_after_task(landed: duckdb.DuckDBPyConnection) -> None:
    judging.begin()
    first = _process()
    judging.begin()
    judging.judge(landed, TASK)
    landed.execute("UPDATE landed SET r = TRUE")
    assert judging.judge(landed, Task(TASK.plan, None)).outcomes["landed"]["r"].passed
    assert _process() == first


def test_what_an_engine_says_of_a_value_does_not_reach_it() -> None:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE t AS SELECT 'canarivi' AS x")
    connection.execute("CREATE VIEW landed AS SELECT CAST(x AS INTEGER) > 0 AS r FROM t")
    told = judging._answered(answering(connection), Query("SELECT r FROM landed", ()))
    assert told == Broken("ConversionException")
    judged = judging.judge(connection, TASK)
    assert judged.outcomes == {"landed": {"r": Outcome(False, crashed="engine.failed")}}
    assert set(judged.pages) == {"landed"}
    assert "canarivi" not in repr(judged)


def test_its_death_is_no_verdict_and_the_next_run_has_another(
    landed: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    judging.begin()
    first = _process()
    answered = judging._answered

    def killed(*arguments: object) -> object:
        os.kill(first, signal.SIGKILL)
        return answered(*arguments)  # type: ignore[arg-type] # whatever they are

    monkeypatch.setattr(judging, "_answered", killed)
    with pytest.raises((EOFError, OSError)):
        judging.judge(landed, TASK)
    monkeypatch.undo()
    assert judging.judge(landed, TASK).outcomes["landed"]["r"].failed == 3
    assert _process() != first


def test_it_ends_when_nobody_is_left_to_ask(landed: duckdb.DuckDBPyConnection) -> None:
    judging.judge(landed, TASK)
    (running,) = judging._running
    judging._running.clear()
    running.link.close()
    assert running.process.wait(30) == 0
