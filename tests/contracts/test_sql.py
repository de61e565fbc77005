from __future__ import annotations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import sql
from contracts.errors import Fault
from contracts.sql_functions import AGGREGATES, NOT_IN_LAMBDAS, OWN, SCALARS, WINDOWS
from tests.contracts.example import DOCUMENT

FUNCTIONS = frozenset({"clean_text"})
CALLS = {
    "abs": "abs(-1)",
    "array_to_string": "array_to_string(['a', 'b'], '-')",
    "ceil": "ceil(1.2)",
    "chr": "chr(65)",
    "coalesce": "coalesce(NULL, 'b')",
    "concat": "concat('a', NULL, 'b')",
    "concat_ws": "concat_ws('-', 'a', NULL, 'b')",
    "contains": "contains('abc', 'b')",
    "date_add": "date_add(DATE '2025-01-31', INTERVAL 1 MONTH)",
    "date_diff": "date_diff('day', DATE '2025-01-01', DATE '2025-02-01')",
    "date_part": "date_part('year', DATE '2025-01-01')",
    "date_sub": "date_sub('month', DATE '2025-01-31', DATE '2025-02-28')",
    "date_trunc": "date_trunc('month', DATE '2025-01-31')",
    "day": "day(DATE '2025-01-31')",
    "dayofweek": "dayofweek(DATE '2025-02-02')",
    "ends_with": "ends_with('abc', 'c')",
    "epoch": "epoch(TIMESTAMP '2025-01-01 00:00:00')",
    "epoch_ms": "epoch_ms(TIMESTAMP '2025-01-01 00:00:00')",
    "floor": "floor(1.8)",
    "greatest": "greatest(1, NULL, 3)",
    "hour": "hour(TIMESTAMP '2025-01-01 07:00:00')",
    "if": "if(NULL, 1, 2)",
    "ifnull": "ifnull(NULL, 2)",
    "isodow": "isodow(DATE '2025-02-02')",
    "json_array_length": "json_array_length('[1, 2]')",
    "json_extract": "json_extract('{\"a\": {\"b\": 1}}', '$.a.b')",
    "json_extract_string": "json_extract_string('{\"a\": \"x\"}', '$.a')",
    "json_valid": "json_valid('{')",
    "last_day": "last_day(DATE '2025-02-02')",
    "least": "least(3, 2)",
    "left": "left('abc', 2)",
    "len": "len('việt')",
    "length": "length('việt')",
    "list_aggregate": "list_aggregate([1, 2], 'sum')",
    "list_contains": "list_contains([1, 2], 2)",
    "list_distinct": "len(list_distinct([1, 1]))",
    "list_filter": "list_filter([1, 2], x -> x > 1)",
    "list_has_all": "list_has_all(['a', 'b'], ['b'])",
    "list_sort": "list_sort([2, 1])",
    "list_transform": "list_transform([1, 2], x -> x + 1)",
    "list_value": "list_value(1, 2)",
    "lower": "lower('ĐỒNG')",
    "lpad": "lpad('7', 3, '0')",
    "ltrim": "ltrim('xxa', 'x')",
    "make_date": "make_date(2025, 1, 31)",
    "make_timestamp": "make_timestamp(2025, 1, 31, 1, 2, 3.5)",
    "md5": "md5('a')",
    "minute": "minute(TIMESTAMP '2025-01-01 07:05:00')",
    "mod": "mod(-7, 3)",
    "month": "month(DATE '2025-01-31')",
    "nfc_normalize": "nfc_normalize('e\u0302')",
    "nullif": "nullif(1, 1)",
    "prefix": "prefix('abc', 'a')",
    "quarter": "quarter(DATE '2025-05-01')",
    "regexp_extract": "regexp_extract('Xã A', '^(xã) ', 1, 'i')",
    "regexp_full_match": "regexp_full_match('abc', 'b')",
    "regexp_matches": "regexp_matches('ABC', 'b', 'i')",
    "regexp_replace": "regexp_replace('a1b2', '\\d', 'x', 'g')",
    "replace": "replace('aba', 'a', 'c')",
    "right": "right('abc', 2)",
    "round": "round(2.345, 2)",
    "rpad": "rpad('7', 3, '0')",
    "rtrim": "rtrim('axx', 'x')",
    "sha256": "sha256('a')",
    "sign": "sign(-2)",
    "split_part": "split_part('a_b_c', '_', 2)",
    "starts_with": "starts_with('abc', 'a')",
    "strftime": "strftime(DATE '2025-01-31', '%Y-%m')",
    "string_split": "string_split('a,b', ',')",
    "strip_accents": "strip_accents('việt')",
    "strpos": "strpos('abc', 'c')",
    "strptime": "strptime('31/01/2025', '%d/%m/%Y')",
    "struct_extract": "struct_extract({'a': 1}, 'a')",
    "struct_pack": "struct_pack(a := 1)",
    "substr": "substr('abc', 2, 1)",
    "substring": "substring('abc', 2)",
    "suffix": "suffix('abc', 'c')",
    "to_days": "to_days(2)",
    "to_hours": "to_hours(2)",
    "to_minutes": "to_minutes(2)",
    "to_months": "to_months(2)",
    "to_timestamp": "to_timestamp(0)",
    "to_years": "to_years(2)",
    "translate": "translate('abc', 'ab', 'xy')",
    "trim": "trim(' a ')",
    "trunc": "trunc(-1.8)",
    "try_strptime": "try_strptime('x', '%d/%m/%Y')",
    "upper": "upper('đồng')",
    "week": "week(DATE '2025-01-01')",
    "weekofyear": "weekofyear(DATE '2025-01-01')",
    "year": "year(DATE '2025-01-01')",
    "any_value": "any_value(t.v)",
    "arg_max": "arg_max(t.v, t.k)",
    "arg_min": "arg_min(t.v, t.k)",
    "avg": "avg(t.k)",
    "bool_and": "bool_and(t.k > 1)",
    "bool_or": "bool_or(t.k > 1)",
    "count": "count(*) FILTER (WHERE t.k > 1)",
    "count_if": "count_if(t.k > 1)",
    "list": "list(t.k ORDER BY t.k DESC)",
    "max": "max(t.v)",
    "median": "median(t.k)",
    "min": "min(t.v)",
    "quantile_cont": "quantile_cont(t.k, 0.25)",
    "string_agg": "string_agg(t.v, '-' ORDER BY t.k)",
    "sum": "sum(t.k)",
}
SYNTAX = (
    "CASE WHEN t.k = 1 THEN 'a' ELSE NULL END",
    "CAST('1' AS INTEGER) + '2'::BIGINT",
    "TRY_CAST('x' AS DECIMAL(5,2)) IS NULL",
    "DATE '2025-01-31' - INTERVAL 1 DAY",
    "TIMESTAMP '2025-01-01 00:00:00' AT TIME ZONE 'Asia/Ho_Chi_Minh'",
    "'a' || 'b' LIKE 'a%' AND NOT 'A' ILIKE 'b'",
    "t.k BETWEEN 1 AND 2 OR t.k IN (3, 4)",
    "7 // 2 + 7 % 2 - 7 / 2 * -1",
    "[1, 2, 3][2] = 2",
    "'abc'[2:3]",
    "t.k IS DISTINCT FROM NULL",
    "extract(year FROM DATE '2025-01-31')",
    "substring('abc' FROM 2 FOR 1)",
    "{'a': 1}.a",
    "'it''s \\n'",
)


@pytest.fixture(scope="module")
def table() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE t AS SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS t(k, v)")
    return connection


def test_every_allowed_function_has_a_call_here() -> None:
    assert set(CALLS) == SCALARS | AGGREGATES


@pytest.mark.parametrize("text", [*CALLS.values(), *SYNTAX])
def test_the_tree_means_what_the_text_means(table: duckdb.DuckDBPyConnection, text: str) -> None:
    made = sql.to_sql(sql.parse_expression(text, FUNCTIONS))
    expected = table.execute(f"SELECT {text} FROM t").fetchall()
    assert table.execute(f"SELECT {made} FROM t").fetchall() == expected


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("getenv('HOME')", "sql.function"),
        ("read_blob('/etc/passwd')", "sql.function"),
        ("read_csv('x')", "sql.function"),
        ("current_user", "sql.function"),
        ("system.main.getenv('x')", "sql.function"),
        ("t.getenv('x')", "sql.function"),
        ("'x'.upper()", "sql.function"),
        ("repeat('x', 4000000000)", "sql.function"),
        ("range(1000000000)", "sql.function"),
        ("clean_txt(hs.a)", "sql.function"),
        ("row_number() OVER ()", "sql.not_allowed"),
        ("(SELECT 1)", "sql.not_allowed"),
        ("EXISTS (SELECT 1)", "sql.function"),
        ("hs.a IN (SELECT b FROM c)", "sql.not_allowed"),
        ("SELECT 1", "sql.not_allowed"),
        ("DROP TABLE a", "sql.not_allowed"),
        ("COPY a TO 'b'", "sql.not_allowed"),
        ("ATTACH 'a'", "sql.not_allowed"),
        ("PRAGMA version", "sql.not_allowed"),
        ("SET a = 1", "sql.not_allowed"),
        ("?", "sql.not_allowed"),
        ("$1", "sql.not_allowed"),
        ("$$a$$", "sql.not_allowed"),
        ("*", "sql.not_allowed"),
        ("COLUMNS(*)", "sql.function"),
        ("hs.a -- note", "sql.not_allowed"),
        ("hs.a /* note */", "sql.not_allowed"),
        ("hs.a ~ 'b'", "sql.not_allowed"),
        ("1; 2", "sql.syntax"),
        ("", "sql.syntax"),
        ("hs.a +", "sql.syntax"),
        ("(" * 5000 + "1" + ")" * 5000, "sql.syntax"),
        ("x" * (sql.MAXIMUM_LENGTH + 1), "sql.too_long"),
    ],
)
def test_expressions_that_are_refused(text: str, check: str) -> None:
    with pytest.raises(Fault) as caught:
        sql.parse_expression(text, FUNCTIONS)
    assert caught.value.check == check


@pytest.mark.parametrize("name", sorted(NOT_IN_LAMBDAS))
def test_what_joins_rows_is_refused_inside_a_lambda(name: str) -> None:
    text = f"list_transform(hs.a, x -> {name}('a', x))"
    with pytest.raises(Fault) as caught:
        sql.parse_expression(text, NOT_IN_LAMBDAS)
    assert (caught.value.check, caught.value.values) == ("sql.not_allowed", {"name": name})


def test_a_misspelled_function_is_guessed() -> None:
    with pytest.raises(Fault, match="Did you mean clean_text"):
        sql.parse_expression("clean_txt(hs.a)", FUNCTIONS)


@pytest.mark.parametrize("name", sorted(OWN - {"now"}))
def test_own_functions_are_allowed(name: str) -> None:
    assert sql.parse_expression(f"{name}('a', hs.b)", frozenset())


@pytest.mark.parametrize(
    "text",
    [
        "SELECT a.x FROM TABLE_A AS a",
        "SELECT a.x FROM a UNION ALL SELECT b.x FROM b;",
        "WITH c AS (SELECT x FROM a) SELECT count(*) FROM c JOIN ref.agency AS g ON g.x = c.x",
        "SELECT lag(a.x) OVER (PARTITION BY a.y ORDER BY a.z) AS p FROM a ORDER BY p LIMIT 5",
        "SELECT a.x FROM a WHERE a.x NOT IN (SELECT b.x FROM b GROUP BY b.x HAVING count(*) > 1)",
        "SELECT p.x FROM a, unnest(a.list) AS p(x)",
        "-- what it is\nSELECT a.x FROM a",
    ],
)
def test_selects_that_are_allowed(text: str) -> None:
    assert sql.parse_select(text, FUNCTIONS)


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("SELECT * FROM a", "sql.not_allowed"),
        ("SELECT a.* FROM a", "sql.not_allowed"),
        ("SELECT x FROM read_parquet('b')", "sql.function"),
        ("SELECT x FROM other.a", "sql.not_allowed"),
        ("SELECT x FROM c.ref.a", "sql.not_allowed"),
        ("WITH RECURSIVE c AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM c) SELECT x FROM c", None),
        ("WITH x AS (INSERT INTO a VALUES (1) RETURNING b) SELECT b FROM x", None),
        ("SELECT x INTO b FROM a", None),
        ("SELECT 1; SELECT 2", "sql.syntax"),
        ("a.x", "sql.not_allowed"),
        ("FROM a", "sql.not_allowed"),
        ("VALUES (1)", "sql.not_allowed"),
        ("DELETE FROM a", "sql.not_allowed"),
        ("SELECT x FROM a TABLESAMPLE 1 ROWS", "sql.not_allowed"),
        ("PIVOT a ON b USING sum(c)", None),
    ],
)
def test_selects_that_are_refused(text: str, check: str | None) -> None:
    with pytest.raises(Fault) as caught:
        sql.parse_select(text, FUNCTIONS)
    assert caught.value.check == check or (check is None and caught.value.check.startswith("sql."))


def test_columns_of() -> None:
    tree = sql.parse_expression(
        "coalesce(hs.a, b, hs.s.field, list_transform(hs.c, x -> x))", FUNCTIONS
    )
    assert sql.columns_of(tree) == {("hs", "a"), ("", "b"), ("hs", "s"), ("hs", "c")}


@pytest.mark.parametrize("text", ["now()", "current_date", "current_timestamp", "today()"])
def test_the_clock_is_seen(text: str) -> None:
    assert sql.reads_clock(sql.parse_expression(f"hs.a < {text}", FUNCTIONS))
    assert not sql.reads_clock(sql.parse_expression("hs.a < hs.b", FUNCTIONS))


@pytest.mark.parametrize("name", sorted(AGGREGATES))
def test_aggregates_are_seen(name: str) -> None:
    assert sql.aggregates(sql.parse_expression(CALLS[name], FUNCTIONS))


@pytest.mark.parametrize("name", sorted(SCALARS))
def test_scalars_are_no_aggregates(name: str) -> None:
    assert not sql.aggregates(sql.parse_expression(CALLS[name], FUNCTIONS))


PIECES = [
    *("hs.a", "b", "'x'", "1", "(", ")", ",", "[", "]", "{", "}", "'", '"', ";", "--", "/*", "*"),
    *("SELECT", "FROM", "CASE", "WHEN", "THEN", "END", "AND", "NOT", "IN", "IS", "NULL", "AS"),
    *("CAST", "INTERVAL", "OVER", "upper", "count", "getenv", "read_csv", "::", "->", "$$", "?"),
    *("DATE", "EXTRACT", "LIKE", "ESCAPE", "COLUMNS", "EXCLUDE", "PIVOT", "COPY", "WITH", ":="),
]


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=40) | st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join))
def test_any_text_is_parsed_or_refused_by_name(text: str) -> None:
    for parse in (sql.parse_expression, sql.parse_select):
        refused, made = None, ""
        try:
            made = sql.to_sql(parse(text, FUNCTIONS)).lower().replace(" ", "")
        except Fault as fault:
            refused = fault.check
        assert refused is None or refused.startswith("sql.")
        assert "getenv(" not in made
        assert "read_csv(" not in made


def test_the_documentation_lists_every_function() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for name in sorted(SCALARS | AGGREGATES | WINDOWS | OWN):
        assert f"`{name}`" in text or f"`{name}(" in text, name
