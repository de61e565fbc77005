"""One row explained: the planted fault's rule beside its column, and no personal value."""

from __future__ import annotations

import json
from typing import Any

import duckdb
import pytest

from contracts.model import Classification
from demo.truth import Outcome, PlantedFault, read_truth
from orchestration.references import register_served
from tests.orchestration.homes import CommandLine, platform_of


def planted(line: CommandLine, outcome: Outcome, rule: str) -> PlantedFault:
    """A row of iGate's cases with that fault."""
    rows = read_truth(line.home / "demo" / "truth.db")
    return next(
        row
        for row in rows
        if (row.system, row.table_name) == ("igate", "HOSO")
        and (row.expected_outcome, row.expected_rule) == (outcome, rule)
    )


def explained(line: CommandLine, key: str) -> dict[str, Any]:
    said = line("explain", "service_case", key, "--source", "igate", "--json")
    assert said.status == 0, said.err
    [row] = json.loads(said.out)["rows"]
    found: dict[str, Any] = row
    return found


@pytest.mark.parametrize("rule", ["parse_timestamp", "person_name", "phone_e164", "null_word"])
def test_the_fix_is_told_beside_its_column(dungchung: CommandLine, rule: str) -> None:
    fault = planted(dungchung, Outcome.FIXED, rule)
    row = explained(dungchung, fault.key)
    columns = {column["name"]: column for column in row["columns"]}
    assert rule in columns[fault.target]["rules"]
    assert rule in row["fixed"]
    assert (row["flag"], row["excluded"], row["refused"]) == ("fixed", None, [])
    assert row["release"] is not None
    contract = platform_of(dungchung.home).dataset("service_case").contract
    personal = {
        column.name
        for column in contract.columns
        if column.classification in (Classification.PERSONAL, Classification.SENSITIVE)
    }
    assert personal == {name for name, column in columns.items() if column["hidden"]}
    assert {column["before"] is None for column in columns.values() if column["hidden"]} == {True}
    assert {column["after"] for name, column in columns.items() if name in personal} == {None}
    assert columns["received_at"]["after"]


def test_a_refused_and_an_excluded_row_say_so(dungchung: CommandLine) -> None:
    refused = explained(
        dungchung, planted(dungchung, Outcome.QUARANTINED, "received_at.readable").key
    )
    assert "received_at.readable" in refused["refused"]
    assert refused["release"] is None
    excluded = explained(dungchung, planted(dungchung, Outcome.EXCLUDED, "test_record").key)
    assert excluded["excluded"] == "test_record"


def test_the_page_has_the_rule_and_no_value_of_a_person(dungchung: CommandLine) -> None:
    fault = planted(dungchung, Outcome.FIXED, "person_name")
    said = dungchung("explain", "service_case", fault.key, "--lang", "vi")
    assert said.status == 0
    assert "person_name" in said.out
    assert fault.expected_value
    assert fault.expected_value not in said.out
    assert "•••" in said.out


def test_a_row_that_another_system_told_before_names_it(dungchung: CommandLine) -> None:
    platform = platform_of(dungchung.home)
    contract = platform.dataset("citizen_feedback").contract
    with duckdb.connect() as connection:
        release = platform.releases.latest("citizen_feedback")
        register_served(connection, "served", platform.stores, release, contract)
        row = connection.execute(
            "SELECT later.ticket_id, later.duplicate_of FROM served AS later JOIN served AS first"
            " ON first.ticket_id = later.duplicate_of"
            " WHERE first.source_system <> later.source_system ORDER BY ALL LIMIT 1"
        ).fetchone()
    assert row is not None
    said = dungchung("explain", "citizen_feedback", row[0], "--json")
    assert [found["original"] for found in json.loads(said.out)["rows"]] == [row[1]]
    assert row[1] in dungchung("explain", "citizen_feedback", row[0], "--lang", "vi").out


def test_by_primary_key_or_not_at_all(dungchung: CommandLine) -> None:
    fault = planted(dungchung, Outcome.FIXED, "parse_timestamp")
    assert explained(dungchung, fault.business_key)["source_key"] == fault.key
    said = dungchung("explain", "service_case", "no such case")
    assert said.status == 1
    assert dungchung("explain", "service_case_statistics", "x").status == 1
