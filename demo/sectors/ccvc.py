"""VNPT-CCVC: the head counts that agencies lock each quarter, and the files they come from.

Staff files and relatives are there because the real system has them; nothing of the platform
may read them.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import numpy as np

from demo import canaries
from demo.people import draw_people
from demo.planting import Fault, Planted
from demo.sectors import dirt
from demo.sectors.lists import plant, write_tables
from demo.sectors.offices import months, offices, offices_on
from demo.store import Row, Table
from demo.system import Place, System, World
from demo.truth import Outcome
from demo.workdays import MERGER

NAME = "ccvc"
COUNTS = Table(
    "V_SO_LUONG",
    (
        *("ID", "KyBaoCao", "MaDonVi", "TenDonVi", "Khoi", "NhomViTri", "GioiTinh", "SoNguoi"),
        "TrangThai",
    ),
    frozenset({"ID"}),
)
FILES = Table(
    "HO_SO_CAN_BO",
    ("ID", "HoTen", "SoCCCD", "DienThoai", "NgachLuong", "HeSoLuong"),
    frozenset({"ID"}),
)
RELATIVES = Table("THAN_NHAN", ("ID", "IDCanBo", "HoTen", "QuanHe"), frozenset({"ID", "IDCanBo"}))
_LEADERS, _EXPERTS, _SUPPORT = "Lãnh đạo, quản lý", "Chuyên môn, nghiệp vụ", "Hỗ trợ, phục vụ"
_GROUPS = {_LEADERS: 0.18, _EXPERTS: 0.68, _SUPPORT: 0.14}
_CODES = {_LEADERS: "lanh_dao", _EXPERTS: "chuyen_mon", _SUPPORT: "ho_tro"}
_USUAL = {"ubnd_tinh": 70, "so": 130, "ban": 60, "ubnd_xa": 62}
_WOMEN = 0.48
_TOTAL = "Tổng cộng"


def make(world: World, place: Place) -> int:
    """Write the whole system; gives the number of its rows."""
    counts, truths = plant(world, NAME, COUNTS.name, "MaDonVi", list(_counts(world)), faults())
    files, relatives = _people(world)
    return write_tables(place, {COUNTS: counts, FILES: files, RELATIVES: relatives}, truths)


def _counts(world: World) -> Iterator[Row]:
    """The quarters since the merger; an agency's staff changes little from one to the next."""
    rng, number = world.rng(NAME, 1), 0
    for first in months():
        year, month, _day = map(int, str(first).split("-"))
        if first < MERGER or month % 3:
            continue
        for agency in offices_on(offices(world.units), first):
            staff = _USUAL[agency.kind] + len(agency.name) % 15
            for group, share in _GROUPS.items():
                many = max(6, round(staff * share) + int(rng.integers(-1, 2)))
                # At least one of each sex, so that a group without is always a planted one.
                women = int(np.clip(rng.binomial(many, _WOMEN), 1, many - 1))
                for sex, persons in (("Nam", many - women), ("Nữ", women)):
                    number += 1
                    yield {
                        "ID": number,
                        "KyBaoCao": f"Quý {month // 3}/{year}",
                        "MaDonVi": agency.code,
                        "TenDonVi": agency.name,
                        "Khoi": "Chính quyền",
                        "NhomViTri": group,
                        "GioiTinh": sex,
                        "SoNguoi": str(persons),
                        "TrangThai": "Đã khóa",
                    }


def _people(world: World) -> tuple[list[Row], list[Row]]:
    """Files of some staff and their relatives; the first of each is the canary."""
    rng = world.rng(NAME, 2)
    size = world.size(1500, least=40)
    people = draw_people(rng, np.zeros(size, dtype=np.int64), 82, old_cards=0.0)
    files: list[Row] = [
        {
            "ID": n + 1,
            "HoTen": people.names[n],
            "SoCCCD": people.personal_ids[n],
            "DienThoai": people.phones[n],
            "NgachLuong": "01.003",
            "HeSoLuong": f"{2.34 + 0.33 * (n % 9):.2f}",
        }
        for n in range(size)
    ]
    relatives: list[Row] = [
        {"ID": n + 1, "IDCanBo": n + 1, "HoTen": people.names[-n - 1], "QuanHe": "Vợ/chồng"}
        for n in range(size // 2)
    ]
    files[0]["HoTen"] = relatives[0]["HoTen"] = canaries.NAME
    return files, relatives


def _total_row(row: Row, rng: Random) -> Planted:
    """The agency's total once more, as the view lists it below the groups."""
    total = str(int(str(row["SoNguoi"])) * rng.randrange(3, 6))
    extra = row | {"NhomViTri": _TOTAL, "GioiTinh": None, "SoNguoi": total}
    return Planted("NhomViTri", "position_group", extra=extra)


def _no_leader(row: Row, rng: Random) -> Planted:
    del rng
    row.update(NhomViTri=_LEADERS, SoNguoi="0")
    return Planted("SoNguoi", "headcount")


def faults() -> tuple[Fault, ...]:
    """Every fault of the head counts."""
    fixed, refused, excluded = Outcome.FIXED, Outcome.QUARANTINED, Outcome.EXCLUDED
    return dirt.faults(
        (
            ("loose_spaces", 0.004, fixed, "clean_text",
             dirt.loose("NhomViTri", "position_group", _CODES)),
            ("impossible_quarter", 0.001, refused, "period.readable",
             dirt.set_to("KyBaoCao", "period", "Quý 5/2026", "Quý 0/2026")),
            ("unknown_agency", 0.001, refused, "agency_code.readable",
             dirt.set_to("MaDonVi", "agency_code", "PHÒNG-NV", "12/SNV")),
            ("unknown_group", 0.001, refused, "position_group.readable",
             dirt.set_to("NhomViTri", "position_group", "Cộng tác viên")),
            ("unknown_sex", 0.001, refused, "sex.required", dirt.set_to("GioiTinh", "sex", None)),
            ("not_a_number", 0.001, refused, "headcount.readable",
             dirt.set_to("SoNguoi", "headcount", "khoảng 12", "#REF!")),
            ("null_word", 0.001, refused, "headcount.required",
             dirt.null_word("SoNguoi", "headcount")),
            ("impossible_number", 0.001, refused, "headcount_possible",
             dirt.set_to("SoNguoi", "headcount", "-3", "20250")),
            ("no_leader", 0.002, Outcome.SUSPECT, "no_leader", _no_leader),
            ("total_row", 0.01, excluded, "total_row", _total_row),
            ("party_body", 0.003, excluded, "party_body",
             dirt.several("", Khoi="Đảng", MaDonVi="A56", TenDonVi="Tỉnh ủy")),
            ("not_locked", 0.003, excluded, "not_locked",
             dirt.set_to("TrangThai", "", "Chưa khóa")),
        )
    )  # fmt: skip


SYSTEM = System(NAME, make)
