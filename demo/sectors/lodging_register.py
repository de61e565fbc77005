"""The lodging register of ORM: establishments in their periods of validity, and their faults.

An establishment of before the merger has two rows, one with its old commune and one with
today's. Faults befall only establishments that send no daily summary, so that no summary
loses its establishment.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import numpy as np

from demo.people import People, draw_people
from demo.planting import Fault, Planted, becomes
from demo.sectors import dirt
from demo.sectors.lists import day_text, plant_quiet
from demo.sectors.places import Spot, far_from, spots
from demo.sectors.register_faults import Columns, retired_commune, usual
from demo.store import Row, Table
from demo.system import World
from demo.truth import Outcome, PlantedFault
from demo.workdays import FIRST_DAY, MERGER, NOW

NAME = "orm"
REGISTER = Table(
    "CO_SO_LUU_TRU",
    (
        "ID", "MaCoSo", "TenCoSo", "LoaiHinh", "HangSao", "SoPhong", "SoGiuong", "LoaiChu",
        "TenChuCoSo", "MaSoThue", "SoDinhDanhChu", "DienThoai", "MaXa", "DiaChi", "ViDo", "KinhDo",
        "SoGCN_ANTT", "HanPCCC", "TrangThai", "NgayBatDau", "NgayKetThuc", "DaXoa", "NgayCapNhat",
    ),
    frozenset({"ID", "SoPhong", "SoGiuong", "DaXoa"}),
    reals=frozenset({"ViDo", "KinhDo"}),
    index=("MaCoSo",),
)  # fmt: skip

_USUAL = Columns(
    code="MaCoSo",
    code_target="lodging_id",
    name="TenCoSo",
    commune="MaXa",
    latitude="ViDo",
    longitude="KinhDo",
    since="NgayBatDau",
    deleted="DaXoa",
    changed="NgayCapNhat",
)
_KINDS = (
    *["Nhà nghỉ du lịch"] * 9, *["Khách sạn"] * 5, *["Nhà ở có phòng cho khách thuê"] * 4,
    "Căn hộ du lịch", "Biệt thự du lịch", "Tàu thủy lưu trú du lịch", "Bãi cắm trại", "Khác",
)  # fmt: skip
_BRANDS = ("Sông Tiền", "Cồn Thới Sơn", "Hoa Sen", "Miệt Vườn", "Gò Công", "Sa Đéc", "Tràm Chim",
           "Hồng Phúc", "Thiên Ân", "Bến Xuân", "Cồn Phụng", "Ba Danh", "Mỹ Lệ", "Phù Sa",
           "Thuỷ Tiên", "Cánh Đồng Xanh")  # fmt: skip
Point = tuple[float, float]


@dataclass(frozen=True)
class Lodging:
    """An establishment that sends daily summaries, from `since` on."""

    code: str
    rooms: int
    beds: int
    since: np.datetime64


def register(world: World) -> tuple[list[Row], list[PlantedFault], list[Lodging]]:
    """Rows of the register, the truth about them, and who sends daily summaries."""
    rng = world.rng(NAME, 1)
    count = world.size(200, least=48)
    opened = np.where(
        rng.random(count) < 0.75,
        FIRST_DAY - rng.integers(60, 3000, count),
        FIRST_DAY + rng.integers(0, 600, count),
    ).astype("datetime64[D]")
    enterprises = (rng.random(count) < 0.45).astype(np.int64)
    people = draw_people(rng, enterprises, 82, old_cards=0.0)
    places = spots(world.units)
    rows: list[Row] = []
    lodgings: list[Lodging] = []
    quiet: list[int] = []
    for n in range(count):
        row = _row(n, people, rng)
        if n % 2:
            quiet += range(len(rows), len(rows) + 1 + int(opened[n] < MERGER))
        else:
            lodgings.append(_lodging(row, opened[n]))
        spot = places[int(rng.integers(len(places)))]
        rows += _validities(row, spot, opened[n], spot.point(rng))
    for number, row in enumerate(rows, start=1):
        row["ID"] = number
    columns = (_USUAL.code, _USUAL.since)
    truths = plant_quiet(world, NAME, REGISTER.name, columns, rows, quiet, faults(world))
    return rows, truths, lodgings


def _lodging(row: Row, opened: np.datetime64) -> Lodging:
    rooms, beds = int(row["SoPhong"] or 0), int(row["SoGiuong"] or 0)
    return Lodging(str(row["MaCoSo"]), rooms, beds, max(opened, FIRST_DAY))


def _row(n: int, people: People, rng: np.random.Generator) -> Row:
    kind = _KINDS[int(rng.integers(len(_KINDS)))]
    hotel, enterprise = kind == "Khách sạn", bool(people.kinds[n])
    rooms = int(rng.integers(18, 90) if hotel else rng.integers(3, 18))
    called = {"Khác": "Nhà khách", "Nhà ở có phòng cho khách thuê": "Homestay"}.get(kind, kind)
    return {
        "MaCoSo": f"LT-{n + 1:05}",
        "TenCoSo": f"{called} {_BRANDS[int(rng.integers(len(_BRANDS)))]} {n + 1}",
        "LoaiHinh": kind,
        "HangSao": f"{rng.integers(1, 5)} sao" if hotel else "Chưa xếp hạng",
        "SoPhong": rooms,
        "SoGiuong": rooms + int(rng.integers(1, rooms + 1)),
        "LoaiChu": "DN" if enterprise else "HKD",
        "TenChuCoSo": people.names[n],
        "MaSoThue": people.tax_codes[n],
        "SoDinhDanhChu": people.personal_ids[n],
        "DienThoai": f"02733{rng.integers(10**6):06}" if enterprise else people.phones[n],
        "DiaChi": people.addresses[n],
        "SoGCN_ANTT": f"{rng.integers(100, 999)}/GCN-ANTT",
        "HanPCCC": day_text(NOW + rng.integers(30, 700)),
        "TrangThai": "Đang hoạt động",
        "DaXoa": 0,
    }


def _validities(row: Row, spot: Spot, opened: np.datetime64, point: Point) -> list[Row]:
    """The rows of one establishment: with its old commune until the merger, then with today's."""
    place: Row = {"ViDo": point[0], "KinhDo": point[1]}
    now: Row = {"MaXa": spot.now, "NgayBatDau": day_text(max(opened, MERGER)), "NgayKetThuc": None,
                "NgayCapNhat": "2025-07-03 08:00:00"}  # fmt: skip
    if opened >= MERGER:
        return [row | place | now]
    before: Row = {"MaXa": spot.commune.code, "NgayBatDau": day_text(opened),
                   "NgayKetThuc": day_text(MERGER),
                   "NgayCapNhat": "2025-07-02 17:00:00"}  # fmt: skip
    return [row | place | before, row | place | now]


def _household(row: Row, name: str) -> None:
    row.update(LoaiChu="HKD", MaSoThue=None, SoDinhDanhChu="087080012345", TenChuCoSo=name)
    row["DienThoai"] = "0912345678"


def _enterprise(row: Row) -> None:
    row.update(LoaiChu="DN", TenChuCoSo="Công ty TNHH Du lịch Phù Sa", SoDinhDanhChu=None)
    row.update(MaSoThue="0100109106", DienThoai="02733872123")


def _capitals(row: Row, rng: Random) -> Planted:
    del rng
    _household(row, "NGUYỄN THỊ HIỀN")
    return becomes("TenChuCoSo", "owner_name", "Nguyễn Thị Hiền")


def _old_phone(row: Row, rng: Random) -> Planted:
    _enterprise(row)
    digits = f"{rng.randrange(10**6):06}"
    row["DienThoai"] = f"073.3{digits[:3]} {digits[3:]}"
    return becomes("DienThoai", "phone", f"+842733{digits}")


def _far(row: Row, rng: Random) -> Planted:
    del rng
    row["ViDo"], row["KinhDo"] = far_from(float(row["ViDo"] or 0), float(row["KinhDo"] or 0))
    return Planted("KinhDo", "longitude")


def _wrong_tax_code(row: Row, rng: Random) -> Planted:
    del rng
    _enterprise(row)
    row["MaSoThue"] = "0100109105"
    return Planted("MaSoThue", "business_code")


def _fewer_beds(row: Row, rng: Random) -> Planted:
    del rng
    row["SoGiuong"] = int(row["SoPhong"] or 0) - 1
    return Planted("SoGiuong", "beds")


def faults(world: World) -> tuple[Fault, ...]:
    """Every fault of the register."""
    return (retired_commune(world, _USUAL, 0.005), *dirt.faults((*usual(_USUAL, 0.003), *_own())))


def _own() -> tuple[dirt.Listed, ...]:
    fixed, refused, suspect = Outcome.FIXED, Outcome.QUARANTINED, Outcome.SUSPECT
    return (
        ("all_caps_name", 0.01, fixed, "person_name", _capitals),
        ("old_phone", 0.01, fixed, "phone_e164", _old_phone),
        ("null_word", 0.006, fixed, "null_word",
         dirt.null_word("SoGCN_ANTT", "security_cert_no")),
        ("fewer_beds_than_rooms", 0.006, refused, "beds_at_least_rooms", _fewer_beds),
        ("no_rooms", 0.003, refused, "rooms.range", dirt.set_to("SoPhong", "rooms", 0)),
        ("wrong_tax_code", 0.003, refused, "business_code.readable", _wrong_tax_code),
        ("unknown_kind", 0.003, refused, "lodging_type.readable",
         dirt.set_to("LoaiHinh", "lodging_type", "Nhà trọ công nhân")),
        ("fire_cert_expired", 0.006, suspect, "fire_cert_expired",
         dirt.set_to("HanPCCC", "fire_cert_expiry", "15/01/2010")),
        ("far_from_commune", 0.006, suspect, "far_from_commune", _far),
        ("formula_cell", 0.0, Outcome.KEPT, "",
         dirt.stands_as("TenCoSo", "name", "@Home – Miệt Vườn")),
    )  # fmt: skip
