"""Which expectation judges what: the plan Great Expectations is given, and its views.

Plain data made from the contract's checks; nothing here imports the engine or evaluates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from contracts.checks import OVERALL, Check, CheckKind, Severity
from contracts.model import Contract, Reference
from quality.outcomes import CANDIDATE, Plan, Share
from quality.relations import ACCEPTED, describe_candidate, describe_landed
from quality.rules import RowRule
from quality.sentences import title


def relation_to_judge(contract: Contract, *, vouched: bool) -> str:
    """``accepted`` where the served rows that stay are vouched for and no check that refuses
    rows looks at several at once; else the whole ``candidate``.

    An accepted row supersedes the served one with its primary key, so that keys stay unique.
    """

    def of_single_rows(check: Check) -> bool:
        reference = check.arguments.get("reference")
        own = isinstance(reference, Reference) and reference.dataset == contract.id
        other_key = check.kind is CheckKind.UNIQUE and check.columns != contract.primary_key
        return not own and not other_key and check.kind is not CheckKind.ROW_COUNT

    return ACCEPTED if vouched and all(map(of_single_rows, contract.checks)) else CANDIDATE


def make_plan(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    sound: Sequence[Check],
    rules: Sequence[RowRule],
    mappings: Sequence[str],
    relation: str = CANDIDATE,
) -> Plan:
    """The plan for the checks that did not crash, and the views it reads; what is about the
    candidate looks at the rows of `relation`."""
    of_rows = [check for check in sound if check.kind.of_rows]
    refusing = [check for check in of_rows if _judged_on_candidate(check)]
    types = {column.name: column.sql_type for column in contract.columns}
    computed = {check.id for check in refusing if not has_native_form(check, types)}
    describe_landed(connection, of_rows, mappings)
    describe_candidate(
        connection,
        [rule for rule in rules if rule.check.id in computed],
        vouched=relation == ACCEPTED,
    )
    totals = (OVERALL, *(f"{OVERALL}.{name}" for name in mappings if len(mappings) > 1))
    return Plan(
        landed=(
            *(Share(c.id, _tolerance(c), c.title, c.severity) for c in of_rows),
            *(Share(name, contract.tolerance, title(contract, name)) for name in totals),
        ),
        totals=totals,
        candidate=(
            *(check for check in refusing if check.id not in computed),
            *(check for check in sound if check.kind is CheckKind.ROW_COUNT),
        ),
        types=types,
        rules=tuple(Share(c.id, 0.0, c.title, c.severity) for c in refusing if c.id in computed),
        measured=tuple(check for check in sound if check.kind is CheckKind.TABLE),
        relation=relation,
    )


def has_native_form(check: Check, types: Mapping[str, str]) -> bool:
    """Whether Great Expectations has a form of a row check that works on DuckDB.

    Not for regular expressions, other datasets and SQL; nor for bounds that are no numbers
    (it would compare texts) and lists of values of other columns than text.
    """
    match check.kind:
        case CheckKind.REQUIRED | CheckKind.UNIQUE:
            return True
        case CheckKind.RANGE | CheckKind.LENGTH:
            return all(isinstance(value, int | float) for value in check.arguments.values())
        case CheckKind.VALUES:
            return types[check.columns[0]] == "VARCHAR"
    return False


def _judged_on_candidate(check: Check) -> bool:
    """Every ERROR row check; but only a landed row can have been unreadable."""
    return check.severity is Severity.ERROR and check.kind is not CheckKind.READABLE


def _tolerance(check: Check) -> float:
    """The share of rows that may fail; a refusing rule without one of its own may fail any
    number of rows: they are quarantined, and the contract's overall tolerance judges."""
    if check.tolerance is not None:
        return check.tolerance
    return 1.0 if check.severity is Severity.ERROR else 0.0
