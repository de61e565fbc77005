"""HIS, the hospital system: its facilities, the visits, and the patients.

A visit has the columns of the ministry's table 1 for health insurance (name, identity, address
and all). The personal ones are there because the real system has them, filled for every row;
nothing of the platform may read them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from demo import canaries
from demo.people import People, draw_people
from demo.planting import Planter
from demo.sectors.his_facilities import (
    CENTRE,
    FACILITIES,
    HOSPITAL,
    NAME,
    STATION,
    Sender,
    register,
)
from demo.sectors.his_faults import faults
from demo.store import Cell, Row, Table
from demo.system import Place, System, World
from demo.workdays import FIRST_DAY, MERGER, NOW

VISITS = Table(
    "LUOT_KHAM",
    (
        "ID", "MA_LK", "MA_CSKCB", "HO_TEN", "SO_CCCD", "MA_THE_BHYT", "DIEN_THOAI", "DIA_CHI",
        "NGAY_SINH", "GIOI_TINH", "MA_XA_CU_TRU", "NGAY_VAO", "NGAY_RA", "LOAI_KCB",
        "MA_BENH_CHINH", "CHAN_DOAN", "T_TONGCHI", "TRANG_THAI", "LA_TEST", "NGAY_CAP_NHAT",
    ),
    frozenset({"ID", "LA_TEST"}),
    index=("MA_LK", "NGAY_CAP_NHAT"),
)  # fmt: skip
PATIENTS = Table(
    "BENH_NHAN",
    ("ID", "HO_TEN", "SO_CCCD", "DIEN_THOAI", "DIA_CHI", "TIEN_SU_BENH"),
    frozenset({"ID"}),
)
_BATCH = 50_000
_LEAST = 60_000  # fewer visits, and the months of the communes would be hidden
# Share of all visits by kind of facility; what is left goes to private clinics.
_WEIGHTS = {STATION: 0.25, CENTRE: 0.35, HOSPITAL: 0.28}
# ICD-10 codes as often as outpatients have them, one line a chapter.
_DISEASES: tuple[tuple[float, str, tuple[str, ...]], ...] = (
    (0.06, "Bệnh nhiễm trùng", ("A09", "A90", "B34.9", "A97.0")),
    (0.02, "U bướu", ("C34", "D25", "C50.9")),
    (0.02, "Thiếu máu", ("D50.9", "D64.9")),
    (0.11, "Bệnh nội tiết", ("E11", "E11.9", "E78.5", "E05")),
    (0.02, "Rối loạn tâm thần", ("F32", "F41.9")),
    (0.03, "Bệnh hệ thần kinh", ("G44.2", "G40", "G47.0")),
    (0.03, "Bệnh mắt", ("H10", "H25", "H52.1")),
    (0.02, "Bệnh tai", ("H65", "H81")),
    (0.17, "Bệnh hệ tuần hoàn", ("I10", "I20.9", "I25", "I63")),
    (0.19, "Bệnh hệ hô hấp", ("J00", "J02", "J06.9", "J18.9", "J44")),
    (0.10, "Bệnh hệ tiêu hóa", ("K21", "K29.7", "K02", "K35")),
    (0.03, "Bệnh da", ("L20", "L30.9")),
    (0.09, "Bệnh cơ xương khớp", ("M17", "M54.5", "M10")),
    (0.04, "Bệnh hệ tiết niệu", ("N18", "N20.0", "N39.0")),
    (0.02, "Thai nghén", ("O80", "O47")),
    (0.005, "Bệnh chu sinh", ("P59.9", "P07")),
    (0.015, "Triệu chứng", ("R50.9", "R10.4")),
    (0.02, "Chấn thương", ("S52.5", "T14.1", "S06")),
    (0.01, "Khám sức khỏe", ("Z00", "Z34", "Z23")),
)
_AGES = np.array([0.09, 0.12, 0.08, 0.26, 0.15, 0.25, 0.05])
_AGE_FROM, _AGE_TO = np.array([1, 5, 15, 25, 50, 60, 80]), np.array([4, 14, 24, 49, 59, 79, 96])
_OUTPATIENT, _INPATIENT = "Khám bệnh", "Điều trị nội trú"
_DONE = "Đã kết thúc"


def make(world: World, place: Place) -> int:
    """Write the whole system; gives the number of its rows."""
    facilities, truths, senders = register(world)
    patients = _patients(world)
    total = world.size(250_000, least=_LEAST)
    planter = Planter(NAME, VISITS.name, "MA_LK", faults(), world.seed, cases=total, before=0)
    with place.database() as writer:
        for table in (FACILITIES, VISITS, PATIENTS):
            writer.create(table)
        writer.insert(FACILITIES, FACILITIES.tuples(facilities))
        writer.insert(PATIENTS, PATIENTS.tuples(patients))
        place.tell(truths)
        for first in range(0, total, _BATCH):
            columns = _visits(world, senders, first, min(_BATCH, total - first))
            told, _extras = planter.plant(columns, first)
            place.tell(told)
            writer.insert(VISITS, zip(*columns.values(), strict=True))
    return len(facilities) + len(patients) + total


def _facilities(rng: np.random.Generator, senders: Sequence[Sender], size: int) -> list[str]:
    kinds = [sender.kind for sender in senders]
    rest = 1 - sum(_WEIGHTS.values())
    others = sum(kind not in _WEIGHTS for kind in kinds)
    weights = np.array(
        [_WEIGHTS[k] / kinds.count(k) if k in _WEIGHTS else rest / others for k in kinds]
    )
    drawn = rng.choice(len(senders), size, p=weights / weights.sum()).tolist()
    return [senders[n].code for n in drawn]


def _visits(
    world: World, senders: Sequence[Sender], first: int, size: int
) -> dict[str, list[Cell]]:
    """A batch of visits; those of one person stand in different batches or facilities as in
    life, and nothing says that they are of one."""
    rng = world.rng(NAME, 3, first)
    days = FIRST_DAY + rng.integers(0, int((NOW - FIRST_DAY).astype(int)) + 1, size)
    minutes = rng.integers(7 * 60, 17 * 60, size)
    inpatient = rng.random(size) < 0.12
    stay = np.where(inpatient, rng.integers(1, 12, size) * 1440, rng.integers(20, 180, size))
    came = days.astype("datetime64[s]") + minutes.astype("timedelta64[m]")
    left = came + stay.astype("timedelta64[m]")
    chapter = rng.choice(len(_DISEASES), size, p=_shares([share for share, _, _ in _DISEASES]))
    pick = rng.integers(0, 60, size).tolist()
    cost = np.where(inpatient, rng.integers(800, 9000, size), rng.integers(60, 900, size)) * 1000
    numbers = range(first + 1, first + size + 1)
    ended = [text.replace("T", " ") for text in np.datetime_as_string(left, unit="s").tolist()]
    found = [_DISEASES[n] for n in chapter.tolist()]
    return {
        "ID": list(numbers),
        "MA_LK": [f"LK{number:09}" for number in numbers],
        "MA_CSKCB": list(_facilities(rng, senders, size)),
        **_persons(world, rng, days),
        "NGAY_VAO": [
            text.replace("T", " ") for text in np.datetime_as_string(came, unit="s").tolist()
        ],
        "NGAY_RA": list(ended),
        "LOAI_KCB": [_INPATIENT if is_in else _OUTPATIENT for is_in in inpatient.tolist()],
        "MA_BENH_CHINH": [
            codes[n % len(codes)] for (_, _, codes), n in zip(found, pick, strict=True)
        ],
        "CHAN_DOAN": [text for _, text, _ in found],
        "T_TONGCHI": [str(value) for value in cost.tolist()],
        "TRANG_THAI": [_DONE] * size,
        "LA_TEST": [0] * size,
        "NGAY_CAP_NHAT": list(ended),
    }


def _shares(weights: Sequence[float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.asarray(weights) / sum(weights)


def _persons(
    world: World, rng: np.random.Generator, days: np.ndarray[tuple[int], np.dtype[np.datetime64]]
) -> dict[str, list[Cell]]:
    """Who came: a third of the older know only their year of birth."""
    size = len(days)
    people = draw_people(rng, np.zeros(size, dtype=np.int64), 82, old_cards=0.05)
    band = rng.choice(len(_AGES), size, p=_AGES / _AGES.sum())
    age = rng.integers(_AGE_FROM[band], _AGE_TO[band] + 1)
    born = (days - age * 365 - rng.integers(0, 300, size)).astype("datetime64[D]")
    year_only = ((age >= 60) & (rng.random(size) < 0.3)).tolist()
    births = [
        text[:4] if only else f"{text[8:]}/{text[5:7]}/{text[:4]}"
        for text, only in zip(np.datetime_as_string(born).tolist(), year_only, strict=True)
    ]
    places = [old for old in world.units.old if old.current is not None]
    before = (days < MERGER).tolist()
    homes = [places[n] for n in rng.integers(0, len(places), size).tolist()]
    return {
        "HO_TEN": list(people.names),
        "SO_CCCD": list(people.personal_ids),
        "MA_THE_BHYT": [f"DN482{n:010}" for n in rng.integers(0, 10**10, size).tolist()],
        "DIEN_THOAI": list(people.phones),
        "DIA_CHI": list(people.addresses),
        "NGAY_SINH": list(births),
        "GIOI_TINH": ["2" if woman else "1" for woman in (rng.random(size) < 0.54).tolist()],
        "MA_XA_CU_TRU": [
            home.code if old else home.current for home, old in zip(homes, before, strict=True)
        ],
    }


def _patients(world: World) -> list[Row]:
    """Part of the patients' index; the first is the canary, so that a reading of it shows."""
    rng = world.rng(NAME, 4)
    size = world.size(3000, least=50)
    people: People = draw_people(rng, np.zeros(size, dtype=np.int64), 82, old_cards=0.1)
    columns = (people.names, people.personal_ids, people.phones, people.addresses)
    rows: list[Row] = [
        {"ID": n, "HO_TEN": name, "SO_CCCD": number, "DIEN_THOAI": phone, "DIA_CHI": home,
         "TIEN_SU_BENH": "Tăng huyết áp"}
        for n, (name, number, phone, home) in enumerate(zip(*columns, strict=True), start=1)
    ]  # fmt: skip
    rows[0]["HO_TEN"] = canaries.NAME
    return rows


SYSTEM = System(NAME, make)
