"""``dungchung index``: before there is one, beside a running catalogue, and made anew."""

from __future__ import annotations

import json
from pathlib import Path
from time import monotonic

import pytest

from tests.orchestration.conftest import Live
from tests.orchestration.homes import CommandLine


def test_before_there_is_an_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = CommandLine(tmp_path, monkeypatch, capsys)("index", "status", "--lang", "en")
    assert said.status == 0
    assert "There is no index yet" in said.out


def test_both_indexes_of_a_running_catalogue_and_their_renewal(
    live: Live, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    dungchung = CommandLine(live.home, monkeypatch, capsys)

    def indexes() -> dict[str, str]:
        told = json.loads(dungchung("index", "status", "--json").out)["indexes"]
        # One that is being made or swept at this very moment cannot be read.
        return {one["worker"]: one["folder"] for one in told if one["state"] != "broken"}

    before = indexes()
    assert set(before) == {"agency", "public"}
    assert dungchung("index", "rebuild").status == 0
    until = monotonic() + 30
    while set(found := indexes()) != set(before) or set(found.items()) & set(before.items()):
        assert monotonic() < until


def test_a_catalogue_at_rest_is_up_to_date(
    live: Live, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Changes of drafts, which the public copy does not hold, leave the public index current."""
    dungchung = CommandLine(live.home, monkeypatch, capsys)
    wanted = {("agency", "current"), ("public", "current")}
    until = monotonic() + 30
    while True:
        told = json.loads(dungchung("index", "status", "--json").out)["indexes"]
        if {(one["worker"], one["state"]) for one in told} == wanted:
            return
        assert monotonic() < until, told
