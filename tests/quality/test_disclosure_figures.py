"""Figures (sums, means) beside protected counts, as the privacy gate sees them."""

from __future__ import annotations

import pytest

from contracts.model import Access, Breakdown, Contract, Disclosure, Localized
from quality.privacy import judge_open
from quality.scan import scan
from tests.quality.building import column, connect, contract

NAME = Localized("Xã", "Commune")


def statistics() -> Contract:
    return contract(
        [
            column("period", key=1),
            column("unit", key=2),
            column("visits", "BIGINT"),
            column("mean_cost", "DOUBLE"),
        ],
        [],
        access=Access.OPEN,
        breakdowns=[Breakdown("by_unit", ("period", "unit"), NAME)],
        disclosure=Disclosure(10, 5, 0.8, "visits", ()),
        period_column="period",
    )


@pytest.mark.parametrize(
    ("mean", "refused"), [(None, ()), (12.5, ("privacy.figure",)), (0.0, ("privacy.figure",))]
)
def test_a_figure_of_a_hidden_count_is_refused(
    mean: float | None, refused: tuple[str, ...]
) -> None:
    dataset = statistics()
    rows: list[dict[str, object]] = [
        {"period": "2026-01", "unit": "u1", "visits": 40, "mean_cost": 1.5},
        {"period": "2026-01", "unit": "u2", "visits": None, "mean_cost": mean},
        {"period": "2026-01", "unit": "u3", "visits": None, "mean_cost": None},
    ]
    connection = connect(dataset, rows)
    scan(connection, dataset, full_sources=frozenset(), references={}, precedence={})
    assert judge_open(connection, dataset).refused_by == refused
