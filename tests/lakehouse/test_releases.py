"""The manifest is the commit: one winner, never changed, found by listing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from contracts.errors import Fault
from lakehouse.releases import Releases
from lakehouse.stores import Stores, Zone
from tests.lakehouse.building import release


@pytest.fixture
def releases(stores: Stores) -> Releases:
    stores.ensure()
    return Releases(stores)


def test_what_is_published_is_found(releases: Releases) -> None:
    assert releases.latest("sample") is None
    assert releases.datasets() == ()
    for number in (1, 2, 10):
        releases.publish(release(number=number))
    releases.publish(release("other"))
    assert releases.datasets() == ("other", "sample")
    assert releases.numbers("sample") == (1, 2, 10)
    assert releases.latest("sample") == release(number=10)
    assert releases.get("sample", 2) == release(number=2)
    assert releases.get("sample", 3) is None
    assert [each.release for each in releases.all("sample")] == [1, 2, 10]


def test_of_racing_runs_one_publishes(releases: Releases) -> None:
    def publish(number: int) -> str:
        try:
            releases.publish(release(fingerprint=str(number)))
        except Fault as fault:
            return fault.check
        return "won"

    with ThreadPoolExecutor(8) as pool:
        came = list(pool.map(publish, range(8)))
    assert came.count("won") == 1
    assert came.count("release.exists") == 7
    winner = releases.latest("sample")
    assert winner is not None
    assert winner.fingerprint == str(came.index("won"))


def test_publishing_the_same_manifest_again_is_done_already(releases: Releases) -> None:
    releases.publish(release())
    releases.publish(release())
    assert releases.all("sample") == (release(),)


def test_as_of_is_by_the_day_in_vietnam(releases: Releases) -> None:
    # 18:30 UTC is 01:30 of the next day in Vietnam.
    releases.publish(release(number=1, created_at="2026-03-01T08:00:00+07:00"))
    releases.publish(release(number=2, created_at="2026-03-04T18:30:00+00:00"))
    found = [releases.as_of("sample", date(2026, 3, day)) for day in (1, 4, 5)]
    assert [each.release if each else None for each in found] == [1, 1, 2]
    assert releases.as_of("sample", date(2026, 2, 28)) is None


def test_a_draft_is_below_private(file_stores: Stores) -> None:
    releases = Releases(file_stores)
    releases.publish(release(metadata={"status": "draft"}))
    assert [info.key for info in file_stores[Zone.RELEASES].list()] == [
        "private/sample/000001.json"
    ]
    assert releases.latest("sample") is not None
    assert Releases(file_stores, drafts=False).latest("sample") is None
    # Numbers go on when it becomes public.
    releases.publish(release(number=2))
    assert releases.numbers("sample") == (1, 2)


@pytest.mark.parametrize("name", ["../sample", "sample/x", "", "Sample", "a b", "sample\n"])
def test_a_name_that_is_none_finds_nothing(file_stores: Stores, name: str) -> None:
    releases = Releases(file_stores)
    releases.publish(release())
    assert releases.latest(name) is None
    assert releases.get(name, 1) is None
    assert releases.all(name) == ()


def test_a_damaged_manifest_is_named(file_stores: Stores) -> None:
    store = file_stores[Zone.RELEASES]
    store.put("public/sample/000001.json", b"{}")
    with pytest.raises(Fault) as refused:
        Releases(file_stores).latest("sample")
    assert refused.value.check == "release.unreadable"
    assert refused.value.place.file == "public/sample/000001.json"


def test_other_objects_are_no_releases(file_stores: Stores) -> None:
    file_stores[Zone.RELEASES].put("public/sample/readme.txt", b"")
    assert Releases(file_stores).numbers("sample") == ()
