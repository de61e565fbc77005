from __future__ import annotations

import pytest

from contracts.checks import CheckKind
from contracts.errors import Fault
from quality.accounts import make_accounts
from quality.scan import scan
from tests.quality.building import check, column, connect, contract

POSITIVE = check("n.range", CheckKind.RANGE, "n", predicate="n > 0")
REQUIRED = check("id.required", CheckKind.REQUIRED, "id", predicate="id IS NOT NULL")
DATASET = contract([column("id", key=1), column("n", "INTEGER")], [REQUIRED, POSITIVE])
ROWS: list[dict[str, object]] = [
    {"id": "a", "n": 1, "_fixed": ["spaces"], "_doubts": ["late"]},
    {"id": None, "n": 0, "_fixed": ["spaces"]},
    {"id": "c", "n": 1, "_excluded": "test", "_fixed": ["spaces"]},
    {"id": "d", "n": 1, "source_system": "old"},
]


def test_accounts_per_mapping() -> None:
    connection = connect(DATASET, ROWS)
    scan(connection, DATASET, full_sources=frozenset(), references={}, precedence={})
    accounts = make_accounts(connection, DATASET)
    assert list(accounts) == ["igate", "old"]
    igate = accounts["igate"]
    assert (igate.read, igate.accepted, igate.quarantined, igate.excluded) == (3, 1, 1, 1)
    assert igate.quarantined_by == {"id.required": 1, "n.range": 1}
    assert igate.excluded_by == {"test": 1}
    assert igate.fixed_by == {"spaces": 2}  # not the excluded row
    assert igate.doubted_by == {"late": 1}
    assert accounts["old"].read == accounts["old"].accepted == 1
    assert all(account.balanced for account in accounts.values())


def test_a_lost_row_is_a_fault() -> None:
    connection = connect(DATASET, ROWS)
    scan(connection, DATASET, full_sources=frozenset(), references={}, precedence={})
    connection.execute("DELETE FROM quarantine")
    with pytest.raises(Fault) as raised:
        make_accounts(connection, DATASET)
    assert raised.value.check == "gate.unbalanced"
