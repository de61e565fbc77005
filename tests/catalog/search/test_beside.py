from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event, get_ident

import pytest

from catalog.search.beside import beside


def test_it_is_done_by_another_thread() -> None:
    done = Event()

    def work() -> int:
        done.set()
        return get_ident()

    made = beside(work)
    assert done.wait(10)
    assert made() != get_ident()


def test_what_fails_fails_for_whoever_asked() -> None:
    def fail() -> None:
        raise ValueError("no such field")

    with pytest.raises(ValueError, match="no such field"):
        beside(fail)()


def test_where_all_are_busy_whoever_waits_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = ThreadPoolExecutor(1)
    monkeypatch.setattr("catalog.search.beside._POOL", pool)
    let_go = Event()
    pool.submit(let_go.wait)
    assert beside(get_ident)() == get_ident()
    let_go.set()
    pool.shutdown()
