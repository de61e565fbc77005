"""The page of the province's systems: complete, current, and true about what is there."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from contracts.loading import Datasets, load_datasets
from orchestration.systems_reference import Listed, listed_systems, render, sources_of
from standardization.functions import FUNCTIONS
from tests.docs.reading import DOCS, REPOSITORY

SHARED_LIST = Path(__file__).resolve().parents[3] / "shared" / "domain" / "systems.csv"
SYSTEMS = listed_systems()
# Systems that are in none of the 87 rows, though they feed a dataset that one of them feeds.
BESIDE = {"monitoring"}


@pytest.fixture(scope="module")
def datasets() -> Datasets:
    return load_datasets(REPOSITORY / "datasets", frozenset(FUNCTIONS))


def test_all_87_systems_are_accounted_for() -> None:
    assert len({system.name for system in SYSTEMS}) == len(SYSTEMS) == 87
    untold = [
        system.name
        for system in SYSTEMS
        if not (system.feeds or system.reads or system.account.strip())
    ]
    assert untold == []


def test_a_system_that_shares_nothing_says_why() -> None:
    silent = [system for system in SYSTEMS if not system.feeds and not system.reads]
    assert all(system.account for system in silent)
    assert all(bool(system.sources) == bool(system.feeds) for system in SYSTEMS)


def test_names_are_those_of_the_list_of_the_province() -> None:
    if not SHARED_LIST.is_file():
        pytest.skip("the list that the names were taken from is not on this machine")
    with SHARED_LIST.open(encoding="utf-8", newline="") as file:
        names = [row["system"] for row in csv.DictReader(file)]
    assert [system.name for system in SYSTEMS] == names


def test_a_system_feeds_what_is_made_from_it(datasets: Datasets) -> None:
    for system in SYSTEMS:
        for name in system.fed(datasets.datasets):
            assert sources_of(datasets.datasets, name) & set(system.sources), system.name


def test_a_source_is_known_by_the_name_it_has_in_its_folder(datasets: Datasets) -> None:
    """Under another name what it feeds would stay planned for ever."""
    named = {source for system in SYSTEMS for source in system.sources}
    feeds = {name for system in SYSTEMS for name in system.feeds}
    sources = set[str]().union(*(sources_of(datasets.datasets, name) for name in feeds))
    assert sources <= named | BESIDE


def test_what_is_not_there_is_told_as_planned() -> None:
    system = Listed("Chợ", ("trade",), ("market",), ("market", "market_index/market"), "")
    assert system.fed({}) == ()
    assert system.read({}) == ()


def test_a_part_is_there_when_the_dataset_is_derived_from_it(datasets: Datasets) -> None:
    there, elsewhere = "service_case_statistics/service_case", "service_case_statistics/agency"
    system = Listed("Chợ", (), (), (there, elsewhere), "")
    assert system.read(datasets.datasets) == (there,)


def test_every_dataset_that_is_there_is_on_the_page(datasets: Datasets) -> None:
    page = render(datasets).partition("## Datasets")[2]
    assert [line.split("`")[1] for line in page.splitlines() if line.startswith("| `")] == sorted(
        datasets.datasets
    )


def test_the_page_of_systems_is_current(datasets: Datasets) -> None:
    page = (DOCS / "systems.md").read_text(encoding="utf-8")
    assert page == render(datasets), "python -m orchestration.systems_reference > docs/systems.md"
