from collections import Counter
from random import Random

import pytest

from demo.planting import Fault, Planted, Planter, Span
from demo.store import Cell, Row
from demo.truth import Outcome


def _mark(row: Row, rng: Random) -> Planted:
    assert row["X"] is None, "two faults in one row"
    row["X"] = rng.randrange(10)
    return Planted("X", "x")


def _planter(*faults: Fault, cases: int = 1000, before: int = 300) -> Planter:
    return Planter("igate", "HOSO", "N", faults, 5, cases=cases, before=before)


def _columns(first: int, size: int) -> dict[str, list[Cell]]:
    ids: list[Cell] = list(range(first + 1, first + size + 1))
    return {"ID": ids, "N": [f"n{n}" for n in ids], "X": [None] * size}


def _fault(name: str, rate: float, span: Span = Span.ANY) -> Fault:
    return Fault(name, rate, Outcome.FIXED, "rule", _mark, span)


def test_rates_and_spans_are_kept_and_no_row_has_two_faults() -> None:
    planter = _planter(
        _fault("a", 0.05), _fault("once", 0), _fault("b", 0.02, Span.BEFORE_MERGER),
        _fault("c", 0.03, Span.AFTER_MERGER),
    )  # fmt: skip
    truths = [
        truth
        for first in (0, 400, 800)
        for truth in planter.plant(_columns(first, 400 if first < 800 else 200), first)[0]
    ]
    assert Counter(t.fault for t in truths) == {"a": 50, "once": 1, "b": 20, "c": 30}
    assert all(int(t.key) <= 300 for t in truths if t.fault == "b")
    assert all(300 < int(t.key) <= 850 for t in truths if t.fault == "c")
    assert len({t.key for t in truths}) == len(truths)


def test_the_plan_does_not_depend_on_the_batches() -> None:
    whole = _planter(_fault("a", 0.05)).plant(_columns(0, 1000), 0)[0]
    planter = _planter(_fault("a", 0.05))
    parts = [t for first in (0, 500) for t in planter.plant(_columns(first, 500), first)[0]]
    assert parts == whole


def test_an_extra_row_carries_the_fault() -> None:
    def copy(row: Row, rng: Random) -> Planted:
        del rng
        return Planted("N", "n", extra=dict(row))

    planter = _planter(Fault("copy", 0, Outcome.QUARANTINED, "primary_key.unique", copy))
    truths, extras = planter.plant(_columns(0, 1000), 0)
    assert [extra["ID"] for extra in extras] == [1001]
    assert truths[0].key == "1001"
    assert truths[0].business_key == extras[0]["N"]


def test_too_few_cases_are_refused() -> None:
    with pytest.raises(ValueError, match="too few to hold every fault"):
        _planter(_fault("a", 0.9))
