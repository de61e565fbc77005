"""Both workers' contexts as they are really made: who wrote reads it, the public follows."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

import catalog.assembly
from catalog.access import ANONYMOUS
from catalog.assembly import agency_context, public_context
from catalog.publisher import announce
from catalog.registry.writing import delete_package, find_package, require
from catalog.search.request import SearchRequest
from catalog.serving import running
from catalog.tokens import read_token
from contracts.errors import Fault
from tests.catalog.province import stores_at, withdraw
from tests.catalog.registry.conftest import save
from tests.catalog.sites import PUBLIC_URL, Site, config_of

WITHIN = 2.0  # seconds in which the public must learn of a change


def comes_true(asked: Callable[[], bool]) -> bool:
    until = time.monotonic() + WITHIN
    pause = threading.Event()
    while not asked():
        if time.monotonic() > until:
            return False
        pause.wait(0.05)
    return True


def finds(site: Site, word: str) -> bool:
    answer = site.public.get("/api/3/action/package_search", params={"q": word})
    return bool(answer.json()["result"]["count"])


def test_whoever_wrote_reads_it_at_once_and_the_public_within_moments(site: Site) -> None:
    assert site.context.registry is not None
    admin = site.context.registry.actor(read_token(site.config.secrets, "admin"))
    with site.session() as session:
        save(session, "fresh", owner_org="h20-5", title="Hoàn toàn mới")
    for actor in (ANONYMOUS, admin):
        view = site.context.view(actor)
        assert view.records.package("fresh") is not None
        assert view.search(SearchRequest(q="title:mới", fq=("name:fresh",))).count == 1
    assert comes_true(lambda: finds(site, "name:fresh"))
    with site.session() as session:
        save(session, "fresh", owner_org="h20-5", private=True)
    assert site.context.view(ANONYMOUS).records.package("fresh") is None
    assert site.context.view(admin).records.package("fresh") is not None
    assert comes_true(lambda: not finds(site, "name:fresh"))


def test_a_withdrawal_reaches_the_public_worker_with_its_reason(site: Site) -> None:
    withdraw(stores_at(site.home), "schools")
    with site.session() as session:
        delete_package(session, require(find_package(session, "schools")), reason="Sai phạm vi")

    def gone() -> bool:
        answer = site.public.get("/api/3/action/package_show", params={"id": "schools"})
        return answer.status_code == 410 and "Sai phạm vi" in answer.text

    assert comes_true(gone)


def test_a_withdrawal_announced_from_another_process_carries_its_reason(
    home: Path,
) -> None:
    with running(config_of(home)) as url:
        release = withdraw(stores_at(home), "schools")
        token = read_token(config_of(home).secrets, "publisher") or ""
        announced = time.monotonic()
        assert announce(release, url=url, token=token, public_url=url).outcome == "withdrawn"

        def gone() -> bool:
            asked = f"{url}/api/3/action/package_show?id=schools"
            answer = httpx.get(asked, trust_env=False)
            return answer.status_code == 410 and "Sai phạm vi" in answer.text

        assert comes_true(gone), time.monotonic() - announced


def test_closing_ends_what_ran_beside_requests_and_opening_again_goes_on(home: Path) -> None:
    before = set(threading.enumerate())
    for _turn in range(2):
        agency = agency_context(config_of(home), PUBLIC_URL)
        public = public_context(config_of(home), PUBLIC_URL)
        assert public.view(ANONYMOUS).records.package("schools") is not None
        assert public.view(ANONYMOUS).records.package("secret_plan") is None
        agency.close()
        public.close()
    assert set(threading.enumerate()) <= before


def test_a_public_worker_without_a_copy_says_so(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalog.assembly, "_FIRST_COPY_WITHIN", 0.0)
    with pytest.raises(Fault) as refused:
        public_context(config_of(home), PUBLIC_URL)
    assert refused.value.check == "catalog.no_copy"
