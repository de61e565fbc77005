from __future__ import annotations

import pytest

from contracts.model import Access, Breakdown, Contract, Disclosure, Localized
from quality.privacy import judge_open
from quality.scan import scan
from tests.quality.building import column, connect, contract

NAME = Localized("Xã", "Commune")
Row = tuple[str, str, str, int | None, int | None, int | None]


def statistics() -> Contract:
    return contract(
        [
            column("period", key=1),
            column("unit", key=2),
            column("procedure", key=3),
            *(column(name, "BIGINT") for name in ("cases", "on_time", "late")),
        ],
        [],
        access=Access.OPEN,
        breakdowns=[
            Breakdown("by_unit", ("period", "unit"), NAME),
            Breakdown("by_procedure", ("period", "procedure"), NAME),
        ],
        disclosure=Disclosure(10, 5, 0.8, "cases", ("on_time", "late")),
        period_column="period",
    )


def refused(*rows: Row) -> tuple[str, ...]:
    dataset = statistics()
    names = [one.name for one in dataset.columns]
    connection = connect(dataset, [dict(zip(names, row, strict=True)) for row in rows])
    scan(connection, dataset, full_sources=frozenset(), references={}, precedence={})
    return judge_open(connection, dataset).refused_by


SHOWN: Row = ("2025-01", "u1", "_T", 40, 25, 15)
PARTLY: Row = ("2025-01", "u2", "_T", 40, None, None)
HIDDEN: Row = ("2025-01", "u3", "_T", None, None, None)
ALSO_HIDDEN: Row = ("2025-01", "u4", "_T", None, None, None)


def test_what_keeps_the_rules_passes() -> None:
    assert refused(SHOWN, PARTLY, HIDDEN, ALSO_HIDDEN, ("2025-01", "_T", "p", 80, 65, 15)) == ()


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (("2025-01", "u9", "_T", 5, None, None), "privacy.small_total"),
        (("2025-01", "u9", "_T", 0, None, None), "privacy.small_total"),
        (("2025-01", "u9", "_T", 40, 35, 5), "privacy.small_part"),
        (("2025-01", "u9", "_T", 41, 25, 15), "privacy.rounding"),
        (("2025-01", "u9", "_T", 40, 25, None), "privacy.complement"),
        (("2025-01", "u9", "_T", None, 25, 15), "privacy.complement"),
        (("2025-01", "u9", "p9", 40, 25, 15), "privacy.breakdown"),
        (("2025-01", "_T", "_T", 40, 25, 15), "privacy.breakdown"),
    ],
)
def test_what_does_not_is_refused_by_name(row: Row, rule: str) -> None:
    assert refused(SHOWN, HIDDEN, ALSO_HIDDEN, row) == (rule,)


def test_a_single_hidden_cell_among_shown_ones_is_refused() -> None:
    assert refused(SHOWN, HIDDEN) == ("privacy.single_suppressed_cell",)


def test_the_only_cell_of_a_period_may_be_hidden() -> None:
    alone: Row = ("2025-02", "u1", "_T", None, None, None)
    assert refused(SHOWN, alone) == ()


def test_breakdowns_are_counted_apart() -> None:
    other: Row = ("2025-01", "_T", "p1", None, None, None)
    shown: Row = ("2025-01", "_T", "p2", 40, 25, 15)
    assert refused(SHOWN, PARTLY, other, shown) == ("privacy.single_suppressed_cell",)
