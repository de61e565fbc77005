from __future__ import annotations

from collections.abc import Mapping

from contracts.checks import Check, CheckKind
from contracts.model import Contract
from quality.scan import scan
from tests.quality.building import check, column, connect, contract, values

UNIQUE = check("primary_key.unique", CheckKind.UNIQUE, "id")
Row = dict[str, object]


def dataset(*more: Check) -> Contract:
    return contract([column("id", key=1), column("n", "INTEGER")], [*more, UNIQUE])


def losers(
    batch: list[Row],
    served: list[Row] | None = None,
    precedence: Mapping[str, int] | None = None,
    full: frozenset[str] = frozenset(),
    contracted: Contract | None = None,
) -> list[object]:
    contracted = contracted or dataset()
    connection = connect(contracted, batch, served or [])
    scan(connection, contracted, full_sources=full, references={}, precedence=precedence or {})
    flagged = "SELECT _landing_id FROM flags WHERE _check = 'primary_key.unique' ORDER BY ALL"
    return values(connection, flagged)


def test_the_latest_row_wins() -> None:
    assert losers(
        [{"id": "a", "_order": 1}, {"id": "a", "_order": 3}, {"id": "a", "_order": 2}]
    ) == [0, 2]


def test_a_row_without_order_loses_against_one_with() -> None:
    assert losers([{"id": "a"}, {"id": "a", "_order": 1}]) == [0]


def test_the_better_source_wins_whatever_the_order() -> None:
    rows: list[Row] = [{"id": "a", "_order": 9, "_precedence": 2}, {"id": "a", "_order": 1}]
    assert losers(rows) == [0]


def test_a_tie_does_not_hang_on_the_order_of_landing() -> None:
    assert losers([{"id": "a", "source_key": "2"}, {"id": "a", "source_key": "1"}]) == [0]
    assert losers([{"id": "a", "source_key": "1"}, {"id": "a", "source_key": "2"}]) == [1]


def test_a_key_with_a_missing_part_is_no_key() -> None:
    assert losers([{"id": None}, {"id": None}]) == []


def test_excluded_rows_do_not_compete() -> None:
    assert (
        losers([{"id": "a", "_order": 1}, {"id": "a", "_order": 2, "_excluded": "deleted"}]) == []
    )


def test_a_newer_row_that_is_broken_is_not_replaced_by_the_older() -> None:
    positive = check("n.range", CheckKind.RANGE, "n", predicate="n > 0")
    rows: list[Row] = [{"id": "a", "_order": 1, "n": 1}, {"id": "a", "_order": 2, "n": -1}]
    assert losers(rows, contracted=dataset(positive)) == [0]


SERVED: list[Row] = [{"id": "a", "source_system": "new"}]
LANDED: list[Row] = [{"id": "a", "source_system": "old", "_precedence": 2}]


def test_a_row_served_from_a_better_source_outranks() -> None:
    assert losers(LANDED, SERVED, {"new": 1, "old": 2}) == [0]


def test_a_row_served_from_a_worse_source_does_not() -> None:
    assert losers(LANDED, SERVED, {"new": 3, "old": 2}) == []


def test_a_source_without_rank_does_not() -> None:
    assert losers(LANDED, SERVED, {"old": 2}) == []


def test_a_row_that_its_source_no_longer_has_does_not() -> None:
    assert losers(LANDED, SERVED, {"new": 1, "old": 2}, full=frozenset({"new"})) == []
