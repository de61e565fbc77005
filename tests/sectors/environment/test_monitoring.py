"""The monitoring network as the sample makes it: complete, the same every time, well paged."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from demo.sectors import monitoring
from demo.sectors.monitoring_stations import NAME
from demo.sectors.places import spots
from demo.truth import Outcome
from standardization.sources import open_reader
from tests.sectors.making import UNITS, Made, made

SCALE = 0.03


def pages(sample: Made, table: str) -> list[dict[str, object]]:
    files = sorted((sample.home / NAME / table).glob("*.json"))
    return [json.loads(file.read_text(encoding="utf-8")) for file in files]


def data(sample: Made, table: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for page in pages(sample, table):
        rows = page["data"]
        assert isinstance(rows, list)
        found += rows
    return found


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made(monitoring.SYSTEM, tmp_path_factory.mktemp("monitoring"), scale=SCALE)


def test_the_smallest_sample_holds_every_fault(tmp_path: Path) -> None:
    smallest = made(monitoring.SYSTEM, tmp_path)
    planned = {fault.name for fault in monitoring.faults()} | {"stuck_sensor"}
    told = {fault.fault for fault in smallest.truth if fault.table_name == monitoring.READINGS}
    assert told == planned
    assert {fault.expected_outcome for fault in smallest.truth} == set(Outcome)


def test_the_same_seed_gives_the_same_pages(sample: Made, tmp_path: Path) -> None:
    again = made(monitoring.SYSTEM, tmp_path / "again", scale=SCALE)
    other = made(monitoring.SYSTEM, tmp_path / "other", seed=8, scale=SCALE)
    for table in ("stations", "observations"):
        assert pages(sample, table) == pages(again, table)
        assert pages(sample, table) != pages(other, table)
    assert sample.truth == again.truth


def test_every_page_tells_the_number_of_all_rows(sample: Made) -> None:
    assert len(pages(sample, "observations")) > 1
    told = {json.dumps(page["meta"]) for page in pages(sample, "observations")}
    rows = data(sample, "observations")
    assert len(told) == len(pages(sample, "observations"))
    assert all(f'"total": {len(rows)},' in meta for meta in told)
    assert sample.rows == len(rows) + len(data(sample, "stations"))


def test_the_platform_reads_every_row_of_the_pages(sample: Made) -> None:
    with open_reader(sample.source, sample.address) as reader:
        assert set(reader.tables()) == {"stations", "observations"}
        keys = reader.read("observations", ["ID"]).read_all()["ID"].to_pylist()
    assert keys == [str(row["ID"]) for row in data(sample, "observations")]


def test_a_stuck_sensor_is_four_equal_readings_in_a_row(sample: Made) -> None:
    rows = data(sample, "observations")
    stuck = [int(fault.key) for fault in sample.truth if fault.fault == "stuck_sensor"]
    assert stuck
    for last in stuck:
        run = rows[last - 4 : last]
        assert len({(row["MaTram"], row["ThongSo"], row["GiaTri"]) for row in run}) == 1


def test_a_bigger_sample_measures_more_often_not_at_more_stations(tmp_path: Path) -> None:
    day = made(monitoring.SYSTEM, tmp_path / "day", scale=1)
    hours = made(monitoring.SYSTEM, tmp_path / "hours", scale=2)
    assert len(data(day, "stations")) == len(data(hours, "stations"))
    few, many = (
        Counter(str(row["ThoiGian"])[:10] for row in data(one, "observations"))["2026-03-01"]
        for one in (day, hours)
    )
    assert few * 1.8 < many < few * 2.2


def test_spots_lie_in_the_province_and_in_communes_of_both_times() -> None:
    old = {commune.code for commune in UNITS.old}
    places = spots(UNITS)
    assert len(places) > 200
    for place in places:
        assert place.commune.code in old
        assert place.now in UNITS.current
        assert 10 < place.latitude < 11
        assert 105 < place.longitude < 107
