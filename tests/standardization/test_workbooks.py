"""Workbooks as people lay them out, in both formats."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt

from contracts.errors import Fault
from contracts.mappings import Sheet, Source
from standardization.sources import open_reader
from tests.standardization.factory import source

ROWS: list[list[Any]] = [
    ["UBND TỈNH ĐỒNG THÁP", None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
    ["DỰ TOÁN NGÂN SÁCH NĂM 2026"],
    [],
    ["STT", "Nội dung", "Dự toán", None, "Ghi\nchú", "Mật"],
    [None, None, "Thu", "Chi", None, None],
    ["(1)", "(2)", "(3)", "(4)=(3)-(2)", None, None],
    ["I. CẤP TỈNH"],
    [1, "Sở Y tế", 10.5, 7, "#N/A", "x"],
    [],
    ["II. CẤP XÃ"],
    [2, "Xã Mỹ Hạnh", 3, 4.0, date(2026, 3, 5), "x"],
    [None, "Cộng", 13.5, 11, None, None],
    ["Tổng cộng", None, 13.5, 11, None, None],
    ["Người lập biểu", "Nguyễn Văn A"],
]
MERGED = ["A1:C1", "D1:F1", "A2:F2", "A4:A5", "B4:B5", "C4:D4", "E4:E5", "F4:F5"]
NAMES = ["STT", "Nội dung", "Dự toán / Thu", "Dự toán / Chi", "Ghi chú"]
SHEET = Sheet(sheet="biểu *", until="^Tổng cộng$", skip="^Cộng$", section="cấp")


def write_xlsx(path: Path) -> str:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Biểu 01"
    for row in ROWS:
        sheet.append(row)
    for cells in MERGED:
        sheet.merge_cells(cells)
    sheet.column_dimensions["F"].hidden = True
    book.create_sheet("Nháp").sheet_state = "hidden"
    book.save(path)
    return f"xlsx:///{path}"


def write_xls(path: Path) -> str:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Biểu 01")
    style = xlwt.XFStyle()
    style.num_format_str = "DD/MM/YYYY"
    for number, row in enumerate(ROWS):
        for at, cell in enumerate(row):
            if cell is not None:
                sheet.write(number, at, cell, *([style] if isinstance(cell, date) else []))
    for top, bottom, left, right in (
        *((0, 0, 0, 2), (0, 0, 3, 5), (1, 1, 0, 5), (3, 4, 0, 0), (3, 4, 1, 1)),
        *((3, 3, 2, 3), (3, 4, 4, 4), (3, 4, 5, 5)),
    ):
        sheet.merged_ranges.append((top, bottom, left, right))
    sheet.col(5).hidden = True
    book.add_sheet("Nháp").visibility = 1
    book.save(str(path))
    return f"xls:///{path}"


@pytest.fixture(params=[write_xlsx, write_xls], ids=["xlsx", "xls"])
def dsn(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    address: str = request.param(tmp_path / f"book.{request.param.__name__[-4:].lstrip('_')}")
    return address


def rows(made: Source, dsn: str, table: str) -> list[tuple[str | None, ...]]:
    with open_reader(made, dsn) as reader:
        found = reader.read(table, reader.schema(table).names).read_all().to_pylist()
    return [tuple(row.values()) for row in found]


def test_titles_merged_headers_and_hidden_parts_are_found(dsn: str) -> None:
    with open_reader(source(), dsn) as reader:
        assert reader.tables() == ("Biểu 01",)
        assert reader.schema("Biểu 01").names == NAMES
    found = rows(source(), dsn, "Biểu 01")
    assert found[0] == ("I. CẤP TỈNH", None, None, None, None)
    assert found[1] == ("1", "Sở Y tế", "10.5", "7", "#N/A")
    assert found[3] == ("2", "Xã Mỹ Hạnh", "3", "4", "2026-03-05")
    assert len(found) == 7


def test_what_a_sheet_declares(dsn: str) -> None:
    made = source(sheets={"du_toan": SHEET})
    with open_reader(made, dsn) as reader:
        assert reader.tables() == ("du_toan",)
        assert reader.schema("du_toan").names == [*NAMES, "cấp"]
    assert rows(made, dsn, "du_toan") == [
        ("1", "Sở Y tế", "10.5", "7", "#N/A", "I. CẤP TỈNH"),
        ("2", "Xã Mỹ Hạnh", "3", "4", "2026-03-05", "II. CẤP XÃ"),
    ]


def test_a_header_can_be_said_and_the_sheet_told(dsn: str) -> None:
    sheet = Sheet(header_first=5, header_last=5, sheet="BIỂU 01", sheet_column="biểu")
    made = source(sheets={"t": sheet})
    assert rows(made, dsn, "t")[-1] == (None, None, "Biểu 01")
    with open_reader(made, dsn) as reader:
        assert reader.schema("t").names == ["Thu", "Chi", "biểu"]


def test_a_declared_sheet_that_is_not_there_is_no_table(dsn: str) -> None:
    made = source(sheets={"t": Sheet(sheet="Khác")})
    with open_reader(made, dsn) as reader:
        assert reader.tables() == ("Biểu 01",)
        with pytest.raises(KeyError):
            reader.schema("t")


def test_sheets_of_one_pattern_are_one_table(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for name, row in (("T1", ["Mã", "Số"]), ("T2", ["Số", "Mã"])):
        sheet = book.create_sheet(name)
        sheet.append(row)
        sheet.append(["1", "2"])
    book.save(tmp_path / "x.xlsx")
    made = source(sheets={"t": Sheet(sheet="t?", sheet_column="ky")})
    dsn = f"xlsx:///{tmp_path}/x.xlsx"
    assert rows(made, dsn, "t") == [("1", "2", "T1"), ("2", "1", "T2")]
    book["T2"]["A1"] = "Khác"
    book.save(tmp_path / "x.xlsx")
    with pytest.raises(Fault) as caught:
        rows(made, dsn, "t")
    assert (caught.value.check, caught.value.place.table) == ("source.unreadable", "T1")


def test_names_that_stand_twice_are_told_apart(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["Số", "Số", None, "Số"])
    book.worksheets[0].append([1, 2, 3, 4])
    book.save(tmp_path / "x.xlsx")
    with open_reader(source(), f"xlsx:///{tmp_path}/x.xlsx") as reader:
        assert reader.schema("Sheet").names == ["Số", "Số (2)", "Số (3)"]
        table = reader.read("Sheet", ["Số (3)"]).read_all()
    assert table.to_pylist() == [{"Số (3)": "4"}]


def test_an_xls_whose_size_is_no_multiple_of_a_sector(tmp_path: Path) -> None:
    dsn = write_xls(tmp_path / "book.xls")
    with (tmp_path / "book.xls").open("ab") as file:
        file.write(b"\0" * 50)
    assert len(rows(source(), dsn, "Biểu 01")) == 7


@pytest.mark.parametrize("share", [0.3, 0.9, 0.99])
def test_a_file_that_was_cut_is_unreadable(dsn: str, share: float) -> None:
    path = Path(dsn.partition(":///")[2])
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(Fault) as caught:
        rows(source(), dsn, "Biểu 01")
    assert caught.value.check == "source.unreadable"


def test_an_empty_sheet_is_unreadable(tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "x.xlsx")
    with pytest.raises(Fault) as caught:
        rows(source(), f"xlsx:///{tmp_path}/x.xlsx", "Sheet")
    assert caught.value.check == "source.unreadable"


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("standardization.sources.xlsx._UNPACKED", 1_000_000)
    with zipfile.ZipFile(tmp_path / "x.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 2_000_000)
    with pytest.raises(Fault) as caught:
        rows(source(), f"xlsx:///{tmp_path}/x.xlsx", "Sheet")
    assert caught.value.check == "source.unreadable"
