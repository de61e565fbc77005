"""Exactly the planted faults are fixed, quarantined, excluded or doubted, row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from contracts.releases import Release
from demo.province import make_province
from demo.truth import Outcome, PlantedFault, read_truth
from lakehouse.units import register_units
from orchestration.batches import land_sources, standardise_batch
from orchestration.platform import Platform
from orchestration.references import register_served
from orchestration.refused import refused_keys
from orchestration.workplace import workplace
from standardization.engine import workbench
from tests.orchestration.conftest import Released
from tests.orchestration.homes import (
    DERIVED,
    ask,
    bring,
    copied,
    forget,
    latest,
    platform_of,
    shared_rows,
)

CASES = 20_000
DATASETS = ("agency", "public_service_procedure", "service_case")
Key = tuple[str, str]

# How a whole system writes: no fault of single rows, so the truth table does not list it.
HABITS = {
    ("agency", "mot_cua_2017", "legacy_encoding"),
    ("agency", "mot_cua_2017", "phone_e164"),
    ("public_service_procedure", "mot_cua_2017", "legacy_encoding"),
    ("service_case", "mot_cua_2017", "legacy_encoding"),
}


@dataclass(frozen=True)
class Row:
    """How one landed row was judged while it was standardised."""

    excluded: str | None
    fixed: frozenset[str]
    doubts: frozenset[str]


@dataclass(frozen=True)
class Judged:
    """What the truth says of one dataset, and what became of its rows."""

    platform: Platform
    dataset: str
    truth: tuple[PlantedFault, ...]
    landed: dict[Key, Row]
    refused: dict[Key, frozenset[str]]
    served: dict[Key, str]

    @property
    def release(self) -> Release:
        return latest(self.platform, self.dataset)

    def planted(self, *outcomes: Outcome) -> dict[Key, PlantedFault]:
        return {
            (row.system, row.key): row for row in self.truth if row.expected_outcome in outcomes
        }


@pytest.fixture(scope="module")
def province(released: Released, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """The lists as released, and the cases of a bigger sample."""
    home = copied(released.home, tmp_path_factory.mktemp("truth") / "home")
    forget(home, ("service_case", *DERIVED))
    make_province(home / "demo", cases=CASES)
    platform = platform_of(home)
    for outcome in bring(platform, ("service_case",)).values():
        assert outcome.good, [fault.check for fault in outcome.faults]
    return platform


@pytest.fixture(scope="module", params=DATASETS)
def judged(request: pytest.FixtureRequest, province: Platform) -> Judged:
    dataset = str(request.param)
    tables = {
        (mapping.source, mapping.uses[0].table) for mapping in province.dataset(dataset).mappings
    }
    truth = read_truth(province.home / "demo" / "truth.db")
    contract = province.dataset(dataset).contract
    return Judged(
        platform=province,
        dataset=dataset,
        truth=tuple(row for row in truth if (row.system, row.table_name) in tables),
        landed=dict(_landed(province, dataset)),
        refused={
            (row.source, row.key): frozenset(row.rules) for row in refused_keys(province, contract)
        },
        served=_flags(province, dataset),
    )


def _landed(platform: Platform, name: str) -> Iterator[tuple[Key, Row]]:
    """Every row of the sources, as the mappings name what they did to it."""
    dataset, datasets = platform.dataset(name), platform.catalogue_of_datasets
    with workplace(platform.home, name) as scratch:
        connection = workbench(
            scratch, memory_limit="1GB", threads=2, pseudonym_key=platform.pseudonym_key
        )
        for other in datasets.requires(name):
            contract = datasets.datasets[other].contract
            release = latest(platform, other)
            register_served(connection, f"ref_{other}", platform.stores, release, contract)
        register_units(connection)
        batch = land_sources(platform, dataset, None, scratch, lambda rows: None)
        standardise_batch(platform, connection, dataset, batch, scratch)
        rows = connection.execute(
            "SELECT source_system, source_key, _excluded, _fixed, _doubts FROM batch"
        ).fetchall()
        connection.close()
    for source, key, excluded, fixed, doubts in rows:
        yield (source, key), Row(excluded, frozenset(fixed or ()), frozenset(doubts or ()))


def _flags(platform: Platform, dataset: str) -> dict[Key, str]:
    with shared_rows(platform, dataset) as connection:
        rows = connection.execute(
            "SELECT source_system, source_key, quality_flag FROM served"
        ).fetchall()
    return {(source, key): flag for source, key, flag in rows}


def _counted(rules: Iterable[tuple[str, str]]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for source, rule in rules:
        found.setdefault(source, Counter())[rule] += 1
    return found


def test_every_kind_of_fault_is_in_the_sample(judged: Judged) -> None:
    outcomes = {row.expected_outcome for row in judged.truth}
    wanted = {Outcome.FIXED, Outcome.QUARANTINED, Outcome.EXCLUDED, Outcome.KEPT}
    assert outcomes >= wanted
    assert {row.system for row in judged.truth} == {"igate", "mot_cua_2017"}


def test_exactly_the_planted_rows_are_quarantined_each_by_its_rule(judged: Judged) -> None:
    planted = judged.planted(Outcome.QUARANTINED)
    assert judged.refused.keys() == planted.keys()
    missed = {
        key: (fault.expected_rule, sorted(judged.refused[key]))
        for key, fault in planted.items()
        if fault.expected_rule not in judged.refused[key]
    }
    assert missed == {}


def test_exactly_the_planted_rows_are_excluded_each_by_its_name(judged: Judged) -> None:
    planted = judged.planted(Outcome.EXCLUDED)
    excluded = {key: row.excluded for key, row in judged.landed.items() if row.excluded}
    assert excluded == {key: fault.expected_rule for key, fault in planted.items()}
    named = _counted((source, str(name)) for (source, _key), name in excluded.items())
    accounts = {account.source: account.excluded_by for account in judged.release.accounts}
    assert accounts == {source: dict(named.get(source, {})) for source in accounts}


def test_every_other_row_is_served_and_no_row_twice(judged: Judged) -> None:
    excluded = {key for key, row in judged.landed.items() if row.excluded}
    assert judged.served.keys() == judged.landed.keys() - judged.refused.keys() - excluded
    assert len(judged.served) == judged.release.rows


def test_exactly_the_planted_rows_are_fixed_each_by_its_fix(judged: Judged) -> None:
    planted = {(*key, fault.expected_rule) for key, fault in judged.planted(Outcome.FIXED).items()}
    fixed = {
        (*key, name)
        for key in judged.served
        for name in judged.landed[key].fixed
        if (judged.dataset, key[0], name) not in HABITS
    }
    assert fixed == planted


def test_fixed_rows_say_so_and_are_counted(judged: Judged) -> None:
    fixed = judged.planted(Outcome.FIXED)
    assert {judged.served[key] for key in fixed} == {"fixed"}
    for account in judged.release.accounts:
        rows = {key: row for key, row in judged.landed.items() if key[0] == account.source}
        counted = Counter(name for row in rows.values() if not row.excluded for name in row.fixed)
        assert account.fixed_by == dict(counted)
        assert account.read == len(rows)
        assert account.accepted == len(rows.keys() & judged.served.keys())


def test_exactly_the_planted_rows_are_doubted(judged: Judged) -> None:
    planted = {key: {row.expected_rule} for key, row in judged.planted(Outcome.SUSPECT).items()}
    doubted = {key: judged.landed[key].doubts for key in judged.served if judged.landed[key].doubts}
    assert doubted == planted
    suspect = {key for key, flag in judged.served.items() if flag == "suspect"}
    assert suspect == planted.keys()


def test_kept_rows_are_served_without_a_fix_of_their_own(judged: Judged) -> None:
    kept = judged.planted(Outcome.KEPT)
    assert kept.keys() <= judged.served.keys()
    fixes = {(judged.dataset, key[0], name) for key in kept for name in judged.landed[key].fixed}
    assert fixes <= HABITS
    unconverted = {key for key, row in kept.items() if row.expected_rule == "from_tcvn3"}
    assert not any("legacy_encoding" in judged.landed[key].fixed for key in unconverted)


def test_every_stated_value_is_what_is_served(judged: Judged) -> None:
    stated = [
        row for row in judged.planted(Outcome.FIXED, Outcome.KEPT).values() if row.states_value
    ]
    assert stated
    wrong = []
    with shared_rows(judged.platform, judged.dataset) as connection:
        for row in stated:
            found = connection.execute(
                f"SELECT CASE typeof(\"{row.target}\") WHEN 'TIMESTAMP WITH TIME ZONE'"
                f" THEN strftime(CAST(\"{row.target}\" AS TIMESTAMP), '%Y-%m-%d %H:%M:%S')"
                f' ELSE CAST("{row.target}" AS VARCHAR) END'
                " FROM served WHERE source_system = ? AND source_key = ?",
                [row.system, row.key],
            ).fetchone()
            if found != (row.expected_value,):
                wrong.append((row.system, row.key, row.fault, row.target))
    assert wrong == []


def test_the_yes_and_no_of_the_old_system_is_understood(province: Platform) -> None:
    """``C`` and ``K``: a habit of all its rows, which the truth table does not list."""
    database = province.home / "demo" / "mot_cua_2017.db"
    wanted = {
        str(key): "online" if online == "C" else "postal" if postal == "C" else "direct"
        for key, online, postal in ask(database, "SELECT ID, TRUCTUYEN, BUUCHINH FROM TB_HOSO")
    }
    with shared_rows(province, "service_case") as connection:
        rows = connection.execute(
            "SELECT source_key, channel FROM served WHERE source_system = 'mot_cua_2017'"
        ).fetchall()
    assert rows == [(key, wanted[key]) for key, _channel in rows]
    assert {channel for _key, channel in rows} == {"online", "postal", "direct"}


def test_the_sample_is_read_from_where_it_was_made(province: Platform) -> None:
    read = sum(account.read for account in latest(province, "service_case").accounts)
    assert read > CASES
    assert (Path(province.home) / "demo" / "igate.db").is_file()
