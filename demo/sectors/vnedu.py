"""vnEdu, the school management system: its schools, their yearly reports, pupils and teachers.

The tables of pupils and teachers are there because the real system has them; nothing of the
platform may read them.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import numpy as np

from demo import canaries
from demo.people import draw_people
from demo.planting import Fault, Planted, Planter
from demo.sectors import dirt
from demo.sectors.vnedu_schools import NAME, SCHOOLS, YEARS, School, register
from demo.store import Cell, Row, Table
from demo.system import Place, System, World
from demo.truth import Outcome

REPORTS = Table(
    "BAO_CAO_SI_SO",
    (
        "ID", "MaTruong", "NamHoc", "CapHoc", "SoLop", "SoHocSinh", "SoGiaoVien", "TrangThai",
        "NgayCapNhat",
    ),
    frozenset({"ID", "SoLop", "SoHocSinh", "SoGiaoVien"}),
    index=("MaTruong",),
)  # fmt: skip
PUPILS = Table(
    "HOC_SINH",
    ("ID", "MaTruong", "HoTen", "SoDinhDanh", "DienThoaiPhuHuynh", "DiaChi", "DiemTrungBinh"),
    frozenset({"ID"}),
)
TEACHERS = Table(
    "GIAO_VIEN",
    ("ID", "MaTruong", "HoTen", "SoDinhDanh", "DienThoai", "DiaChi"),
    frozenset({"ID"}),
)
_CLOSED, _OPEN = "Đã chốt", "Chưa chốt"


def make(world: World, place: Place) -> int:
    """Write the whole system; gives the number of its rows."""
    rows, truths, schools = register(world)
    pupils = _persons(world, schools, "DienThoaiPhuHuynh", 5)
    teachers = _persons(world, schools, "DienThoai", 6)
    columns = _reports(schools)
    total = len(columns["ID"])
    planter = Planter(NAME, REPORTS.name, "MaTruong", faults(), world.seed, cases=total, before=0)
    told, extras = planter.plant(columns, 0)
    with place.database() as writer:
        for table in (SCHOOLS, REPORTS, PUPILS, TEACHERS):
            writer.create(table)
        place.tell(truths)
        place.tell(told)
        writer.insert(SCHOOLS, SCHOOLS.tuples(rows))
        writer.insert(REPORTS, zip(*columns.values(), strict=True))
        writer.insert(REPORTS, REPORTS.tuples(extras))
        writer.insert(PUPILS, PUPILS.tuples(pupils))
        writer.insert(TEACHERS, TEACHERS.tuples(teachers))
    return len(rows) + total + len(extras) + len(pupils) + len(teachers)


def _reports(schools: Sequence[School]) -> dict[str, list[Cell]]:
    """One row a school, year and level."""
    rows: list[tuple[Cell, ...]] = [
        (school.code, label, *numbers, _CLOSED, f"{label[:4]}-10-05 09:00:00")
        for year, label in enumerate(YEARS)
        for school in schools
        for numbers in school.report(year)
    ]
    cells = [list(column) for column in zip(*rows, strict=True)]
    return dict(zip(REPORTS.columns, [list(range(1, len(rows) + 1)), *cells], strict=True))


def _persons(world: World, schools: Sequence[School], phone: str, stream: int) -> list[Row]:
    """Some of the pupils or teachers; the first is the canary, so that a reading shows."""
    rng = world.rng(NAME, stream)
    size = world.size(3000, least=50)
    people = draw_people(rng, np.zeros(size, dtype=np.int64), 87, old_cards=0.0)
    rows: list[Row] = [
        {
            "ID": n + 1,
            "MaTruong": schools[n % len(schools)].code,
            "HoTen": people.names[n],
            "SoDinhDanh": people.personal_ids[n],
            phone: people.phones[n],
            "DiaChi": people.addresses[n],
            "DiemTrungBinh": f"{5 + n % 50 / 10}",
        }
        for n in range(size)
    ]
    rows[0]["HoTen"] = canaries.NAME
    return rows


def _crowded(row: Row, rng: Random) -> Planted:
    row["SoHocSinh"] = int(row["SoLop"] or 0) * rng.randrange(61, 300)
    return Planted("SoHocSinh", "pupils")


def _few(row: Row, rng: Random) -> Planted:
    row["SoLop"], row["SoHocSinh"], row["SoGiaoVien"] = 1, rng.randrange(5, 10), 2
    return Planted("SoHocSinh", "pupils")


def _jump(row: Row, rng: Random) -> Planted:
    del rng
    row["SoLop"] = int(row["SoLop"] or 0) * 2
    row["SoHocSinh"] = int(row["SoHocSinh"] or 0) * 2
    return Planted("SoHocSinh", "pupils", str(row["SoHocSinh"]), states=True)


def faults() -> tuple[Fault, ...]:
    """Every fault of the yearly reports."""
    fixed, refused, excluded = Outcome.FIXED, Outcome.QUARANTINED, Outcome.EXCLUDED
    return dirt.faults(
        (
            ("loose_spaces", 0.003, fixed, "clean_text",
             dirt.loose("MaTruong", "school_code")),
            ("unknown_school", 0.001, refused, "school_code.reference",
             dirt.set_to("MaTruong", "school_code", "82999999")),
            ("unknown_level", 0.001, refused, "school_level.readable",
             dirt.set_to("CapHoc", "school_level", "Lớp xóa mù")),
            ("bad_year", 0.001, refused, "school_year.pattern",
             dirt.set_to("NamHoc", "school_year", "24-25")),
            ("crowded", 0.002, refused, "pupils_per_class", _crowded),
            ("no_class", 0.001, refused, "classes.range", dirt.set_to("SoLop", "classes", 0)),
            ("missing_pupils", 0.001, refused, "pupils.required",
             dirt.set_to("SoHocSinh", "pupils", None)),
            ("duplicate_key", 0.001, refused, "primary_key.unique",
             dirt.older_copy("MaTruong", "school_code", NgayCapNhat="2024-09-01 08:00:00")),
            ("not_closed", 0.003, excluded, "not_closed",
             dirt.set_to("TrangThai", "", _OPEN)),
            ("few_pupils", 0.002, excluded, "few_pupils", _few),
            ("pupils_jump", 0.001, Outcome.KEPT, "", _jump),
        )
    )  # fmt: skip


SYSTEM = System(NAME, make)
