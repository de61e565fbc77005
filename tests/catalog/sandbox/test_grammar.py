"""Attacks on the SQL's text: each is refused, and by which check."""

from __future__ import annotations

import contextlib
import logging

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.sandbox.grammar import check_select, clause_at, relation_name
from catalog.sandbox.refusals import SqlRefusedError

_TABLE = '"3f2504e0-4f89-41d3-9a0c-0305e82c3301"'


def run(text: str, rows: str = "SELECT 1 AS a, 'x' AS b, DATE '2026-01-02' AS d") -> list[object]:
    """What DuckDB answers to the checked SELECT, every table having these rows."""
    checked = check_select(text)
    relations = {name: relation_name(number) for number, name in enumerate(checked.tables)}
    with duckdb.connect() as engine:
        for relation in relations.values():
            engine.execute(f'CREATE VIEW "{relation}" AS {rows}')
        return list(engine.execute(checked.to_sql(relations)).fetchall())


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (f"SELECT * FROM {_TABLE} LIMIT 5", (1, "x")),
        (f"SELECT a FROM {_TABLE} WHERE {_TABLE}.b = 'x';", (1,)),
        ("SELECT * FROM (SELECT a FROM t) q01 WHERE 1 = 1", (1,)),
        ("WITH t AS (SELECT a FROM t) SELECT * FROM t", (1,)),
        ("SELECT count(*), to_char(d, 'YYYY-MM') FROM t GROUP BY 2", (1, "2026-01")),
        ("SELECT b ~ '^x' AND b ILIKE 'X', a::text || 'y' FROM t", (True, "1y")),
        ("SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY a) FROM t", (1.0,)),
        ("SELECT string_agg(b, ','), sum(a) FILTER (WHERE a > 5) FROM t", ("x", None)),
        ("SELECT rank() OVER (PARTITION BY b ORDER BY a DESC) FROM t", (1,)),
        ("SELECT x.a FROM t x JOIN u y ON x.a = y.a WHERE EXISTS (SELECT 1 FROM u)", (1,)),
        ("SELECT extract(year FROM d), date_trunc('month', d) IS NULL FROM t", (2026, False)),
        ("SELECT 'a\\', ' '' ; --'", ("a\\", " ' ; --")),
        ("SELECT a FROM t UNION ALL SELECT a + 1 FROM u ORDER BY 1", (1,)),
    ],
)
def test_what_clients_of_ckan_write_is_answered(text: str, answer: tuple[object, ...]) -> None:
    first = run(text)[0]
    assert isinstance(first, tuple)
    assert first[: len(answer)] == answer


def test_columns_are_called_as_postgresql_calls_them() -> None:
    text = (
        "SELECT count(*), max(a) OVER (), to_char(d, 'YYYY'), a::text, 1 + 1, b FROM t GROUP BY 2"
    )
    tree = check_select(text).tree
    names = [column.alias_or_name for column in tree.expressions]
    assert names == ["count", "max", "to_char", "a", "?column?", "b"]


def test_tables_are_those_that_are_not_made_by_with() -> None:
    assert check_select(
        "WITH a AS (SELECT 1), b AS (SELECT * FROM a) SELECT * FROM b, c"
    ).tables == ("c",)
    # Out of reach of its WITH a name is a table like any other: not one of DuckDB's own.
    inner = "WITH duckdb_settings AS (SELECT 1) SELECT * FROM duckdb_settings"
    assert check_select(f"SELECT * FROM ({inner}) x, duckdb_settings").tables == (
        "duckdb_settings",
    )


_ATTACKS = [
    # 17 files
    ("SELECT * FROM read_csv('/etc/passwd')", "sql.function"),
    ("SELECT * FROM read_text('/etc/passwd')", "sql.function"),
    ("SELECT read_blob('/etc/passwd')", "sql.function"),
    ("SELECT * FROM glob('/*')", "sql.syntax"),
    # 18 writing
    ("COPY (SELECT 1) TO '/tmp/out'", "sql.not_select"),
    ("EXPORT DATABASE '/tmp/out'", "sql.syntax"),
    ("IMPORT DATABASE '/tmp/out'", "sql.syntax"),
    ("SELECT * INTO other FROM t", "sql.part"),
    # 19, 20, 21
    ("ATTACH '/tmp/x.db'", "sql.syntax"),
    ("INSTALL httpfs", "sql.not_select"),
    ("LOAD httpfs", "sql.not_select"),
    ("CREATE SECRET s (TYPE s3)", "sql.not_select"),
    ("SELECT * FROM duckdb_secrets()", "sql.function"),
    ("SET memory_limit = '9GB'", "sql.not_select"),
    ("RESET memory_limit", "sql.not_select"),
    ("PRAGMA database_list", "sql.not_select"),
    # 22 addresses
    ("SELECT * FROM read_parquet('https://example.vn/x')", "sql.function"),
    ("SELECT * FROM read_parquet('s3://bucket/x')", "sql.function"),
    # 23, 24
    ("SELECT getenv('HOME')", "sql.function"),
    ("SELECT current_setting('memory_limit')", "sql.function"),
    ("SELECT * FROM duckdb_settings()", "sql.function"),
    ("SELECT * FROM duckdb_databases()", "sql.function"),
    ("SELECT * FROM information_schema.tables", "sql.table"),
    ("SELECT * FROM pg_catalog.pg_class", "sql.table"),
    ("SELECT version()", "sql.function"),
    # 25
    ("SELECT * FROM query('SELECT 1')", "sql.function"),
    ("SELECT * FROM query_table('t')", "sql.function"),
    ("SELECT json_execute_serialized_sql('{}')", "sql.function"),
    # 26
    ("SELECT 1; SELECT 2", "sql.statements"),
    ("SELECT 1 /* */; DROP TABLE t --", "sql.statements"),
    ("SELECT $$a$$; DELETE FROM t", "sql.statements"),
    ("SELECT '", "sql.syntax"),
    ("ＳＥＬＥＣＴ 1", "sql.syntax"),
    ("SELECT E'\\x41'", "sql.part"),
    ("", "sql.syntax"),
    (";", "sql.syntax"),
    # 27
    ("WITH x AS (INSERT INTO t VALUES (1) RETURNING *) SELECT * FROM x", "sql.part"),
    ("DELETE FROM t", "sql.not_select"),
    ("UPDATE t SET a = 1", "sql.not_select"),
    # 28
    ("CREATE VIEW t AS SELECT 1", "sql.not_select"),
    ("SET VARIABLE a = 1", "sql.not_select"),
    ("SELECT getvariable('a')", "sql.function"),
    ("PREPARE p AS SELECT 1", "sql.not_select"),
    ("EXECUTE p", "sql.not_select"),
    ("SELECT $1", "sql.part"),
    ("SELECT * FROM t§0", "sql.name"),
    # 30
    ("SELECT * FROM range(1000000000)", "sql.function"),
    ("SELECT * FROM generate_series(1, 1000000000)", "sql.function"),
    ("WITH RECURSIVE x AS (SELECT 1 UNION ALL SELECT 1 FROM x) SELECT * FROM x", "sql.recursive"),
    ("SELECT * FROM t, LATERAL (SELECT 1) y", "sql.part"),
    ("SELECT unnest(a) FROM t", "sql.function"),
    # 31
    ("SELECT repeat('x', 4000000000)", "sql.function"),
    ("SELECT * FROM t PIVOT (sum(a) FOR b IN ('x'))", "sql.part"),
    ("PIVOT t ON a", "sql.not_select"),
    ("SELECT a FROM t GROUP BY CUBE (a, b)", "sql.part"),
    # 32
    ("SELECT " + "(" * 5_000 + "1" + ")" * 5_000, "sql.syntax"),
    ("SELECT 1 IN (" + "1," * 500_000 + "1)", "sql.too_long"),
    ("SELECT '" + "x" * 10_000_000 + "'", "sql.too_long"),
    # further
    ("SELECT random()", "sql.function"),
    ("SELECT pg_sleep(5)", "sql.function"),
    ("SELECT columns('a') FROM t", "sql.function"),
    ("SELECT a::regclass FROM t", "sql.part"),
    ("SELECT CAST(a AS JSON) FROM t", "sql.type"),
    ("SELECT a FROM t FOR UPDATE", "sql.part"),
    ("SELECT a FROM t TABLESAMPLE SYSTEM (10)", "sql.part"),
    ("VALUES (1)", "sql.not_select"),
    ("EXPLAIN SELECT 1", "sql.not_select"),
    ("DESCRIBE t", "sql.not_select"),
]


@pytest.mark.parametrize(("text", "check"), _ATTACKS, ids=[text[:40] for text, _ in _ATTACKS])
def test_attacks(text: str, check: str, caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    with pytest.raises(SqlRefusedError) as refused:
        check_select(text)
    assert refused.value.refusal.check == check


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("SELECT getenv('a') FROM t", "SELECT"),
        ("SELECT a FROM t WHERE getenv('a') = 'b'", "WHERE"),
        ("SELECT a FROM t JOIN u ON getenv('a') = u.b", "JOIN"),
        ("SELECT a FROM t GROUP BY getenv('a')", "GROUP BY"),
        ("SELECT a FROM t GROUP BY a HAVING getenv('a') = 'b'", "HAVING"),
        ("SELECT a FROM t ORDER BY getenv('a')", "ORDER BY"),
    ],
)
def test_a_refusal_names_the_clause(text: str, clause: str) -> None:
    with pytest.raises(SqlRefusedError) as refused:
        check_select(text)
    assert (refused.value.refusal.clause, refused.value.refusal.name) == (clause, "getenv")


def test_the_clause_of_a_position() -> None:
    sql = "SELECT 'WHERE é', a FROM t WHERE b GROUP BY c ORDER BY d"
    for word, clause in (("a", "SELECT"), ("t ", "FROM"), ("b ", "WHERE"), ("c", "GROUP BY")):
        position = len(sql[: sql.index(f" {word}") + 1].encode())
        assert clause_at(sql, position) == clause
    assert clause_at(sql, -1) == ""
    assert clause_at("SELECT '", 3) == ""


@settings(deadline=None, max_examples=200)
@given(
    st.text(alphabet="SELECT *FROMt'\"();,-/$§\\1=WHERE\n", max_size=60)
    | st.text(max_size=40).map(lambda text: f"SELECT {text} FROM t")
)
def test_any_text_is_checked_or_refused(text: str) -> None:
    try:
        checked = check_select(text)
    except SqlRefusedError:
        return
    relations = {name: relation_name(number) for number, name in enumerate(checked.tables)}
    again = checked.to_sql(relations)
    # Whatever was read, DuckDB finds one statement in what we made of it, or none.
    with duckdb.connect() as engine, contextlib.suppress(duckdb.ParserException):
        assert len(engine.extract_statements(again)) == 1
