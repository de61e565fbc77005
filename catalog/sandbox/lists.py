"""What a stranger's SELECT may be made of: everything else is refused.

Nodes are those of sqlglot's tree. Checking is `catalog.sandbox.grammar`.
"""

from __future__ import annotations

from sqlglot import exp

from contracts.sql_functions import BUILT_IN, WINDOWS

MAXIMUM_BYTES = 64_000
"""Bytes of SQL that are read."""

_MORE = frozenset(
    {
        *("corr", "covar_pop", "covar_samp", "cume_dist", "first", "initcap", "instr", "last"),
        *("ln", "log10", "mode", "ntile", "percent_rank", "power", "quantile_disc", "sqrt"),
        *("stddev", "stddev_pop", "stddev_samp", "to_char", "var_pop", "var_samp", "variance"),
    }
)
FUNCTIONS = BUILT_IN | WINDOWS | _MORE
"""Functions that may be called."""

NODES = (
    *(exp.Add, exp.Alias, exp.And, exp.Between, exp.Boolean, exp.Bracket, exp.Case, exp.Cast),
    *(exp.Column, exp.DPipe, exp.DataType, exp.DataTypeParam, exp.Distinct, exp.Div, exp.Dot),
    *(exp.EQ, exp.Escape, exp.Extract, exp.Filter, exp.GT, exp.GTE, exp.ILike, exp.Identifier),
    *(exp.If, exp.In, exp.IntDiv, exp.Interval, exp.IntervalSpan, exp.Is, exp.LT, exp.LTE),
    *(exp.Like, exp.Literal, exp.Mod, exp.Mul, exp.NEQ, exp.Neg, exp.Not, exp.Null),
    *(exp.NullSafeEQ, exp.NullSafeNEQ, exp.Or, exp.Order, exp.Ordered, exp.Paren),
    *(exp.RegexpILike, exp.RegexpLike, exp.Star, exp.Sub, exp.TryCast, exp.Tuple, exp.Var),
    *(exp.Where, exp.WithinGroup),
    *(exp.CTE, exp.Except, exp.Exists, exp.From, exp.Group, exp.Having, exp.Intersect, exp.Join),
    *(exp.Limit, exp.Offset, exp.Select, exp.Subquery, exp.Table, exp.TableAlias, exp.Union),
    *(exp.Window, exp.WindowSpec, exp.With),
)
"""Nodes besides the functions'."""

TYPES = frozenset(
    {
        *exp.DataType.INTEGER_TYPES,
        *exp.DataType.FLOAT_TYPES,
        *exp.DataType.TEXT_TYPES,
        *(exp.DataType.Type.DECIMAL, exp.DataType.Type.BOOLEAN, exp.DataType.Type.DATE),
        *(exp.DataType.Type.TIME, exp.DataType.Type.TIMESTAMP, exp.DataType.Type.TIMESTAMPTZ),
        exp.DataType.Type.INTERVAL,
    }
)
"""Types that something may be cast to."""

CLAUSES: tuple[tuple[type[exp.Expr], str], ...] = (
    (exp.With, "WITH"),
    (exp.From, "FROM"),
    (exp.Join, "JOIN"),
    (exp.Where, "WHERE"),
    (exp.Group, "GROUP BY"),
    (exp.Having, "HAVING"),
    (exp.Order, "ORDER BY"),
    (exp.Limit, "LIMIT"),
    (exp.Offset, "OFFSET"),
)
"""Names of the clauses that refusals name; what is in none of them is in SELECT."""
