"""Which catalogue is believed to be ours."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from contracts.errors import Fault
from orchestration.announcing import CatalogAnnouncer, serving_address
from orchestration.platform import Platform
from orchestration.settings import Settings
from tests.catalog.ckan_exchanges.replay import replaying
from tests.catalog.province import CASES, SCHOOLS, publish, stores_at, withdraw
from tests.orchestration.conftest import Live


def test_the_catalogue_that_runs_is_found(live: Live) -> None:
    assert serving_address(live.home) == live.url


def test_a_note_of_a_killed_process_is_not_believed_though_its_address_answers(
    live: Live, tmp_path: Path
) -> None:
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"],
                          capture_output=True, text=True, check=True)  # fmt: skip
    note = {"url": live.url, "process": int(gone.stdout)}
    (tmp_path / "serving.json").write_text(json.dumps(note), encoding="utf-8")
    assert serving_address(tmp_path) is None


def test_no_note_is_no_catalogue(tmp_path: Path) -> None:
    assert serving_address(tmp_path) is None


def test_a_withdrawal_that_failed_is_tried_again_with_the_next_announcement(
    tmp_path: Path,
) -> None:
    stores = stores_at(tmp_path)
    for table in (SCHOOLS, CASES):
        publish(stores, table)
    schools, cases = (withdraw(stores, table.name) for table in (SCHOOLS, CASES))
    with replaying("withdrawal_ignored") as ckan:
        nothing = {"action": "package_show", "sent": {"id": "cases"}, "status": 404}
        missing = {"__type": "Not Found Error", "message": "Not found"}
        ckan.exchanges.insert(3, {**nothing, "error": missing})
        settings = {"home": tmp_path, "ckan_url": ckan.url, "ckan_token": "a-token"}
        platform = Platform(Settings.model_validate(settings), {})
        with CatalogAnnouncer(platform) as announcer, pytest.raises(Fault) as refused:
            announcer.announce(schools)
        assert refused.value.check == "publish.not_withdrawn"
        with CatalogAnnouncer(platform) as announcer:
            announcer.announce(cases)
    assert list((tmp_path / "untold").iterdir()) == []
