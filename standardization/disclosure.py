"""Disclosure control: which cells of a statistical dataset may be shown.

Here belongs the SQL that suppresses and rounds, and the share that stays visible. Which
cells there are is `standardization.grouping`; that nothing slipped through is judged once
more, on the finished rows, by `quality`.

The plan, over all breakdowns of a dataset (they are margins of the same cases, so each can
be subtracted from another):

1. A cell whose total is under the threshold shows nothing.
2. In each (breakdown, period) with such a cell, the smallest other cells are hidden too,
   until at least two are hidden and they hold at least `threshold` cases together.
3. A part (on time, late …) under the threshold hides the smallest other parts of its cell
   by the same rule, so that total less the rest does not tell it.
4. A part hidden in some cells of a (breakdown, period) is hidden in further cells by the
   same rule; there all parts go.
5. A figure (a sum, mean or quantile) goes with its total. It is hidden as well where fewer
   than `threshold` cases of the cell have a value, and then in further cells by the same rule.
6. Counts that are shown are rounded to the nearest multiple of `round_to`.

Source of the rule: NĐ 356/2025 as read by the project's trust page, "Statistical disclosure".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb

from contracts.errors import Fault, Place
from contracts.i18n import _
from contracts.model import Contract, Disclosure, nested
from contracts.quoting import quoted

BREAKDOWN = "_breakdown"
TRUE_TOTAL = "_true_total"
SUPPORT = "_support:"
"""Before a figure's name: the column with the cases that the figure is made of."""


@dataclass(frozen=True)
class BreakdownShare:
    """What one breakdown shows of its closed periods: cells, and cases in them."""

    name: str
    cells: int
    cells_shown: int
    cases: int
    cases_shown: int

    @property
    def share(self) -> float:
        """Share of the cases that stay visible, 0..1; 1 where there are none."""
        return self.cases_shown / self.cases if self.cases else 1.0


def refuse_nested(contract: Contract) -> None:
    """Refuse a breakdown whose cells add up to another breakdown's.

    Raises:
        Fault: ``disclosure.nested``. The plan above protects margins by period only.
    """
    breakdowns = {one.name: one.by for one in contract.breakdowns}
    for fine, coarse in nested(breakdowns, contract.calendar.period_column):
        raise Fault(
            "disclosure.nested",
            _("The breakdown {fine} adds up to the breakdown {coarse}."),
            remedy=_("Take one of them out: together they would tell hidden cells."),
            place=Place(dataset=contract.id, file=contract.path.name),
            fine=fine,
            coarse=coarse,
        )


def protect(
    cells: str,
    contract: Contract,
    disclosure: Disclosure,
    order: Sequence[str],
    figures: Sequence[str] = (),
) -> str:
    """SQL that gives the rows of relation `cells` with suppression and rounding.

    Args:
        cells: name of a relation with `BREAKDOWN`, the dimensions, the total and the parts
            as true counts, and each figure with its `SUPPORT`.
        contract: for the period column.
        disclosure: the rules.
        order: dimension columns, which break ties so that a rerun hides the same cells.
        figures: measures that are no counts.

    Returns:
        A SELECT with all columns of `cells` but the supports, total, parts and figures
        replaced, and `TRUE_TOTAL`.
    """
    plan = _Plan(contract, disclosure, order, figures)
    total, threshold = quoted(disclosure.total), disclosure.threshold
    hidden_total = _hide("true", total, plan.group, plan.ties, threshold)
    own = "".join(f", {sql} AS {name}" for name, sql in plan.hiding().items())
    spread = " OR ".join(
        _hide_again(name, part, plan.group, plan.ties, threshold)
        for name, part in plan.parts.items()
    )
    return (
        f"SELECT * EXCLUDE ({', '.join(plan.spent())}) REPLACE ({', '.join(plan.shown())}), "
        f"{total} AS {TRUE_TOTAL}\n"
        f"FROM (SELECT *, {spread or 'false'} AS _spread\n"
        f"FROM (SELECT *{own}\n"
        f"FROM (SELECT *, {hidden_total} AS _hidden FROM {cells})))"
    )


class _Plan:
    """The columns of one plan: `parts`, the column that tells that a part is hidden → the part;
    `supports`, a figure → its cases; cells are compared within `group`, in the order of a value
    and then of `ties`."""

    def __init__(
        self,
        contract: Contract,
        disclosure: Disclosure,
        order: Sequence[str],
        figures: Sequence[str],
    ) -> None:
        period = contract.calendar.period_column
        self.disclosure = disclosure
        self.group = ", ".join([BREAKDOWN, *([quoted(period)] if period else [])])
        self.ties = ", ".join(quoted(name) for name in order)
        self.parts = {f"_hides_{at}": quoted(name) for at, name in enumerate(disclosure.parts)}
        self.supports = {figure: quoted(SUPPORT + figure) for figure in figures}

    def hiding(self) -> dict[str, str]:
        """Column → SQL: whether a part or a figure of a cell is hidden by its own numbers."""
        rule, parts = self.disclosure, list(self.parts.values())
        return {
            name: _hides_part(at, quoted(rule.total), parts, rule)
            for at, name in enumerate(self.parts)
        } | {
            _few(figure): _hide("true", support, self.group, self.ties, rule.threshold)
            for figure, support in self.supports.items()
        }

    def shown(self) -> Iterator[str]:
        """The total, the parts and the figures with what is hidden left out."""
        total = quoted(self.disclosure.total)
        yield f"CASE WHEN NOT _hidden THEN {_rounded(total, self.disclosure)} END AS {total}"
        for name, part in self.parts.items():
            hidden = f"_hidden OR _spread OR {name}"
            yield f"CASE WHEN NOT ({hidden}) THEN {_rounded(part, self.disclosure)} END AS {part}"
        for figure in self.supports:
            hidden = f"_hidden OR {_few(figure)}"
            yield f"CASE WHEN NOT ({hidden}) THEN {quoted(figure)} END AS {quoted(figure)}"

    def spent(self) -> list[str]:
        """Columns that only the plan needs."""
        few = [_few(figure) for figure in self.supports]
        return ["_hidden", "_spread", *self.parts, *few, *self.supports.values()]


def shares(connection: duckdb.DuckDBPyConnection, report_sql: str) -> tuple[BreakdownShare, ...]:
    """What each breakdown shows, from a derivation's `report_sql`."""
    return tuple(BreakdownShare(*row) for row in connection.execute(report_sql).fetchall())


def refuse_mostly_hidden(contract: Contract, found: Sequence[BreakdownShare]) -> None:
    """Refuse a breakdown that shows too little to be of use.

    Raises:
        Fault: ``disclosure.minimum_share`` naming the first such breakdown.
    """
    disclosure = contract.disclosure
    for share in found if disclosure else ():
        if disclosure and share.share < disclosure.minimum_share:
            raise Fault(
                "disclosure.minimum_share",
                _("The breakdown {name} would show {share} % of its cases, less than {least} %."),
                remedy=_("Make it coarser (a longer period, a larger area), or take it out."),
                place=Place(dataset=contract.id, file=contract.path.name),
                name=share.name,
                share=int(share.share * 100),
                least=round(disclosure.minimum_share * 100),
            )


def _hide(among: str, value: str, group: str, ties: str, threshold: int) -> str:
    """TRUE for values under the threshold, and for the smallest others beside them until two
    are hidden that add up to the threshold. `among` says which rows take part."""
    small = f"({among} AND {value} < {threshold})"
    before = (
        f"(PARTITION BY {group} ORDER BY {value}, {ties} "
        "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    )
    begun = f"bool_or({small}) OVER (PARTITION BY {group})"
    enough = (
        f"count(*) OVER {before} >= 2 AND coalesce(sum({value}) OVER {before}, 0) >= {threshold}"
    )
    return f"({small} OR ({begun} AND NOT ({enough})))"


def _hide_again(hidden: str, value: str, group: str, ties: str, threshold: int) -> str:
    """TRUE for the smallest cells whose part must go because it is hidden in too few others.

    Hidden cells come first in the window, so that what precedes a shown one is all of them
    and the smaller shown ones.
    """
    gone = f"(_hidden OR {hidden})"
    before = (
        f"(PARTITION BY {group} ORDER BY {gone} DESC, {value}, {ties} "
        "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    )
    begun = f"bool_or({gone}) OVER (PARTITION BY {group})"
    enough = (
        f"count(*) OVER {before} >= 2 AND coalesce(sum({value}) OVER {before}, 0) >= {threshold}"
    )
    return f"(NOT {gone} AND {begun} AND NOT ({enough}))"


def _hides_part(at: int, total: str, parts: Sequence[str], disclosure: Disclosure) -> str:
    """Whether part number `at` of a cell is hidden by the parts of the same cell.

    What no part counts (total less all parts) is not published, so it counts as hidden.
    """
    threshold, part = disclosure.threshold, parts[at]
    rest = f"({total} - ({' + '.join(parts)}))"
    small = " OR ".join(f"{other} < {threshold}" for other in parts)
    begun = f"({small} OR ({rest} > 0 AND {rest} < {threshold}))"
    smaller = [
        f"({other} < {part}{f' OR {other} = {part}' if position < at else ''})"
        for position, other in enumerate(parts)
        if position != at
    ]
    others = [other for position, other in enumerate(parts) if position != at]
    hidden = " + ".join([f"({rest} > 0)::INTEGER", *(f"{test}::INTEGER" for test in smaller)])
    held = " + ".join(
        [rest]
        + [f"CASE WHEN {t} THEN {o} ELSE 0 END" for t, o in zip(smaller, others, strict=True)]
    )
    enough = f"({hidden}) >= 2 AND ({held}) >= {threshold}"
    return f"({part} < {threshold} OR ({begun} AND NOT ({enough})))"


def _few(figure: str) -> str:
    """The column that tells that too few cases are behind a figure."""
    return quoted(f"_few:{figure}")


def _rounded(value: str, disclosure: Disclosure) -> str:
    step = disclosure.round_to
    # Integers throughout: half of the step is added, then the remainder dropped.
    return f"(({value} + {step // 2}) // {step}) * {step}"
