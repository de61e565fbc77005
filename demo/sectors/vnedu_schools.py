"""The schools of vnEdu in their periods of validity, and their faults.

A school of before the merger has two rows, one with its old commune and one with today's.
Faults befall only satellite campuses, which report no pupils of their own, so that no report
loses its school.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import numpy as np

from demo.people import People, draw_people
from demo.planting import Fault, Planted
from demo.sectors import dirt
from demo.sectors.lists import day_text, plant_quiet
from demo.sectors.register_faults import Columns, retired_commune, usual
from demo.store import Row, Table
from demo.system import World
from demo.truth import Outcome, PlantedFault
from demo.units import OldCommune
from demo.workdays import MERGER

NAME = "vnedu"
SCHOOLS = Table(
    "TRUONG",
    (
        "ID", "MaTruong", "TenTruong", "CapHoc", "LoaiHinh", "MaXa", "DiaChi", "ViDo", "KinhDo",
        "MucChuanQG", "NamHoc", "SoLop", "SoHocSinh", "SoGiaoVien", "HieuTruong", "DienThoai",
        "Email", "Website", "MaTruongChinh", "TrangThai", "TuNgay", "DenNgay", "DaXoa",
        "NgayCapNhat",
    ),
    frozenset({"ID", "SoLop", "SoHocSinh", "SoGiaoVien", "DaXoa"}),
    reals=frozenset({"ViDo", "KinhDo"}),
    index=("MaTruong",),
)  # fmt: skip
_USUAL = Columns(
    code="MaTruong",
    code_target="school_code",
    name="TenTruong",
    commune="MaXa",
    latitude="ViDo",
    longitude="KinhDo",
    since="TuNgay",
    deleted="DaXoa",
    changed="NgayCapNhat",
)
YEARS = ("2024-2025", "2025-2026", "2026-2027")
KINDERGARTEN, PRIMARY, LOWER, BOTH, UPPER, FURTHER = "MN", "TH", "THCS", "TH-THCS", "THPT", "GDTX"
LEVELS = {BOTH: (PRIMARY, LOWER)}  # what a school of several levels reports; else its own
_CALLED = {
    KINDERGARTEN: "Trường Mầm non",
    PRIMARY: "Trường Tiểu học",
    LOWER: "Trường THCS",
    BOTH: "Trường TH và THCS",
    UPPER: "Trường THPT",
    FURTHER: "Trung tâm GDNN-GDTX",
}
_NAMED = ("Hùng Vương", "Nguyễn Đình Chiểu", "Lê Quý Đôn", "Trương Định", "Thủ Khoa Huân",
          "Hoa Sen", "Nguyễn Quang Diêu", "Phạm Hữu Lầu")  # fmt: skip
_PUPILS = {KINDERGARTEN: 26, PRIMARY: 31, LOWER: 37, UPPER: 40, FURTHER: 33}
_STANDARDS = ("Chưa đạt", "Mức độ 1", "Mức độ 2")
_FOUNDED = np.datetime64("1995-09-01", "D")


@dataclass(frozen=True)
class School:
    """A school that reports its pupils every year, and how many classes each level has."""

    code: str
    classes: tuple[tuple[str, int], ...]

    def report(self, year: int) -> Iterator[tuple[str, int, int, int]]:
        """Level, classes, pupils and teachers in the year of that number; a number of pupils
        is never a fifth off that of the year before."""
        for level, classes in self.classes:
            pupils = classes * (_PUPILS[level] + (int(self.code[-3:]) + year * 2) % 5)
            yield level, classes, pupils, round(classes * 1.6)


def register(world: World) -> tuple[list[Row], list[PlantedFault], list[School]]:
    """Rows of the register, the truth about them, and the schools that report."""
    rng = world.rng(NAME, 1)
    plans = list(_plans(world, rng))
    people = draw_people(rng, np.zeros(len(plans), dtype=np.int64), 82, old_cards=0.0)
    rows: list[Row] = []
    quiet: list[int] = []
    schools: list[School] = []
    for n, (kind, name, place, campus) in enumerate(plans):
        code = f"{place.province_code}{n + 1:06}"
        row = _row(n, (kind, name, code), people, rng)
        if campus:
            row["MaTruongChinh"] = schools[-1].code
            quiet += (len(rows), len(rows) + 1)
        else:
            levels = LEVELS.get(kind, (kind,))
            schools.append(School(code, tuple((level, 6 + n % 13) for level in levels)))
        reporting = None if campus else schools[-1]
        rows += _validities(row, place, _FOUNDED + int(rng.integers(0, 9000)), reporting)
    for number, row in enumerate(rows, start=1):
        row["ID"] = number
    columns = (_USUAL.code, _USUAL.since)
    truths = plant_quiet(world, NAME, SCHOOLS.name, columns, rows, quiet, faults(world))
    return rows, truths, schools


def _plans(world: World, rng: np.random.Generator) -> Iterator[tuple[str, str, OldCommune, bool]]:
    """Kind, name, place, and whether it is a campus of the school before it."""
    places = [old for old in world.units.old if old.current is not None]
    for n, place in enumerate(places):
        both = n % 9 == 4
        kinds = [KINDERGARTEN, BOTH] if both else [KINDERGARTEN, PRIMARY]
        kinds += [LOWER] * (not both and n % 2 == 0) + [UPPER] * (n % 6 == 1)
        kinds += [FURTHER] * (n % 24 == 3)
        for kind in kinds:
            name = f"{_CALLED[kind]} {_NAMED[int(rng.integers(len(_NAMED)))]} {n + 1}"
            yield kind, name, place, False
            if kind == PRIMARY and n % 3 == 0:
                yield kind, f"{name} - điểm trường ấp {n % 7 + 1}", place, True


def _row(n: int, school: tuple[str, str, str], people: People, rng: np.random.Generator) -> Row:
    kind, name, code = school
    return {
        "MaTruong": code,
        "TenTruong": name,
        "CapHoc": kind,
        "LoaiHinh": "Tư thục" if kind == KINDERGARTEN and n % 7 == 0 else "Công lập",
        "DiaChi": people.addresses[n],
        "ViDo": round(float(rng.uniform(10.12, 10.82)), 5),
        "KinhDo": round(float(rng.uniform(105.3, 106.75)), 5),
        "MucChuanQG": _STANDARDS[int(rng.integers(3))],
        "HieuTruong": people.names[n],
        "DienThoai": f"02773{rng.integers(10**6):06}",
        "Email": f"truong{code}@dongthap.example.vn",
        "Website": f"https://truong{code}.example.vn",
        "TrangThai": "Đang hoạt động",
        "DaXoa": 0,
    }


def _validities(
    row: Row, place: OldCommune, founded: np.datetime64, school: School | None
) -> list[Row]:
    before = {"MaXa": place.code, "TuNgay": day_text(founded), "DenNgay": day_text(MERGER),
              "NgayCapNhat": "2025-07-02 17:00:00"}  # fmt: skip
    now = {"MaXa": place.current, "TuNgay": day_text(MERGER), "DenNgay": None,
           "NgayCapNhat": "2026-09-15 08:00:00"}  # fmt: skip
    return [row | before | _size(school, 0), row | now | _size(school, len(YEARS) - 1)]


def _size(school: School | None, year: int) -> Row:
    if school is None:
        return {}
    sums = [sum(numbers) for numbers in list(zip(*school.report(year), strict=True))[1:]]
    return {"NamHoc": YEARS[year], "SoLop": sums[0], "SoHocSinh": sums[1], "SoGiaoVien": sums[2]}


def _crowded(row: Row, rng: Random) -> Planted:
    row.update(NamHoc=YEARS[0], SoLop=2, SoHocSinh=rng.randrange(200, 900), SoGiaoVien=3)
    return Planted("SoHocSinh", "pupils")


def _own_campus(row: Row, rng: Random) -> Planted:
    del rng
    row["MaTruongChinh"] = row["MaTruong"]
    return Planted("MaTruongChinh", "main_campus_code")


def faults(world: World) -> tuple[Fault, ...]:
    """Every fault of the register."""
    return (retired_commune(world, _USUAL, 0.002), *dirt.faults((*usual(_USUAL, 0.001), *_own())))


def _own() -> tuple[dirt.Listed, ...]:
    fixed, refused = Outcome.FIXED, Outcome.QUARANTINED
    return (
        ("all_caps_name", 0.002, fixed, "person_name",
         dirt.capitals("HieuTruong", "principal_name")),
        ("old_phone", 0.003, fixed, "phone_e164", dirt.old_phone("DienThoai", ("67", "277"))),
        ("null_word", 0.002, fixed, "null_word", dirt.null_word("Website", "website")),
        ("unknown_level", 0.001, refused, "school_levels.readable",
         dirt.set_to("CapHoc", "school_levels", "Nhóm trẻ tự phát")),
        ("crowded", 0.001, refused, "pupils_per_class", _crowded),
        ("own_campus", 0.001, refused, "main_campus_is_another", _own_campus),
        ("bad_email", 0.001, refused, "email.pattern",
         dirt.set_to("Email", "email", "truong@@example")),
        ("formula_cell", 0.0, Outcome.KEPT, "",
         dirt.stands_as("TenTruong", "name", "+Mầm non Hoa Sen")),
    )  # fmt: skip
