"""Documents, staff, budget and infrastructure as the sample makes them: complete, the same
every time, and what must never be read out of reach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from demo import canaries
from demo.planting import Fault
from demo.sectors import ccvc, edoc_axis, gis, ioffice, tabmis
from demo.system import World
from demo.truth import Outcome
from standardization.sources import open_reader
from tests.sectors.making import UNITS, Made, made

_WORLD = World(7, 0.01, UNITS)
FAULTS: Mapping[str, tuple[Fault, ...]] = {
    edoc_axis.NAME: edoc_axis.faults(_WORLD),
    ioffice.NAME: ioffice.faults(10),
    ccvc.NAME: ccvc.faults(),
    tabmis.NAME: tabmis.faults(),
    gis.NAME: gis.faults(),
}
SYSTEMS = [module.SYSTEM for module in (edoc_axis, ioffice, ccvc, tabmis, gis)]
TOTALS = {"chapter_total", "grand_total"}
# Tables that a mapping only looks into, or that are there and read by none.
UNPLANTED = {"DM_DON_VI", "VAN_BAN"}


@pytest.fixture(scope="module", params=SYSTEMS, ids=lambda system: str(system.name))
def sample(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made(request.param, tmp_path_factory.mktemp(request.param.name))


def test_the_smallest_sample_holds_every_fault(sample: Made) -> None:
    planned = Counter(fault.name for fault in FAULTS[sample.system.name])
    planted = {fault.fault for fault in sample.truth} - TOTALS
    assert planted == planned.keys()
    assert {fault.expected_outcome for fault in sample.truth} == set(Outcome) - {Outcome.KEPT}


def test_every_table_that_is_read_has_its_faults(sample: Made) -> None:
    assert {fault.table_name for fault in sample.truth} == sample.tables.keys() - UNPLANTED


def test_what_must_never_be_read_is_there_and_no_reader_has_it(sample: Made) -> None:
    whole = [never.table for never in sample.source.never if not never.columns]
    assert whole
    with open_reader(sample.source, sample.address) as reader:
        for table in whole:
            assert table not in reader.tables()
            with pytest.raises(KeyError):
                reader.schema(table)
            with pytest.raises(KeyError):
                reader.read(table.lower(), ["ID"])
    assert canaries.NAME not in repr(sample.tables)


def test_the_register_is_read_without_abstracts_and_signers(tmp_path: Path) -> None:
    sample = made(ioffice.SYSTEM, tmp_path)
    columns = set(sample.tables["VAN_BAN"][0])
    assert columns == {"ID", "ID_DON_VI", "SO_KY_HIEU", "NGAY_VB", "DO_KHAN"}


def test_agencies_report_only_while_they_are_there(tmp_path: Path) -> None:
    sample = made(edoc_axis.SYSTEM, tmp_path)
    planted = {fault.key for fault in sample.truth}
    rows = [r for r in sample.tables["THONG_KE_THANG"] if str(r["ID"]) not in planted]
    before = {str(r["MaDinhDanh"]) for r in rows if r["Thang"] == "06/2025"}
    after = {str(r["MaDinhDanh"]) for r in rows if r["Thang"] == "07/2025"}
    assert any(code.startswith("H58") for code in before)
    assert not any(code.startswith("H58") for code in after)
    assert len(after) > 102


def test_totals_of_the_budget_are_told_and_are_sums(tmp_path: Path) -> None:
    sample = made(tabmis.SYSTEM, tmp_path)
    rows = sample.tables["bao_cao_chi"]
    told = {fault.key for fault in sample.truth if fault.fault in TOTALS}
    totals = {str(row["Mã dòng"]) for row in rows if row["Mục / Mã"] is None} & told
    assert totals == told
    assert sample.rows == len(rows)
    august = [row for row in rows if row["trang"] == "T08-2025"]
    name, plan = "Mục / Nội dung", "Số tiền (đồng) / Dự toán năm"
    chapters = [row for row in august if str(row[name]).startswith("Cộng chương")]
    (grand,) = [row for row in august if row[name] == "TỔNG CỘNG"]
    assert len(chapters) == 12
    assert int(str(grand[plan])) == sum(int(str(row[plan])) for row in chapters)


def test_head_counts_begin_with_the_merger(tmp_path: Path) -> None:
    rows = made(ccvc.SYSTEM, tmp_path).tables["V_SO_LUONG"]
    periods = {str(row["KyBaoCao"]) for row in rows}
    assert {"Quý 3/2025", "Quý 3/2026"} <= periods
    assert not any(period.startswith(("Quý 1/2025", "Quý 2/2025")) for period in periods)
