"""The privacy gate: whether what would be open may be.

Judges ``open_rows`` as it is, column by column, and trusts nothing that made it. Disclosure
control of statistics is `quality.disclosure`. Results are counts, never values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import duckdb

from contracts.checks import CheckKind, CheckResult, Verdict
from contracts.model import SYSTEM_COLUMNS, Access, Classification, Column, Contract
from contracts.quoting import literal, quoted
from quality.disclosure import judge_disclosure
from quality.sql import number, reason
from quality.verdicts import decide

CLOSED = "privacy.closed"
COLUMNS = "privacy.columns"
PERSONAL_TEXT = "privacy.personal_text"
CANARY = "privacy.canary"

# Free-text PII of the cleaning rules. RE2 has no look-around: the neighbours are matched too.
EMAIL = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z]"
PHONE = r"(^|[^0-9.])(0|\+?84)([ .-]?[0-9]){9,10}([^0-9]|$)"
PERSONAL_ID = r"(^|[^0-9.])([0-9]{9}|[0-9]{12})([^0-9]|$)"
PERSONAL = f"{EMAIL}|{PHONE}|{PERSONAL_ID}"


def judge_open(
    connection: duckdb.DuckDBPyConnection, contract: Contract, *, canaries: tuple[str, ...] = ()
) -> Verdict:
    """The verdict on ``open_rows``.

    Checks: ``privacy.columns`` (only public columns), ``privacy.personal_text.<column>`` for
    each free-text column (no e-mail address, telephone number or personal id),
    ``privacy.canary`` (none of `canaries` in any column), and the disclosure checks of a
    statistical dataset. A dataset that is not open has one check, ``privacy.closed``: there is
    no ``open_rows``.
    """
    if contract.access is not Access.OPEN:
        results = [_evaluate(CLOSED, lambda: _closed(connection))]
    else:
        results = list(_checks(connection, contract, canaries))
    return decide(results, f"duckdb {duckdb.__version__}")


def _evaluate(name: str, check: Callable[[], tuple[int, int]]) -> CheckResult:
    """`check` gives (evaluated, failed); where it cannot, it has failed."""
    try:
        evaluated, failed = check()
    except duckdb.Error as error:
        return CheckResult(name, False, 0, 0, crashed=reason(error))
    return CheckResult(name, failed == 0, evaluated, failed)


def _checks(
    connection: duckdb.DuckDBPyConnection, contract: Contract, canaries: tuple[str, ...]
) -> Iterator[CheckResult]:
    yield _evaluate(COLUMNS, lambda: _only_public(connection, contract))
    for column in free_text(contract):
        found = f"regexp_matches(CAST({quoted(column.name)} AS VARCHAR), {literal(PERSONAL)})"
        name = f"{PERSONAL_TEXT}.{column.name}"
        yield _evaluate(name, partial(_found, connection, found))
    if canaries:
        yield _evaluate(CANARY, lambda: _canaries(connection, canaries))
    if contract.disclosure is not None:
        for name, check in judge_disclosure(connection, contract, contract.disclosure):
            yield _evaluate(name, check)


def free_text(contract: Contract) -> tuple[Column, ...]:
    """Public text columns that anybody could have written anything into: neither key, code,
    reference nor held to a form (a column for an office's telephone has a pattern)."""
    formed = {
        name
        for check in contract.checks
        if check.kind in (CheckKind.PATTERN, CheckKind.VALUES, CheckKind.REFERENCE)
        for name in check.columns
    }
    return tuple(
        column
        for column in contract.open_columns
        if column.sql_type.startswith("VARCHAR")
        and column.primary_key_position is None
        and column.code_list is None
        and column.reference is None
        and column.name not in formed
    )


def _columns(connection: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    return tuple(str(row[0]) for row in connection.execute("DESCRIBE open_rows").fetchall())


def _closed(connection: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    found = "SELECT count(*) FROM duckdb_views() WHERE view_name = 'open_rows'"
    return 1, number(connection, found)


def _only_public(connection: duckdb.DuckDBPyConnection, contract: Contract) -> tuple[int, int]:
    public = {
        column.name
        for column in (*contract.columns, *SYSTEM_COLUMNS)
        if column.classification is Classification.PUBLIC
    }
    columns = _columns(connection)
    return len(columns), sum(name not in public for name in columns)


def _found(connection: duckdb.DuckDBPyConnection, condition: str) -> tuple[int, int]:
    row = connection.execute(
        f"SELECT count(*), count(*) FILTER (WHERE {condition}) FROM open_rows"
    ).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 1)


def _canaries(connection: duckdb.DuckDBPyConnection, canaries: tuple[str, ...]) -> tuple[int, int]:
    """Rows that hold a canary anywhere, whatever the column's type and letter case."""
    whole = ", ".join(f"CAST({quoted(name)} AS VARCHAR)" for name in _columns(connection))
    # \x1f keeps a canary from being made up of the end of one cell and the start of the next.
    row = f"lower(concat_ws(chr(31), {whole}))"
    found = " OR ".join(f"contains({row}, lower({literal(canary)}))" for canary in canaries)
    return _found(connection, found)
