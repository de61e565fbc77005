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
from demo.sectors import dirt
from demo.sectors.lists import left_out, plant, sums
from demo.sectors.offices import months
from demo.sectors.printed import head
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
_TITLES = ("ỦY BAN NHÂN DÂN TỈNH ĐỒNG THÁP", "BÁO CÁO THỰC HIỆN DỰ TOÁN CHI NGÂN SÁCH")
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
            told.append(left_out(NAME, TABLE, str(number), "chapter_total", "item_name"))
            number += 1
        ordered.append(_total(number, "TỔNG CỘNG", rows))
        told.append(left_out(NAME, TABLE, str(number), "grand_total", "item_name"))
        number += 1
        sheets[sheet] = ordered
    return told


def _total(number: int, name: str, rows: Sequence[Row]) -> Row:
    return {"ID": number, "item_name": name, **sums(rows, ("plan", "actual", "total"))}


def _workbook(sheets: Mapping[str, Sequence[Row]]) -> Workbook:
    book = openpyxl.Workbook()
    for title, rows in sheets.items():
        sheet: Worksheet = book.create_sheet(title)
        month = f"Tháng {title[1:3]} năm {title[4:]}"
        head(sheet, (*_TITLES, month), _HEADER, _MERGED)
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
    return dirt.faults(
        (
            ("loose_spaces", 0.004, fixed, "clean_text", dirt.loose("chapter", "chapter_code")),
            ("money_text", 0.004, fixed, "money_vnd", _money_text),
            ("null_word", 0.003, fixed, "null_word", dirt.null_word("plan", "plan_vnd")),
            ("unknown_chapter", 0.001, refused, "chapter_code.values",
             dirt.set_to("chapter", "chapter_code", "499", "413")),
            ("unknown_item", 0.001, refused, "item_code.values",
             dirt.set_to("item", "item_code", "9999")),
            ("missing_item", 0.001, refused, "item_code.required",
             dirt.set_to("item", "item_code", None)),
            ("formula_error", 0.001, refused, "actual_vnd.readable",
             dirt.set_to("actual", "actual_vnd", "#REF!", "#VALUE!")),
            ("negative_plan", 0.001, refused, "plan_vnd.range",
             dirt.set_to("plan", "plan_vnd", -5_000_000)),
            ("month_over_year", 0.001, refused, "month_within_year",
             dirt.more_than("actual", "total", "actual_vnd")),
            ("duplicate_key", 0.001, refused, "primary_key.unique",
             dirt.older_copy("ID", "period", updated="2025-01-01 00:00:00")),
            ("over_plan", 0.002, suspect, "over_plan", _over_plan),
            ("recovered", 0.002, suspect, "recovered",
             dirt.set_to("actual", "actual_vnd", -4_200_000, -350_000)),
            ("provisional", 0.003, excluded, "provisional", dirt.set_to("note", "", "Tạm tính")),
        )
    )  # fmt: skip


SYSTEM = System(NAME, make, database=False)
