"""The relations a gate leaves in the connection, as SQL over ``batch``, ``served`` and flags.

Views, so that no table is copied: what is stored is flags, refused rows, and where served rows
are that give way: texts of keys cost three times as much as these numbers to read and compare, and
every look at ``candidate`` asks. Which rows are flagged is decided in `quality.scan`.

flags(_landing_id, _mapping, _check)     one row per rule that a landed row breaks
broken(_landing_id, _rules, _refused)    the same per landed row; _refused: an ERROR rule
accepted                                 landed rows neither excluded nor refused
relanded                                 served rows whose own source row was landed again
met, rivals                              other served rows with the key of a landed one
leaving                                  where served rows are that give way to landed ones
staying                                  served rows of sources not read in full that do not leave
candidate                                what would be served: staying and accepted
replaced                                 served rows that do not stay, with their file
open_rows                                what of it would be open (access level open only)
landed                                   per judged row and row check, whether the row keeps it
candidate_rules                          per candidate row and rule, whether the row keeps it
overdue                                  its rows, where only those that break one are looked for
quarantine                               refused rows with `_rules`, for the quarantine zone only

A column of a contract begins with a letter, whatever it is called. So every column of ours that
may stand beside it begins with ``_``, but for the system columns, which no contract may name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress

import duckdb

from contracts.checks import OVERALL, Check, Severity
from contracts.model import SYSTEM_COLUMNS, Access, Contract
from contracts.quoting import literal, quoted
from lakehouse.places import FILE, PLACE
from quality.rules import RowRule, prepared
from quality.sql import listed, number

ACCEPTED = "accepted"
KEPT_SYSTEM_COLUMNS = ("source_system", "source_key", "quality_flag")
"""The system columns a candidate has; ``ingested_at`` is added when it is committed."""


def candidate_columns(contract: Contract) -> tuple[str, ...]:
    """Names of the candidate's columns, in order."""
    return (*(column.name for column in contract.columns), *KEPT_SYSTEM_COLUMNS)


def open_column_names(contract: Contract) -> tuple[str, ...]:
    """The open projection: public columns of the contract, then public system columns."""
    system = (column.name for column in SYSTEM_COLUMNS if column.classification == "public")
    return (*(column.name for column in contract.open_columns), *system)


def prepare(
    connection: duckdb.DuckDBPyConnection, contract: Contract, full_sources: frozenset[str]
) -> None:
    """An empty ``flags`` and every view over it.

    A served row gives way when its source was read in full, when its own source row was landed
    again, whatever became of that (an incremental run then ends where a full one would), or
    when a row with its key was accepted.
    """
    columns, place = listed(candidate_columns(contract)), listed(PLACE)
    unread = _unread(full_sources)
    key = listed(contract.primary_key)
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE flags(_landing_id BIGINT, _mapping VARCHAR, _check VARCHAR);
        CREATE OR REPLACE TABLE broken(_landing_id BIGINT, _rules VARCHAR[], _refused BOOLEAN);
        CREATE OR REPLACE VIEW accepted AS
            SELECT {columns}, _landing_id, _mapping FROM batch
            ANTI JOIN (SELECT _landing_id FROM broken WHERE _refused) USING (_landing_id)
            WHERE _excluded IS NULL;
        CREATE OR REPLACE TABLE relanded AS
            SELECT {place} FROM served
            SEMI JOIN batch USING (source_system, source_key) WHERE {unread};
        CREATE OR REPLACE TABLE met AS
            SELECT {key}, source_system, {place}
            FROM (SELECT * FROM served SEMI JOIN batch USING ({key}) WHERE {unread})
            ANTI JOIN relanded USING ({place});
        CREATE OR REPLACE TABLE leaving AS FROM relanded;
        CREATE OR REPLACE VIEW staying AS
            SELECT {columns} FROM served ANTI JOIN leaving USING ({place}) WHERE {unread};
        CREATE OR REPLACE VIEW candidate AS
            SELECT {columns} FROM staying UNION ALL SELECT {columns} FROM accepted;
        DROP VIEW IF EXISTS open_rows;
        """
    )
    # As a rule there are none: a view that says so costs no query a look at all that was landed.
    some = number(connection, "SELECT count(*) FROM met") > 0
    connection.execute(f"CREATE OR REPLACE VIEW rivals AS FROM met WHERE {some}")
    if contract.access is Access.OPEN:
        names = listed(open_column_names(contract))
        connection.execute(f"CREATE VIEW open_rows AS SELECT {names} FROM candidate")


def _unread(full_sources: frozenset[str]) -> str:
    """That a served row is of a source that was not read in full, as SQL."""
    full = ", ".join(literal(name) for name in sorted(full_sources))
    return f"source_system NOT IN ({full})" if full else "TRUE"


def settle(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Bring what is stored up to date with ``flags``."""
    refused = f"bool_or(_check IN ({_refusing(contract)}))"
    key, place = listed(contract.primary_key), listed(PLACE)
    connection.execute(
        "CREATE OR REPLACE TABLE broken AS SELECT _landing_id, list(_check) AS _rules,"
        f" {refused} AS _refused FROM flags GROUP BY _landing_id;"
        f"CREATE OR REPLACE TABLE leaving AS FROM relanded UNION ALL"
        f" SELECT {place} FROM rivals SEMI JOIN accepted USING ({key})"
    )


def describe_replaced(
    connection: duckdb.DuckDBPyConnection, contract: Contract, full_sources: frozenset[str]
) -> None:
    """The view ``replaced``, once it is settled who leaves: files are named, so that no other
    one is read."""
    columns = f"{listed(candidate_columns(contract))}, {FILE}"
    found = connection.execute(f"SELECT DISTINCT {FILE} FROM leaving").fetchall()
    files = ", ".join(literal(name) for (name,) in found) or "NULL"
    connection.execute(
        "CREATE OR REPLACE VIEW replaced AS"
        f" SELECT {columns} FROM served WHERE NOT ({_unread(full_sources)}) UNION ALL"
        f" SELECT {columns} FROM served SEMI JOIN leaving USING ({listed(PLACE)})"
        f" WHERE {FILE} IN ({files})"
    )


def _refusing(contract: Contract) -> str:
    """The ids of the checks that refuse a row, as an SQL list."""
    checks = (c for c in contract.checks if c.kind.of_rows and c.severity is Severity.ERROR)
    return ", ".join(literal(check.id) for check in checks) or "NULL"


def collect_quarantine(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """The table ``quarantine``: refused rows as they stand, with the ERROR rules they break."""
    columns = listed(column.name for column in contract.columns)
    connection.execute(
        f"CREATE OR REPLACE TABLE quarantine AS SELECT {columns}, source_system, source_key,"
        " _mapping, _landing_id, list_sort(list_filter(_rules,"
        f" lambda _x: _x IN ({_refusing(contract)}))) AS _rules, _unreadable"
        " FROM batch JOIN (SELECT _landing_id, _rules FROM broken WHERE _refused)"
        " USING (_landing_id)"
    )


def describe_landed(
    connection: duckdb.DuckDBPyConnection, checks: Iterable[Check], mappings: Iterable[str]
) -> None:
    """The view ``landed``: a boolean column per row check, called by its id (TRUE: kept), one
    `OVERALL`, and per mapping ``tolerance.<mapping>`` (NULL for rows of other mappings).

    Rows that break nothing, nearly all, have constants, which DuckDB looks at once for 2,048.
    """
    kept = {check.id: f"NOT list_contains(_rules, {literal(check.id)})" for check in checks}
    kept[OVERALL] = "NOT _refused"
    names = list(mappings)

    def rows(columns: Iterable[str], accepted: str, join: str) -> str:
        shares = [
            f"CASE WHEN _mapping = {literal(name)} THEN {accepted} END"
            f" AS {quoted(f'{OVERALL}.{name}')}"
            for name in names
        ]
        return (
            f"SELECT {', '.join((*columns, *shares))} FROM batch {join} broken"
            " USING (_landing_id) WHERE _excluded IS NULL"
        )

    broken = rows(
        [f"{test} AS {quoted(name)}" for name, test in kept.items()], "NOT _refused", "JOIN"
    )
    whole = rows([f"TRUE AS {quoted(name)}" for name in kept], "TRUE", "ANTI JOIN")
    connection.execute(f"CREATE OR REPLACE VIEW landed AS {broken} UNION ALL {whole}")


def describe_candidate(
    connection: duckdb.DuckDBPyConnection, rules: Sequence[RowRule], *, vouched: bool
) -> None:
    """The view ``candidate_rules``: a boolean column per rule, called by its check's id (TRUE:
    kept). One scan evaluates them all.

    It has the rows that stay: those accepted now are accepted because the scan has evaluated
    the very same conditions on them. Where the rows that stay are vouched for, it has one row for
    each that breaks a rule which reads the clock, as it may have kept it once.
    """
    if not vouched:
        columns = [f"NOT {rule.broken} AS {quoted(rule.check.id)}" for rule in rules]
        found = f"SELECT {_some(columns)} FROM {prepared('staying', rules)}"
    else:
        clock = [rule for rule in rules if rule.reads_clock]
        kept = _some([f"TRUE AS {quoted(rule.check.id)}" for rule in rules])
        found = (
            " UNION ALL ".join(_breaking(rules, rule) for rule in clock)
            or f"SELECT {kept} WHERE FALSE"
        )
        # Where it cannot be evaluated, Great Expectations shall be told so when it asks.
        with suppress(duckdb.Error):
            connection.execute(f"CREATE OR REPLACE TABLE overdue AS {found}")
            found = "FROM overdue"
    connection.execute(f"CREATE OR REPLACE VIEW candidate_rules AS {found}")


def _breaking(rules: Sequence[RowRule], broken: RowRule) -> str:
    """A row for each that stays and breaks the rule `broken`; it says nothing of the others."""
    columns = [f"{rule is not broken} AS {quoted(rule.check.id)}" for rule in rules]
    return f"SELECT {', '.join(columns)} FROM {prepared('staying', [broken])} WHERE {broken.search}"


def _some(columns: Sequence[str]) -> str:
    return ", ".join(columns) or "TRUE AS nothing"


def count_candidate(connection: duckdb.DuckDBPyConnection, full_sources: frozenset[str]) -> int:
    """How many rows ``candidate`` has, without looking which stay: all that leave are there."""
    return number(
        connection,
        "SELECT (SELECT count(*) FROM accepted) - (SELECT count(*) FROM leaving)"
        f" + (SELECT count(*) FROM served WHERE {_unread(full_sources)})",
    )


def missing_columns(
    connection: duckdb.DuckDBPyConnection, relation: str, wanted: tuple[str, ...]
) -> tuple[str, ...]:
    """The columns of `wanted` that `relation` lacks; all of them when there is no relation."""
    try:
        found = connection.execute(f"DESCRIBE {quoted(relation)}").fetchall()
    except duckdb.CatalogException:
        return wanted
    names = {str(row[0]) for row in found}
    return tuple(name for name in wanted if name not in names)
