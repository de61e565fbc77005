"""The order that rows are asked for in, and what comes after one of them.

A page deep in an order is found by the values of the row before it, not by counting rows
again; so it costs the same at any depth.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from contracts.errors import Fault
from contracts.i18n import _
from contracts.quoting import quoted
from lakehouse.fields import MOMENT, Field
from lakehouse.parts import ROW
from lakehouse.values import typed_value

_CLAUSE = re.compile(
    r"""\s*(?P<quote>["']?)(?P<field>[^"',]+?)(?P=quote)
        (\s+(?P<way>asc|desc))?(\s+nulls\s+(?P<nulls>first|last))?\s*""",
    re.IGNORECASE | re.VERBOSE,
)
_EXACT = ("BOOLEAN", "DATE", "DECIMAL", "DOUBLE", "FLOAT", "TIME", "TIMESTAMP", "VARCHAR", MOMENT)
_WHOLE = ("BIGINT", "HUGEINT", "INTEGER", "SMALLINT", "TINYINT", "UBIGINT", "UINTEGER")
MOST_TERMS = 20


@dataclass(frozen=True)
class Term:
    """One column of the order."""

    field: Field
    descending: bool
    nulls_first: bool

    @property
    def sql(self) -> str:
        """As DuckDB's ORDER BY takes it."""
        way = "DESC" if self.descending else "ASC"
        nulls = "FIRST" if self.nulls_first else "LAST"
        return f"{quoted(self.field.name)} {way} NULLS {nulls}"

    @property
    def exact(self) -> bool:
        """Whether a value written as text is read back the same."""
        return self.field.sql_type.partition("(")[0] in (*_EXACT, *_WHOLE)

    def after(self, text: str | None, *, included: bool = False) -> str:
        """SQL: the column's value comes after (or is) the one written as `text`."""
        name = quoted(self.field.name)
        if text is None:
            if self.nulls_first:
                return "TRUE" if included else f"{name} IS NOT NULL"
            return f"{name} IS NULL" if included else "FALSE"
        sign = ("<" if self.descending else ">") + "=" * included
        later = f"{name} {sign} {typed_value(text, self.field.sql_type)}"
        return later if self.nulls_first else f"({later} OR {name} IS NULL)"

    def same(self, text: str | None) -> str:
        """SQL: the column's value is the one written as `text`."""
        name = quoted(self.field.name)
        if text is None:
            return f"{name} IS NULL"
        return f"{name} = {typed_value(text, self.field.sql_type)}"


def read_sort(sort: str | None, find: Callable[[str], Field]) -> tuple[Term, ...]:
    """The terms of ``a desc, "b" nulls first``; `find` raises for columns there are not.

    Raises:
        Fault: ``rows.bad_sort``, or what `find` raises.
    """
    terms: list[Term] = []
    for clause in sort.split(",") if sort and sort.strip() else ():
        found = _CLAUSE.fullmatch(clause)
        if found is None or len(terms) == MOST_TERMS:
            raise bad_sort(_("The order cannot be read."))
        descending = (found["way"] or "asc").lower() == "desc"
        # NULL first when descending, as in PostgreSQL, unless it is said.
        nulls = (found["nulls"] or ("first" if descending else "last")).lower()
        terms.append(Term(find(found["field"].strip()), descending, nulls == "first"))
    return tuple(terms)


def following(terms: Sequence[Term], values: Sequence[str | None], row: int) -> str:
    """SQL: comes after the row numbered `row`, which has these values (as text) in `terms`."""
    later = f"{ROW} > {row}"
    for term, value in reversed(list(zip(terms, values, strict=True))):
        later = f"({term.after(value)} OR ({term.same(value)} AND {later}))"
    # Said once more of the first column alone: the reader leaves out row groups by it.
    bounds = [
        term.after(text, included=True) for term, text in zip(terms[:1], values, strict=False)
    ]
    return " AND ".join([*bounds, later])


def bad_sort(message: str) -> Fault:
    """The refusal of an order."""
    return Fault("rows.bad_sort", message, remedy=_('Example: sort=a desc, "b" nulls first.'))
