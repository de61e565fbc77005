"""Grouped counts and figures as SQL: the input's rows that count and the cells of breakdowns.

Here belong the cells with their true values, the batch relation made of what is shown of
them, and the measure that reconciles. Which cells may be shown is `standardization.disclosure`;
which kind a derivation is, and running it, `standardization.derivation`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlglot import exp

from contracts.mappings import Derivation
from contracts.model import ALL_TOGETHER, Breakdown, Contract, Disclosure, Localized
from contracts.quoting import literal, quoted
from contracts.sql import parse_expression, to_sql
from standardization.disclosure import BREAKDOWN, SUPPORT, TRUE_TOTAL, protect
from standardization.functions import FUNCTIONS
from standardization.periods import closed

INPUT_ALIAS = "i"
PERIOD_OPEN = "period_open"
"""Name of the exclusion of cells whose period has not closed yet."""
_SCALE = "DECIMAL(38, 2)"
"""What sums are compared as: exact where the measures are, and fine enough for money."""


def parse(text: str) -> exp.Expression:
    """The tree of a derivation's expression."""
    return parse_expression(text, frozenset(FUNCTIONS))


class Grouping:
    """The SQL of one grouped derivation over `relation` (SQL, without alias)."""

    def __init__(self, contract: Contract, derivation: Derivation, relation: str) -> None:
        self.contract = contract
        self.derivation = derivation
        self.relation = relation
        self.dimensions = {name: parse(text) for name, text in derivation.dimensions.items()}
        self.measures = {name: parse(text) for name, text in derivation.measures.items()}
        self.expected = parse(derivation.expected)
        rule = contract.disclosure
        self.figures = tuple(
            name for name in self.measures if rule and name not in (rule.total, *rule.parts)
        )
        self.breakdowns = contract.breakdowns or (
            Breakdown("", tuple(derivation.dimensions), Localized("", "")),
        )

    @property
    def _order(self) -> list[str]:
        return [column.name for column in self.contract.columns if column.name in self.dimensions]

    def _shown(self) -> str:
        rule = self.contract.disclosure
        if rule is None:
            return f"{self.cells()},\nshown AS (SELECT * FROM cells)"
        shown = protect("cells", self.contract, rule, self._order, self.figures)
        return f"{self.cells()},\nshown AS ({shown})"

    def cells(self) -> str:
        """WITH clause: the rows that count, each dimension computed once, and all cells."""
        items = [
            f"{to_sql(tree)} AS {quoted(f'dimension:{name}')}"
            for name, tree in self.dimensions.items()
        ]
        items += [
            f"{INPUT_ALIAS}.{quoted(name)}"
            for name in _read((*self.measures.values(), self.expected))
        ]
        inputs = (
            f"SELECT {', '.join(items) or '1 AS one'} FROM {self.relation} AS {INPUT_ALIAS}"
            f"{self._where()}"
        )
        union = "\nUNION ALL\n".join(self._cells_of(breakdown) for breakdown in self.breakdowns)
        return f"WITH inputs AS MATERIALIZED ({inputs}),\ncells AS ({union})"

    def _where(self) -> str:
        tests = [
            f"NOT coalesce({to_sql(parse(exclusion.condition))}, false)"
            for exclusion in self.derivation.exclusions
        ]
        return " WHERE " + " AND ".join(tests) if tests else ""

    def _cells_of(self, breakdown: Breakdown) -> str:
        items = [f"{literal(breakdown.name)} AS {BREAKDOWN}"]
        for column in self.contract.columns:
            if column.name in breakdown.by:
                value = quoted(f"dimension:{column.name}")
            elif column.name in self.measures:
                value = to_sql(self.measures[column.name])
            elif column.name in self.dimensions and column.sql_type.upper() == "VARCHAR":
                value = literal(ALL_TOGETHER)
            else:
                value = "NULL"
            items.append(f"TRY_CAST({value} AS {column.sql_type}) AS {quoted(column.name)}")
        items += [f"{self._support(name)} AS {quoted(SUPPORT + name)}" for name in self.figures]
        by = ", ".join(quoted(f"dimension:{name}") for name in breakdown.by)
        return f"SELECT {', '.join(items)} FROM inputs AS {INPUT_ALIAS} GROUP BY {by}"

    def _support(self, figure: str) -> str:
        """The rows of a cell that have a value in all that the figure reads."""
        tests = [
            f"{INPUT_ALIAS}.{quoted(name)} IS NOT NULL" for name in _read([self.measures[figure]])
        ]
        return f"count(*) FILTER (WHERE {' AND '.join(tests) or 'true'})"

    def batch_sql(self, today: date) -> str:
        """The batch relation: what is shown, cells of open periods excluded by name."""
        order = ", ".join([BREAKDOWN, *map(quoted, self._order)])
        key = ", ".join(f"CAST({quoted(name)} AS VARCHAR)" for name in self._order)
        open_ = f"NOT {closed(self.contract.calendar, today)}"
        items = [quoted(column.name) for column in self.contract.columns]
        items += [
            f"{literal(self.derivation.input)} AS source_system",
            f"concat_ws('|', {key}) AS source_key",
            "'ok' AS quality_flag",
            f"row_number() OVER (ORDER BY {order}) - 1 AS _landing_id",
            f"{literal(self.derivation.name)} AS _mapping",
            f"CASE WHEN {open_} THEN {literal(PERIOD_OPEN)} END AS _excluded",
            *(f"[]::VARCHAR[] AS {name}" for name in ("_unreadable", "_fixed", "_doubts")),
            "CAST(NULL AS VARCHAR) AS _order",
            "CAST(0 AS INTEGER) AS _precedence",
        ]
        return f"{self._shown()}\nSELECT {', '.join(items)}\nFROM shown"

    def measure_sql(self) -> str:
        """(breakdown, derived, expected) per breakdown, before suppression."""
        names = _numbered(self.breakdowns)
        measure = quoted(self.derivation.reconcile)
        expected = to_sql(self.expected)
        return (
            f"{self.cells()}\nSELECT name, CAST(coalesce((SELECT sum({measure}) "
            f"FROM cells WHERE {BREAKDOWN} = name), 0) AS {_SCALE}), "
            f"CAST(coalesce((SELECT {expected} FROM inputs AS {INPUT_ALIAS}), 0) AS {_SCALE})\n"
            f"FROM (VALUES {names}) AS named(position, name) ORDER BY position"
        )

    def report_sql(self, disclosure: Disclosure, today: date) -> str:
        """What `standardization.disclosure.shares` reads: per breakdown, of closed periods."""
        total, names = quoted(disclosure.total), _numbered(self.contract.breakdowns)
        return (
            f"{self._shown()}\n"
            f"SELECT name, count({TRUE_TOTAL}), count({total}), "
            f"CAST(coalesce(sum({TRUE_TOTAL}), 0) AS BIGINT), CAST(coalesce(sum({TRUE_TOTAL}) "
            f"FILTER (WHERE {total} IS NOT NULL), 0) AS BIGINT)\n"
            f"FROM (VALUES {names}) AS named(position, name)\n"
            f"LEFT JOIN (SELECT * FROM shown WHERE {closed(self.contract.calendar, today)}) "
            f"ON {BREAKDOWN} = name GROUP BY position, name ORDER BY position"
        )

    @property
    def guarded(self) -> Mapping[str, Disclosure]:
        """The measures that are counts under disclosure control."""
        rule = self.contract.disclosure
        return dict.fromkeys((rule.total, *rule.parts), rule) if rule else {}


def _read(trees: Iterable[exp.Expr]) -> list[str]:
    return sorted({c.parts[1].name for tree in trees for c in tree.find_all(exp.Column)})


def _numbered(breakdowns: Sequence[Breakdown]) -> str:
    return ", ".join(f"({at}, {literal(b.name)})" for at, b in enumerate(breakdowns))
