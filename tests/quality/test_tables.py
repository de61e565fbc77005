from __future__ import annotations

import pytest

from contracts.checks import Check, CheckKind
from quality.tables import Measures, measure
from tests.quality.building import column, connect, contract


def measured(query: str | None, **bounds: int) -> Measures:
    dataset = contract(
        [column("id", key=1)],
        [Check("t", CheckKind.TABLE, (), ("t", "t"), query=query, arguments=bounds)],
    )
    connection = connect(dataset, [{"id": "a"}, {"id": "b"}])
    connection.execute("CREATE VIEW candidate AS SELECT id FROM batch")
    result = measure(connection, dataset)
    assert connection.execute("SELECT count(*) FROM measured").fetchall() == [(1,)]
    return result


def test_a_number_is_kept_under_the_checks_id() -> None:
    assert measured("SELECT count(*) FROM candidate", minimum=1).numbers == {"t": 2.0}


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        (None, "check.not_defined"),
        ("SELECT NULL FROM candidate LIMIT 1", "check.no_number"),
        ("SELECT 'nan'::DOUBLE", "check.no_number"),
        ("SELECT 1 WHERE FALSE", "check.no_number"),
        ("SELECT id FROM candidate", "check.no_number"),
        ("SELECT 1, 2", "check.no_number"),
        ("SELECT id FROM candidate LIMIT 1", "check.no_number"),
        ("SELECT sum(id::INTEGER) FROM candidate", "check.failed_on_a_value"),
        ("SELECT count(*) FROM nowhere", "check.relation_missing"),
        ("SELECT nope FROM candidate", "check.not_understood"),
    ],
)
def test_what_gives_no_single_number_crashes(query: str | None, reason: str) -> None:
    result = measured(query, minimum=0)
    assert (result.numbers, result.crashed) == ({}, {"t": reason})


def test_a_check_without_bounds_crashes() -> None:
    assert measured("SELECT 1").crashed == {"t": "check.not_defined"}
