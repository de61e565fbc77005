"""The scan: every row check of a contract in one pass over ``batch``, failing closed.

Here it is decided which landed rows are flagged. How a check becomes SQL is `quality.rules`
and `quality.duplicates`; what the flags make of the rows is `quality.relations`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from contracts.checks import CheckKind, Severity
from contracts.model import Contract
from contracts.quoting import literal
from quality.duplicates import find_duplicates
from quality.relations import (
    collect_quarantine,
    describe_replaced,
    prepare,
    settle,
)
from quality.rules import RowRule, UncompilableError, compile_rule, scan_sql
from quality.sql import number, reason


@dataclass(frozen=True)
class Scan:
    """What the scan did: the rules it could evaluate (without UNIQUE), and for each check it
    could not the stable name of why. A crashed check never passes."""

    rules: tuple[RowRule, ...]
    crashed: Mapping[str, str]


def scan(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    *,
    full_sources: frozenset[str],
    references: Mapping[str, Contract],
    precedence: Mapping[str, int],
) -> Scan:
    """Flag every landed row that breaks a row check, and make the relations of
    `quality.relations`.

    `references` are the contracts of the datasets that ``ref_*`` relations serve;
    `precedence` ranks the sources (lower wins) for keys served by a source not read now.
    """
    prepare(connection, contract, full_sources)
    rules, crashed = _compile(contract, references)
    rules = _flag(connection, rules, crashed)
    for check in contract.checks:
        if check.kind is CheckKind.UNIQUE:
            try:
                find_duplicates(connection, contract, check, precedence)
            except duckdb.Error as error:
                crashed[check.id] = reason(error)
    settle(connection, contract)
    for rule in [rule for rule in rules if rule.own]:
        try:
            _follow_own_references(connection, contract, rule)
        except duckdb.Error as error:
            crashed[rule.check.id] = reason(error)
            rules.remove(rule)
    collect_quarantine(connection, contract)
    describe_replaced(connection, contract, full_sources)
    return Scan(tuple(rules), crashed)


def _compile(
    contract: Contract, references: Mapping[str, Contract]
) -> tuple[list[RowRule], dict[str, str]]:
    rules: list[RowRule] = []
    crashed: dict[str, str] = {}
    for position, check in enumerate(contract.checks):
        if not check.kind.of_rows or check.kind is CheckKind.UNIQUE:
            continue
        try:
            rules.append(compile_rule(contract, position, references))
        except UncompilableError as error:
            crashed[check.id] = error.reason
    return rules, crashed


def _flag(
    connection: duckdb.DuckDBPyConnection, rules: list[RowRule], crashed: dict[str, str]
) -> list[RowRule]:
    """One pass with all rules; only when that fails, each alone, to learn which one crashes."""
    now = [rule for rule in rules if not rule.own]
    try:
        _insert(connection, now)
    except duckdb.Error:
        for rule in now:
            try:
                connection.execute(f"SELECT count(*) FROM ({scan_sql([rule])})")
            except duckdb.Error as error:
                crashed[rule.check.id] = reason(error)
        now = [rule for rule in now if rule.check.id not in crashed]
        try:
            _insert(connection, now)
        except duckdb.Error as error:
            # No single rule is at fault: none of them can be trusted.
            crashed.update((rule.check.id, reason(error)) for rule in now)
    return [rule for rule in rules if rule.check.id not in crashed]


def _insert(connection: duckdb.DuckDBPyConnection, rules: list[RowRule]) -> None:
    if rules:
        connection.execute(f"INSERT INTO flags {scan_sql(rules)}")


def _follow_own_references(
    connection: duckdb.DuckDBPyConnection, contract: Contract, rule: RowRule
) -> None:
    """A reference to the dataset itself is judged against the candidate, again and again until
    nothing more falls: a row whose parent was refused is refused as well."""
    found = rule.select("accepted", f"_landing_id, _mapping, {literal(rule.check.id)}")
    while number(connection, f"SELECT count(*) FROM ({found})"):
        connection.execute(f"INSERT INTO flags {found}")
        settle(connection, contract)
        if rule.check.severity is Severity.WARNING:
            return
