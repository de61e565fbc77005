"""The search benchmark's records and questions, and that both sides find the same."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import psycopg
from sqlmodel import Session, col, func, select

from benchmarks import search_load, search_postgres
from benchmarks.search import _result
from benchmarks.search_questions import beginnings, questions
from benchmarks.search_records import places, records
from catalog.documents import PUBLIC
from catalog.registry.database import open_registry
from catalog.registry.feed import RegistryFeed
from catalog.registry.tables import Package
from catalog.search.request import SearchRequest
from catalog.search.store import IndexStore
from catalog.search.view import IndexView

_COUNT = 400


def test_records_and_questions_are_the_same_each_time() -> None:
    made = list(islice(records(_COUNT), _COUNT))
    assert made == list(records(_COUNT))
    assert len({one.id for one in made}) == len({one.name for one in made}) == _COUNT
    names = [name for _code, name in places()]
    assert questions(40, names) == questions(40, names)
    assert all(len(typed) > 1 for typed in beginnings(40, names))


def test_both_sides_find_the_same(tmp_path: Path, postgres_dsn: str) -> None:
    """Words, phrases and filters; synonyms and singulars, which only ours has, aside."""
    engine = open_registry(f"sqlite:///{tmp_path / 'registry.db'}")
    search_load.load(engine, _COUNT)
    with Session(engine) as session:
        assert session.exec(select(func.count(col(Package.id)))).one() == _COUNT
    store = IndexStore(tmp_path / "index")
    feed, reached = RegistryFeed(engine, "http://data.example"), 0
    while documents := feed.since(reached, 500):
        store.apply(documents)
        reached = documents[-1].sequence
    store.commit(reached)
    view = IndexView(store.state(), frozenset({PUBLIC}))
    store.close()
    with psycopg.connect(postgres_dsn) as connection:
        search_postgres.load(connection, _COUNT)
        for question in questions(60, [name for _code, name in places()]):
            ours = view.search(
                SearchRequest(q=question.q, fq=(question.fq,) if question.fq else ())
            ).count
            theirs = search_postgres.answer(connection, question)
            assert ours >= theirs, question
    engine.dispose()


def test_the_four_numbers() -> None:
    found = {
        "sizes": {
            "1000": {"search_p95_ms": 5.0, "autocomplete_p95_ms": 4.0},
            "100000": {"search_p95_ms": 10.0, "autocomplete_p95_ms": 6.0},
        },
        "postgres": {"p95_ms": 400.0},
    }
    assert _result(found, [1000, 100_000]) == {
        "p95_search_ms_100k": 10.0,
        "p95_autocomplete_ms_100k": 6.0,
        "ratio_vs_postgres": 40.0,
        "growth_1k_100k": 2.0,
    }
