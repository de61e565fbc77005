"""Near-duplicates over all sources of a dataset: rows that tell of one thing are linked.

Here belongs the SQL that finds, for each row of ``batch`` that names no original yet, an earlier
row about the same thing, from whatever source it came. Nothing is deleted: the row keeps its
place and names the original. Duplicates within one source that only its own columns show are
found in the shape of its mapping; equal keys are `quality`'s.

Rows are compared within blocks only: equal in the columns `same` and in the first number of each
text (the house), and no further apart than `days`, so that the work grows with the rows and not
with their square. Two texts are alike by the share of words of the shorter that the longer has
too, or by their edit distance, marks and word order aside; numbers in them (houses, lanes) must
be the same ones in the same order.

Source of the rule: cleaning rules, near-duplicates of feedback (same title, same address, three
days).
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from contracts.checks import Severity
from contracts.errors import Place
from contracts.model import Contract, NearDuplicates
from contracts.quoting import literal, quoted
from standardization.faults import failed

NEAR_DUPLICATE = "near_duplicate"
"""The doubt of a row that was linked."""
_DAY = 86_400


def link(
    connection: duckdb.DuckDBPyConnection, contract: Contract, full_sources: frozenset[str]
) -> None:
    """Make ``batch`` name the originals of its near-duplicates; as it is where the contract
    declares none.

    Reads ``batch``, and of ``served`` the rows of sources that were not read in full
    (`full_sources` were). Only rows that no rule of a single row refuses are originals.

    Raises:
        Fault: ``standardise.failed``.
    """
    rule = contract.near_duplicates
    if rule is None:
        return
    try:
        connection.execute("DROP VIEW IF EXISTS staged; ALTER VIEW batch RENAME TO staged")
        connection.execute(
            f"CREATE OR REPLACE TABLE linked AS {links_sql(contract, rule, full_sources)}"
        )
        connection.execute(f"CREATE VIEW batch AS {_linked_sql(rule)}")
    except duckdb.Error as error:
        raise failed(error, Place(dataset=contract.id, file=contract.path.name)) from None


def links_sql(contract: Contract, rule: NearDuplicates, full_sources: frozenset[str]) -> str:
    """(_landing_id, original): the earliest row that each near-duplicate tells again."""
    same = [quoted(name) for name in rule.same]
    same += [f"number_{at}" for at in range(len(rule.alike))]
    alike = " AND ".join(_alike(f"words_{at}", rule) for at in range(len(rule.alike)))
    return (
        f"WITH told AS ({_told_sql(contract, rule, full_sources)}),\n"
        "later AS (SELECT *, unnest([block, block - 1]) AS seen FROM told WHERE unlinked)\n"
        "SELECT a._landing_id, arg_min(b._key, {'at': b._at, 'key': b._key}) AS original\n"
        f"FROM later AS a JOIN told AS b ON a.seen = b.block "
        f"{''.join(f'AND a.{name} = b.{name} ' for name in same)}\n"
        "WHERE a._key <> b._key AND (b._at, b._key) < (a._at, a._key) "
        f"AND a._at - b._at <= {rule.days * _DAY} AND {alike}\n"
        "GROUP BY a._landing_id"
    )


def _told_sql(contract: Contract, rule: NearDuplicates, full_sources: frozenset[str]) -> str:
    (key,) = contract.primary_key
    items = [f"{quoted(key)} AS _key", f"epoch({quoted(rule.at)}) AS _at"]
    # A row and any within the days before it lie in one block or in the block before.
    items += [f"CAST(floor(epoch({quoted(rule.at)}) / {rule.days * _DAY}) AS BIGINT) AS block"]
    items += [quoted(name) for name in rule.same]
    for at, name in enumerate(rule.alike):
        items.append(f"regexp_extract({quoted(name)}, '[1-9][0-9]*') AS number_{at}")
        items.append(
            f"{{'text': words_key({quoted(name)}), "
            f"'words': string_split(words_key({quoted(name)}), ' '), "
            f"'numbers': regexp_extract_all({quoted(name)}, '[1-9][0-9]*')}} AS words_{at}"
        )
    select = ", ".join(items)
    known = " AND ".join(
        f"{quoted(n)} IS NOT NULL" for n in (key, rule.at, *rule.same, *rule.alike)
    )
    sound = " AND ".join(["_excluded IS NULL", "len(_unreadable) = 0", *_tests(contract)])
    read = ", ".join(literal(name) for name in sorted(full_sources))
    kept = f"source_system NOT IN ({read})" if read else "true"
    return (
        f"SELECT {select}, _landing_id, {quoted(rule.column)} IS NULL AS unlinked "
        f"FROM staged WHERE {sound} AND {known}\nUNION ALL\n"
        f"SELECT {select}, NULL, false FROM served "
        f"ANTI JOIN staged USING (source_system, source_key) WHERE {kept} AND {known}"
    )


def _tests(contract: Contract) -> Iterator[str]:
    for check in contract.checks:
        if check.kind.of_rows and check.predicate and check.severity is Severity.ERROR:
            yield f"coalesce({check.predicate}, true)"


def _alike(words: str, rule: NearDuplicates) -> str:
    a, b = f"a.{words}", f"b.{words}"
    fewer = f"least(len({a}.words), len({b}.words))"
    shared = f"len(list_intersect({a}.words, {b}.words)) / {fewer}"
    edited = (
        f"1 - levenshtein({a}.text, {b}.text) "
        f"/ greatest(length({a}.text), length({b}.text))::DOUBLE"
    )
    numbers = f"least(len({a}.numbers), len({b}.numbers))"
    return (
        f"({a}.numbers[:{numbers}] = {b}.numbers[:{numbers}] "
        f"AND ({shared} >= {rule.likeness} OR {edited} >= {rule.likeness}))"
    )


def _linked_sql(rule: NearDuplicates) -> str:
    doubts = f"list_append(coalesce(_doubts, []), {literal(NEAR_DUPLICATE)})"
    put = {rule.column: "original", "_doubts": doubts, "quality_flag": "'suspect'"}
    items = ", ".join(
        f"CASE WHEN original IS NULL THEN staged.{quoted(name)} ELSE {sql} END AS {quoted(name)}"
        for name, sql in put.items()
    )
    return (
        f"SELECT staged.* REPLACE ({items}) FROM staged "
        "LEFT JOIN linked ON linked._landing_id = staged._landing_id"
    )
