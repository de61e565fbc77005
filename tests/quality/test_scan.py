from __future__ import annotations

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings

from contracts.checks import CheckKind, Severity
from contracts.model import Contract, Reference
from quality.accounts import make_accounts
from quality.relations import count_candidate
from quality.scan import Scan, scan
from tests.quality.building import check, column, connect, contract, values

COLUMNS = [column("id", key=1), column("n", "INTEGER"), column("parent")]
REQUIRED = check("id.required", CheckKind.REQUIRED, "id", predicate='"id" IS NOT NULL')
POSITIVE = check("n.range", CheckKind.RANGE, "n", predicate="n > 0")
CASTS = check("n.casts", CheckKind.EXPRESSION, "id", predicate="CAST(id AS INTEGER) > 0")
PARENT = check(
    "parent.reference", CheckKind.REFERENCE, "parent", reference=Reference("ho_so", "id")
)
Row = dict[str, object]


def scanned(dataset: Contract, rows: list[Row]) -> tuple[Scan, list[object], list[object]]:
    """The scan, the flags as (landing id, rule) and the landing ids refused."""
    connection = connect(dataset, rows)
    result = scan(connection, dataset, full_sources=frozenset(), references={}, precedence={})
    flags = connection.execute("SELECT _landing_id, _check FROM flags ORDER BY ALL").fetchall()
    return result, list(flags), values(connection, "SELECT _landing_id FROM quarantine ORDER BY 1")


def test_a_row_can_break_several_rules() -> None:
    dataset = contract(COLUMNS, [REQUIRED, POSITIVE])
    _, flags, refused = scanned(dataset, [{"id": None, "n": 0}, {"id": "a", "n": 1}])
    assert flags == [(0, "id.required"), (0, "n.range")]
    assert refused == [0]


def test_an_unreadable_value_breaks_the_rule_of_its_column() -> None:
    readable = [check(f"{n}.readable", CheckKind.READABLE, n) for n in ("id", "n")]
    rows: list[Row] = [{"id": "a", "_unreadable": ["n"]}, {"id": "b"}]
    assert scanned(contract(COLUMNS, readable), rows)[1] == [(0, "n.readable")]


def test_excluded_rows_are_not_judged() -> None:
    _, flags, refused = scanned(contract(COLUMNS, [REQUIRED]), [{"id": None, "_excluded": "test"}])
    assert (flags, refused) == ([], [])


def test_a_warning_counts_but_refuses_nothing() -> None:
    warning = check("w", CheckKind.EXPRESSION, predicate="n > 0", severity=Severity.WARNING)
    _, flags, refused = scanned(contract(COLUMNS, [warning]), [{"id": "a", "n": 0}])
    assert (flags, refused) == ([(0, "w")], [])


def test_a_rule_that_crashes_on_a_value_is_named_and_the_others_still_count() -> None:
    result, flags, _ = scanned(contract(COLUMNS, [CASTS, POSITIVE]), [{"id": "a", "n": 0}])
    assert result.crashed == {"n.casts": "check.failed_on_a_value"}
    assert flags == [(0, "n.range")]


def test_a_rule_on_an_unknown_column_is_named() -> None:
    typo = check("typo", CheckKind.EXPRESSION, predicate="nn > 0")
    result, _, _ = scanned(contract(COLUMNS, [typo]), [{"id": "a"}])
    assert result.crashed == {"typo": "check.not_understood"}


def test_a_reference_whose_relation_is_missing_is_named() -> None:
    reference = Reference("gone", "id")
    unit = check("parent.reference", CheckKind.REFERENCE, "parent", reference=reference)
    dataset = contract(COLUMNS, [unit, POSITIVE])
    connection = connect(dataset, [{"id": "a", "parent": "b", "n": 0}])
    result = scan(
        connection,
        dataset,
        full_sources=frozenset(),
        references={"gone": contract([column("id", key=1)], [], name="gone")},
        precedence={},
    )
    assert result.crashed == {"parent.reference": "check.relation_missing"}
    assert values(connection, "SELECT _check FROM flags") == ["n.range"]


def test_a_refused_parent_takes_its_descendants_along() -> None:
    rows: list[Row] = [
        {"id": "a", "n": 0},
        {"id": "b", "n": 1, "parent": "a"},
        {"id": "c", "n": 1, "parent": "b"},
        {"id": "d", "n": 1},
        {"id": "e", "n": 1, "parent": "d"},
    ]
    _, flags, refused = scanned(contract(COLUMNS, [POSITIVE, PARENT]), rows)
    assert flags == [(0, "n.range"), (1, "parent.reference"), (2, "parent.reference")]
    assert refused == [0, 1, 2]


def test_a_parent_may_be_a_row_that_is_served_already() -> None:
    dataset = contract(COLUMNS, [PARENT])
    connection = connect(dataset, [{"id": "b", "parent": "a"}], [{"id": "a"}])
    scan(connection, dataset, full_sources=frozenset(), references={}, precedence={})
    assert values(connection, "SELECT id FROM candidate ORDER BY 1") == ["a", "b"]


def test_quarantine_names_the_rules_and_keeps_the_types() -> None:
    dataset = contract(COLUMNS, [REQUIRED, POSITIVE])
    connection = connect(dataset, [{"id": None, "n": -5, "source_key": "7"}])
    scan(connection, dataset, full_sources=frozenset(), references={}, precedence={})
    described = {
        str(row[0]): str(row[1]) for row in connection.execute("DESCRIBE quarantine").fetchall()
    }
    assert described["n"] == "INTEGER"
    assert described["_rules"] == "VARCHAR[]"
    found = connection.execute("SELECT source_key, n, _rules FROM quarantine").fetchall()
    assert found == [("7", -5, ["id.required", "n.range"])]


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from([None, "1", "2", "3", "4"]),
            "n": st.sampled_from([None, -1, 0, 1, 2]),
            "parent": st.sampled_from([None, "1", "2", "9"]),
            "source_system": st.sampled_from(["igate", "old"]),
            "_excluded": st.sampled_from([None, None, "test"]),
            "_order": st.sampled_from([None, 1, 2]),
            "_precedence": st.sampled_from([1, 2]),
        }
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ROWS, ROWS)
def test_every_row_ends_in_exactly_one_place(batch: list[Row], served: list[Row]) -> None:
    unique = check("primary_key.unique", CheckKind.UNIQUE, "id")
    dataset = contract(COLUMNS, [REQUIRED, POSITIVE, PARENT, unique])
    columns = ("id", "n", "parent", "source_system")
    kept = {row["id"]: {k: row[k] for k in columns} for row in served if row["id"]}
    connection = connect(dataset, batch, list(kept.values()))
    scan(
        connection,
        dataset,
        full_sources=frozenset({"old"}),
        references={},
        precedence={"igate": 1, "old": 2},
    )
    accounts = make_accounts(connection, dataset)  # a Fault if one does not balance
    assert sum(account.read for account in accounts.values()) == len(batch)
    assert values(connection, "SELECT count(*) FROM candidate") == [
        count_candidate(connection, frozenset({"old"}))
    ]
    moved = "SELECT count(*) FROM staying UNION ALL SELECT count(*) FROM replaced"
    assert sum(map(int, map(str, values(connection, moved)))) == len(kept)
    twice = "SELECT id FROM candidate GROUP BY ALL HAVING count(*) > 1"
    assert values(connection, twice) == []
    orphans = "SELECT id FROM accepted WHERE parent NOT IN (SELECT id FROM candidate)"
    assert values(connection, orphans) == []
