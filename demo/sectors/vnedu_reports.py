"""vnEdu's end-of-term report: one XLSX workbook, a sheet a term.

Laid out as people print it: title rows, a header of two merged rows, a row of column numbers, the
total of each level among the schools, signatures below. What pupils were given as marks is in a
sheet of its own, which nothing of the platform may read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from random import Random

import openpyxl
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from demo import canaries
from demo.planting import Fault, Planted, becomes
from demo.sectors import dirt
from demo.sectors.lists import left_out, plant, sums
from demo.sectors.printed import head
from demo.sectors.vnedu_schools import YEARS, School, register
from demo.store import Cell, Row
from demo.system import Place, System, World
from demo.truth import Outcome, PlantedFault

NAME, TABLE, FILE = "vnedu_reports", "bao_cao_cuoi_ky", "bao_cao_cuoi_ky.xlsx"
MARKS = "Kết quả học tập"
_COLUMNS = (
    *("ID", "school", "name", "level", "classes", "pupils", "girls", "teachers", "note"),
    "counted_on",
)
_HEADER = (
    *(("TT", "TT"), ("Trường", "Mã"), ("Trường", "Tên"), ("Cấp học", "Cấp học")),
    *(("Số lớp", "Số lớp"), ("Học sinh", "Tổng số"), ("Học sinh", "Nữ")),
    *(("Giáo viên", "Giáo viên"), ("Ghi chú", "Ghi chú"), ("Ngày chốt", "Ngày chốt")),
)
_TITLES = (
    "SỞ GIÁO DỤC VÀ ĐÀO TẠO TỈNH ĐỒNG THÁP",
    "BÁO CÁO CUỐI KỲ: TRƯỜNG, LỚP, HỌC SINH, GIÁO VIÊN",
)
_MERGED = ("A5:A6", "B5:C5", "D5:D6", "E5:E6", "F5:G5", "H5:H6", "I5:I6", "J5:J6")
_LEVELS = {"MN": "Mầm non", "TH": "Tiểu học", "THCS": "THCS", "THPT": "THPT", "GDTX": "GDTX"}
# Sheet, number of the year, day of the report; a year's terms follow each other.
_TERMS = tuple(
    (f"HK{term} {label}", year, f"{label[5:]}-{day}")
    for year, label in enumerate(YEARS[:2])
    for term, day in ((1, "01-17"), (2, "05-29"))
)


def make(world: World, place: Place) -> int:
    """Write the workbook; gives the number of its rows, totals included."""
    _rows, _truths, schools = register(world)
    rows, truths = plant(world, NAME, TABLE, "school", list(_details(world, schools)), faults())
    sheets = {
        sheet: list(_with_totals(sheet, [row for row in rows if row["sheet"] == sheet]))
        for sheet, _year, _day in _TERMS
    }
    totals = [row for found in sheets.values() for row in found if row["ID"] is None]
    with place.folder() as folder:
        _workbook(sheets).save(folder / FILE)
    place.tell(truths)
    place.tell(map(_left_out, totals))
    return len(rows) + len(totals)


def _details(world: World, schools: Sequence[School]) -> Iterator[Row]:
    """A row a term, level and school; a few pupils leave from term to term."""
    rng, number = world.rng(NAME, 1), 0
    for term, (sheet, year, day) in enumerate(_TERMS):
        for school in schools:
            for level, classes, pupils, teachers in school.report(year):
                number += 1
                there = pupils - pupils * (1 + term % 2) // 100
                yield {
                    "sheet": sheet,
                    "group": _LEVELS[level],
                    "ID": number,
                    "school": school.code,
                    "name": f"Trường số {school.code[-4:]}",
                    "level": _LEVELS[level],
                    "classes": classes,
                    "pupils": there,
                    "girls": int(rng.binomial(there, 0.48)),
                    "teachers": teachers,
                    "note": None,
                    "counted_on": day,
                }


def _with_totals(sheet: str, rows: Sequence[Row]) -> Iterator[Row]:
    """The rows of a term, level by level, each level's total below it and all at the end."""
    for level in _LEVELS.values():
        mine = [row for row in rows if row["group"] == level]
        yield from mine
        yield _total(sheet, f"Cộng {level}", mine)
    yield _total(sheet, "TỔNG CỘNG", rows)


def _total(sheet: str, name: str, rows: Sequence[Row]) -> Row:
    numbers = sums(rows, ("classes", "pupils", "girls", "teachers"))
    return {"sheet": sheet, "ID": None, "name": name, **numbers}


def _left_out(total: Row) -> PlantedFault:
    rule = "grand_total" if total["name"] == "TỔNG CỘNG" else "level_total"
    return left_out(NAME, TABLE, f"{total['sheet']} {total['name']}", rule, "name")


def _workbook(sheets: Mapping[str, Sequence[Row]]) -> Workbook:
    book = openpyxl.Workbook()
    for title, rows in sheets.items():
        sheet: Worksheet = book.create_sheet(title)
        term = f"Học kỳ {title[2]}, năm học {title[4:]}"
        head(sheet, (*_TITLES, term), _HEADER, _MERGED)
        for row in rows:
            sheet.append([_cell(column, row.get(column)) for column in _COLUMNS])
        sheet.append([])
        sheet.append(["Người lập biểu", None, None, None, None, "Hiệu trưởng"])
    # One pupil is the canary, so that a reading of this sheet shows.
    marks: Worksheet = book.create_sheet(MARKS)
    marks.append(["TT", "Họ và tên", "Ngày sinh", "Điểm trung bình"])
    marks.append([1, canaries.NAME, "05/03/2012", 8.7])
    hidden: Worksheet = book.create_sheet("Tham số")
    hidden.append(["Kỳ", "Phiên bản"])
    hidden.sheet_state = "hidden"
    del book["Sheet"]
    return book


def _cell(column: str, value: Cell) -> Cell | date:
    """Days are dates, but for those that somebody typed as text."""
    is_day = column == "counted_on" and isinstance(value, str) and value[4] == "-"
    return date.fromisoformat(str(value)) if is_day else value


def _dotted(row: Row, rng: Random) -> Planted:
    """A large school, its pupils typed as text with a dot."""
    pupils = rng.randrange(1_200, 1_600)
    row.update(classes=40, pupils=f"{pupils:,}".replace(",", "."), teachers=64)
    return becomes("pupils", "pupils", str(pupils))


def _typed_date(row: Row, rng: Random) -> Planted:
    del rng
    day = str(row["counted_on"])
    row["counted_on"] = f"{day[8:]}/{day[5:7]}/{day[:4]}"
    return becomes("counted_on", "counted_on", day)


def _crowded(row: Row, rng: Random) -> Planted:
    row["pupils"] = int(row["classes"] or 0) * rng.randrange(61, 300)
    return Planted("pupils", "pupils")


def faults() -> tuple[Fault, ...]:
    """Every fault of the report's schools."""
    return dirt.faults((*_kept_rows(), *_refused()))


def _kept_rows() -> Iterable[dirt.Listed]:
    fixed, excluded = Outcome.FIXED, Outcome.EXCLUDED
    return (
        ("loose_spaces", 0.004, fixed, "clean_text", dirt.loose("school", "school_code")),
        ("pupils_as_text", 0.003, fixed, "number_vi", _dotted),
        ("date_as_text", 0.003, fixed, "parse_date", _typed_date),
        ("few_teachers", 0.002, Outcome.SUSPECT, "few_teachers",
         dirt.set_to("teachers", "teachers", 1, 2)),
        ("few_pupils", 0.002, excluded, "few_pupils",
         dirt.several("", pupils=7, classes=1, teachers=2)),
        ("not_approved", 0.003, excluded, "not_approved",
         dirt.set_to("note", "", "Chưa duyệt")),
    )  # fmt: skip


def _refused() -> Iterable[dirt.Listed]:
    refused, pupils = Outcome.QUARANTINED, ("pupils", "pupils")
    return (
        ("unknown_school", 0.001, refused, "school_code.reference",
         dirt.set_to("school", "school_code", "82999998")),
        ("unknown_level", 0.001, refused, "school_level.readable",
         dirt.set_to("level", "school_level", "Lớp xóa mù")),
        ("crowded", 0.002, refused, "pupils_per_class", _crowded),
        ("no_class", 0.001, refused, "classes.range", dirt.set_to("classes", "classes", 0)),
        ("classes_in_words", 0.001, refused, "classes.readable",
         dirt.set_to("classes", "classes", "12 lớp", "mười hai")),
        ("formula_error", 0.001, refused, "pupils.readable",
         dirt.set_to(*pupils, "#REF!", "#VALUE!")),
        ("missing_pupils", 0.001, refused, "pupils.required", dirt.set_to(*pupils, None)),
        ("duplicate_key", 0.001, refused, "primary_key.unique",
         dirt.older_copy("school", "school_code", counted_on="2024-12-20")),
    )  # fmt: skip


SYSTEM = System(NAME, make, database=False)
