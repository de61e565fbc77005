"""What the condition of a grant may be, and that nothing else is one."""

from __future__ import annotations

import pytest

from contracts.errors import Fault
from contracts.releases import ColumnSchema
from lakehouse.conditions import check_condition, restricted

_SCHEMA = [
    ColumnSchema(name, kind, "string", ("a", "a"), ("b", "b"), "public")
    for name, kind in (("code", "VARCHAR"), ("day", "DATE"), ("n", "BIGINT"))
]


@pytest.mark.parametrize(
    "text",
    [
        "code = '28249' AND day >= DATE '2026-01-01'",
        "n IN (1, 2) OR code IS NULL",
        "NOT (n BETWEEN 1 AND 3)",
        "code LIKE 'a%'",
        "code NOT ILIKE '%a%'",
        "regexp_matches(lower(trim(code)), '^a.*b$')",
        "starts_with(code, '28')",
        "TRY_CAST(code AS INTEGER) > 3",
        "TRUE",
    ],
)
def test_a_condition_over_one_row(text: str) -> None:
    checked = check_condition(_SCHEMA, text)
    assert check_condition(_SCHEMA, checked) == checked


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("code", "condition.not_boolean"),
        ("n = 1 AS other", "condition.not_boolean"),
        ('"canary" = code', "condition.columns"),
        ("other.code = 'canary'", "condition.columns"),
        ("_id < 3", "condition.columns"),
        ("now() > day", "condition.not_one_row"),
        ("current_date > day", "condition.not_one_row"),
        ("count(*) > 1", "condition.not_one_row"),
        ("lookup(code) = 'canary'", "condition.not_one_row"),
        ("row_number() OVER () < 3", "sql.not_allowed"),
        ("code IN (SELECT 'canary')", "sql.not_allowed"),
        ("EXISTS (SELECT 1)", "sql.function"),
        ("code = $1", "sql.not_allowed"),
        ("code = 'canary' -- more", "sql.not_allowed"),
        ("code = 'canary'; DROP TABLE x", "sql.syntax"),
        ("TRUE) OR (TRUE", "sql.syntax"),
        ("getenv('canary') = 'x'", "sql.function"),
        ("read_text('canary') = 'x'", "sql.function"),
        ("random() < 0.5", "sql.function"),
        ("length(lpad('x', 2000000000, 'canary')) > 1", "sql.function"),
        ("replace(replace(code, 'a', 'canary'), 'a', 'canary') = code", "sql.function"),
        ("list_transform(string_split(code, ''), x -> x || code) = []", "sql.function"),
        ("code ILIKE '%a%a%a%canary'", "condition.pattern"),
        ("code LIKE ('%a%' || n || '%canary')", "condition.pattern"),
        ("code IN ('canary'" + ", 'a'" * 400 + ")", "condition.too_long"),
    ],
)
def test_what_is_none_is_refused_without_a_word_of_it(text: str, check: str) -> None:
    with pytest.raises(Fault) as refused:
        check_condition(_SCHEMA, text)
    assert refused.value.check == check
    for language in ("vi", "en"):
        assert "canary" not in refused.value.render(language)


def test_a_condition_stays_within_its_own_brackets() -> None:
    made = restricted("SELECT 1 AS n", check_condition(_SCHEMA, "n = 1 OR TRUE"))
    assert made == "SELECT * FROM (SELECT 1 AS n) WHERE (n = 1 OR TRUE)"
    assert restricted("SELECT 1", None) == "SELECT 1"
