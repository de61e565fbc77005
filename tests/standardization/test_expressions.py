"""Each distinct call is computed once, in a layer below."""

from __future__ import annotations

from contracts.sql import parse_expression, to_sql
from lakehouse.unit_sql import UNIT_DAYS, UNIT_TODAY
from standardization.expressions import Rewriter
from standardization.functions import FUNCTIONS


def rewritten(rewriter: Rewriter, text: str) -> str:
    return to_sql(rewriter.rewrite(parse_expression(text, frozenset(FUNCTIONS))))


def test_a_call_named_twice_is_one_call() -> None:
    rewriter = Rewriter()
    first = rewritten(rewriter, "clean_text(c.V)")
    second = rewritten(rewriter, "clean_text(c.v) || clean_text(c.V)")
    assert first == '("clean_text#1")'
    assert second == '("clean_text#1" || "clean_text#1")'
    assert [call.sql for call in rewriter.calls.values()] == ['clean_text("c.V")']
    assert rewriter.columns == {"c.V": ("c", "V")}


def test_nested_calls_are_layers() -> None:
    rewriter = Rewriter()
    rewritten(rewriter, "parse_date(clean_text(c.V))")
    layers = [[call.sql for call in layer] for layer in rewriter.layers()]
    assert layers == [['clean_text("c.V")'], ['parse_date("clean_text#1")']]


def test_joins_come_after_all_that_needs_none() -> None:
    """After a join, DuckDB computes each row's value, not each value of a dictionary."""
    rewriter = Rewriter()
    rewritten(rewriter, "clean_text(unit_now(c.SYSTEM, clean_text(c.CODE)))")
    rewritten(rewriter, "person_name(clean_text(clean_text(c.NAME)))")
    # It is joined to its key.
    rewritten(rewriter, "pseudonym(clean_text(c.NAME))")
    layers = [[call.name for call in layer] for layer in rewriter.layers()]
    assert layers == [
        ["clean_text", "clean_text"],
        ["clean_text"],
        ["person_name"],
        ["unit_now", "pseudonym"],
        ["clean_text"],
    ]


def test_a_call_inside_a_lambda_stays_there() -> None:
    rewriter = Rewriter()
    text = "list_transform(string_split(c.V, ';'), p -> clean_text(p))"
    assert "clean_text(p)" in rewritten(rewriter, text)
    assert not rewriter.calls


def test_a_literal_cast_stays_where_it_is() -> None:
    rewriter = Rewriter()
    assert rewritten(rewriter, "DATE '2025-07-01'") == "(CAST('2025-07-01' AS DATE))"


def test_a_field_of_a_struct() -> None:
    rewriter = Rewriter()
    sql = rewritten(rewriter, "resolve_unit(c.CODE, c.DAY).unit_code")
    assert sql == '("resolve_unit#1".unit_code)'


def test_a_unit_is_joined_and_not_a_subquery() -> None:
    rewriter = Rewriter()
    rewriter.rewrite(parse_expression("resolve_unit(c.CODE, c.DAY)", frozenset(FUNCTIONS)))
    (call,) = rewriter.calls.values()
    assert call.sql.endswith(".unit")
    assert call.join.startswith(f"LEFT JOIN {UNIT_DAYS} AS ")


def test_the_unit_of_today_is_joined_and_not_a_subquery() -> None:
    rewriter = Rewriter()
    rewriter.rewrite(parse_expression("unit_now(c.SYSTEM, c.CODE)", frozenset(FUNCTIONS)))
    (call,) = rewriter.calls.values()
    assert call.sql.endswith(".new_code")
    assert call.join.startswith(f"LEFT JOIN {UNIT_TODAY} AS ")


def test_parsing_tells_the_branch_that_asks() -> None:
    rewriter = Rewriter()
    tree = parse_expression(
        "CASE c.K WHEN 'a' THEN parse_date(c.V) WHEN 'b' THEN NULL ELSE parse_date(c.W) END",
        frozenset(FUNCTIONS),
    )
    found = {call.value: guard for call, guard in rewriter.parsing(rewriter.rewrite(tree))}
    assert found == {
        '"c.V"': """("c.K" = 'a') IS TRUE""",
        '"c.W"': """("c.K" = 'a') IS NOT TRUE AND ("c.K" = 'b') IS NOT TRUE""",
    }


def test_parsing_is_asked_for_where_what_came_before_it_gave_nothing() -> None:
    rewriter = Rewriter()
    text = "coalesce(parse_date(c.V), parse_date(c.W), parse_date(c.Z))"
    tree = rewriter.rewrite(parse_expression(text, frozenset(FUNCTIONS)))
    assert {call.value: guard for call, guard in rewriter.parsing(tree)} == {
        # Numbered from the last to the first.
        '"c.V"': None,
        '"c.W"': '"parse_date#3" IS NULL',
        '"c.Z"': '"parse_date#3" IS NULL AND "parse_date#2" IS NULL',
    }


def test_parsing_in_a_condition_is_asked_for_after_the_earlier_ones() -> None:
    rewriter = Rewriter()
    text = "CASE WHEN c.K = 1 THEN 'x' WHEN parse_date(c.V) IS NULL THEN 'y' END"
    tree = rewriter.rewrite(parse_expression(text, frozenset(FUNCTIONS)))
    assert [guard for _call, guard in rewriter.parsing(tree)] == ['("c.K" = 1) IS NOT TRUE']


def test_a_lookup_asks_for_the_match_key_only_of_what_is_written_otherwise() -> None:
    rewriter = Rewriter({"s": {"Đã  trả": "done", "it's": "own"}})
    rewritten(rewriter, "lookup('s', c.V)")
    [[found]] = rewriter.layers()
    assert found.sql == (
        """coalesce(MAP {'Đã  trả': 'done', 'it''s': 'own'}[CAST("c.V" AS VARCHAR)], """
        """CASE WHEN "c.V" IS NOT NULL THEN """
        """MAP {'datra': 'done', 'its': 'own'}[match_key(CAST("c.V" AS VARCHAR))] END)"""
    )
    assert (found.value, found.parses) == ('"c.V"', True)
