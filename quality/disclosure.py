"""Disclosure control as the gate sees it: only the rounded, suppressed statistics.

Whether suppression was *done* right from the true counts is `standardization`'s and its
tests'; here is what must hold of what would be published, whoever made it. Rules:
`Contract.disclosure`; trust page, "Statistical disclosure" (counts of persons under 10
suppressed, the rest rounded to 5, complements masked).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import duckdb

from contracts.model import ALL_TOGETHER, Contract, Disclosure
from contracts.quoting import literal, quoted

SMALL_TOTAL = "privacy.small_total"
SMALL_PART = "privacy.small_part"
ROUNDING = "privacy.rounding"
COMPLEMENT = "privacy.complement"
BREAKDOWN = "privacy.breakdown"
SINGLE_CELL = "privacy.single_suppressed_cell"
FIGURE = "privacy.figure"

Counted = tuple[str, Callable[[], tuple[int, int]]]


def judge_disclosure(
    connection: duckdb.DuckDBPyConnection, contract: Contract, disclosure: Disclosure
) -> Iterator[Counted]:
    """(check id, function that gives (rows evaluated, rows failed)) for each rule.

    - a shown total or part is not under the threshold (less what rounding can take away);
    - whatever is shown is a multiple of `round_to`;
    - no other figure (a sum, mean or quantile) is shown where its total is hidden;
    - of a row's parts not exactly one is hidden while the total is shown, nor is any part
      shown while the total is hidden: a subtraction would tell it;
    - every row belongs to one declared breakdown;
    - in no breakdown and period is exactly one cell of several hidden, for the same reason.
    """
    total, parts = quoted(disclosure.total), [quoted(part) for part in disclosure.parts]
    least = disclosure.threshold // disclosure.round_to * disclosure.round_to
    shown = (total, *parts)

    def count(condition: str) -> Callable[[], tuple[int, int]]:
        return lambda: _pair(
            connection,
            f"SELECT count(*), count(*) FILTER (WHERE {condition}) FROM open_rows",
        )

    yield SMALL_TOTAL, count(f"{total} < {least}")
    yield SMALL_PART, count(_any(f"{part} < {least}" for part in parts))
    yield ROUNDING, count(_any(f"{number} % {disclosure.round_to} <> 0" for number in shown))
    figures = [quoted(name) for name in _figures(contract, disclosure)]
    if figures:
        told = _any(f"{figure} IS NOT NULL" for figure in figures)
        yield FIGURE, count(f"{total} IS NULL AND ({told})")
    hidden = " + ".join(f"({part} IS NULL)::INTEGER" for part in parts) or "0"
    visible = _any(f"{part} IS NOT NULL" for part in parts)
    alone = f"{total} IS NOT NULL AND {hidden} = 1" if len(parts) > 1 else "FALSE"
    yield COMPLEMENT, count(f"({alone}) OR ({total} IS NULL AND ({visible}))")
    if contract.breakdowns:
        yield BREAKDOWN, count(f"{_breakdown(contract)} IS NULL")
        yield SINGLE_CELL, lambda: _pair(connection, _single(contract, total))


def _figures(contract: Contract, disclosure: Disclosure) -> list[str]:
    """The columns that are neither counts nor what is counted by."""
    counted = {disclosure.total, *disclosure.parts, *contract.primary_key}
    counted |= {name for breakdown in contract.breakdowns for name in breakdown.by}
    return [column.name for column in contract.columns if column.name not in counted]


def _any(conditions: Iterator[str]) -> str:
    return " OR ".join(conditions) or "FALSE"


def _breakdown(contract: Contract) -> str:
    """The name of a row's breakdown as SQL; NULL for a row that belongs to none."""
    dimensions = {name for breakdown in contract.breakdowns for name in breakdown.by}
    cases = []
    for breakdown in contract.breakdowns:
        grouped = [f"{quoted(name)} <> {literal(ALL_TOGETHER)}" for name in breakdown.by]
        other = sorted(dimensions - set(breakdown.by))
        summed = [f"{quoted(name)} = {literal(ALL_TOGETHER)}" for name in other]
        cases.append(f"WHEN {' AND '.join((*grouped, *summed))} THEN {literal(breakdown.name)}")
    return f"CASE {' '.join(cases)} END"


def _single(contract: Contract, total: str) -> str:
    period = contract.calendar.period_column
    by = f"{_breakdown(contract)} AS b, {quoted(period) if period else 'NULL'} AS p"
    return (
        "SELECT count(*), count(*) FILTER (WHERE hidden = 1 AND cells > 1) FROM"
        f" (SELECT {by}, count(*) AS cells, count(*) - count({total}) AS hidden"
        " FROM open_rows GROUP BY ALL)"
    )


def _pair(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[int, int]:
    row = connection.execute(sql).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 1)
