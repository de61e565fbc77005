"""What holds of each system of the sample, so that a new one is tested by being there. What a
system's rows look like is tested in the folder of its sector."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo.sectors import bao_cao_da_nganh
from demo.system import sector_systems
from tests.sectors.making import Made, made

# Definitions are written down, not drawn: any seed gives the same.
WRITTEN_DOWN = {bao_cao_da_nganh.SYSTEM.name}


@pytest.fixture(scope="module", params=sector_systems(), ids=lambda system: str(system.name))
def sample(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made(request.param, tmp_path_factory.mktemp(request.param.name))


def test_no_row_has_two_faults(sample: Made) -> None:
    keys = [(fault.table_name, fault.key) for fault in sample.truth]
    assert keys
    assert len(keys) == len(set(keys))


def test_the_same_seed_gives_the_same_rows(sample: Made, tmp_path: Path) -> None:
    again = made(sample.system, tmp_path / "again")
    other = made(sample.system, tmp_path / "other", seed=8)
    assert sample.tables == again.tables
    assert sample.truth == again.truth
    assert (sample.tables == other.tables) == (sample.system.name in WRITTEN_DOWN)
