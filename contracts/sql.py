"""What SQL a contract or mapping may hold: one read-only expression or SELECT, allow-listed.

Contract SQL is untrusted text: it is parsed by sqlglot in DuckDB's dialect, and every node
and every function must be on a list here; whatever is not is refused. Engines run the SQL
generated from the checked tree, never the text. Nothing here runs SQL or knows a table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from contracts.errors import Fault
from contracts.i18n import _
from contracts.problems import nearest
from contracts.sql_functions import AGGREGATES, BUILT_IN, NOT_IN_LAMBDAS, OWN, WINDOWS

MAXIMUM_LENGTH = 64_000
"""Characters of SQL that are read at most; more is refused unread."""


REFERENCE = "ref_"
"""What a relation with the served rows of another dataset is called, before its name."""
_CLOCK = (exp.CurrentDate, exp.CurrentTimestamp)

_EXPRESSION = (
    *(exp.Add, exp.Alias, exp.And, exp.Array, exp.AtTimeZone, exp.Between, exp.Boolean),
    *(exp.Bracket, exp.Case, exp.Cast, exp.Column, exp.DPipe, exp.DataType, exp.DataTypeParam),
    *(exp.Distinct, exp.Div, exp.Dot, exp.EQ, exp.Escape, exp.Extract, exp.Filter, exp.GT),
    *(exp.GTE, exp.ILike, exp.Identifier, exp.If, exp.IgnoreNulls, exp.In, exp.IntDiv),
    *(exp.Interval, exp.IntervalSpan, exp.Is, exp.JSONPath, exp.JSONPathKey, exp.JSONPathRoot),
    *(exp.JSONPathSubscript, exp.LT, exp.LTE, exp.Lambda, exp.Like, exp.Literal, exp.Mod, exp.Mul),
    *(exp.NEQ, exp.Neg, exp.Not, exp.Null, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Or, exp.Order),
    *(exp.Ordered, exp.Paren, exp.PropertyEQ, exp.Slice, exp.Star, exp.Struct, exp.Sub),
    *(exp.TryCast, exp.Tuple, exp.Var, exp.Where),
)
_SELECT = (
    *(exp.CTE, exp.Except, exp.Exists, exp.From, exp.Group, exp.Having, exp.Intersect, exp.Join),
    *(exp.Limit, exp.Qualify, exp.Select, exp.Subquery, exp.Table, exp.TableAlias, exp.Union),
    *(exp.Unnest, exp.Window, exp.WindowSpec, exp.With),
)
_QUOTED = ("STRING", "IDENTIFIER")
_WORD = re.compile(r"\w+")
PARSER_ERRORS = (
    *(SqlglotError, RecursionError, ArithmeticError, LookupError, TypeError, ValueError),
    AttributeError,
)
"""sqlglot raises more than its own errors on odd input."""
_SAMPLES = (
    *("", "a", "a, b", "a, b, c", "a, b, c, d", "a, x -> x", "'day', a", "'day', a, b"),
    *("DATE '2025-01-01'", "'day', DATE '2025-01-01'"),
)
"""Arguments by which sqlglot may choose different nodes for one function."""


def parse_expression(
    text: str, functions: frozenset[str], built_in: frozenset[str] = BUILT_IN
) -> exp.Expression:
    """The tree of one scalar (or, in a measure, aggregate) expression.

    `functions` are the cleaning functions that may be called besides the engine's `built_in`.
    Faults: ``sql.too_long``, ``sql.syntax``, ``sql.function``, ``sql.not_allowed``. None of
    them repeats the text.
    """
    tree = _one(text)
    if any(node.comments for node in tree.walk()):
        raise _not_allowed(_("A comment inside an expression is not allowed."))
    _check(tree, _EXPRESSION, _made_by(built_in, text), functions | OWN | built_in)
    return tree


def parse_select(text: str, functions: frozenset[str]) -> exp.Query:
    """The tree of one SELECT over plain tables (``name`` or ``ref.name``); the same Faults."""
    tree = _one(text.strip().removesuffix(";"))
    if not isinstance(tree, exp.Query):
        raise _not_allowed(_("This must be one SELECT."))
    engine = BUILT_IN | WINDOWS
    _check(tree, (*_EXPRESSION, *_SELECT), _made_by(engine, text), functions | OWN | engine)
    for table in tree.find_all(exp.Table):
        if (
            not isinstance(table.this, exp.Identifier)
            or table.catalog
            or table.db not in ("", "ref")
        ):
            raise _not_allowed(_("FROM may name tables of the source and ref.<dataset> only."))
    for clause in tree.find_all(exp.With):
        if clause.recursive:
            raise _not_allowed(_("A recursive query is not allowed."))
    return tree


def parse_any(text: str) -> exp.Expression:
    """The tree of one statement, unchecked: to look at the names in it, never to run it.
    Faults: ``sql.too_long``, ``sql.syntax``."""
    return _one(text.strip().removesuffix(";"))


def columns_of(expression: exp.Expr) -> frozenset[tuple[str, str]]:
    """Pairs (alias, column) that an expression reads; alias is empty when unqualified."""
    found = set()
    for column in expression.find_all(exp.Column):
        parts = [part.name for part in column.parts]
        found.add((parts[0], parts[1]) if len(parts) > 1 else ("", parts[0]))
    return frozenset(found)


def tables_of(text: str) -> frozenset[tuple[str, str]]:
    """Pairs (schema, table) that a SELECT reads; none when it is not valid SQL."""
    try:
        tree = parse_any(text)
    except Fault:
        return frozenset()
    made = {clause.alias for clause in tree.find_all(exp.CTE)}
    found = {(table.db, table.name) for table in tree.find_all(exp.Table)}
    return frozenset(pair for pair in found if pair[0] or pair[1] not in made)


def name_references(tree: exp.Query) -> None:
    """In place: ``ref.<dataset>`` becomes the relation ``ref_<dataset>``, called as before."""
    for table in tree.find_all(exp.Table):
        if table.db == "ref":
            alias = exp.TableAlias(this=exp.to_identifier(table.alias or table.name))
            table.set("this", exp.to_identifier(REFERENCE + table.name))
            table.set("db", None)
            table.set("alias", alias)


def reads_clock(expression: exp.Expr) -> bool:
    """Whether the value changes by itself: fine in a rule, not in a column."""
    named = any(True for _call in calls_of(expression, "now"))
    return named or expression.find(*_CLOCK) is not None


def aggregates(expression: exp.Expr) -> bool:
    """Whether an aggregate function is called, as a measure must and a column must not."""
    named = any(call.name.lower() in AGGREGATES for call in expression.find_all(exp.Anonymous))
    return named or expression.find(exp.AggFunc) is not None


def calls_of(expression: exp.Expr, name: str) -> Iterator[exp.Anonymous]:
    """The calls of one of our own functions."""
    for call in expression.find_all(exp.Anonymous):
        if call.name.lower() == name:
            yield call


def unqualified(expression: exp.Expression) -> exp.Expression:
    """A copy whose columns (``alias.column``) do not say which relation they are from."""
    copy = expression.copy()
    for column in copy.find_all(exp.Column):
        column.set("table", None)
    return copy


def to_sql(expression: exp.Expr) -> str:
    """DuckDB SQL of a checked tree."""
    return expression.sql(dialect="duckdb", normalize_functions=False, comments=False)


def _one(text: str) -> exp.Expression:
    if len(text) > MAXIMUM_LENGTH:
        raise Fault(
            "sql.too_long",
            _("This SQL has more than {count} characters."),
            remedy=_("Make it shorter."),
            count=MAXIMUM_LENGTH,
        )
    try:
        # sqlglot reads ~ as regexp_matches, DuckDB as regexp_full_match.
        tilde = "~" in text and any(
            token.text.startswith(("~", "!~")) and token.token_type.name not in _QUOTED
            for token in sqlglot.tokenize(text, read="duckdb")
        )
        trees = sqlglot.parse(text, read="duckdb")
    except PARSER_ERRORS:
        tilde, trees = False, []
    if tilde:
        raise _not_allowed(_("~ is not allowed: use regexp_matches or regexp_full_match."))
    tree = trees[0] if len(trees) == 1 else None
    if not isinstance(tree, exp.Expression):
        raise Fault(
            "sql.syntax",
            _("This is not one valid SQL expression."),
            remedy=_("Check brackets, quotes and commas; one statement, without a semicolon."),
        )
    return tree


def _check(
    tree: exp.Expr,
    nodes: tuple[type[exp.Expr], ...],
    made: Callable[[type[exp.Expr]], bool],
    names: frozenset[str],
) -> None:
    for node in tree.walk():
        if isinstance(node, exp.Anonymous):
            method = isinstance(node.parent, exp.Dot) and node.arg_key == "expression"
            if node.name.lower() not in names or method:
                raise _unknown_function(node.name.lower(), names)
            if node.name.lower() in NOT_IN_LAMBDAS and node.find_ancestor(exp.Lambda):
                raise _inside_lambda(node.name)
        elif type(node) not in nodes and not made(type(node)):
            if isinstance(node, exp.Func):
                raise _unknown_function(node.sql_name().lower(), names)
            raise _not_allowed(_("This SQL uses something that is not allowed here."))
        elif isinstance(node, exp.Star) and not isinstance(node.parent, exp.Count):
            raise _not_allowed(_("* is not allowed: name the columns."))


@cache
def function_nodes(names: frozenset[str]) -> frozenset[type[exp.Expr]]:
    """The node classes that sqlglot makes of these function names, whatever their aliases."""
    return frozenset(_CLOCK).union(*map(_nodes_of, names))


def _made_by(names: frozenset[str], text: str) -> Callable[[type[exp.Expr]], bool]:
    """Whether a class is one of `function_nodes`. Those of the words in `text` are asked first:
    finding all takes a tenth of a second, which every process would pay."""
    words = names.intersection(_WORD.findall(text.lower()))

    def made(kind: type[exp.Expr]) -> bool:
        near = kind in _CLOCK or any(kind in _nodes_of(word) for word in words)
        return near or kind in function_nodes(names)

    return made


@cache
def _nodes_of(name: str) -> frozenset[type[exp.Expr]]:
    classes: set[type[exp.Expr]] = set()
    for sample in _SAMPLES:
        try:
            tree = sqlglot.parse_one(f"{name}({sample})", read="duckdb")
        except SqlglotError:
            continue
        classes |= {type(node) for node in tree.walk() if isinstance(node, exp.Func)}
    return frozenset(classes - {exp.Anonymous, exp.AnonymousAggFunc})


def _unknown_function(name: str, names: frozenset[str]) -> Fault:
    meant = nearest(name, names)
    if meant:
        return Fault(
            "sql.function",
            _("The function {name} is not allowed. Did you mean {meant}?"),
            remedy=_("docs/functions.md lists the cleaning functions."),
            name=name,
            meant=meant,
        )
    return Fault(
        "sql.function",
        _("The function {name} is not allowed."),
        remedy=_("docs/functions.md lists the cleaning functions."),
        name=name,
    )


def _inside_lambda(name: str) -> Fault:
    return Fault(
        "sql.not_allowed",
        _("{name} cannot be called inside a lambda."),
        remedy=_("Call {name} outside it, on one value of the row."),
        name=name,
    )


def _not_allowed(message: str) -> Fault:
    return Fault(
        "sql.not_allowed",
        message,
        remedy=_("Write a read-only expression; docs/contracts.md says what it may hold."),
    )
