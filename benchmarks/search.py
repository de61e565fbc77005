"""Searching 1,000, 10,000 and 100,000 datasets, beside PostgreSQL full text.

``python benchmarks/search.py --json result.json``

Ours is the whole catalogue as it is served: router, confined public worker, JSON over HTTP on
one kept connection, ``package_search`` with ten whole records and five facets, and
``package_autocomplete``. PostgreSQL (`benchmarks.search_postgres`) answers the same questions
for the same records straight from its own protocol, without any HTTP or catalogue around it:
``ratio_vs_postgres`` is its p95 by ours, so what surrounds our index only counts against us.

The records are real metadata (`../shared/data`), multiplied; where that is absent they are
made of words, and the output says so. They are written into the registry by SQL; both workers'
indexes then follow on their own, and are timed too. Questions are asked once both have
everything: the agency worker, which is not asked, would else still take a core.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

import httpx  # noqa: E402 - run as a script
import psycopg  # noqa: E402 - run as a script

from benchmarks import search_load, search_postgres  # noqa: E402 - run as a script
from benchmarks.search_questions import FACETS, ROWS, Question, beginnings, questions  # noqa: E402 - run as a script
from benchmarks.search_records import places, real_samples  # noqa: E402 - run as a script
from catalog.config import CatalogConfig  # noqa: E402 - run as a script
from catalog.registry.database import open_registry  # noqa: E402 - run as a script
from catalog.serving import running  # noqa: E402 - run as a script
from catalog.tokens import read_token  # noqa: E402 - run as a script
from tests.postgres import postgres_server  # noqa: E402 - run as a script

_SIZES = (1_000, 10_000, 100_000)
_INDEXED_WITHIN = 3600.0  # seconds; many processes may share this machine
_WARMING = 30  # questions asked before any is timed


def main() -> None:
    """Run the benchmark as the command line says."""
    options = _options()
    sizes = sorted(options.sizes)
    names = [name for _code, name in places()]
    asked = questions(options.questions + _WARMING, names)
    typed = beginnings(options.questions + _WARMING, names)
    found: dict[str, Any] = {"real_metadata": bool(real_samples()), "sizes": {}}
    for size in sizes:
        found["sizes"][str(size)] = measured = _ours(size, asked, typed)
        _say(f"{size:,}: {measured}")
    if not options.no_postgres:
        found["postgres"] = _postgres(sizes[-1], asked)
        _say(f"PostgreSQL, {sizes[-1]:,}: {found['postgres']}")
    found |= _result(found, sizes)
    print(json.dumps(found, indent=1))
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", type=Path, help="write the result to this file")
    parser.add_argument("--questions", type=int, default=300, help="timed at each size")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(_SIZES), help="datasets")
    parser.add_argument("--no-postgres", action="store_true", help="only measure ours")
    return parser.parse_args()


def _result(found: dict[str, Any], sizes: Sequence[int]) -> dict[str, float | None]:
    """The four numbers, at the biggest and smallest size that were measured."""
    most, least = found["sizes"][str(sizes[-1])], found["sizes"][str(sizes[0])]
    postgres = found.get("postgres", {}).get("p95_ms")
    return {
        "p95_search_ms_100k": most["search_p95_ms"],
        "p95_autocomplete_ms_100k": most["autocomplete_p95_ms"],
        "ratio_vs_postgres": postgres and round(postgres / most["search_p95_ms"], 1),
        "growth_1k_100k": round(most["search_p95_ms"] / least["search_p95_ms"], 2),
    }


def _ours(size: int, asked: Sequence[Question], typed: Sequence[str]) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="dungchung-search-") as folder:
        home = Path(folder)
        config = CatalogConfig(home=home, store_url=(home / "store").as_uri())
        with running(config) as address, httpx.Client(base_url=address, timeout=60) as client:
            began = time.perf_counter()
            search_load.load(open_registry(config.registry_url), size)
            loaded = time.perf_counter()
            _wait(lambda: _count(client) == size)
            indexed = time.perf_counter()
            token = read_token(config.secrets, "admin") or ""
            _wait(lambda: _count(client, {"Authorization": token}) == size)
            settled = time.perf_counter()
            search = _timed(lambda one: _search(client, one), asked)
            complete = _timed(lambda text: _complete(client, text), typed)
    return {
        "load_seconds": round(loaded - began, 1),
        "index_seconds": round(indexed - loaded, 1),
        "agency_index_seconds": round(settled - loaded, 1),
        **{f"search_{name}": value for name, value in _spread(search).items()},
        **{f"autocomplete_{name}": value for name, value in _spread(complete).items()},
    }


def _search(client: httpx.Client, question: Question) -> None:
    answer = client.get(
        "/api/3/action/package_search",
        params={
            "q": question.q,
            "fq": question.fq,
            "start": question.start,
            "rows": ROWS,
            "facet.field": json.dumps(FACETS),
            **({"sort": "metadata_modified desc"} if question.newest else {}),
        },
    )
    answer.raise_for_status()


def _complete(client: httpx.Client, text: str) -> None:
    answer = client.get("/api/3/action/package_autocomplete", params={"q": text, "limit": 10})
    answer.raise_for_status()


def _count(client: httpx.Client, headers: Mapping[str, str] | None = None) -> int:
    answer = client.get("/api/3/action/package_search", params={"rows": 0}, headers=headers)
    return int(answer.raise_for_status().json()["result"]["count"])


def _postgres(size: int, asked: Sequence[Question]) -> dict[str, float]:
    with postgres_server() as dsn, psycopg.connect(dsn) as connection:
        search_postgres.load(connection, size)
        return _spread(_timed(lambda one: search_postgres.answer(connection, one), asked))


def _timed(ask: Callable[[Any], object], asked: Sequence[Any]) -> list[float]:
    """Seconds of each question after the first ones, which only warm up."""
    spent = []
    for one in asked:
        began = time.perf_counter()
        ask(one)
        spent.append(time.perf_counter() - began)
    return spent[_WARMING:]


def _spread(spent: Sequence[float]) -> dict[str, float]:
    cuts = statistics.quantiles(spent, n=20)
    return {"p50_ms": round(1000 * cuts[9], 2), "p95_ms": round(1000 * cuts[18], 2)}


def _wait(true: Callable[[], bool]) -> None:
    until = time.monotonic() + _INDEXED_WITHIN
    while not true():
        if time.monotonic() > until:
            raise TimeoutError("the index does not reach the registry")
        time.sleep(1)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
