"""Exactly the planted faults are fixed, quarantined, excluded or doubted, row by row.

Every dataset that is made from a system of the sample is tested, whoever added it. How a whole
system writes (`habits` of its mapping) is no fault of single rows and planted nowhere.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from contracts.loading import load_datasets
from demo.province import make_province
from demo.schedule import IGATE, MOT_CUA_2017
from demo.system import sector_systems
from demo.truth import Outcome, PlantedFault, read_truth
from orchestration.platform import Platform
from standardization.functions import FUNCTIONS
from tests.orchestration.homes import ROOT, ask, bring, latest, platform_of, shared_rows
from tests.orchestration.judging import Judged, judge, tables_of

CASES = 20_000
SYSTEMS = {IGATE, MOT_CUA_2017, *(system.name for system in sector_systems())}
FOLDER = load_datasets(ROOT / "datasets", frozenset(FUNCTIONS))
DATASETS = [
    name
    for name, dataset in FOLDER.datasets.items()
    if SYSTEMS & {mapping.source for mapping in dataset.mappings}
]


@dataclass
class Province:
    """A sample in a home of its own, whose datasets are released when a test asks for them."""

    platform: Platform
    truth: list[PlantedFault]
    released: set[str] = field(default_factory=set)

    def release(self, name: str) -> None:
        """Release a dataset after those it reads."""
        for other in FOLDER.requires(name):
            self.release(other)
        if name not in self.released:
            for outcome in bring(self.platform, (name,)).values():
                assert outcome.good, [(fault.check, fault.values) for fault in outcome.faults]
            self.released.add(name)


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Province:
    home = tmp_path_factory.mktemp("truth") / "home"
    make_province(home / "demo", cases=CASES)
    return Province(platform_of(home), list(read_truth(home / "demo" / "truth.db")))


@pytest.fixture(scope="module", params=DATASETS)
def judged(request: pytest.FixtureRequest, province: Province) -> Judged:
    name = str(request.param)
    province.release(name)
    return judge(province.platform, name, province.truth)


def test_every_kind_of_fault_is_in_the_sample(province: Province) -> None:
    assert {fault.expected_outcome for fault in province.truth} == set(Outcome)
    assert any(fault.states_value for fault in province.truth)


def test_every_planted_fault_is_of_a_table_that_is_read(province: Province) -> None:
    read = set[tuple[str, str]]().union(*(tables_of(FOLDER.datasets[name]) for name in DATASETS))
    planted = Counter((fault.system, fault.table_name) for fault in province.truth)
    assert {table: count for table, count in planted.items() if table not in read} == {}


def test_every_system_of_a_dataset_has_its_faults(judged: Judged) -> None:
    sources = {mapping.source for mapping in judged.dataset.mappings} & SYSTEMS
    assert {fault.system for fault in judged.truth} == sources


def test_exactly_the_planted_rows_are_quarantined_each_by_its_rule(judged: Judged) -> None:
    planted = judged.rules(Outcome.QUARANTINED)
    assert judged.refused.keys() == judged.keys(Outcome.QUARANTINED)
    refused = {(*key, rule) for key, rules in judged.refused.items() for rule in rules}
    assert planted - refused == set()


def test_exactly_the_planted_rows_are_excluded_each_by_its_name(judged: Judged) -> None:
    excluded = {(*key, row.excluded) for key, row in judged.landed.items() if row.excluded}
    assert excluded == judged.rules(Outcome.EXCLUDED)
    for account in judged.release.accounts:
        named = Counter(rule for source, _key, rule in excluded if source == account.source)
        assert account.excluded_by == dict(named)


def test_every_other_row_is_served_and_no_row_twice(judged: Judged) -> None:
    if judged.flags is not None:
        assert judged.flags.keys() == judged.accepted
        assert len(judged.flags) == judged.release.rows
    for account in judged.release.accounts:
        assert account.read == sum(source == account.source for source, _key in judged.landed)
        assert account.accepted == sum(source == account.source for source, _key in judged.accepted)


def test_exactly_the_planted_rows_are_fixed_each_by_its_fix(judged: Judged) -> None:
    fixed = {(*key, rule) for key in judged.accepted for rule in judged.landed[key].fixed}
    assert fixed == judged.rules(Outcome.FIXED)


def test_exactly_the_planted_rows_are_doubted(judged: Judged) -> None:
    doubted = {(*key, rule) for key in judged.accepted for rule in judged.landed[key].doubts}
    assert doubted == judged.rules(Outcome.SUSPECT)


def test_fixed_and_doubted_rows_say_so_and_are_counted(judged: Judged) -> None:
    suspect, fixed = judged.keys(Outcome.SUSPECT), judged.keys(Outcome.FIXED)
    for key, flag in (judged.flags or {}).items():
        assert flag == ("suspect" if key in suspect else "fixed" if key in fixed else "ok"), key
    for account in judged.release.accounts:
        rows = [
            row
            for (source, _key), row in judged.landed.items()
            if source == account.source and not row.excluded
        ]
        assert account.fixed_by == dict(Counter(rule for row in rows for rule in row.fixed))


def test_kept_rows_are_served(judged: Judged) -> None:
    assert judged.keys(Outcome.KEPT) <= judged.accepted


def test_every_stated_value_is_what_is_served(judged: Judged) -> None:
    served = judged.planted(Outcome.FIXED, Outcome.KEPT, Outcome.SUSPECT)
    stated = [fault for fault in served if fault.states_value]
    wrong = [
        (fault.system, fault.key, fault.fault, fault.target)
        for fault in stated
        if judged.cells.get((fault.system, fault.key, fault.target), "absent")
        != fault.expected_value
    ]
    assert wrong == []


def test_the_yes_and_no_of_the_old_system_is_understood(province: Province) -> None:
    """``C`` and ``K``: a habit of all its rows, which the truth table does not list."""
    province.release("service_case")
    platform = province.platform
    database = platform.home / "demo" / "mot_cua_2017.db"
    wanted = {
        str(key): "online" if online == "C" else "postal" if postal == "C" else "direct"
        for key, online, postal in ask(database, "SELECT ID, TRUCTUYEN, BUUCHINH FROM TB_HOSO")
    }
    with shared_rows(platform, "service_case") as connection:
        rows = connection.execute(
            "SELECT source_key, channel FROM served WHERE source_system = 'mot_cua_2017'"
        ).fetchall()
    assert rows == [(key, wanted[key]) for key, _channel in rows]
    assert {channel for _key, channel in rows} == {"online", "postal", "direct"}


def test_the_sample_is_read_from_where_it_was_made(province: Province) -> None:
    province.release("service_case")
    read = sum(account.read for account in latest(province.platform, "service_case").accounts)
    assert read > CASES
    assert (Path(province.platform.home) / "demo" / "igate.db").is_file()
