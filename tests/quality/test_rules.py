from __future__ import annotations

import duckdb
import pytest

from contracts.checks import CheckKind
from contracts.model import Contract, Reference
from quality.rules import UncompilableError, compile_rule, scan_sql
from tests.quality.building import check, column, connect, contract, values

DAY = Reference("don_vi", "code", "day", (("system", "code_system"),))


def referring(reference: Reference) -> Contract:
    columns = [column("id", key=1), column("unit"), column("system"), column("day", "DATE")]
    return contract(
        columns, [check("unit.reference", CheckKind.REFERENCE, "unit", reference=reference)]
    )


def target(*extra: str) -> Contract:
    columns = [column("code", key=1), column("code_system"), *(column(n, "DATE") for n in extra)]
    return contract(columns, [], name="don_vi")


def flagged(
    dataset: Contract, other: Contract, rows: list[dict[str, object]], *units: str
) -> list[object]:
    connection = connect(dataset, [{"id": str(i), **row} for i, row in enumerate(rows)])
    connection.execute(
        f"CREATE VIEW ref_don_vi AS SELECT * FROM (VALUES {', '.join(units)})"
        f" t({', '.join(c.name for c in other.columns)})"
    )
    rule = compile_rule(dataset, 0, {"don_vi": other})
    return values(connection, f"{scan_sql([rule])} ORDER BY ALL")


def test_reference_holds_on_the_day_half_open() -> None:
    rows: list[dict[str, object]] = [
        {"unit": "00001", "system": "old", "day": "2004-01-01"},
        {"unit": "00001", "system": "old", "day": "2025-06-30"},
        {"unit": "00001", "system": "old", "day": "2025-07-01"},  # first day it is not valid
        {"unit": "00001", "system": "old", "day": "2003-12-31"},
        {"unit": "00002", "system": "new", "day": "2099-01-01"},  # no end
        {"unit": "99999", "system": "old", "day": "2020-01-01"},
    ]
    units = (
        "('00001', 'old', DATE '2004-01-01', DATE '2025-07-01')",
        "('00002', 'new', DATE '2025-07-01', NULL)",
    )
    assert flagged(referring(DAY), target("valid_from", "valid_to"), rows, *units) == [2, 3, 5]


def test_reference_with_several_periods_finds_the_gap() -> None:
    rows: list[dict[str, object]] = [
        {"unit": "1", "system": "s", "day": day}
        for day in ("2010-01-01", "2015-01-01", "2020-01-01")
    ]
    units = (
        "('1', 's', DATE '2005-01-01', DATE '2012-01-01')",
        "('1', 's', DATE '2018-01-01', NULL)",
    )
    assert flagged(referring(DAY), target("valid_from", "valid_to"), rows, *units) == [1]


def test_reference_without_code_is_kept_without_day_or_companion_is_not() -> None:
    rows: list[dict[str, object]] = [
        {"unit": None, "system": None, "day": None},
        {"unit": "1", "system": "s", "day": None},
        {"unit": "1", "system": None, "day": "2020-01-01"},
        {"unit": "1", "system": "other", "day": "2020-01-01"},
        {"unit": "1", "system": "s", "day": "2020-01-01"},
    ]
    units = ("('1', 's', DATE '2005-01-01', NULL)",)
    assert flagged(referring(DAY), target("valid_from", "valid_to"), rows, *units) == [1, 2, 3]


def test_reference_without_validity_asks_for_existence_only() -> None:
    rows: list[dict[str, object]] = [{"unit": "1"}, {"unit": "2"}]
    dataset = referring(Reference("don_vi", "code"))
    assert flagged(dataset, target(), rows, "('1', 'a')", "('1', 'b')") == [1]


def test_reference_to_an_unknown_dataset_cannot_be_compiled() -> None:
    with pytest.raises(UncompilableError) as raised:
        compile_rule(referring(DAY), 0, {})
    assert raised.value.reason == "check.reference_unknown"


def test_reference_on_a_day_wants_a_dataset_with_validity() -> None:
    with pytest.raises(UncompilableError) as raised:
        compile_rule(referring(DAY), 0, {"don_vi": target()})
    assert raised.value.reason == "check.reference_without_validity"


def test_rule_without_predicate_cannot_be_compiled() -> None:
    dataset = contract([column("id", key=1)], [check("id.pattern", CheckKind.PATTERN, "id")])
    with pytest.raises(UncompilableError) as raised:
        compile_rule(dataset, 0, {})
    assert raised.value.reason == "check.not_defined"


def test_a_predicate_that_is_null_keeps_the_rule() -> None:
    dataset = contract(
        [column("id", key=1), column("n", "INTEGER")],
        [check("n.range", CheckKind.RANGE, "n", predicate="n > 1")],
    )
    connection = connect(dataset, [{"id": "a", "n": None}, {"id": "b", "n": 1}])
    assert values(connection, scan_sql([compile_rule(dataset, 0, {})])) == [1]


@pytest.mark.parametrize(
    "predicate", ["n > 0", "n <= 1 OR note = 'x'", "NOT (n = 0 AND note IS NULL)"]
)
def test_a_search_finds_what_breaks_the_rule(predicate: str) -> None:
    """Of a filter that compares a column, DuckDB asks each row group's least and greatest value."""
    columns = [column("id", key=1), column("n", "INTEGER"), column("note")]
    told = check("told", CheckKind.EXPRESSION, "n", predicate=predicate)
    dataset = contract(columns, [told])
    rows = [(n, note) for n in (None, -1, 0, 1, 2) for note in (None, "x", "y")]
    batch = [{"id": str(at), "n": n, "note": note} for at, (n, note) in enumerate(rows)]
    rule = compile_rule(dataset, 0, {})
    connection = connect(dataset, batch)
    broken, found = (
        values(connection, f"SELECT id FROM batch WHERE {where} ORDER BY id::INTEGER")
        for where in (rule.broken, rule.search)
    )
    assert found == broken
    assert 0 < len(found) < len(rows)


def test_names_with_quotes_are_names() -> None:
    name = 'it\'s "odd"'
    dataset = contract(
        [column("id", key=1)], [check(name, CheckKind.EXPRESSION, predicate="FALSE")]
    )
    connection = connect(dataset, [{"id": "a"}])
    found: duckdb.DuckDBPyConnection = connection.execute(scan_sql([compile_rule(dataset, 0, {})]))
    assert found.fetchall() == [(0, "igate", name)]
