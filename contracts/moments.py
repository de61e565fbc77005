"""Days and parts of moments in SQL, by Vietnam's clock as `contracts.times` has it.

DuckDB would ask the time zone's history for each moment, in which clocks stood otherwise before
1975, and take its time over it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlglot import exp

from contracts.sql import parse_any, to_sql
from contracts.times import VIETNAM

_MICROSECONDS = VIETNAM.utcoffset(None) // timedelta(microseconds=1)


def wall_clock(moment: str) -> str:
    """SQL: what a clock in Vietnam shows at `moment`, a TIMESTAMP WITH TIME ZONE, as TIMESTAMP."""
    return f"make_timestamp(epoch_us({moment}) + {_MICROSECONDS})"


def by_the_clock(text: str, moments: Collection[str]) -> str:
    """The expression `text` with ``CAST(x AS DATE)`` and ``strftime(x, …)`` by the wall clock
    where x is one of the columns `moments`.

    Raises:
        Fault: ``sql.syntax``, ``sql.too_long``.
    """
    if not any(name in text for name in moments):
        # A long list of codes need not be parsed for it, and may be too long to be.
        return text
    tree = parse_any(text)
    found = [
        node
        for node in tree.find_all(exp.Cast, exp.TimeToStr)
        if isinstance(node.this, exp.Column) and node.this.name in moments and _of_a_day(node)
    ]
    if not found:
        return text
    for node in found:
        column = to_sql(node.this)
        node.set("this", parse_any(wall_clock(column)))
    return to_sql(tree)


def _of_a_day(node: exp.Expr) -> bool:
    return isinstance(node, exp.TimeToStr) or node.args["to"].is_type(exp.DataType.Type.DATE)
