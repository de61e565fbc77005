"""vnEdu as the sample makes it, what is served of it, and its pupils out of reach."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo import canaries
from demo.sectors import vnedu, vnedu_reports, vnedu_schools
from demo.system import Place, World
from demo.truth import Outcome
from orchestration.platform import Platform
from standardization.sources import open_reader
from tests.orchestration.homes import bring, latest, platform_of, shared_rows
from tests.orchestration.leaks import leaks_below
from tests.sectors.making import UNITS, Made, made

SCALE = 0.04
SCHOOLS, STATISTICS = "education_institution", "education_statistics"
TABLES = ("TRUONG", "BAO_CAO_SI_SO", "HOC_SINH", "GIAO_VIEN")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made(vnedu.SYSTEM, tmp_path_factory.mktemp("vnedu") / "demo", scale=SCALE)


@pytest.fixture(scope="module")
def served(sample: Made) -> Platform:
    """Schools and statistics of the sample, released; the end-of-term report counts them too."""
    place = Place(sample.home, vnedu_reports.NAME, [].extend)
    vnedu_reports.SYSTEM.make(World(7, 0.04, UNITS), place)
    platform = platform_of(sample.home.parent)
    for outcome in bring(platform, ("administrative_unit", SCHOOLS, STATISTICS)).values():
        assert outcome.good, [(fault.check, fault.values) for fault in outcome.faults]
    return platform


def test_the_sample_holds_every_fault_and_no_row_two(sample: Made) -> None:
    world = World(7, SCALE, UNITS)
    planned = {fault.name for fault in (*vnedu_schools.faults(world), *vnedu.faults())}
    assert {fault.fault for fault in sample.truth} == planned
    assert {fault.expected_outcome for fault in sample.truth} == set(Outcome) - {Outcome.SUSPECT}
    keys = [(fault.table_name, fault.key) for fault in sample.truth]
    assert len(keys) == len(set(keys))


def test_the_same_seed_gives_the_same_rows(sample: Made, tmp_path: Path) -> None:
    again = made(vnedu.SYSTEM, tmp_path / "again", scale=SCALE)
    other = made(vnedu.SYSTEM, tmp_path / "other", seed=8, scale=SCALE)
    for table in TABLES:
        rows = f'SELECT * FROM "{table}" ORDER BY ID'
        assert sample.ask(rows) == again.ask(rows)
        assert sample.ask(rows) != other.ask(rows)
    assert sample.truth == again.truth


def test_all_rows_are_counted(sample: Made) -> None:
    counted = [sample.ask(f'SELECT count(*) FROM "{table}"')[0][0] for table in TABLES]
    assert sum(int(str(count)) for count in counted) == sample.rows


def test_the_pupils_are_there_and_no_reader_has_them(sample: Made) -> None:
    with open_reader(sample.source, sample.address) as reader:
        assert set(reader.tables()) == {"TRUONG", "BAO_CAO_SI_SO"}
        for table in ("HOC_SINH", "GIAO_VIEN"):
            assert (canaries.NAME,) in sample.ask(f"SELECT HoTen FROM {table}")
            with pytest.raises(KeyError):
                reader.read(table, ["HoTen"])


def test_nothing_of_a_pupil_or_teacher_is_outside_the_school(served: Platform) -> None:
    assert leaks_below(served.home / "demo")
    assert leaks_below(served.home, (served.home / "demo",)) == {}


def test_every_commune_has_a_school_and_a_school_may_have_two_levels(served: Platform) -> None:
    with shared_rows(served, SCHOOLS) as connection:
        communes = connection.execute(
            "SELECT DISTINCT admin_unit_code FROM served WHERE valid_to IS NULL"
        ).fetchall()
        levels = connection.execute("SELECT DISTINCT school_levels FROM served").fetchall()
    assert {code for (code,) in communes} == set(UNITS.current)
    assert (["tieu_hoc", "thcs"],) in levels


def test_statistics_name_no_group_of_few_pupils(served: Platform) -> None:
    with shared_rows(served, STATISTICS) as connection:
        found = connection.execute(
            "SELECT min(pupils), count(DISTINCT school_year), count(DISTINCT unit_code) FROM served"
        ).fetchall()
    assert found[0][0] >= 10
    assert found[0][1:] == (3, len(UNITS.current))


def test_a_sudden_change_of_pupils_is_told_and_stops_nothing(served: Platform) -> None:
    told = {result.check: result for result in latest(served, STATISTICS).verdict.results}
    result = told["pupils_change_slowly"]
    assert not result.passed
    assert not latest(served, STATISTICS).verdict.refused_by


def test_schools_open_their_phone_but_not_their_principal(served: Platform) -> None:
    contract = served.dataset(SCHOOLS).contract
    closed = {column.name for column in contract.columns if column.classification.value != "public"}
    assert closed == {"principal_name"}
