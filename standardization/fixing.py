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
SILENT = "_silent"
"""Whether any call gave nothing for something (`silent`), by the name that its layer gives it."""


def told_by_calls(
    rewriter: Rewriter, columns: Iterable[exp.Expr], habits: frozenset[str]
) -> Mapping[str, str]:
    """Rule → SQL test over the layer of `SILENT` above all calls, for the rewritten `columns`.

    A test is TRUE or FALSE or NULL; `habits` are not told.
    """
    found: dict[str, dict[str, None]] = {}
    for call, asked in _asked(rewriter, columns):
        for rule, test in _tests(call, asked):
            if rule not in habits:
                found.setdefault(rule, {})[test] = None
    tests = {rule: " OR ".join(each) for rule, each in found.items()}
    if NULL_WORD in tests:
        tests[NULL_WORD] = f"CASE WHEN {SILENT} THEN {tests[NULL_WORD]} ELSE false END"
    return tests


def silent(rewriter: Rewriter, columns: Iterable[exp.Expr]) -> str:
    """SQL over the layer above all calls, whether any of a row was asked for, had something to
    read and gave nothing. Few rows have one: of the others no word need be looked at."""
    asked = _asked(rewriter, columns)
    tests = dict.fromkeys(_gave_nothing(*each) for each in asked if _may_be_word(each[0]))
    return " OR ".join(tests) or "false"


def rules_of(mapping: SourceMapping) -> Mapping[str, Mapping[str, str]]:
    """The rules that the mapping's calls can tell, with their titles by language."""
    rewriter = Rewriter(mapping.lookups)
    trees = [
        rewriter.rewrite(parse_expression(text, frozenset(FUNCTIONS)))
        for text in mapping.columns.values()
    ]
    return {rule: FUNCTIONS[rule].title for rule in told_by_calls(rewriter, trees, mapping.habits)}


def _asked(rewriter: Rewriter, columns: Iterable[exp.Expr]) -> list[tuple[Call, str]]:
    """Every call behind the columns once, with ``AND`` when it is asked for, if not always."""
    asked: dict[str, tuple[Call, dict[str | None, None]]] = {}
    for tree in columns:
        for call, guard in rewriter.reached(tree):
            asked.setdefault(call.alias, (call, {}))[1][guard] = None
    return [
        (call, "" if None in guards else f" AND ({' OR '.join(map(str, guards))})")
        for call, guards in asked.values()
    ]


def _tests(call: Call, asked: str) -> Iterable[tuple[str, str]]:
    made, function = quoted(call.alias), FUNCTIONS.get(call.name)
    if function and function.changed:
        changed = function.changed.format(x=call.value, made=made)
        yield call.name, f"({made} IS NOT NULL{asked} AND {changed})"
    if _may_be_word(call):
        # Lazy: words are looked at only where reading gave nothing. So few are read in Python, as a
        # lambda like that of `null_word` is prepared anew for each 2,048 rows that hold one.
        text = f"CAST({call.value} AS VARCHAR)"
        wordless = f"trim({text}) <> '' AND _said({text}) IS NULL"
        yield NULL_WORD, f"CASE WHEN {_gave_nothing(call, asked)} THEN {wordless} ELSE false END"


def _may_be_word(call: Call) -> bool:
    return call.parses or call.name == NULL_WORD


def _gave_nothing(call: Call, asked: str) -> str:
    return f"{quoted(call.alias)} IS NULL AND {call.value} IS NOT NULL{asked}"
