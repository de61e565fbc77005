"""Running again: nothing without a change, and after a change only what it touches, with the
same content as reading everything anew."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from contracts.releases import Account
from demo.changes import touch_cases
from lakehouse.places import FILE
from lakehouse.stores import Zone
from lakehouse.tables import served, sums_of
from orchestration.outcomes import State
from orchestration.pipeline import run_dataset
from orchestration.platform import Platform
from orchestration.references import shared_version
from quality.gate import GateResult, run_gate
from tests.orchestration.conftest import Released
from tests.orchestration.homes import (
    ALL,
    DERIVED,
    SCALE,
    CommandLine,
    ask,
    bring,
    change,
    copied,
    files_are_whole,
    forget,
    hashes,
    latest,
    platform_of,
    served_keys,
    shared_rows,
)

CHAIN = ("service_case", *DERIVED)
TOUCHED = 40


def _numbers(platform: Platform) -> dict[str, tuple[int, ...]]:
    return {name: platform.releases.numbers(name) for name in ALL}


def test_cases_that_are_still_running_lie_in_files_of_their_own(released: Released) -> None:
    platform = platform_of(released.home)
    column = platform.dataset("service_case").contract.settled_by
    version = shared_version(latest(platform, "service_case"))
    rows = served(platform.stores[Zone.SHARED], "service_case", version, placed=True)
    found = duckdb.sql(f"SELECT count({column}) / count(*) FROM ({rows}) GROUP BY {FILE}")
    assert {share for (share,) in found.fetchall()} == {0.0, 1.0}


def _account(platform: Platform, source: str) -> Account:
    accounts = latest(platform, "service_case").accounts
    return next(account for account in accounts if account.source == source)


def test_the_first_demo_released_every_dataset(released: Released) -> None:
    platform = platform_of(released.home)
    assert _numbers(platform) == dict.fromkeys(ALL, (1,))
    files_are_whole(platform)
    datasets = json.loads(released.summary.read_text())["datasets"]
    assert [item["name"] for item in datasets] == list(ALL)
    for item in datasets:
        figures = ("rows_accepted", "rows_quarantined", "rows_excluded")
        assert item["rows_read"] == sum(item[name] for name in figures), item["name"]
        assert (item["release"], item["reconciles"], item["verdict"]) == (1, True, "passed")
        assert min(item["seconds"], item["rows_per_second"], item["peak_memory_mb"]) > 0
        assert item["catalog_url"].endswith(f"/dataset/{item['name']}")


def test_the_same_demo_again_releases_nothing(dungchung: CommandLine, tmp_path: Path) -> None:
    platform = platform_of(dungchung.home)
    before, contents = _numbers(platform), hashes(platform, ALL)
    summary = tmp_path / "again.json"
    said = dungchung("demo", "--exit", "--scale", SCALE, "--json", str(summary))
    assert said.status == 0, said.text
    again = platform_of(dungchung.home)
    assert _numbers(again) == before
    assert hashes(again, ALL) == contents
    states = {item["state"] for item in json.loads(summary.read_text())["datasets"]}
    assert states == {"unchanged"}


def test_nothing_is_judged_when_nothing_changed(platform: Platform) -> None:
    bring(platform, ALL)  # incremental sources are read once from their watermark
    for outcome in bring(platform, ALL).values():
        assert outcome.state is State.UNCHANGED
        assert outcome.good
        assert "judge" not in outcome.stage_seconds


def test_touched_cases_are_read_alone_and_only_their_datasets_released(
    platform: Platform,
) -> None:
    before = _numbers(platform)
    updated, inserted = touch_cases(platform.home / "demo", TOUCHED, seed=1)
    assert updated
    rows = latest(platform, "service_case").rows
    outcomes = bring(platform, ALL)
    assert all(outcome.good for outcome in outcomes.values())
    new = {name for name, numbers in _numbers(platform).items() if numbers != before[name]}
    assert {"service_case", "service_case_daily"} <= new <= set(CHAIN)
    read = _account(platform, "igate").read
    assert TOUCHED <= read < 5 * TOUCHED
    assert latest(platform, "service_case").rows == rows + inserted
    with shared_rows(platform, "service_case") as connection:
        # Only the rows that changed carry the time of this snapshot.
        (changed,) = connection.execute(
            "SELECT count(*) FROM served WHERE ingested_at = (SELECT max(ingested_at) FROM served)"
        ).fetchall()[0]
    assert changed == TOUCHED
    files_are_whole(platform)


def test_incremental_reading_ends_with_the_content_of_a_full_one(
    platform: Platform, tmp_path: Path
) -> None:
    touch_cases(platform.home / "demo", TOUCHED, seed=2)
    fresh = platform_of(copied(platform.home, tmp_path / "fresh"))
    forget(fresh.home, CHAIN)
    assert fresh.releases.latest("service_case") is None
    bring(platform, CHAIN)
    bring(fresh, CHAIN)
    assert _account(platform, "igate").read < _account(fresh, "igate").read
    assert hashes(platform, CHAIN) == hashes(fresh, CHAIN)


def test_rows_that_stay_are_vouched_for_until_a_reference_changes(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    vouched: list[bool] = []

    def judging(*arguments: Any, **named: Any) -> GateResult:
        vouched.append(named["vouched"])
        return run_gate(*arguments, **named)

    monkeypatch.setattr("orchestration.pipeline.run_gate", judging)
    touch_cases(platform.home / "demo", TOUCHED, seed=3)
    assert run_dataset(platform, "service_case").state is State.RELEASED
    statement = 'UPDATE "DM_DONVI" SET "Website" = ?'
    assert change(platform.home / "demo" / "igate.db", statement, "https://moi.example.vn")
    assert run_dataset(platform, "agency").state is State.RELEASED
    touch_cases(platform.home / "demo", TOUCHED, seed=4)
    assert run_dataset(platform, "service_case").state is State.RELEASED
    assert vouched == [True, False, False]
    sums = sums_of(
        platform.stores[Zone.SHARED],
        "service_case",
        shared_version(latest(platform, "service_case")),
    )
    assert sums is not None
    assert sums.rows == latest(platform, "service_case").rows


def test_a_case_deleted_at_its_source_disappears(platform: Platform) -> None:
    database = platform.home / "demo" / "igate.db"
    served = {key for source, key in served_keys(platform, "service_case") if source == "igate"}
    victim = sorted(served, key=int)[len(served) // 2]
    (newest,) = ask(database, 'SELECT max("NgayCapNhat") FROM "HOSO"')[0]
    statement = 'UPDATE "HOSO" SET "DaXoa" = 1, "NgayCapNhat" = ? WHERE "ID" = ?'
    assert change(database, statement, newest, int(victim)) == 1
    rows = latest(platform, "service_case").rows
    outcome = bring(platform, ["service_case"])["service_case"]
    assert outcome.state is State.RELEASED
    assert _account(platform, "igate").excluded_by["soft_deleted"] == 1
    assert latest(platform, "service_case").rows == rows - 1
    assert ("igate", victim) not in served_keys(platform, "service_case")


def test_a_row_that_breaks_a_rule_later_leaves_and_comes_back_repaired(
    platform: Platform,
) -> None:
    database = platform.home / "demo" / "igate.db"
    key, code, (newest,) = "", "", ask(database, 'SELECT max("NgayCapNhat") FROM "HOSO"')[0]
    served = served_keys(platform, "service_case")
    for number, value in ask(database, 'SELECT "ID", "MaThuTuc" FROM "HOSO" ORDER BY "ID"'):
        if ("igate", str(number)) in served:
            key, code = str(number), str(value)
            break
    statement = 'UPDATE "HOSO" SET "MaThuTuc" = ?, "NgayCapNhat" = ? WHERE "ID" = ?'
    content = latest(platform, "service_case").content_hash
    change(database, statement, "9.999009", newest, int(key))
    bring(platform, ["service_case"])
    assert ("igate", key) not in served_keys(platform, "service_case")
    assert _account(platform, "igate").quarantined_by["procedure_code.reference"] == 1
    change(database, statement, code, newest, int(key))
    bring(platform, ["service_case"])
    assert ("igate", key) in served_keys(platform, "service_case")
    assert latest(platform, "service_case").content_hash == content


def test_a_changed_list_that_changes_no_case_releases_the_list_alone(platform: Platform) -> None:
    database = platform.home / "demo" / "igate.db"
    statement = (
        'UPDATE "DM_DONVI" SET "Website" = ? WHERE "ID" = (SELECT min("ID") FROM "DM_DONVI")'
    )
    assert change(database, statement, "https://moi.example.vn") == 1
    outcomes = bring(platform, ALL)
    released = [name for name, found in outcomes.items() if found.state is State.RELEASED]
    assert released == ["agency"]
