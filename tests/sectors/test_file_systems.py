"""Systems that send files as people save them: each as the sample makes it, complete, the same
every time, laid out as its module says, and what must never be read out of reach."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
import xlrd

from demo import canaries, vni
from demo.planting import Fault
from demo.sectors import pharmacy, salinity, trong_trot, vnedu_reports, vnedu_schools
from demo.system import World
from demo.truth import Outcome
from standardization.sources import open_reader
from tests.sectors.making import UNITS, Made, made

_WORLD = World(7, 0.01, UNITS)
FAULTS: Mapping[str, tuple[Fault, ...]] = {
    trong_trot.NAME: trong_trot.faults(_WORLD),
    salinity.NAME: (*salinity.faults(), *salinity.point_faults(_WORLD)),
    pharmacy.NAME: pharmacy.faults(),
    vnedu_reports.NAME: vnedu_reports.faults(),
}
TOTALS = {"province_total", "commune_total", "level_total", "grand_total"}
SYSTEMS = [trong_trot.SYSTEM, salinity.SYSTEM, pharmacy.SYSTEM, vnedu_reports.SYSTEM]


@pytest.fixture(scope="module", params=SYSTEMS, ids=lambda system: str(system.name))
def sample(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made(request.param, tmp_path_factory.mktemp(request.param.name))


def test_the_smallest_sample_holds_every_fault(sample: Made) -> None:
    planned = {fault.name for fault in FAULTS[sample.system.name]}
    assert {fault.fault for fault in sample.truth} - TOTALS == planned
    assert {fault.expected_outcome for fault in sample.truth} >= set(Outcome) - {Outcome.KEPT}


def test_what_must_never_be_read_is_there_and_no_reader_has_it(sample: Made) -> None:
    assert sample.source.never
    with open_reader(sample.source, sample.address) as reader:
        for never in sample.source.never:
            if never.columns:
                assert not {*never.columns} & {*reader.schema(never.table).names}
            else:
                assert never.table not in reader.tables()
            with pytest.raises(KeyError):
                reader.read(never.table, [*never.columns] or ["ID"])
    assert canaries.NAME not in repr(sample.tables)


def test_totals_of_the_crops_are_sums_and_are_told(tmp_path: Path) -> None:
    sample = made(trong_trot.SYSTEM, tmp_path)
    rows = sample.tables[trong_trot.TABLE]
    totals = [row for row in rows if row["Xã, phường"] == "Cộng toàn tỉnh"]
    told = [fault for fault in sample.truth if fault.fault in TOTALS]
    assert len(totals) == len(told) == 5 * 3 + 5
    dirty = {fault.key for fault in sample.truth}
    assert sum(row["TT"] not in dirty for row in rows) > 0.9 * len(rows)
    coconuts = [row for row in rows if row["Cây trồng"] == "Dừa"]
    assert len(coconuts) == len(UNITS.current) + 1


def test_areas_and_yields_make_the_production_of_every_sound_row(tmp_path: Path) -> None:
    sample = made(trong_trot.SYSTEM, tmp_path)
    dirty = {fault.key for fault in sample.truth}
    sound = [row for row in sample.tables[trong_trot.TABLE] if row["TT"] not in {*dirty, ""}]

    def number(cell: object) -> float:
        return float(str(cell).replace(".", "").replace(",", "."))

    for row in sound:
        area, rate = number(row[trong_trot.HARVESTED]), number(row[trong_trot.YIELD])
        assert area <= number(row[trong_trot.PLANTED])
        assert number(row[trong_trot.PRODUCTION]) == pytest.approx(area * rate / 10, abs=0.06)


def test_the_log_is_in_vni_and_only_of_the_dry_seasons(tmp_path: Path) -> None:
    sample = made(salinity.SYSTEM, tmp_path)
    dirty = {fault.key for fault in sample.truth if fault.table_name == salinity.LOG}
    rows = [row for row in sample.tables[salinity.LOG] if row["ID"] not in dirty]
    points = {row["TENDIEM"] for row in sample.tables["diem_do"]}
    assert vni.encode("Điểm đo Vàm Kênh") in points
    assert {row["DIEM"] for row in rows} <= points
    assert {str(row["NGAY"])[3:5] for row in rows} <= {f"0{month}" for month in range(1, 7)}
    assert {row["DONVI"] for row in rows} == {"g/l"}
    assert all("," in str(row["DOMAN"]) for row in rows)


def test_a_bigger_sample_measures_more_often(tmp_path: Path) -> None:
    usual, more = (made(salinity.SYSTEM, tmp_path / str(n), scale=n) for n in (1, 4))
    assert 3.9 * usual.rows < more.rows < 4.1 * usual.rows


def test_the_pharmacies_are_laid_out_as_people_print_them(tmp_path: Path) -> None:
    sample = made(pharmacy.SYSTEM, tmp_path)
    file = tmp_path / pharmacy.NAME / pharmacy.FILE
    assert file.read_bytes()[:4] == bytes.fromhex("d0cf11e0")
    book = xlrd.open_workbook(file, formatting_info=True)
    hidden = [sheet.name for sheet in book.sheets() if sheet.visibility]
    first = book.sheet_by_name(pharmacy.KINDS[0])
    assert hidden == ["Tham số"]
    assert first.merged_cells
    assert "Người lập biểu" in first.col_values(0)
    with open_reader(sample.source, sample.address) as reader:
        assert reader.tables() == (pharmacy.TABLE,)
        names = reader.schema(pharmacy.TABLE).names
    assert "Giấy chứng nhận ĐĐKKDD / Số" in names
    assert "Theo dõi nội bộ" not in names


def test_every_commune_of_the_pharmacies_has_its_total(tmp_path: Path) -> None:
    sample = made(pharmacy.SYSTEM, tmp_path)
    rows = sample.tables[pharmacy.TABLE]
    assert len(rows) == sample.rows
    totals = [row for row in rows if row["TT"] is None]
    grand = [row for row in totals if row["Tên cơ sở"] == "Tổng cộng"]
    shops = {row["loai"]: row["Địa chỉ"] for row in grand}
    assert shops == {
        kind: f"{sum(row['loai'] == kind for row in rows if row['TT'] is not None)} cơ sở"
        for kind in pharmacy.KINDS
    }
    assert {str(row["xa"])[-6:-1] for row in totals} == set(UNITS.current)


def test_the_terms_are_sheets_and_the_totals_of_their_levels_sums(tmp_path: Path) -> None:
    sample = made(vnedu_reports.SYSTEM, tmp_path)
    with open_reader(sample.source, sample.address) as reader:
        assert reader.tables() == (vnedu_reports.TABLE,)
    rows = sample.tables[vnedu_reports.TABLE]
    assert len(rows) == sample.rows
    assert {row["ky"] for row in rows} == {
        f"HK{term} {year}" for term in (1, 2) for year in vnedu_schools.YEARS[:2]
    }
    first = [row for row in rows if row["ky"] == f"HK1 {vnedu_schools.YEARS[0]}"]
    levels = [row for row in first if str(row["Trường / Tên"]).startswith("Cộng ")]
    (grand,) = (row for row in first if row["Trường / Tên"] == "TỔNG CỘNG")
    assert len(levels) == 5
    assert int(str(grand["Giáo viên"])) == sum(int(str(row["Giáo viên"])) for row in levels)
