"""What the cleaning functions of a mapping put right, told by themselves.

Here belongs which rules the calls behind the columns can tell, and the SQL that says of a row
whether they did: a function that changed more than the form of a value makes the row *fixed*
under the function's own name, a word for no data under ``null_word``. What counts as changed
is each function's own (`SqlFunction.changed`); conditions that a mapping writes itself are
`standardization.selecting`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlglot import exp

from contracts.mappings import SourceMapping
from contracts.quoting import quoted
from contracts.sql import parse_expression
from standardization.expressions import Call, Rewriter
from standardization.functions import FUNCTIONS

NULL_WORD = "null_word"


def told_by_calls(
    rewriter: Rewriter, columns: Iterable[exp.Expr], habits: frozenset[str]
) -> Mapping[str, str]:
    """Rule → SQL test over the layer above all calls, for the rewritten `columns`.

    A test is TRUE or FALSE or NULL; `habits` are not told.
    """
    found: dict[str, dict[str, None]] = {}
    for call, guards in _asked(rewriter, columns).values():
        asked = "" if None in guards else f" AND ({' OR '.join(map(str, guards))})"
        for rule, test in _tests(call, asked):
            if rule not in habits:
                found.setdefault(rule, {})[test] = None
    return {rule: " OR ".join(tests) for rule, tests in found.items()}


def rules_of(mapping: SourceMapping) -> Mapping[str, Mapping[str, str]]:
    """The rules that the mapping's calls can tell, with their titles by language."""
    rewriter = Rewriter(mapping.lookups)
    trees = [
        rewriter.rewrite(parse_expression(text, frozenset(FUNCTIONS)))
        for text in mapping.columns.values()
    ]
    return {rule: FUNCTIONS[rule].title for rule in told_by_calls(rewriter, trees, mapping.habits)}


def _asked(
    rewriter: Rewriter, columns: Iterable[exp.Expr]
) -> dict[str, tuple[Call, dict[str | None, None]]]:
    """Every call behind the columns once, with the conditions under which it is asked for."""
    asked: dict[str, tuple[Call, dict[str | None, None]]] = {}
    for tree in columns:
        for call, guard in rewriter.reached(tree):
            asked.setdefault(call.alias, (call, {}))[1][guard] = None
    return asked


def _tests(call: Call, asked: str) -> Iterable[tuple[str, str]]:
    made, function = quoted(call.alias), FUNCTIONS.get(call.name)
    if function and function.changed:
        changed = function.changed.format(x=call.value, made=made)
        yield call.name, f"({made} IS NOT NULL{asked} AND {changed})"
    if call.parses or call.name == NULL_WORD:
        # Lazy: the null words are looked at only where reading gave nothing.
        text = f"CAST({call.value} AS VARCHAR)"
        wordless = f"trim({text}) <> '' AND null_word({text}) IS NULL"
        given = f"{made} IS NULL AND {call.value} IS NOT NULL{asked}"
        yield NULL_WORD, f"CASE WHEN {given} THEN {wordless} ELSE false END"
