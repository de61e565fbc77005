"""The expenditure report that the treasury's TABMIS exports: one workbook, a sheet per month.

Laid out as people print it: title rows, a header of two merged rows, a row of column numbers,
totals among the detail, and a sheet of transfers that nothing of the platform may read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from random import Random

import openpyxl
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from demo import canaries
from demo.planting import Fault, Planted, becomes
from demo.sectors.offices import (
    fault,
    loose,
    months,
    more_than,
    no_value,
    older_copy,
    plant,
    put,
)
from demo.store import Row
from demo.system import Place, System, World
from demo.truth import Outcome, PlantedFault

NAME, TABLE, FILE, TRANSFERS = "tabmis", "bao_cao_chi", "bao_cao_chi.xlsx", "Chuyen_khoan"
_COLUMNS = (
    *("ID", "chapter", "chapter_name", "item", "item_name", "plan", "actual", "total"),
    *("note", "updated"),
)
_HEADER = (
    *(("Mã dòng", "Mã dòng"), ("Chương", "Mã"), ("Chương", "Tên chương"), ("Mục", "Mã")),
    *(("Mục", "Nội dung"), ("Số tiền (đồng)", "Dự toán năm"), ("Số tiền (đồng)", "Trong tháng")),
    *(("Số tiền (đồng)", "Lũy kế"), ("Ghi chú", "Ghi chú"), ("Ngày cập nhật", "Ngày cập nhật")),
)
_MERGED = ("A5:A6", "B5:C5", "D5:E5", "F5:H5", "I5:I6", "J5:J6")
_CHAPTERS = {
    "405": "Văn phòng UBND tỉnh",
    "412": "Sở Nông nghiệp và Môi trường",
    "414": "Sở Tư pháp",
    "416": "Sở Công Thương",
    "417": "Sở Khoa học và Công nghệ",
    "418": "Sở Tài chính",
    "419": "Sở Xây dựng",
    "422": "Sở Giáo dục và Đào tạo",
    "423": "Sở Y tế",
    "425": "Sở Văn hóa, Thể thao và Du lịch",
    "435": "Sở Nội vụ",
    "437": "Thanh tra tỉnh",
}
# Millions of đồng that an agency of usual size plans for the year.
_ITEMS = {
    "6000": ("Tiền lương", 9_000),
    "6050": ("Tiền công trả cho lao động hợp đồng", 900),
    "6100": ("Phụ cấp lương", 3_500),
    "6200": ("Tiền thưởng", 400),
    "6250": ("Phúc lợi tập thể", 250),
    "6300": ("Các khoản đóng góp", 2_100),
    "6500": ("Thanh toán dịch vụ công cộng", 800),
    "6550": ("Vật tư văn phòng", 350),
    "6600": ("Thông tin, tuyên truyền, liên lạc", 500),
    "6650": ("Hội nghị", 600),
    "6700": ("Công tác phí", 450),
    "6750": ("Chi phí thuê mướn", 700),
    "6900": ("Sửa chữa, duy tu tài sản", 1_200),
    "6950": ("Mua sắm tài sản", 1_500),
    "7000": ("Chi phí nghiệp vụ chuyên môn", 4_000),
    "7750": ("Chi khác", 300),
}
_FIRST_TOTAL = 900_001


def make(world: World, place: Place) -> int:
    """Write the workbook; gives the number of its rows, totals included."""
    rows, truths = plant(world, NAME, TABLE, "ID", list(_details(world)), faults())
    sheets: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        sheets[str(row["sheet"])].append(row)
    totals = _add_totals(sheets)
    with place.folder() as folder:
        _workbook(sheets).save(folder / FILE)
    place.tell(truths)
    place.tell(totals)
    return sum(map(len, sheets.values()))


def _details(world: World) -> Iterator[Row]:
    rng, number = world.rng(NAME, 1), 0
    size = dict(zip(_CHAPTERS, rng.uniform(0.5, 2.5, len(_CHAPTERS)).tolist(), strict=True))
    spent: dict[tuple[str, str], int] = {}
    for first in months():
        year, month, _day = map(int, str(first).split("-"))
        if month == 1:
            spent.clear()
        for chapter, chapter_name in _CHAPTERS.items():
            for item, (item_name, usual) in _ITEMS.items():
                number += 1
                plan = round(usual * size[chapter]) * 1_000_000
                # Never more than a twelfth of the plan, so that only planted rows go beyond it.
                actual = int(plan / 12 * rng.uniform(0.55, 1.0)) // 1000 * 1000
                spent[chapter, item] = spent.get((chapter, item), 0) + actual
                yield {
                    "sheet": f"T{month:02}-{year}",
                    "ID": number,
                    "chapter": chapter,
                    "chapter_name": chapter_name,
                    "item": item,
                    "item_name": item_name,
                    "plan": plan,
                    "actual": actual,
                    "total": spent[chapter, item],
                    "note": None,
                    "updated": f"{first.astype('datetime64[M]') + 1}-10 10:00:00",
                }


def _add_totals(sheets: dict[str, list[Row]]) -> list[PlantedFault]:
    """Put each chapter's total below its rows and the grand total at the end of every sheet;
    gives the truth about them."""
    told, number = list[PlantedFault](), _FIRST_TOTAL
    for sheet, rows in sheets.items():
        ordered: list[Row] = []
        for chapter in _CHAPTERS:
            mine = [row for row in rows if str(row["chapter_name"]) == _CHAPTERS[chapter]]
            ordered += [*mine, _total(number, f"Cộng chương {chapter}", mine)]
            told.append(_left_out(number, "chapter_total"))
            number += 1
        ordered.append(_total(number, "TỔNG CỘNG", rows))
        told.append(_left_out(number, "grand_total"))
        number += 1
        sheets[sheet] = ordered
    return told


def _total(number: int, name: str, rows: Sequence[Row]) -> Row:
    sums: Row = {
        column: sum(int(row[column] or 0) for row in rows if isinstance(row[column], int))
        for column in ("plan", "actual", "total")
    }
    return {"ID": number, "item_name": name, **sums}


def _left_out(number: int, rule: str) -> PlantedFault:
    key = (NAME, TABLE, str(number), str(number))
    return PlantedFault(*key, rule, Outcome.EXCLUDED, rule, "item_name", "", False, None)


def _workbook(sheets: Mapping[str, Sequence[Row]]) -> Workbook:
    book = openpyxl.Workbook()
    for title, rows in sheets.items():
        sheet: Worksheet = book.create_sheet(title)
        _head(sheet, title)
        for row in rows:
            sheet.append([row.get(column) for column in _COLUMNS])
    # One payee is the canary, so that a reading of this sheet shows.
    transfers: Worksheet = book.create_sheet(TRANSFERS)
    transfers.append(["Mã dòng", "Người nhận", "Số tài khoản", "Số tiền"])
    transfers.append([1, canaries.NAME, "0701000012345", 12_500_000])
    parameters: Worksheet = book.create_sheet("Tham so")
    parameters.append(["Kỳ", "Người lập"])
    parameters.sheet_state = "hidden"
    del book["Sheet"]
    return book


def _head(sheet: Worksheet, title: str) -> None:
    sheet.append(["ỦY BAN NHÂN DÂN TỈNH ĐỒNG THÁP"])
    sheet.append(["BÁO CÁO THỰC HIỆN DỰ TOÁN CHI NGÂN SÁCH"])
    sheet.append([f"Tháng {title[1:3]} năm {title[4:]}"])
    sheet.append([])
    sheet.append([upper for upper, _lower in _HEADER])
    sheet.append([lower for _upper, lower in _HEADER])
    for cells in _MERGED:
        sheet.merge_cells(cells)
    sheet.append([f"({n})" for n in range(1, len(_HEADER) + 1)])


def _money_text(row: Row, rng: Random) -> Planted:
    del rng
    clean = int(row["actual"] or 0)
    row["actual"] = f"{clean:,} đ".replace(",", ".")
    return becomes("actual", "actual_vnd", str(clean))


def _over_plan(row: Row, rng: Random) -> Planted:
    row["total"] = int(row["plan"] or 0) + rng.randrange(1, 900) * 1_000_000
    return Planted("total", "cumulative_vnd")


def faults() -> tuple[Fault, ...]:
    """Every fault of the report's detail."""
    fixed, refused = Outcome.FIXED, Outcome.QUARANTINED
    suspect, excluded = Outcome.SUSPECT, Outcome.EXCLUDED
    return (
        fault("loose_spaces", 0.004, fixed, "clean_text", loose("chapter", "chapter_code")),
        fault("money_text", 0.004, fixed, "money_vnd", _money_text),
        fault("null_word", 0.003, fixed, "null_word", no_value("plan", "plan_vnd")),
        fault(
            "unknown_chapter",
            0.001,
            refused,
            "chapter_code.values",
            put("chapter", "chapter_code", "499", "413"),
        ),
        fault("unknown_item", 0.001, refused, "item_code.values", put("item", "item_code", "9999")),
        fault("missing_item", 0.001, refused, "item_code.required", put("item", "item_code", None)),
        fault(
            "formula_error",
            0.001,
            refused,
            "actual_vnd.readable",
            put("actual", "actual_vnd", "#REF!", "#VALUE!"),
        ),
        fault(
            "negative_plan", 0.001, refused, "plan_vnd.range", put("plan", "plan_vnd", -5_000_000)
        ),
        fault(
            "month_over_year",
            0.001,
            refused,
            "month_within_year",
            more_than("actual", "total", "actual_vnd"),
        ),
        fault(
            "duplicate_key",
            0.001,
            refused,
            "primary_key.unique",
            older_copy("ID", "period", updated="2025-01-01 00:00:00"),
        ),
        fault("over_plan", 0.002, suspect, "over_plan", _over_plan),
        fault(
            "recovered",
            0.002,
            suspect,
            "recovered",
            put("actual", "actual_vnd", -4_200_000, -350_000),
        ),
        fault("provisional", 0.003, excluded, "provisional", put("note", "", "Tạm tính")),
    )


SYSTEM = System(NAME, make, database=False)
