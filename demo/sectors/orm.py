"""ORM, the online lodging system: its register, the daily summaries, and the guests.

The guest table is there because the real system has it; nothing of the platform may read it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from random import Random

import numpy as np

from demo import canaries
from demo.people import draw_people
from demo.planting import Fault, Planted, Planter, becomes
from demo.sectors import dirt
from demo.sectors.lodging_register import NAME, REGISTER, Lodging, register
from demo.store import Cell, Row, Table
from demo.system import Place, System, World
from demo.truth import Outcome
from demo.workdays import NOW

DAYS = Table(
    "TONG_HOP_NGAY",
    (
        "ID", "MaCoSo", "Ngay", "SoPhongKD", "SoGiuongKD", "SoPhongBan", "KhachTrongNuoc",
        "KhachQuocTe", "QuocTichNhieuNhat", "TrangThai", "LaNhap", "NgayCapNhat",
    ),
    frozenset(
        {"ID", "SoPhongKD", "SoGiuongKD", "SoPhongBan", "KhachTrongNuoc", "KhachQuocTe", "LaNhap"}
    ),
    index=("MaCoSo", "NgayCapNhat"),
)  # fmt: skip
GUESTS = Table(
    "KHACH_LUU_TRU",
    ("ID", "MaCoSo", "HoTen", "SoGiayTo", "QuocTich", "DienThoai", "NgayDen", "NgayDi"),
    frozenset({"ID"}),
)
_NATIONS = ("KR", "CN", "US", "FR", "JP", "TW", "DE", "AU", "GB", "RU")
_PER_BATCH = 100  # lodgings: some 60,000 rows
_SENT, _NOT_SENT = "Đã gửi", "Chưa gửi"
# Share of rooms sold by month, and what a Friday or Saturday night adds.
_SEASON = np.array([0.42, 0.5, 0.4, 0.45, 0.45, 0.55, 0.6, 0.55, 0.42, 0.4, 0.4, 0.45])
_WEEKEND, _GUESTS_PER_ROOM, _FOREIGN = 0.2, 1.6, 0.07


def make(world: World, place: Place) -> int:
    """Write the whole system; gives the number of its rows."""
    rows, truths, lodgings = register(world)
    guests = _guests(world, lodgings)
    with place.database() as writer:
        for table in (REGISTER, DAYS, GUESTS):
            writer.create(table)
        writer.insert(REGISTER, REGISTER.tuples(rows))
        writer.insert(GUESTS, GUESTS.tuples(guests))
        place.tell(truths)
        total = sum(_length(lodging) for lodging in lodgings)
        planter = Planter(NAME, DAYS.name, "MaCoSo", faults(), world.seed, cases=total, before=0)
        first, extras = 0, list[Row]()
        for columns in _batches(world, lodgings):
            told, more = planter.plant(columns, first)
            place.tell(told)
            extras += more
            writer.insert(DAYS, zip(*columns.values(), strict=True))
            first += len(columns["ID"])
        writer.insert(DAYS, DAYS.tuples(extras))
    return len(rows) + len(guests) + total + len(extras)


def _length(lodging: Lodging) -> int:
    return int((NOW - lodging.since).astype(int)) + 1


def _batches(world: World, lodgings: Sequence[Lodging]) -> Iterator[dict[str, list[Cell]]]:
    first = 1
    for start in range(0, len(lodgings), _PER_BATCH):
        columns: dict[str, list[Cell]] = {name: [] for name in DAYS.columns}
        rng = world.rng(NAME, 3, start)
        for lodging in lodgings[start : start + _PER_BATCH]:
            for name, cells in _days(lodging, rng).items():
                columns[name] += cells
        size = len(columns["Ngay"])
        columns["ID"] = list(range(first, first + size))
        first += size
        yield columns


def _days(lodging: Lodging, rng: np.random.Generator) -> dict[str, list[Cell]]:
    """One row a day from the lodging's first to the sample's last."""
    days = np.arange(lodging.since, NOW + 1)
    size = len(days)
    month = days.astype("datetime64[M]").astype(int) % 12
    weekend = (days.astype(int) + 3) % 7 >= 4  # Friday to Sunday
    share = np.clip(_SEASON[month] * rng.uniform(0.6, 1.3) + _WEEKEND * weekend, 0.05, 0.97)
    sold = rng.binomial(lodging.rooms, share)
    guests = sold + rng.binomial(sold, _GUESTS_PER_ROOM - 1)
    # The rule allows 1.3 guests a bed; a full house stays below it.
    guests = np.minimum(guests, lodging.beds)
    foreign = rng.binomial(guests, _FOREIGN)
    nation = rng.integers(0, len(_NATIONS), size)
    sent = np.datetime_as_string(days + 1, unit="D").tolist()
    return {
        "MaCoSo": [lodging.code] * size,
        "Ngay": np.datetime_as_string(days, unit="D").tolist(),
        "SoPhongKD": [lodging.rooms] * size,
        "SoGiuongKD": [lodging.beds] * size,
        "SoPhongBan": sold.tolist(),
        "KhachTrongNuoc": (guests - foreign).tolist(),
        "KhachQuocTe": foreign.tolist(),
        "QuocTichNhieuNhat": [
            _NATIONS[n] if many else None
            for n, many in zip(nation.tolist(), foreign.tolist(), strict=True)
        ],
        "TrangThai": [_SENT] * size,
        "LaNhap": [0] * size,
        "NgayCapNhat": [f"{day} 07:30:00" for day in sent],
    }


def _guests(world: World, lodgings: Sequence[Lodging]) -> list[Row]:
    """Guests of the last nights; one is the canary, so that a reading of this table shows."""
    rng = world.rng(NAME, 4)
    size = world.size(3000, least=50)
    people = draw_people(rng, np.zeros(size, dtype=np.int64), 82, old_cards=0.1)
    rows: list[Row] = [
        {
            "ID": n + 1,
            "MaCoSo": lodgings[n % len(lodgings)].code,
            "HoTen": people.names[n],
            "SoGiayTo": people.personal_ids[n],
            "QuocTich": "VN",
            "DienThoai": people.phones[n],
            "NgayDen": str(NOW - n % 60),
            "NgayDi": str(NOW - n % 60 + 1),
        }
        for n in range(size)
    ]
    rows[0]["HoTen"] = canaries.NAME
    return rows


def _date(form: str, row: Row, rng: Random) -> Planted:
    del rng
    clean = str(row["Ngay"])
    year, month, day = clean.split("-")
    row["Ngay"] = {
        "vietnamese": f"{day}/{month}/{year}",
        "short_year": f"{int(day)}/{int(month)}/{year[2:]}",
        "words": f"ngày {int(day)} tháng {int(month)} năm {year}",
    }[form]
    return becomes("Ngay", "stay_date", clean)


def _null_word(row: Row, rng: Random) -> Planted:
    row["KhachTrongNuoc"] = int(row["KhachTrongNuoc"] or 0) + int(row["KhachQuocTe"] or 0)
    row["KhachQuocTe"] = 0
    row["QuocTichNhieuNhat"] = rng.choice(["-", "N/A", "không có"])
    return becomes("QuocTichNhieuNhat", "nationality_top", None)


def _too_many_rooms(row: Row, rng: Random) -> Planted:
    row["SoPhongBan"] = int(row["SoPhongKD"] or 0) + rng.randrange(1, 9)
    row["KhachTrongNuoc"], row["KhachQuocTe"], row["QuocTichNhieuNhat"] = 1, 0, None
    return Planted("SoPhongBan", "rooms_sold")


def _too_many_guests(row: Row, rng: Random) -> Planted:
    row["KhachTrongNuoc"] = int(row["SoGiuongKD"] or 0) * rng.randrange(2, 10)
    return Planted("KhachTrongNuoc", "guests_domestic")


def _not_sent(row: Row, rng: Random) -> Planted:
    del rng
    row.update(TrangThai=_NOT_SENT, SoPhongBan=None, KhachTrongNuoc=None, KhachQuocTe=None)
    row["QuocTichNhieuNhat"] = None
    return Planted("TrangThai", "reported")


def _no_room_sold(row: Row, rng: Random) -> Planted:
    row["SoPhongBan"], row["KhachTrongNuoc"] = 0, rng.randrange(1, 4)
    row["KhachQuocTe"], row["QuocTichNhieuNhat"] = 0, None
    return Planted("SoPhongBan", "rooms_sold")


def faults() -> tuple[Fault, ...]:
    """Every fault of the daily summaries."""
    fixed, refused, suspect = Outcome.FIXED, Outcome.QUARANTINED, Outcome.SUSPECT
    return dirt.faults(
        (
            ("date_vietnamese", 0.003, fixed, "parse_date", partial(_date, "vietnamese")),
            ("date_short_year", 0.001, fixed, "parse_date", partial(_date, "short_year")),
            ("date_words", 0.001, fixed, "parse_date", partial(_date, "words")),
            ("loose_spaces", 0.003, fixed, "clean_text", dirt.loose("MaCoSo", "lodging_id")),
            ("null_word", 0.002, fixed, "null_word", _null_word),
            ("too_many_rooms", 0.001, refused, "rooms_sold_within_rooms", _too_many_rooms),
            ("too_many_guests", 0.001, refused, "guests_within_beds", _too_many_guests),
            ("negative_guests", 0.0005, refused, "guests_domestic.range",
             dirt.set_to("KhachTrongNuoc", "guests_domestic", -2)),
            ("unknown_lodging", 0.001, refused, "lodging_id.reference",
             dirt.set_to("MaCoSo", "lodging_id", "LT-99999")),
            ("before_opening", 0.0005, refused, "lodging_id.reference",
             dirt.set_to("Ngay", "lodging_id", "2001-05-01")),
            ("impossible_date", 0.001, refused, "stay_date.readable",
             dirt.set_to("Ngay", "stay_date", "2025-02-30")),
            ("unknown_nation", 0.0005, refused, "nationality_top.values",
             dirt.set_to("QuocTichNhieuNhat", "nationality_top", "Hàn")),
            ("duplicate_key", 0.001, refused, "primary_key.unique",
             dirt.older_copy("MaCoSo", "lodging_id", NgayCapNhat="2025-01-01 00:00:00")),
            ("not_sent", 0.006, suspect, "not_reported", _not_sent),
            ("no_room_sold", 0.001, suspect, "guests_without_rooms", _no_room_sold),
            ("draft", 0.002, Outcome.EXCLUDED, "draft", dirt.set_to("LaNhap", "", 1)),
        )
    )  # fmt: skip


SYSTEM = System(NAME, make)
