"""The facilities of the hospital system (HIS) in their periods of validity, and their faults.

Every commune of before the merger has a health station, every district a medical centre. A
facility of before the merger has two rows, one with its old commune and one with today's.
Faults befall private clinics that send no visit, so that no visit loses its facility.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from demo.people import People, draw_people
from demo.planting import Fault
from demo.sectors import dirt
from demo.sectors.lists import day_text, plant_quiet
from demo.sectors.register_faults import Columns, retired_commune, usual
from demo.store import Row, Table
from demo.system import World
from demo.truth import Outcome, PlantedFault
from demo.units import OldCommune
from demo.workdays import FIRST_DAY, MERGER

NAME = "his"
FACILITIES = Table(
    "DM_CSKCB",
    (
        "ID", "MA_CSKCB", "TEN_CSKCB", "LOAI_HINH", "CAP_CHUYEN_MON", "TUYEN", "SO_HUU",
        "SO_GPHD", "NGAY_GPHD", "DIA_CHI", "MA_XA", "VI_DO", "KINH_DO", "GIUONG_KH", "GIUONG_TK",
        "KCB_BHYT", "DS_KHOA", "NGUOI_DUNG_DAU", "DIEN_THOAI", "TRANG_THAI", "HIEU_LUC_TU",
        "HIEU_LUC_DEN", "DA_XOA", "NGAY_CAP_NHAT",
    ),
    frozenset({"ID", "TUYEN", "GIUONG_KH", "GIUONG_TK", "DA_XOA"}),
    reals=frozenset({"VI_DO", "KINH_DO"}),
    index=("MA_CSKCB",),
)  # fmt: skip
_USUAL = Columns(
    code="MA_CSKCB",
    code_target="facility_code",
    name="TEN_CSKCB",
    commune="MA_XA",
    latitude="VI_DO",
    longitude="KINH_DO",
    since="HIEU_LUC_TU",
    deleted="DA_XOA",
    changed="NGAY_CAP_NHAT",
)
STATION, CENTRE, HOSPITAL = "Trạm y tế", "Trung tâm y tế", "Bệnh viện"
GENERAL, SPECIAL, MATERNITY = "Phòng khám đa khoa", "Phòng khám chuyên khoa", "Nhà hộ sinh"
_HOSPITALS = ("Đa khoa Trung tâm", "Đa khoa khu vực", "Phụ sản", "Y học cổ truyền", "Lao và Phổi",
              "Mắt", "Tâm thần", "Đa khoa Quân dân y")  # fmt: skip
_BRANDS = (
    "Tâm Đức",
    "Phúc An",
    "Sài Gòn",
    "Minh Khang",
    "Hoàn Mỹ Sông Tiền",
    "Việt Tâm",
    "An Bình",
)
_WARDS = {
    STATION: "K01;K16",
    CENTRE: "K01;K02;K03;K18;K19;K27",
    HOSPITAL: "K01;K02;K03;K04;K18;K19;K27;K28;K29;K30",
    GENERAL: "K01;K03;K19",
    SPECIAL: "K29",
    MATERNITY: "K27",
}
_TIERS = {STATION: 4, CENTRE: 3, HOSPITAL: 2}
_LEVELS = {HOSPITAL: "Chuyên sâu", CENTRE: "Cơ bản"}
_BEDS = {STATION: 5, CENTRE: 150, HOSPITAL: 400, MATERNITY: 8}
_PRIVATE = 140
# A code is the old province's number and a series of three; stations have the first numbers.
_FIRST_OTHER = 401


@dataclass(frozen=True)
class Sender:
    """A facility that sends its visits, from the sample's first day on."""

    code: str
    kind: str


def register(world: World) -> tuple[list[Row], list[PlantedFault], list[Sender]]:
    """Rows of the register, the truth about them, and who sends visits."""
    rng = world.rng(NAME, 1)
    plans = list(_plans(world, rng))
    people = draw_people(rng, np.zeros(len(plans), dtype=np.int64), 82, old_cards=0.0)
    rows: list[Row] = []
    quiet: list[int] = []
    senders: list[Sender] = []
    numbers: dict[tuple[str, bool], int] = {}
    for n, (kind, name, place) in enumerate(plans):
        series = (place.province_code, kind == STATION)
        numbers[series] = numbers.get(series, 0 if kind == STATION else _FIRST_OTHER - 1) + 1
        code = f"{place.province_code}{numbers[series]:03}"
        silent = kind in (SPECIAL, MATERNITY) or (kind == GENERAL and n % 2 == 0)
        opened = FIRST_DAY - int(rng.integers(200, 6000))
        if silent and rng.random() < 0.3:
            opened = MERGER + int(rng.integers(5, 400))
        row = _row(n, (kind, name, code), people, rng)
        row["NGAY_GPHD"] = day_text(opened - 20)
        found = _validities(row, place, opened)
        if silent:
            quiet += range(len(rows), len(rows) + len(found))
        else:
            senders.append(Sender(code, kind))
        rows += found
    for number, row in enumerate(rows, start=1):
        row["ID"] = number
    columns = (_USUAL.code, _USUAL.since)
    truths = plant_quiet(world, NAME, FACILITIES.name, columns, rows, quiet, faults(world))
    return rows, truths, senders


def _plans(world: World, rng: np.random.Generator) -> Iterator[tuple[str, str, OldCommune]]:
    """Kind, name and place of every facility; no place is one of the split communes."""
    places = [old for old in world.units.old if old.current is not None]
    for place in places:
        yield STATION, f"Trạm Y tế {place.name[0].lower()}{place.name[1:]}", place
    districts = {place.district_code: place for place in reversed(places)}
    for code, place in sorted(districts.items()):
        name = world.units.districts[code]
        yield CENTRE, f"Trung tâm Y tế {name[0].lower()}{name[1:]}", place
    for n, name in enumerate(_HOSPITALS * 2):
        side = [place for place in places if place.province_code == ("82", "87")[n % 2]]
        where = side[int(rng.integers(len(side)))]
        yield HOSPITAL, f"Bệnh viện {name} {n // len(_HOSPITALS) + 1}", where
    kinds = (GENERAL, GENERAL, GENERAL, SPECIAL, SPECIAL, MATERNITY)
    for n in range(_PRIVATE):
        kind, brand = kinds[n % len(kinds)], _BRANDS[n % len(_BRANDS)]
        yield kind, f"{kind} {brand} {n + 1}", places[int(rng.integers(len(places)))]


def _row(n: int, facility: tuple[str, str, str], people: People, rng: np.random.Generator) -> Row:
    kind, name, code = facility
    planned = _BEDS.get(kind)
    return {
        "MA_CSKCB": code,
        "TEN_CSKCB": name,
        "LOAI_HINH": kind,
        "CAP_CHUYEN_MON": _LEVELS.get(kind, "Ban đầu"),
        "TUYEN": _TIERS.get(kind),
        "SO_HUU": "Công lập" if kind in _TIERS else "Tư nhân",
        "SO_GPHD": f"{n + 1:05}/{'ĐT' if code.startswith('87') else 'TG'}-GPHĐ",
        "DIA_CHI": people.addresses[n],
        "VI_DO": round(float(rng.uniform(10.12, 10.82)), 5),
        "KINH_DO": round(float(rng.uniform(105.3, 106.75)), 5),
        "GIUONG_KH": planned,
        "GIUONG_TK": planned and planned + int(rng.integers(0, planned)),
        "KCB_BHYT": "C" if kind in _TIERS or n % 3 else "K",
        "DS_KHOA": _WARDS[kind],
        "NGUOI_DUNG_DAU": people.names[n],
        "DIEN_THOAI": f"02733{rng.integers(10**6):06}",
        "TRANG_THAI": "Đang hoạt động",
        "DA_XOA": 0,
    }


def _validities(row: Row, place: OldCommune, opened: np.datetime64) -> list[Row]:
    now = {"MA_XA": place.current, "HIEU_LUC_TU": day_text(max(opened, MERGER)),
           "HIEU_LUC_DEN": None, "NGAY_CAP_NHAT": "2025-07-03 08:00:00"}  # fmt: skip
    if opened >= MERGER:
        return [row | now]
    before = {"MA_XA": place.code, "HIEU_LUC_TU": day_text(opened),
              "HIEU_LUC_DEN": day_text(MERGER), "NGAY_CAP_NHAT": "2025-07-02 17:00:00"}  # fmt: skip
    return [row | before, row | now]


def faults(world: World) -> tuple[Fault, ...]:
    """Every fault of the register."""
    return (retired_commune(world, _USUAL, 0.002), *dirt.faults((*usual(_USUAL, 0.002), *_own())))


def _own() -> tuple[dirt.Listed, ...]:
    fixed, refused = Outcome.FIXED, Outcome.QUARANTINED
    return (
        ("all_caps_name", 0.004, fixed, "person_name",
         dirt.capitals("NGUOI_DUNG_DAU", "head_name")),
        ("old_phone", 0.006, fixed, "phone_e164", dirt.old_phone("DIEN_THOAI", ("73", "273"))),
        ("null_word", 0.004, fixed, "null_word", dirt.null_word("SO_GPHD", "licence_no")),
        ("too_many_beds", 0.002, refused, "beds_planned.range",
         dirt.set_to("GIUONG_KH", "beds_planned", 9000)),
        ("unknown_kind", 0.002, refused, "facility_type.readable",
         dirt.set_to("LOAI_HINH", "facility_type", "Thẩm mỹ viện")),
        ("bad_code", 0.002, refused, "facility_code.readable",
         dirt.set_to("MA_CSKCB", "facility_code", "97A")),
        ("unknown_ward", 0.002, refused, "specialties.values",
         dirt.set_to("DS_KHOA", "specialties", "K01;K99")),
        ("ended_first", 0.002, refused, "valid_to_after_valid_from",
         dirt.set_to("HIEU_LUC_DEN", "valid_to", "01/01/1999")),
        ("licence_after_start", 0.002, Outcome.SUSPECT, "licence_after_start",
         dirt.set_to("NGAY_GPHD", "licence_date", "15/01/2027")),
        ("formula_cell", 0.0, Outcome.KEPT, "",
         dirt.stands_as("TEN_CSKCB", "name", "=Phòng khám 24/7")),
    )  # fmt: skip
