"""The pharmacy system's register, printed to a legacy XLS workbook (BIFF) for the department.

Title rows, a header of two merged rows, communes as headings, totals among the rows and
signatures below them; one sheet a kind of shop, a hidden sheet, a hidden column. What was sold on
prescription is in a sheet of its own, which nothing of the platform may read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from random import Random

import numpy as np
import xlwt

from demo import canaries, text_dirt
from demo.people import draw_people
from demo.planting import Fault, Planted, becomes
from demo.sectors import dirt
from demo.sectors.lists import left_out, plant
from demo.store import Cell, Row
from demo.system import Place, System, World
from demo.truth import Outcome, PlantedFault
from demo.workdays import MERGER, NOW

NAME, TABLE, FILE = "pharmacy", "co_so_duoc", "danh_sach_nha_thuoc.xls"
PRESCRIPTIONS = "Bán theo đơn"
KINDS = ("Nhà thuốc", "Quầy thuốc")
_HEADER = (
    *(("TT", "TT"), ("Mã cơ sở", "Mã cơ sở"), ("Tên cơ sở", "Tên cơ sở")),
    *(("Giấy chứng nhận ĐĐKKDD", "Số"), ("Giấy chứng nhận ĐĐKKDD", "Ngày cấp")),
    *(("Người phụ trách chuyên môn", "Họ tên"), ("Người phụ trách chuyên môn", "Số CCCD")),
    *(("Địa chỉ", "Địa chỉ"), ("Điện thoại", "Điện thoại"), ("Loại hình", "Loại hình")),
    *(("GPP đến ngày", "GPP đến ngày"), ("Ngày thu hồi", "Ngày thu hồi")),
    *(("Ghi chú", "Ghi chú"), ("Cập nhật", "Cập nhật"), ("Theo dõi nội bộ", "Theo dõi nội bộ")),
)
_COLUMNS = (
    *("ID", "code", "name", "licence", "licensed_on", "head", "head_id", "address", "phone"),
    *("owner", "gpp_until", "revoked_on", "note", "updated", "internal"),
)
_MERGED = ((0, 0), (1, 1), (2, 2), (3, 4), (5, 6), *((at, at) for at in range(7, len(_COLUMNS))))
_FIRST_ROW = 6
_DATES = frozenset({"licensed_on", "gpp_until", "revoked_on"})
_BRANDS = ("Minh Châu", "An Khang", "Hồng Phúc", "Tâm An", "Thiên Ân", "Phú Mỹ", "Ngọc Lan",
           "Sông Tiền", "Gia Hưng", "Đức Thịnh", "Bình Minh", "Kim Ngân")  # fmt: skip
_OWNERS = ("Tư nhân", "Tư nhân", "Tư nhân", "Doanh nghiệp", "Bệnh viện")
_IN_WARD, _IN_COMMUNE = (7, 2), (1, 7)  # shops of each kind
_UPDATED = "2026-10-20 08:00:00"


def make(world: World, place: Place) -> int:
    """Write the workbook; gives the number of its rows, totals included."""
    rows, truths = plant(world, NAME, TABLE, "code", list(_shops(world)), faults())
    sheets = {kind: [row for row in rows if row["kind"] == kind] for kind in KINDS}
    totals: list[str] = []
    book = xlwt.Workbook(encoding="utf-8")
    for kind, shops in sheets.items():
        totals += _write(book.add_sheet(kind), kind, shops)
    _hidden(book)
    with place.folder() as folder:
        book.save(str(folder / FILE))
    place.tell(truths)
    place.tell(map(_left_out, totals))
    return len(rows) + len(totals)


def _shops(world: World) -> Iterator[Row]:
    rng, number = world.rng(NAME, 1), 0
    plans = [
        (kind, f"{name} ({code})")
        for kind, shops in zip(KINDS, (0, 1), strict=True)
        for code, name in world.units.current.items()
        for _ in range((_IN_WARD if name.startswith("Phường") else _IN_COMMUNE)[shops])
    ]
    people = draw_people(rng, np.zeros(len(plans), dtype=np.int64), 87, old_cards=0.0)
    since = rng.integers(30, 4000, len(plans)).tolist()
    for number, (kind, commune) in enumerate(plans, start=1):
        licensed = NOW - since[number - 1]
        yield {
            "kind": kind,
            "commune": commune,
            "ID": number,
            "code": f"82-{number:05}",
            "name": f"{kind} {_BRANDS[number % len(_BRANDS)]} {number}",
            "licence": f"{number:04}/ĐKKDD-{'ĐT' if licensed >= MERGER else 'TG'}",
            "licensed_on": str(licensed),
            "head": people.names[number - 1],
            "head_id": canaries.IGATE[0].personal_id,
            "address": people.addresses[number - 1],
            "phone": f"02733{rng.integers(10**6):06}",
            "owner": _OWNERS[number % len(_OWNERS)],
            "gpp_until": str(NOW + 200 + number % 700),
            "revoked_on": None,
            "note": None,
            "updated": _UPDATED,
            "internal": "đã gọi điện",
        }


def _write(sheet: xlwt.Worksheet, kind: str, shops: Sequence[Row]) -> list[str]:
    """Lay one sheet out; gives the keys of its total rows."""
    _head(sheet, kind)
    at, totals = _FIRST_ROW, list[str]()
    for commune, found in groupby(sorted(shops, key=_commune), key=_commune):
        rows = list(found)
        sheet.write(at, 0, commune)
        for below, row in enumerate(rows, start=1):
            _put(sheet, at + below, row)
        at = _total(sheet, at + len(rows) + 1, f"Cộng {commune}", len(rows))
        totals.append(f"{kind} Cộng {commune}")
    at = _total(sheet, at, "Tổng cộng", len(shops))
    sheet.write(at + 1, 0, "Người lập biểu")
    sheet.write(at + 1, 7, "Thủ trưởng đơn vị")
    sheet.col(len(_COLUMNS) - 1).hidden = True
    return [*totals, f"{kind} Tổng cộng"]


def _commune(row: Row) -> str:
    return str(row["commune"])


def _head(sheet: xlwt.Worksheet, kind: str) -> None:
    last = len(_HEADER) - 1
    sheet.write_merge(0, 0, 0, 4, "SỞ Y TẾ TỈNH ĐỒNG THÁP")
    sheet.write_merge(1, 1, 0, last, f"DANH SÁCH {kind.upper()} ĐỦ ĐIỀU KIỆN KINH DOANH DƯỢC")
    sheet.write_merge(2, 2, 0, last, "(đến ngày 20/10/2026)")
    for first, end in _MERGED:
        upper, lower = _HEADER[first]
        if upper == lower:
            sheet.write_merge(3, 4, first, end, upper)
            continue
        sheet.write_merge(3, 3, first, end, upper)
        for column in range(first, end + 1):
            sheet.write(4, column, _HEADER[column][1])
    for column in range(len(_HEADER)):
        sheet.write(5, column, f"({column + 1})")


def _put(sheet: xlwt.Worksheet, at: int, row: Mapping[str, Cell]) -> None:
    style = xlwt.XFStyle()
    style.num_format_str = "DD/MM/YYYY"
    for column, name in enumerate(_COLUMNS):
        cell = row[name]
        if name in _DATES and isinstance(cell, str) and cell[4:5] == "-":
            sheet.write(at, column, date.fromisoformat(cell), style)
        elif cell is not None:
            sheet.write(at, column, cell)


def _total(sheet: xlwt.Worksheet, at: int, name: str, shops: int) -> int:
    """A total of shops, which stands where rows stand; gives the row below it."""
    sheet.write(at, 2, name)
    sheet.write(at, 7, f"{shops} cơ sở")
    return at + 1


def _hidden(book: xlwt.Workbook) -> None:
    # One buyer is the canary, so that a reading of this sheet shows.
    sold = book.add_sheet(PRESCRIPTIONS)
    for at, row in enumerate((("TT", "Người mua", "Thuốc"), (1, canaries.NAME, "Amoxicillin"))):
        for column, cell in enumerate(row):
            sold.write(at, column, cell)
    parameters = book.add_sheet("Tham số")
    parameters.write(0, 0, "Kỳ báo cáo")
    parameters.visibility = 1


def _left_out(key: str) -> PlantedFault:
    rule = "grand_total" if key.endswith("Tổng cộng") else "commune_total"
    return left_out(NAME, TABLE, key, rule, "name")


def _written_date(row: Row, rng: Random) -> Planted:
    """A day that was typed as text."""
    del rng
    clean = str(row["licensed_on"])
    row["licensed_on"] = f"{clean[8:]}/{clean[5:7]}/{clean[:4]}"
    return becomes("licensed_on", "licence_date", clean)


def _serial_date(row: Row, rng: Random) -> Planted:
    """A day whose cell lost its format: the number of the day remains."""
    del rng
    clean = str(row["licensed_on"])
    row["licensed_on"] = (date.fromisoformat(clean) - date(1899, 12, 30)).days
    return becomes("licensed_on", "licence_date", clean)


def _lost_zero(row: Row, rng: Random) -> Planted:
    """A phone that the spreadsheet took for a number."""
    number = 912_000_000 + rng.randrange(10**6)
    row["phone"] = number
    return becomes("phone", "phone", f"+84{number}")


def _revoked(row: Row, rng: Random) -> Planted:
    del rng
    row.update(licensed_on="2019-04-02", revoked_on="2026-05-11", note="Thu hồi")
    return becomes("note", "status", "closed")


def faults() -> tuple[Fault, ...]:
    """Every fault of the register."""
    return dirt.faults((*_repaired(), *_refused(), *_others()))


def _repaired() -> Iterable[dirt.Listed]:
    fixed, name = Outcome.FIXED, ("name", "name")
    return (
        ("nfd", 0.004, fixed, "clean_text", dirt.mutated(*name, text_dirt.decomposed)),
        ("loose_spaces", 0.006, fixed, "clean_text", dirt.mutated(*name, text_dirt.loose_spaces)),
        ("nbsp", 0.004, fixed, "clean_text", dirt.mutated(*name, text_dirt.no_break_space)),
        ("all_caps_name", 0.006, fixed, "person_name", dirt.capitals("head", "head_name")),
        ("old_phone", 0.004, fixed, "phone_e164", dirt.old_phone("phone", ("73", "273"))),
        ("phone_lost_zero", 0.006, fixed, "phone_e164", _lost_zero),
        ("date_as_text", 0.006, fixed, "parse_date", _written_date),
        ("date_as_number", 0.004, fixed, "parse_date", _serial_date),
        ("null_word", 0.004, fixed, "null_word", dirt.null_word("phone", "phone")),
    )


def _refused() -> Iterable[dirt.Listed]:
    refused = Outcome.QUARANTINED
    code, licence = ("code", "facility_code"), ("licence", "licence_no")
    return (
        ("bad_code", 0.002, refused, "facility_code.pattern", dirt.set_to(*code, "82-12", "NT 7")),
        ("clinic_code", 0.002, refused, "code_of_its_kind", dirt.set_to(*code, "87Z98")),
        ("no_licence", 0.003, refused, "pharmacy_is_licensed", dirt.set_to(*licence, None, "-")),
        ("odd_licence", 0.002, refused, "pharmacy_licence_form", dirt.set_to(*licence, "123/GP")),
        ("unknown_owner", 0.002, refused, "ownership.readable",
         dirt.set_to("owner", "ownership", "Hợp tác xã")),
        ("impossible_date", 0.002, refused, "licence_date.readable",
         dirt.set_to("licensed_on", "licence_date", "31/02/2020")),
        ("missing_name", 0.002, refused, "name.required", dirt.set_to("name", "name", None)),
        ("duplicate_key", 0.002, refused, "primary_key.unique",
         dirt.older_copy(*code, updated="2026-04-20 08:00:00")),
    )  # fmt: skip


def _others() -> Iterable[dirt.Listed]:
    return (
        ("struck_out", 0.003, Outcome.EXCLUDED, "struck_out",
         dirt.set_to("note", "", "Trùng, bỏ")),
        ("gpp_expired", 0.004, Outcome.SUSPECT, "gpp_expired",
         dirt.set_to("gpp_until", "", "2026-02-14")),
        ("revoked", 0.004, Outcome.KEPT, "", _revoked),
        ("formula_cell", 0.0, Outcome.KEPT, "", dirt.stands_as("name", "name", "=Nhà thuốc 24h")),
    )  # fmt: skip


SYSTEM = System(NAME, make, database=False)
