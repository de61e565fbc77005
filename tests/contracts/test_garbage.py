"""The garbage collector and what imports make."""

from __future__ import annotations

import gc

import pytest

from contracts.garbage import kept


def test_what_is_made_within_is_looked_through_neither_then_nor_later() -> None:
    before = gc.get_freeze_count()
    with kept():
        assert not gc.isenabled()
        made = [[] for _ in range(1000)]
    assert gc.isenabled()
    assert gc.get_freeze_count() >= before + len(made)
    gc.unfreeze()


def test_collecting_goes_on_after_a_failure_and_stays_off_where_it_was() -> None:
    with pytest.raises(ImportError), kept():
        raise ImportError
    assert gc.isenabled()
    gc.disable()
    try:
        with kept():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
        gc.unfreeze()
