"""A file that comes into an inbox starts its dataset, once, and becomes a release."""

from __future__ import annotations

import os
import time
from pathlib import Path

import dagster as dg
import pytest

from orchestration.definitions import build_defs
from orchestration.inboxes import inbox_sensors
from orchestration.outcomes import State
from orchestration.pipeline import run_dataset
from orchestration.platform import Platform
from tests.contracts.example import SOURCES, TRADE, replace, write_example
from tests.orchestration.homes import platform_of

HEADER = "ID,MaCho,Ten,TenLoai,NgayHoatDong,DienTich,SoSap,NguoiQuanLy,DaXoa,NgaySua\n"
ROW = "{n},c{n:04d},Chợ số {n},Hạng 1,01/02/2003,1500,200,Nguyễn Văn A,0,2026-01-02\n"
FIRST, SECOND = (HEADER + ROW.format(n=number) for number in (1, 2))


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    root = write_example(tmp_path)
    replace(root, SOURCES, "sqlite:///{home}/trade.db", "inbox:///{home}/inbox")
    replace(
        root, TRADE, "from: CHO c\njoin:\n  - DM_LOAI l on l.MaLoai = c.MaLoai\n", "from: files c\n"
    )
    replace(root, TRADE, "l.TenLoai", "c.TenLoai")
    replace(root, TRADE, "watermark: {column: c.NgaySua, lookback: 2 days}\n", "")
    replace(root, TRADE, "stalls: c.SoSap", "stalls: CAST(c.SoSap AS INTEGER)")
    replace(root, TRADE, "c.SoSap = 0", "c.SoSap = '0'")
    replace(root, TRADE, "c.DaXoa = 1", "c.DaXoa = '1'")
    (tmp_path / "home" / "inbox").mkdir(parents=True)
    return platform_of(tmp_path / "home", root)


def drop(platform: Platform, name: str, text: str, age: float = 3_600) -> None:
    path = platform.home / "inbox" / name
    path.write_text(text, encoding="utf-8")
    os.utime(path, (time.time() - age, time.time() - age))


def look(platform: Platform) -> dg.SensorExecutionData:
    definitions = build_defs(platform)
    sensor = definitions.get_repository_def().get_sensor_def("inbox_trade")
    return sensor.evaluate_tick(dg.build_sensor_context())


def test_a_whole_file_asks_for_one_run_of_its_dataset(platform: Platform) -> None:
    assert look(platform).run_requests == []
    drop(platform, "a.csv", FIRST, age=0)
    assert look(platform).run_requests == []
    drop(platform, "a.csv", FIRST)
    [request] = look(platform).run_requests or []
    assert request.asset_selection is not None
    keys = {key.to_user_string() for key in request.asset_selection}
    assert {"landing/trade/market", "shared/market"} <= keys
    [again] = look(platform).run_requests or []
    assert again.run_key == request.run_key
    drop(platform, "b.csv", SECOND)
    [other] = look(platform).run_requests or []
    assert other.run_key != request.run_key


def test_each_file_is_released_once(platform: Platform) -> None:
    drop(platform, "a.csv", FIRST)
    outcome = run_dataset(platform, "market")
    assert outcome.state is State.RELEASED, [fault.render("en") for fault in outcome.faults]
    assert outcome.release is not None
    assert outcome.release.rows == 1
    drop(platform, "a.csv", FIRST)
    assert run_dataset(platform, "market").state is State.UNCHANGED
    drop(platform, "b.csv", SECOND)
    second = run_dataset(platform, "market").release
    assert second is not None
    assert (second.release, second.rows) == (2, 2)
    assert look(platform).run_requests == []


def test_a_source_that_is_no_inbox_has_no_sensor(platform: Platform) -> None:
    environ = {"DUNGCHUNG_SOURCE_TRADE": "sqlite:///x.db"}
    other = platform_of(platform.home, platform.settings.datasets, environ)
    assert list(inbox_sensors(other, {"market": dg.AssetsDefinition(specs=[])})) == []
