"""Who can reach what on a real S3 server, zone by zone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from contracts.errors import Fault
from lakehouse.releases import Releases
from lakehouse.stores import StoreSettings, Zone, open_stores
from tests.lakehouse.building import release
from tests.servers import S3Server

pytestmark = pytest.mark.server


@pytest.fixture
def platform(s3_server: S3Server, tmp_path: Path) -> StoreSettings:
    settings = s3_server.settings("zones", tmp_path / "platform")
    for store in open_stores(settings):
        store.put("x", b"x")
    return settings


@pytest.fixture
def public(s3_server: S3Server, platform: StoreSettings, tmp_path: Path) -> StoreSettings:
    keys = dict.fromkeys(Zone, s3_server.public)
    return StoreSettings(platform.url, tmp_path / "public", platform.endpoint, credentials=keys)


def _refused(ask: Callable[[], object]) -> None:
    with pytest.raises(Fault) as refused:
        ask()
    assert refused.value.check == "store.denied"


def test_the_public_key_reads_open_files_and_nothing_else(public: StoreSettings) -> None:
    stores = open_stores(public)
    assert stores[Zone.OPEN].get("x") == b"x"
    _refused(lambda: stores[Zone.OPEN].put("y", b"y"))
    _refused(lambda: stores[Zone.OPEN].delete("x"))
    for zone in (Zone.LANDING, Zone.SHARED, Zone.QUARANTINE, Zone.RELEASES):
        _refused(lambda zone=zone: stores[zone].get("x"))  # type: ignore[misc]  # bound now
        _refused(lambda zone=zone: list(stores[zone].list()))  # type: ignore[misc]  # bound now


def test_the_public_key_sees_no_draft(platform: StoreSettings, public: StoreSettings) -> None:
    own = Releases(open_stores(platform))
    own.publish(release("seen"))
    own.publish(release("draft", metadata={"status": "draft"}))
    assert own.datasets() == ("draft", "seen")
    readers = Releases(open_stores(public), drafts=False)
    assert readers.datasets() == ("seen",)
    assert readers.latest("draft") is None
    _refused(lambda: Releases(open_stores(public)).datasets())


def test_the_key_of_one_zone_does_not_open_another(
    s3_server: S3Server, platform: StoreSettings, tmp_path: Path
) -> None:
    landing = s3_server.users[Zone.LANDING]
    wrong = {Zone.LANDING: landing, Zone.SHARED: landing}
    stores = open_stores(
        StoreSettings(platform.url, tmp_path, platform.endpoint, credentials=wrong)
    )
    assert stores[Zone.LANDING].get("x") == b"x"
    _refused(lambda: stores[Zone.SHARED].get("x"))


def test_nobody_reads_without_a_key(platform: StoreSettings, tmp_path: Path) -> None:
    stores = open_stores(
        StoreSettings(platform.url, tmp_path, platform.endpoint, credentials={Zone.OPEN: None})
    )
    assert open_stores(platform)[Zone.OPEN].get("x") == b"x"
    _refused(lambda: stores[Zone.OPEN].get("x"))
