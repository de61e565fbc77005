"""The monitoring network as the sample makes it: complete, the same every time, well paged."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from contracts.loading import load_datasets
from demo.sectors import monitoring
from demo.sectors.monitoring_stations import NAME
from demo.sectors.places import spots
from demo.system import Place, World
from demo.truth import Outcome, PlantedFault
from demo.units import read_units
from standardization.functions import FUNCTIONS
from standardization.sources import open_reader

DATASETS = Path(__file__).parents[3] / "datasets"
UNITS = read_units()


@dataclass
class Made:
    """One sample of the network."""

    home: Path
    rows: int = 0
    truth: list[PlantedFault] = field(default_factory=list)

    def pages(self, table: str) -> list[dict[str, object]]:
        files = sorted((self.home / NAME / table).glob("*.json"))
        return [json.loads(file.read_text(encoding="utf-8")) for file in files]

    def data(self, table: str) -> list[dict[str, object]]:
        found: list[dict[str, object]] = []
        for page in self.pages(table):
            rows = page["data"]
            assert isinstance(rows, list)
            found += rows
        return found


def made(home: Path, seed: int = 7, scale: float = 0.03) -> Made:
    sample = Made(home)
    place = Place(home, NAME, sample.truth.extend)
    sample.rows = monitoring.SYSTEM.make(World(seed, scale, UNITS), place)
    return sample


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made(tmp_path_factory.mktemp("monitoring"))


def test_the_smallest_sample_holds_every_fault(tmp_path: Path) -> None:
    smallest = made(tmp_path, scale=0.01)
    planned = {fault.name for fault in monitoring.faults()} | {"stuck_sensor"}
    told = {fault.fault for fault in smallest.truth if fault.table_name == monitoring.READINGS}
    assert told == planned
    assert {fault.expected_outcome for fault in smallest.truth} == set(Outcome)


def test_no_row_has_two_faults(sample: Made) -> None:
    keys = [(fault.table_name, fault.key) for fault in sample.truth]
    assert len(keys) == len(set(keys))


def test_the_same_seed_gives_the_same_pages(sample: Made, tmp_path: Path) -> None:
    again, other = made(tmp_path / "again"), made(tmp_path / "other", seed=8)
    for table in ("stations", "observations"):
        assert sample.pages(table) == again.pages(table)
        assert sample.pages(table) != other.pages(table)
    assert sample.truth == again.truth


def test_every_page_tells_the_number_of_all_rows(sample: Made) -> None:
    assert len(sample.pages("observations")) > 1
    told = {json.dumps(page["meta"]) for page in sample.pages("observations")}
    rows = sample.data("observations")
    assert len(told) == len(sample.pages("observations"))
    assert all(f'"total": {len(rows)},' in meta for meta in told)
    assert sample.rows == len(rows) + len(sample.data("stations"))


def test_the_platform_reads_every_row_of_the_pages(sample: Made) -> None:
    source = load_datasets(DATASETS, frozenset(FUNCTIONS)).sources[NAME]
    with open_reader(source, f"api+file:///{sample.home / NAME}") as reader:
        assert set(reader.tables()) == {"stations", "observations"}
        keys = reader.read("observations", ["ID"]).read_all()["ID"].to_pylist()
    assert keys == [str(row["ID"]) for row in sample.data("observations")]


def test_a_stuck_sensor_is_four_equal_readings_in_a_row(sample: Made) -> None:
    rows = sample.data("observations")
    stuck = [int(fault.key) for fault in sample.truth if fault.fault == "stuck_sensor"]
    assert stuck
    for last in stuck:
        run = rows[last - 4 : last]
        assert len({(row["MaTram"], row["ThongSo"], row["GiaTri"]) for row in run}) == 1


def test_a_bigger_sample_measures_more_often_not_at_more_stations(tmp_path: Path) -> None:
    day, hours = made(tmp_path / "day", scale=1), made(tmp_path / "hours", scale=2)
    assert len(day.data("stations")) == len(hours.data("stations"))
    few, many = (
        Counter(str(row["ThoiGian"])[:10] for row in one.data("observations"))["2026-03-01"]
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
