"""ORM as the sample makes it: complete, the same every time, and its guests out of reach."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo import canaries
from demo.sectors import lodging_register, orm
from demo.system import World
from demo.truth import Outcome
from standardization.sources import open_reader
from tests.sectors.making import UNITS, Made, made


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made(orm.SYSTEM, tmp_path_factory.mktemp("orm"))


def test_the_smallest_sample_holds_every_fault(sample: Made) -> None:
    world = World(7, 0.01, UNITS)
    planned = {fault.name for fault in (*lodging_register.faults(world), *orm.faults())}
    assert {fault.fault for fault in sample.truth} == planned
    assert {fault.expected_outcome for fault in sample.truth} == set(Outcome)


def test_the_same_seed_gives_the_same_rows(sample: Made, tmp_path: Path) -> None:
    again, other = (
        made(orm.SYSTEM, tmp_path / "again"),
        made(orm.SYSTEM, tmp_path / "other", seed=8),
    )
    for table in ("CO_SO_LUU_TRU", "TONG_HOP_NGAY", "KHACH_LUU_TRU"):
        rows = f'SELECT * FROM "{table}" ORDER BY ID'
        assert sample.ask(rows) == again.ask(rows)
        assert sample.ask(rows) != other.ask(rows)
    assert sample.truth == again.truth


def test_all_rows_are_counted(sample: Made) -> None:
    tables = ("CO_SO_LUU_TRU", "TONG_HOP_NGAY", "KHACH_LUU_TRU")
    counted = [sample.ask(f'SELECT count(*) FROM "{table}"')[0][0] for table in tables]
    assert sum(int(str(count)) for count in counted) == sample.rows


def test_a_fault_of_the_register_costs_no_daily_summary(sample: Made) -> None:
    harmed = {
        str(fault.business_key) for fault in sample.truth if fault.table_name == "CO_SO_LUU_TRU"
    }
    senders = {str(code) for (code,) in sample.ask("SELECT DISTINCT MaCoSo FROM TONG_HOP_NGAY")}
    assert harmed
    assert not harmed & senders


def test_the_guests_are_there_and_no_reader_has_them(sample: Made) -> None:
    assert (canaries.NAME,) in sample.ask("SELECT HoTen FROM KHACH_LUU_TRU")
    with open_reader(sample.source, sample.address) as reader:
        assert set(reader.tables()) == {"CO_SO_LUU_TRU", "TONG_HOP_NGAY"}
        with pytest.raises(KeyError):
            reader.schema("KHACH_LUU_TRU")
        with pytest.raises(KeyError):
            reader.read("khach_luu_tru", ["HoTen"])
