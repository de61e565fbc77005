from __future__ import annotations

import pytest

from contracts.checks import CheckKind
from contracts.model import Access, Classification
from quality.relations import candidate_columns, missing_columns, open_column_names
from quality.scan import scan
from tests.quality.building import check, column, connect, contract, values

POSITIVE = check("n.range", CheckKind.RANGE, "n", predicate="n > 0")
DATASET = contract([column("id", key=1), column("n", "INTEGER")], [POSITIVE])
Row = dict[str, object]

SERVED: list[Row] = [
    {"id": "a", "n": 1, "source_key": "ka"},
    {"id": "b", "n": 1, "source_key": "kb"},
    {"id": "c", "n": 1, "source_system": "old", "source_key": "kc"},
]


def candidate(batch: list[Row], full: frozenset[str] = frozenset()) -> list[tuple[object, ...]]:
    connection = connect(DATASET, batch, SERVED)
    scan(connection, DATASET, full_sources=full, references={}, precedence={})
    return connection.execute("SELECT id, n FROM candidate ORDER BY ALL").fetchall()


def test_without_new_rows_everything_stays() -> None:
    assert candidate([]) == [("a", 1), ("b", 1), ("c", 1)]


def test_an_accepted_row_replaces_the_served_row_with_its_key() -> None:
    assert candidate([{"id": "a", "n": 5}]) == [("a", 5), ("b", 1), ("c", 1)]


def test_a_source_read_in_full_keeps_only_what_it_has() -> None:
    assert candidate([{"id": "a", "n": 5}], frozenset({"igate"})) == [("a", 5), ("c", 1)]


def test_a_row_landed_again_gives_way_also_when_it_is_refused_or_excluded() -> None:
    refused: Row = {"id": "a", "n": -1, "source_key": "ka"}
    deleted: Row = {"id": "b", "n": 1, "source_key": "kb", "_excluded": "soft_deleted"}
    assert candidate([refused, deleted]) == [("c", 1)]


def test_a_row_whose_key_was_corrected_is_served_once() -> None:
    assert candidate([{"id": "z", "n": 2, "source_key": "ka"}]) == [("b", 1), ("c", 1), ("z", 2)]


@pytest.mark.parametrize(("landed", "met"), [("z", False), ("a", True)])
def test_only_where_a_served_row_has_its_key_are_landed_rows_looked_at_for_it(
    landed: str, met: bool
) -> None:
    """An empty table would be joined with all of them, in a run that reads everything."""
    connection = connect(DATASET, [{"id": landed, "n": 1}], SERVED)
    scan(connection, DATASET, full_sources=frozenset(), references={}, precedence={})
    asked = "EXPLAIN SELECT 1 FROM batch SEMI JOIN rivals USING (id)"
    plan = str(connection.execute(asked).fetchall())
    assert ("JOIN" in plan) == met


def test_the_candidate_has_the_contracts_columns_and_what_the_engine_fills() -> None:
    assert candidate_columns(DATASET) == ("id", "n", "source_system", "source_key", "quality_flag")


def test_only_an_open_dataset_has_open_rows_and_only_public_columns() -> None:
    columns = [column("id", key=1), column("name", classification=Classification.PERSONAL)]
    dataset = contract(columns, [], access=Access.OPEN)
    assert open_column_names(dataset) == ("id", "quality_flag")
    connection = connect(dataset, [{"id": "a", "name": "x"}])
    scan(connection, dataset, full_sources=frozenset(), references={}, precedence={})
    assert connection.execute("SELECT * FROM open_rows").fetchall() == [("a", "ok")]
    closed = contract(columns, [])
    scan(connection, closed, full_sources=frozenset(), references={}, precedence={})
    assert missing_columns(connection, "open_rows", ("id",)) == ("id",)


def test_missing_columns() -> None:
    connection = connect(DATASET, [])
    assert missing_columns(connection, "batch", ("id", "nope")) == ("nope",)
    assert values(connection, "SELECT count(*) FROM batch") == [0]
