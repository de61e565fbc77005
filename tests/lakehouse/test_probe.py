"""A store that would lose commits is refused before the first one."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.errors import Fault
from lakehouse.probe import RACERS, probe
from lakehouse.stores import S3Credentials, Stores, StoreSettings, Zone, open_stores
from tests.servers import FakeS3, fake_s3

_KEYS = {Zone.RELEASES: S3Credentials("k", "s")}


def _zone(server: FakeS3, cache: Path) -> Stores:
    return open_stores(StoreSettings("s3://p", cache, server.endpoint, credentials=_KEYS))


def test_a_safe_store_passes_and_nothing_is_left(stores: Stores) -> None:
    stores.ensure()
    for store in stores:
        probe(store)
        assert list(store.list()) == []


def test_a_server_that_ignores_the_condition_is_refused(tmp_path: Path) -> None:
    with fake_s3(conditional=False) as server:
        with pytest.raises(Fault) as refused:
            probe(_zone(server, tmp_path)[Zone.RELEASES])
        assert server.objects == {}
    assert refused.value.check == "store.conditional_put"
    assert refused.value.values == {"racers": RACERS, "winners": RACERS}


@pytest.mark.usefixtures("impatient")
def test_lost_answers_do_not_refuse_a_safe_server(tmp_path: Path) -> None:
    with fake_s3(lost_replies=3, busy=3) as server:
        probe(_zone(server, tmp_path)[Zone.RELEASES])
        assert (server.lost_replies, server.busy) == (0, 0)
        assert server.objects == {}
