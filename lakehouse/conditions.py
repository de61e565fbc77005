"""The condition of a grant: which rows of a dataset an agency may read, as SQL.

Only what one may say and how it is said to DuckDB. Applying it is `lakehouse.rows` (beneath
every question) and `lakehouse.exports` (whole files); who is given what is `catalog.grants`.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
from sqlglot import exp

from contracts import sql
from contracts.errors import Fault
from contracts.i18n import _
from contracts.quoting import quoted
from contracts.releases import ColumnSchema
from contracts.sql_functions import BUILT_IN, OWN, SWELLING
from lakehouse.versions import empty

LONGEST = 2000
"""Characters of a condition; no grant says more."""
_MOST_GAPS = 2  # signs % of a pattern: DuckDB tries every way to fill them, one inside another


def check_condition(schema: Sequence[ColumnSchema], text: str) -> str:
    """`text` as the condition that a grant keeps: SQL of one yes-or-no expression.

    It may use the columns of `schema` and the functions of `contracts.sql_functions` that
    look at one row and no clock, and cost no more than the row is long: another agency's
    administrator wrote it, and it runs beside everybody's questions. The same text always
    covers the same rows of a release.

    Raises:
        Fault: ``condition.too_long``, ``condition.pattern``, ``condition.columns``,
            ``condition.not_one_row``, ``condition.not_boolean``, or what
            `contracts.sql.parse_expression` refuses. None repeats the text.
    """
    if len(text) > LONGEST:
        raise Fault(
            "condition.too_long",
            _("This condition has more than {count} characters."),
            remedy=_("Make it shorter, or give several grants."),
            count=LONGEST,
        )
    tree = sql.parse_expression(text, frozenset(), BUILT_IN - SWELLING)
    names = [column.name for column in schema]
    if any(table or name not in names for table, name in sql.columns_of(tree)):
        raise Fault(
            "condition.columns",
            _("The condition names a column that this dataset does not have."),
            remedy=_("The columns are: {columns}. Texts stand between single quotes."),
            columns=", ".join(names),
        )
    if any(call.name.lower() in OWN for call in tree.find_all(exp.Anonymous)) or (
        sql.reads_clock(tree) or sql.aggregates(tree)
    ):
        raise Fault(
            "condition.not_one_row",
            _("The condition must depend on the columns of one row alone."),
            remedy=_("Leave out aggregates, look-ups and the time; give the grant an end instead."),
        )
    if not all(_is_quick(like.expression) for like in tree.find_all(exp.Like, exp.ILike)):
        raise Fault(
            "condition.pattern",
            _("A pattern must be a text with at most {count} signs %."),
            remedy=_("Use starts_with, ends_with or contains, or regexp_matches."),
            count=_MOST_GAPS,
        )
    checked = sql.to_sql(tree)
    if not _is_boolean(schema, checked):
        raise Fault(
            "condition.not_boolean",
            _("The condition must be true or false, of columns in their own types."),
            remedy=_("Write a comparison, such as: year = 2026 AND status = 'open'."),
        )
    return checked


def restricted(select: str, condition: str | None) -> str:
    """`select` without the rows that a checked condition leaves out."""
    return select if condition is None else f"SELECT * FROM ({select}) WHERE ({condition})"


def _is_quick(pattern: exp.Expr) -> bool:
    written = isinstance(pattern, exp.Literal) and pattern.is_string
    return written and pattern.name.count("%") <= _MOST_GAPS


def _is_boolean(schema: Sequence[ColumnSchema], condition: str) -> bool:
    nothing = empty([(column.name, column.type) for column in schema])
    with duckdb.connect(config={"autoload_known_extensions": "false", "threads": "1"}) as engine:
        engine.execute("SET enable_external_access = false")
        try:
            found = engine.execute(
                f"DESCRIBE SELECT ({condition}) AS {quoted('it')} FROM ({nothing})"
            ).fetchone()
        except duckdb.Error:
            return False
    return found is not None and found[1] == "BOOLEAN"
