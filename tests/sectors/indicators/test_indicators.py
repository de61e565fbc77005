"""The catalogue of indicators and the formulas say the same, and formulas feed on open data."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from contracts.loading import Datasets, load_datasets
from contracts.model import Access
from demo.sectors.bao_cao_da_nganh import SYSTEM
from demo.system import Place, World
from demo.truth import Outcome, PlantedFault
from demo.units import read_units
from standardization.functions import FUNCTIONS

ROOT = Path(__file__).parents[3]
OBSERVED = "indicator_observation"


@pytest.fixture(scope="module")
def datasets() -> Datasets:
    return load_datasets(ROOT / "datasets", frozenset(FUNCTIONS))


def observed_codes(datasets: Datasets) -> set[str]:
    """The indicators that some formula computes."""
    observation = datasets.datasets[OBSERVED].observation
    assert observation is not None
    texts = (formula.by["indicator_code"] for formula in observation.formulas)
    return {code for text in texts for code in re.findall(r"'([A-Z]+-\d{3})'", text)}


def test_every_indicator_in_use_has_a_formula(datasets: Datasets, tmp_path: Path) -> None:
    told: list[PlantedFault] = []
    place = Place(tmp_path, SYSTEM.name, told.extend)
    made = SYSTEM.make(World(7, 0.04, read_units()), place)
    with closing(sqlite3.connect(tmp_path / "bao_cao_da_nganh.db")) as database:
        rows = database.execute("SELECT MA_CHI_TIEU, TRANG_THAI FROM DM_CHI_TIEU").fetchall()
    assert made == len(rows)
    in_use = {code for code, state in rows if state == "Đang dùng"}
    assert in_use == observed_codes(datasets)
    stopped = {code for code, state in rows if state == "Ngừng"}
    assert {(one.business_key, one.expected_outcome) for one in told} == {
        (code, Outcome.EXCLUDED) for code in stopped
    }


def test_open_observations_are_computed_from_open_data(datasets: Datasets) -> None:
    found = datasets.datasets[OBSERVED]
    assert found.contract.access is Access.OPEN
    for name in found.derived_from:
        assert datasets.datasets[name].contract.access is Access.OPEN, name


def test_every_formula_keeps_to_one_boundary_or_parts_them_at_the_merger(
    datasets: Datasets,
) -> None:
    observation = datasets.datasets[OBSERVED].observation
    assert observation is not None
    for formula in observation.formulas:
        assert formula.by["geo_basis"].startswith(
            (
                "'new_boundary'",
                "CASE WHEN i.period < '2025-07' THEN ",
                "CASE i.unit_code_system WHEN 'QD124_2004' THEN 'old_boundary' ",
            )
        ), formula.name
