"""The price survey as the sample makes it: complete, the same every time, really in TCVN3."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.loading import load_datasets
from demo import tcvn3
from demo.sectors import agri
from demo.system import Place, World
from demo.truth import Outcome, PlantedFault
from demo.units import read_units
from standardization.functions import FUNCTIONS
from standardization.sources import open_reader

DATASETS = Path(__file__).parents[3] / "datasets"
UNITS = read_units()
FILE = f"{agri.NAME}/{agri.TABLE}.csv"


def made(home: Path, seed: int = 7) -> tuple[int, list[PlantedFault]]:
    truth: list[PlantedFault] = []
    place = Place(home, agri.NAME, truth.extend)
    return agri.SYSTEM.make(World(seed, 0.01, UNITS), place), truth


def test_the_smallest_sample_holds_every_fault(tmp_path: Path) -> None:
    _rows, truth = made(tmp_path)
    assert {row.fault for row in truth} == {f.name for f in agri.faults(World(7, 1, UNITS))}
    assert {row.expected_outcome for row in truth} == set(Outcome)


def test_the_same_seed_gives_the_same_file(tmp_path: Path) -> None:
    one, again, other = tmp_path / "one", tmp_path / "again", tmp_path / "other"
    assert made(one) == made(again)
    made(other, seed=8)
    assert (one / FILE).read_bytes() == (again / FILE).read_bytes() != (other / FILE).read_bytes()


def test_the_file_is_in_tcvn3_and_is_read_whole_but_for_the_clerk(tmp_path: Path) -> None:
    rows, _truth = made(tmp_path)
    source = load_datasets(DATASETS, frozenset(FUNCTIONS)).sources[agri.NAME]
    dsn = f"csv:///{tmp_path / agri.NAME}?encoding=tcvn3&delimiter=;"
    with open_reader(source, dsn) as reader:
        table = reader.read(agri.TABLE, ["ID", "MATHANG"]).read_all()
        assert "NGUOINHAP" not in reader.schema(agri.TABLE).names
        with pytest.raises(KeyError):
            reader.read(agri.TABLE, ["NGUOINHAP"])
    assert table.num_rows == rows
    written = set(table["MATHANG"].to_pylist())
    assert tcvn3.encode("Sầu riêng Ri6") in written
    assert "Sầu riêng Ri6" not in written
