"""HIS as the sample makes it, the visits counted from it, and its patients out of reach."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo import canaries
from demo.sectors import his, his_facilities, his_faults, pharmacy
from demo.system import Place, World
from demo.truth import Outcome
from orchestration.platform import Platform
from standardization.sources import open_reader
from tests.orchestration.homes import UNITS as UNIT_LISTS
from tests.orchestration.homes import bring, latest, platform_of, shared_rows
from tests.orchestration.leaks import leaks_below
from tests.sectors.making import UNITS, Made, made

SCALE = 0.04
FACILITIES, STATISTICS = "health_facility", "health_encounter_statistics"
PERSONAL = ("HO_TEN", "SO_CCCD", "MA_THE_BHYT", "DIEN_THOAI", "DIA_CHI", "CHAN_DOAN")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made(his.SYSTEM, tmp_path_factory.mktemp("his") / "demo", scale=SCALE)


@pytest.fixture(scope="module")
def counted(sample: Made) -> Platform:
    """The smallest sample's visits, counted; pharmacies are in the list of facilities too."""
    place = Place(sample.home, pharmacy.NAME, [].extend)
    pharmacy.SYSTEM.make(World(7, 0.04, UNITS), place)
    platform = platform_of(sample.home.parent)
    for outcome in bring(platform, (*UNIT_LISTS, FACILITIES, STATISTICS)).values():
        assert outcome.good, [(fault.check, fault.values) for fault in outcome.faults]
    return platform


def test_the_smallest_sample_holds_every_fault_and_no_row_two(sample: Made) -> None:
    world = World(7, SCALE, UNITS)
    planned = {fault.name for fault in (*his_facilities.faults(world), *his_faults.faults())}
    assert {fault.fault for fault in sample.truth} == planned
    assert {fault.expected_outcome for fault in sample.truth} == set(Outcome)
    keys = [(fault.table_name, fault.key) for fault in sample.truth]
    assert len(keys) == len(set(keys))


def test_the_same_seed_gives_the_same_rows(sample: Made, tmp_path: Path) -> None:
    again = made(his.SYSTEM, tmp_path / "again", scale=SCALE)
    other = made(his.SYSTEM, tmp_path / "other", seed=8, scale=SCALE)
    for table in ("DM_CSKCB", "LUOT_KHAM", "BENH_NHAN"):
        rows = f'SELECT * FROM "{table}" ORDER BY ID'
        assert sample.ask(rows) == again.ask(rows)
        assert sample.ask(rows) != other.ask(rows)
    assert sample.truth == again.truth


def test_all_rows_are_counted(sample: Made) -> None:
    counts = [
        sample.ask(f'SELECT count(*) FROM "{table}"')[0][0]
        for table in ("DM_CSKCB", "LUOT_KHAM", "BENH_NHAN")
    ]
    assert sum(int(str(count)) for count in counts) == sample.rows


def test_every_commune_has_a_station_and_every_visit_a_facility(sample: Made) -> None:
    stations = sample.ask(
        "SELECT DISTINCT MA_XA FROM DM_CSKCB WHERE LOAI_HINH = 'Trạm y tế' AND HIEU_LUC_DEN IS NULL"
    )
    assert {str(code) for (code,) in stations} == set(UNITS.current)
    unknown = sample.ask(
        "SELECT DISTINCT MA_CSKCB FROM LUOT_KHAM WHERE MA_CSKCB NOT IN"
        " (SELECT MA_CSKCB FROM DM_CSKCB)"
    )
    assert unknown == [("82Z99",)]


def test_the_patients_are_there_and_no_reader_has_them(sample: Made) -> None:
    assert (canaries.NAME,) in sample.ask("SELECT HO_TEN FROM BENH_NHAN")
    assert (canaries.NAME,) in sample.ask("SELECT HO_TEN FROM LUOT_KHAM")
    with open_reader(sample.source, sample.address) as reader:
        assert set(reader.tables()) == {"DM_CSKCB", "LUOT_KHAM"}
        assert not set(PERSONAL) & {column.name for column in reader.schema("LUOT_KHAM")}
        with pytest.raises(KeyError):
            reader.read("benh_nhan", ["HO_TEN"])


def test_nothing_of_a_patient_is_outside_the_hospital(counted: Platform) -> None:
    assert leaks_below(counted.home / "demo")
    assert leaks_below(counted.home, (counted.home / "demo",)) == {}


def test_every_visit_is_accounted_for(counted: Platform, sample: Made) -> None:
    (account,) = latest(counted, STATISTICS).accounts
    ((visits,),) = sample.ask("SELECT count(*) FROM LUOT_KHAM")
    assert account.balanced
    assert account.read == visits
    assert account.excluded_by.keys() == {"cancelled", "test_record"}


def test_what_is_served_hides_small_cells_and_shows_most_visits(counted: Platform) -> None:
    with shared_rows(counted, STATISTICS) as connection:
        ask = "SELECT sum(encounters), min(encounters), count(*) FROM served WHERE "
        unit = connection.execute(f"{ask} unit_code <> '_T'").fetchall()[0]
        band = connection.execute(f"{ask} age_band <> '_T'").fetchall()[0]
    read = latest(counted, STATISTICS).accounts[0].accepted
    for shown, least, cells in (unit, band):
        assert shown >= 0.8 * read
        assert least >= 10
        assert cells > 250


def test_facilities_open_their_phone_but_not_their_head(counted: Platform) -> None:
    contract = counted.dataset(FACILITIES).contract
    closed = {column.name for column in contract.columns if column.classification.value != "public"}
    assert closed == {"head_name"}
