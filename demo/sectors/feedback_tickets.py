"""What the feedback systems of the sample share: tickets as they happen, before any vendor's
spelling. What a system calls things, and its faults, are the modules of the systems.

The first `RESERVED` tickets of each system hold no fault, so that other tickets can name them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from demo.agencies import (
    DEPARTMENTS,
    SUCCESSOR,
    commune_codes,
    department_at,
    district_codes,
)
from demo.people import People, draw_people
from demo.system import World
from demo.units import commune_centres
from demo.workdays import CALENDAR, FIRST_DAY, MERGER, NOW, REORGANISED

RESERVED = 120
_PER_BATCH = 20_000
_LOCAL_OFFSET = np.timedelta64(7, "h")
_FIELDS = ("01", "02", "03", "04", "05", "06", "07", "08", "99")
_SHARES = np.array([0.14, 0.06, 0.28, 0.05, 0.05, 0.16, 0.17, 0.08, 0.01])
# Who answers for a field where it is not the commune, and in how many working days.
_DEPARTMENT = ("SXD", "STTTT", "STNMT", "SCT", "SVHTTDL", "SXD", "SXD", "VP", "VP")
_LIMIT = np.array([5, 7, 7, 10, 10, 5, 5, 3, 10])
_TITLES = (
    ("Xe tải đậu lấn làn", "Đèn tín hiệu giao thông hỏng", "Đua xe gây mất trật tự ban đêm"),
    ("Sóng di động yếu", "Dây cáp viễn thông võng thấp", "Tin nhắn rác quảng cáo"),
    ("Rác thải không được thu gom", "Cơ sở xả nước thải ra kênh", "Đốt rác gây khói bụi",
     "Trại heo gây mùi hôi"),
    ("Cửa hàng bán không niêm yết giá", "Cúp điện kéo dài", "Chợ tự phát lấn đường"),
    ("Karaoke gây tiếng ồn", "Sân bóng công viên hư hỏng", "Quảng cáo rao vặt bừa bãi"),
    ("Lấn chiếm vỉa hè", "Xây dựng không phép", "Cây xanh ngã chắn lối đi"),
    ("Đường ngập nước sau mưa", "Mặt đường có ổ gà", "Nắp cống bị mất", "Đèn đường không sáng",
     "Nước máy yếu"),
    ("Hồ sơ đất đai chậm trả kết quả", "Không nộp được hồ sơ trực tuyến"),
    ("Góp ý về lịch tiếp dân", "Hỏi thông tin chung"),
)  # fmt: skip
_CONTENTS = (
    "{title} từ nhiều ngày nay, người dân đi lại rất khó khăn, đề nghị sớm kiểm tra.",
    "Đề nghị cơ quan chức năng xử lý: {title}. Tình trạng này đã kéo dài hơn một tuần.",
    "{title}. Bà con đã góp ý nhiều lần nhưng chưa được giải quyết dứt điểm.",
    "Kính mong địa phương quan tâm, khu vực này {title} ảnh hưởng đến sinh hoạt hằng ngày.",
)
NEW, ACCEPTED, ASSIGNED, PROCESSING, ANSWERED, CLOSED, REJECTED, REOPENED = range(8)
Times = npt.NDArray[Any]  # datetime64[s]: numpy's types lose the unit in arithmetic


@dataclass(frozen=True)
class Place:
    """A commune of one time, and the address text and agency of its people's committee or of
    the district above it."""

    code: str
    address: str
    agency: str
    agency_code: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Tickets:
    """Columns of a batch; `first` is the ordinal of its first ticket. Times are local; NaT
    where a ticket has not come so far. `status` is one of the numbers of this module."""

    first: int
    fields: list[str]
    titles: list[str]
    contents: list[str]
    streets: list[str]
    places: list[Place]
    agencies: list[str]
    agency_codes: list[str]
    latitudes: list[float]
    longitudes: list[float]
    created: Times
    accepted: Times
    due: Times
    answered: Times
    closed: Times
    status: list[int]
    ratings: list[int]
    public: list[bool]
    reviewed: list[bool]
    people: People

    def __len__(self) -> int:
        return len(self.fields)


def texts(times: Times, *, utc: bool = False) -> list[str | None]:
    """Local times as ``2025-01-14 07:12:33``, or in UTC with a ``Z``; None for NaT."""
    moved: Times = times - _LOCAL_OFFSET if utc else times
    sep, end = ("T", "Z") if utc else (" ", "")
    known = (~np.isnat(times)).tolist()
    spelled = np.datetime_as_string(moved, unit="s").tolist()
    return [
        f"{text.replace('T', sep)}{end}" if there else None
        for text, there in zip(spelled, known, strict=True)
    ]


class Drawing:
    """Draws the tickets of one system: of former Tiền Giang, and of the whole new province
    after the merger."""

    def __init__(self, world: World, system: str, total: int) -> None:
        self._world, self._system, self._total = world, system, total
        centres_before, centres_now = commune_centres()
        districts = district_codes("H58", "82", world.units)
        agencies = commune_codes(world.units)
        self._before = [
            Place(
                old.code, f"{old.name}, {old.district}, tỉnh Tiền Giang",
                f"UBND {_lower(old.district)}", districts[old.district_code],
                *centres_before[old.code],
            )
            for old in world.units.old
            if old.province_code == "82" and old.code in centres_before
        ]  # fmt: skip
        self._now = [
            Place(code, f"{name}, tỉnh Đồng Tháp", f"UBND {_lower(name)}", agencies[code],
                  *centres_now[code])
            for code, name in world.units.current.items()
            if code in centres_now
        ]  # fmt: skip

    def batches(self) -> Iterator[Tickets]:
        """All tickets, oldest first."""
        for first in range(0, self._total, _PER_BATCH):
            yield self._draw(first, min(_PER_BATCH, self._total - first))

    def first(self) -> Tickets:
        """The first tickets, as `batches` gives them."""
        return next(self.batches())

    def _draw(self, first: int, size: int) -> Tickets:
        rng = self._world.rng(self._system, 1, first)
        created, accepted, due, answered, closed, field = self._times(rng, first, size)
        late_state = rng.random(size)
        # The reserved ones are finished, so that whatever names them finds a whole ticket.
        status = np.select(
            [~np.isnat(closed), ~np.isnat(answered), late_state < 0.05, late_state < 0.1,
             late_state < 0.2, late_state < 0.3],
            [CLOSED, ANSWERED, REJECTED, REOPENED, NEW, ASSIGNED],
            PROCESSING,
        )  # fmt: skip
        accepted = np.where(status == NEW, np.datetime64("NaT"), accepted)
        places = self._places(rng, created)
        choice = rng.integers(0, 60, size).tolist()
        titles = [
            _TITLES[f][n % len(_TITLES[f])] for f, n in zip(field.tolist(), choice, strict=True)
        ]
        forms = rng.integers(0, len(_CONTENTS), size).tolist()
        agencies, codes = _agencies(rng, field, created, places)
        nobody = status == NEW
        spread = rng.normal(0, 0.002, (2, size)).clip(-0.006, 0.006)
        reviewed = rng.random(size) < 0.85
        people = draw_people(rng, np.zeros(size, dtype=np.int64), 82, old_cards=0.1)
        return Tickets(
            first=first,
            fields=[_FIELDS[f] for f in field.tolist()],
            titles=titles,
            contents=[_CONTENTS[form].format(title=title)
                      for form, title in zip(forms, titles, strict=True)],
            # No house comes twice within days: what is reported again is only what is planted.
            streets=[
                f"số {n % _HOUSES + 1}, {_LANES[lane]}"
                for n, lane in enumerate(rng.integers(0, len(_LANES), size).tolist(), start=first)
            ],
            places=places,
            agencies=["" if none else name for none, name in zip(nobody, agencies, strict=True)],
            agency_codes=["" if none else code for none, code in zip(nobody, codes, strict=True)],
            latitudes=[round(p.latitude + d, 6) for p, d in zip(places, spread[0], strict=True)],
            longitudes=[round(p.longitude + d, 6) for p, d in zip(places, spread[1], strict=True)],
            created=created, accepted=accepted, due=due, answered=answered, closed=closed,
            status=status.tolist(),
            ratings=np.where(rng.random(size) < 0.35, rng.choice(5, size, p=_RATINGS) + 1, 0)
            .tolist(),
            public=(rng.random(size) < 0.7).tolist(),
            reviewed=(reviewed & ~np.isnat(answered)).tolist(),
            people=people,
        )  # fmt: skip

    def _times(
        self, rng: np.random.Generator, first: int, size: int
    ) -> tuple[Times, Times, Times, Times, Times, npt.NDArray[np.int64]]:
        span = int((NOW - FIRST_DAY).astype(int))
        day = FIRST_DAY + (np.arange(first, first + size) * span // self._total)
        created = day.astype("datetime64[s]") + rng.integers(6 * 3600, 20 * 3600, size)
        accepted = created + rng.integers(120, 5400, size)
        field = rng.choice(len(_FIELDS), size, p=_SHARES)
        due_day = np.busday_offset(day, _LIMIT[field], roll="backward", busdaycal=CALENDAR)
        due = due_day.astype("datetime64[s]") + 17 * 3600
        late = rng.random(size) < 0.08
        room = (due - accepted).astype(np.int64)
        after = np.where(
            late, room + rng.integers(3600, 9 * 86400, size), room * rng.uniform(0.1, 0.97, size)
        )
        answered = accepted + after.astype("timedelta64[s]")
        closed = answered + rng.integers(600, 3 * 86400, size)
        end = NOW.astype("datetime64[s]")
        never = np.datetime64("NaT", "s")
        answered = np.where(answered > end, never, answered)
        closed = np.where((closed > end) | np.isnat(answered), never, closed)
        return created, accepted, due, answered, closed, field

    def _places(self, rng: np.random.Generator, created: Times) -> list[Place]:
        # Most tickets come from some communes, as people do.
        pick = rng.random(len(created)) ** 1.7
        before = (created < MERGER).tolist()
        return [
            pool[int(share * len(pool))]
            for share, pool in zip(
                pick.tolist(), (self._before if b else self._now for b in before), strict=True
            )
        ]


_HOUSES = 1999
_LANES = (*(f"ấp {n}" for n in range(1, 8)), "đường Lê Lợi", "đường Hùng Vương", "khu phố 3")
_RATINGS = (0.04, 0.06, 0.15, 0.35, 0.4)


def _lower(name: str) -> str:
    return name[0].lower() + name[1:]


def _agencies(
    rng: np.random.Generator, field: npt.NDArray[np.int64], created: Times, places: list[Place]
) -> tuple[list[str], list[str]]:
    names, codes = [], []
    local = (rng.random(len(places)) < 0.6).tolist()
    reorganised, merged = (created >= REORGANISED).tolist(), (created >= MERGER).tolist()
    for n, place in enumerate(places):
        if local[n]:
            names.append(place.agency)
            codes.append(place.agency_code)
            continue
        key = _DEPARTMENT[int(field[n])]
        key = SUCCESSOR.get(key, key) if reorganised[n] else department_at(key, reorganised=False)
        item = DEPARTMENTS[key]
        names.append(item.name)
        codes.append(f"{'H20' if merged[n] else 'H58'}.{item.number}")
    return names, codes
