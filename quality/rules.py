"""A row check as SQL: a condition that is TRUE where a row breaks it, and its look-up.

Only compiling belongs here. `quality.scan` evaluates all rules in one pass over the landed
rows; `quality.relations` shows them for the candidate where Great Expectations has no native
form. UNIQUE is `quality.duplicates`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contracts.checks import Check, CheckKind
from contracts.model import Contract, Reference
from contracts.moments import by_the_clock
from contracts.quoting import literal, quoted
from contracts.sql import parse_any, reads_clock

VALID_FROM = "valid_from"
VALID_TO = "valid_to"
"""The names every dataset gives to its half-open validity, if it has one."""


class UncompilableError(Exception):
    """A check that cannot be put into SQL; `reason` is the stable name of why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class RowRule:
    """`broken` is TRUE where a row breaks `check`, else FALSE; `lookup` is a LEFT JOIN that it
    needs and that never multiplies rows. `own` marks a reference to the dataset itself, which
    can be judged only once the candidate is known. `day` is the expression of the column
    `day_column`, on which the reference must be valid. `predicate` is what a row must keep, where
    that is all."""

    check: Check
    broken: str
    lookup: str = ""
    day: str | None = None
    own: bool = False
    predicate: str | None = None

    @property
    def reads_clock(self) -> bool:
        """Whether a row can break the rule later that keeps it now."""
        texts = (self.check.predicate, self.day)
        return any(reads_clock(parse_any(f"SELECT {text}")) for text in texts if text)

    @property
    def search(self) -> str:
        """`broken` for a WHERE: where it compares a column, DuckDB skips the row groups in which no
        value can break it, as it does not for IS FALSE."""
        return f"NOT ({self.predicate})" if self.predicate else self.broken

    def select(self, relation: str, columns: str) -> str:
        """SELECT `columns` of the rows of `relation` that break the rule."""
        return f"SELECT {columns} FROM {prepared(relation, [self])} WHERE {self.broken}"


def compile_rule(contract: Contract, position: int, references: Mapping[str, Contract]) -> RowRule:
    """The rule of the contract's check at `position` (any row kind but UNIQUE).

    `references` are the contracts of the datasets it refers to. Raises `UncompilableError`.
    """
    check = contract.checks[position]
    if check.kind is CheckKind.READABLE:
        return RowRule(check, f"list_contains(_unreadable, {literal(check.columns[0])})")
    reference = check.arguments.get("reference")
    if check.kind is CheckKind.REFERENCE and isinstance(reference, Reference):
        return _reference(contract, check, reference, f"_r{position}", references)
    if check.predicate is None:
        raise UncompilableError("check.not_defined")
    predicate = by_the_clock(check.predicate, _moments(contract))
    return RowRule(check, f"(({predicate}) IS FALSE)", predicate=predicate)


def _reference(
    contract: Contract,
    check: Check,
    reference: Reference,
    prefix: str,
    references: Mapping[str, Contract],
) -> RowRule:
    """A hash join on the key (grouped, so at most one match), then the day.

    A code whose day or whose companion column is missing breaks the rule: without them nobody
    can say what the code meant.
    """
    own = reference.dataset == contract.id
    target = contract if own else references.get(reference.dataset)
    if target is None:
        raise UncompilableError("check.reference_unknown")
    pairs = ((check.columns[0], reference.column), *reference.with_columns)
    keys = ", ".join(f"{quoted(theirs)} AS {prefix}_{i}" for i, (_, theirs) in enumerate(pairs))
    if reference.valid_on and not {VALID_FROM, VALID_TO} <= {
        column.name for column in target.columns
    }:
        raise UncompilableError("check.reference_without_validity")
    periods = _periods(prefix) if reference.valid_on else ""
    lookup = (
        f"LEFT JOIN (SELECT {keys}{periods}"
        f" FROM {'candidate' if own else quoted(f'ref_{reference.dataset}')} GROUP BY ALL)"
        " ON " + " AND ".join(f"{prefix}_{i} = {quoted(ours)}" for i, (ours, _) in enumerate(pairs))
    )
    missing = f"{prefix}_0 IS NULL"
    day = by_the_clock(reference.valid_on, _moments(contract)) if reference.valid_on else None
    if day:
        missing = f"NOT coalesce({_valid(prefix, day_column(day))}, FALSE)"
    broken = f"({quoted(check.columns[0])} IS NOT NULL AND {missing})"
    return RowRule(check, broken, lookup, day, own)


def _moments(contract: Contract) -> frozenset[str]:
    return frozenset(
        column.name for column in contract.columns if column.sql_type == "TIMESTAMP WITH TIME ZONE"
    )


def _periods(prefix: str) -> str:
    """The periods of a key: its only one as two columns, several as a list.

    Nearly all keys have one, and carrying a list through the join is what costs.
    """
    several = f"list(struct_pack(f := {VALID_FROM}, t := {VALID_TO}))"
    return (
        f", min({VALID_FROM}) AS {prefix}_f, max({VALID_TO}) AS {prefix}_t,"
        f" CASE WHEN count(*) > 1 THEN {several} END AS {prefix}_on"
    )


def _valid(prefix: str, day: str) -> str:
    """Whether `day` lies in a period of the key (half-open; no end: still valid)."""

    def within(start: str, end: str) -> str:
        return f"({start} <= {day} AND ({day} < {end} OR {end} IS NULL))"

    # 'lambda', not '->': the arrow form is deprecated in DuckDB.
    several = f"len(list_filter({prefix}_on, lambda _p: {within('_p.f', '_p.t')})) > 0"
    one = within(f"{prefix}_f", f"{prefix}_t")
    return f"CASE WHEN {prefix}_on IS NULL THEN {one} ELSE {several} END"


def day_column(expression: str) -> str:
    """The column of `prepared` that holds `expression` as a day."""
    return f"_day_{hashlib.sha256(expression.encode()).hexdigest()[:12]}"


def prepared(relation: str, rules: Sequence[RowRule]) -> str:
    """FROM clause: `relation` with all that `rules` need.

    The days are computed here, once: turning an instant into a day of our time zone is dear.
    """
    days = sorted({rule.day for rule in rules if rule.day})
    columns = "".join(f", CAST({day} AS DATE) AS {day_column(day)}" for day in days)
    lookups = " ".join(rule.lookup for rule in rules if rule.lookup)
    return f"(SELECT *{columns} FROM {relation}) {lookups}"


def scan_sql(rules: Sequence[RowRule]) -> str:
    """One pass over ``batch``: (_landing_id, _mapping, _check), one row per broken rule.

    Excluded rows are not judged.
    """
    flags = ", ".join(f"{rule.broken} AS _b{i}" for i, rule in enumerate(rules))
    names = ", ".join(
        f"CASE WHEN _b{i} THEN {literal(rule.check.id)} END" for i, rule in enumerate(rules)
    )
    broken = " OR ".join(f"_b{i}" for i in range(len(rules)))
    return (
        "SELECT _landing_id, _mapping,"
        f" unnest(list_filter([{names}], lambda _x: _x IS NOT NULL)) AS _check"
        f" FROM (SELECT _landing_id, _mapping, {flags} FROM {prepared('batch', rules)}"
        f" WHERE _excluded IS NULL) WHERE {broken}"
    )
