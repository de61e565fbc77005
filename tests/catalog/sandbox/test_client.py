"""Questions in SQL in a process of their own: what it answers and what stops it."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from catalog.sandbox.client import SqlAnswer, SqlSandbox
from catalog.sandbox.refusals import SqlRefusedError

_ROWS = """
    SELECT i::BIGINT AS k, 'Xã ' || (i % 7) AS name, DATE '2026-01-01' + (i % 30)::INTEGER AS day,
           (i / 4)::DECIMAL(9, 2) AS money, i % 2 = 0 AS yes, 'canary' AS secret,
           TIMESTAMPTZ '2026-01-01 00:00:00+07' + to_hours(i) AS moment,
           CASE i WHEN 0 THEN 'nan'::DOUBLE ELSE i / 2 END AS ratio, ['a', 'b'] AS list
    FROM range(50000) AS t(i)
"""


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sql") / "rows.parquet"
    with duckdb.connect() as engine:
        engine.execute(f"COPY ({_ROWS}) TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE 20480)")
    return path


@pytest.fixture(scope="module")
def sandbox(rows: Path) -> Iterator[SqlSandbox]:
    made = SqlSandbox()
    ask(made, rows, "SELECT 1")  # starting takes its time, and is none of a question's
    yield made
    made.close()


def ask(sandbox: SqlSandbox, rows: Path, sql: str) -> SqlAnswer:
    def locate(table: str) -> Path:
        if table not in ("t", "3f2504e0-4f89-41d3-9a0c-0305e82c3301"):
            raise SqlRefusedError("sql.unknown_table", "FROM", table)
        return rows

    return sandbox.ask(sql, locate)


def refusal(sandbox: SqlSandbox, rows: Path, sql: str) -> tuple[str, str]:
    with pytest.raises(SqlRefusedError) as refused:
        ask(sandbox, rows, sql)
    assert "canary" not in str(refused.value.refusal)
    return refused.value.refusal.check, refused.value.refusal.clause


def test_rows_and_types_as_ckanr_knows_them(sandbox: SqlSandbox, rows: Path) -> None:
    answer = ask(sandbox, rows, 'SELECT * FROM "3f2504e0-4f89-41d3-9a0c-0305e82c3301" LIMIT 2')
    assert {field["id"]: field["type"] for field in answer.fields} == {
        "k": "bigint",
        "name": "text",
        "day": "date",
        "money": "numeric",
        "yes": "bool",
        "secret": "text",
        "moment": "timestamptz",
        "ratio": "double precision",
        "list": "_text",
    }
    assert answer.records[1] == {
        "k": 1,
        "name": "Xã 1",
        "day": "2026-01-02",
        "money": 0.25,
        "yes": False,
        "secret": "canary",
        "moment": "2026-01-01T01:00:00.000000+07:00",
        "ratio": 0.5,
        "list": ["a", "b"],
    }
    assert answer.records[0]["ratio"] is None
    assert not answer.truncated


def test_fields_come_without_rows(sandbox: SqlSandbox, rows: Path) -> None:
    answer = ask(sandbox, rows, "SELECT * FROM (SELECT name, k FROM t) q01 WHERE 0 = 1")
    assert [field["id"] for field in answer.fields] == ["name", "k"]
    assert answer.records == []


def test_row_numbers_are_those_of_datastore_search(sandbox: SqlSandbox, rows: Path) -> None:
    answer = ask(sandbox, rows, "SELECT count(*), min(_id - k), max(_id - k) FROM t")
    assert list(answer.records[0].values()) == [50_000, 1, 1]
    found = ask(sandbox, rows, "SELECT _id, k FROM t WHERE k = 30000").records
    assert found == [{"_id": 30_001, "k": 30_000}]


def test_no_more_than_32000_rows(sandbox: SqlSandbox, rows: Path) -> None:
    answer = ask(sandbox, rows, "SELECT k FROM t ORDER BY k DESC")
    assert (len(answer.records), answer.truncated) == (32_000, True)
    assert answer.records[0] == {"k": 49_999}


def test_no_more_than_so_many_bytes(sandbox: SqlSandbox, rows: Path) -> None:
    answer = ask(sandbox, rows, "SELECT lpad(name, 5000, '.') AS wide FROM t LIMIT 9000")
    assert answer.truncated
    assert 1_000 < len(answer.records) < 9_000
    assert len(json.dumps(answer.records)) < 20 << 20


@pytest.mark.parametrize(
    ("sql", "check", "clause"),
    [
        ("SELECT nothing FROM t", "sql.binding", "SELECT"),
        ("SELECT k FROM t WHERE nothing = 1", "sql.binding", "WHERE"),
        ("SELECT k FROM t ORDER BY nothing", "sql.binding", "ORDER BY"),
        ("SELECT CAST(secret AS INTEGER) FROM t", "sql.computing", "SELECT"),
        ("SELECT k FROM t WHERE secret::date > day", "sql.computing", "WHERE"),
        ("SELECT * FROM other", "sql.unknown_table", "FROM"),
        ("SELECT * FROM '/etc/passwd'", "sql.unknown_table", "FROM"),
        ("SELECT * FROM duckdb_settings", "sql.unknown_table", "FROM"),
        ("SELECT * FROM pg_class", "sql.unknown_table", "FROM"),
        ("SELECT * FROM sqlite_master", "sql.unknown_table", "FROM"),
        ("SELECT * FROM rows", "sql.unknown_table", "FROM"),
        ("SELECT read_text('/etc/passwd') FROM t", "sql.function", "SELECT"),
        ("SELECT 1; DROP TABLE t", "sql.statements", ""),
    ],
)
def test_refusals_name_the_clause_and_no_value(
    sandbox: SqlSandbox, rows: Path, sql: str, check: str, clause: str
) -> None:
    assert refusal(sandbox, rows, sql) == (check, clause)


_BOMBS = [
    "SELECT count(*) FROM t a, t b, t c WHERE a.k + b.k + c.k > 0",
    "SELECT string_agg(a.name || b.name, ',') FROM t a, t b",
    "SELECT array_agg(a.name) FROM t a, t b",
    "SELECT max(lpad(name, 200000000, '.')) FROM t",
]


@pytest.mark.parametrize("sql", _BOMBS)
def test_bombs_are_stopped(sandbox: SqlSandbox, rows: Path, sql: str) -> None:
    assert refusal(sandbox, rows, sql)[0] in ("sql.stopped", "sql.too_heavy")


def test_many_bombs_do_not_queue_up(sandbox: SqlSandbox, rows: Path) -> None:
    with ThreadPoolExecutor(50) as pool:
        found = list(pool.map(lambda _: refusal(sandbox, rows, _BOMBS[0])[0], range(50)))
    assert found.count("sql.busy") >= 42
    assert set(found) <= {"sql.busy", "sql.stopped", "sql.too_heavy"}
    assert ask(sandbox, rows, "SELECT count(*) FROM t").records == [{"count": 50_000}]


def test_a_zygote_that_ended_is_started_again(rows: Path) -> None:
    sandbox = SqlSandbox()
    try:
        assert ask(sandbox, rows, "SELECT 1 AS one").records == [{"one": 1}]
        zygote = sandbox._zygote
        assert zygote is not None
        os.kill(zygote.pid, signal.SIGKILL)
        zygote.wait()
        assert ask(sandbox, rows, "SELECT 1 AS one").records == [{"one": 1}]
    finally:
        sandbox.close()
