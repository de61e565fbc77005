"""The newer system, iGate: its tables and how it spells a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from demo import agencies, workdays
from demo.agencies import DEPARTMENTS, department_at
from demo.course import Course, Instants
from demo.people import People
from demo.procedures import PROCEDURES
from demo.store import Cell, Table
from demo.units import Units

HOSO = Table(
    "HOSO",
    (
        "ID", "SoHoSo", "MaThuTuc", "MaDonViTiepNhan", "MaDonViXuLy", "LoaiDoiTuong",
        "HoTenNguoiNop", "SoCCCD", "MaSoThue", "SoDienThoai", "DiaChi", "MaHuyen", "MaXa",
        "KenhTiepNhan", "NgayTiepNhan", "NgayHenTra", "NgayHoanThanh", "NgayTraKetQua",
        "TrangThai", "TinhTrangHan", "LePhi", "DanhGia", "DaXoa", "LaHoSoTest", "NgayCapNhat",
    ),
    frozenset({"ID", "DaXoa", "LaHoSoTest"}),
    index=("SoHoSo", "NgayCapNhat"),
)  # fmt: skip

KINDS = ("CN", "DN", "CQ")
CHANNELS = ("Trực tiếp", "Trực tuyến", "Bưu chính")
# By `cases.Status`; the last is the short form that some offices type.
STATUSES = ("", "Mới tiếp nhận", "Yêu cầu bổ sung", "Đang xử lý", "Đã có kết quả", "Từ chối",
            "Công dân rút hồ sơ", "Đã trả kết quả", "Đã trả KQ")  # fmt: skip
PUNCTUALITY = ("Trước hạn", "Đúng hạn", "Quá hạn", "Đang xử lý")
RATINGS = (None, "Rất không hài lòng", "Không hài lòng", "Bình thường", "Hài lòng", "Rất hài lòng")
_SHORT_FORM_EVERY = 20


def instants(values: Instants) -> list[str | None]:
    """Instants as this system prints them; NaT is None."""
    texts = np.datetime_as_string(values, unit="s").tolist()
    return [None if text == "NaT" else text.replace("T", " ") for text in texts]


def procedure_code(code: str, habit: int) -> str:
    """The code as one of three habits has it: bare, with H20, or with the old long suffix."""
    return (code, f"{code}.H20", f"{code}.000.00.00.H20")[habit % 3]


def money(amount: int, habit: int) -> str | None:
    """An amount as one of this system's habits has it."""
    if amount == 0:
        return "Miễn phí" if habit % 2 else None
    dotted = f"{amount:,}".replace(",", ".")
    return (str(amount), dotted, f"{dotted} đ")[habit % 3]


class Spelling:
    """Writes courses of cases the way iGate does. Keeps the running case numbers, so batches
    must come in order."""

    def __init__(self, units: Units) -> None:
        self._units = units
        self._communes = tuple(units.current.items())
        self._offices = tuple(agencies.commune_codes(units).values())
        self._districts = agencies.district_codes("H20", "87", units)
        self._numbers: dict[tuple[str, str], int] = {}

    def columns(self, course: Course, people: People, first_id: int) -> dict[str, list[Cell]]:
        """Columns of HOSO for a batch, in the table's order."""
        size = len(people.names)
        received = instants(course.received)
        receiving, handling = self._agencies(course)
        return self._table(
            course,
            people,
            {
                "ID": list(range(first_id, first_id + size)),
                "SoHoSo": [
                    self._number(agency, day or "")
                    for agency, day in zip(receiving, received, strict=True)
                ],
                "MaDonViTiepNhan": list(receiving),
                "MaDonViXuLy": list(handling),
            },
        )

    def moved_columns(
        self, course: Course, people: People, numbers: Sequence[Cell], receiving: Sequence[Cell],
        first_id: int,
    ) -> dict[str, list[Cell]]:  # fmt: skip
        """Columns of HOSO for cases taken over from the old system, under their old numbers;
        `receiving` are the agencies that took them in."""
        handling = [
            self._handler(PROCEDURES[p].level, p, reorganised=True) or self._offices[office]
            for p, office in zip(course.procedure.tolist(), course.office.tolist(), strict=True)
        ]
        return self._table(
            course,
            people,
            {
                "ID": list(range(first_id, first_id + len(numbers))),
                "SoHoSo": list(numbers),
                "MaDonViTiepNhan": list(receiving),
                "MaDonViXuLy": list(handling),
            },
        )

    def _number(self, agency: str, received: str) -> str:
        day = f"{received[2:4]}{received[5:7]}{received[8:10]}"
        serial = self._numbers.get((agency, day), 0) + 1
        self._numbers[agency, day] = serial
        return f"{agency}-{day}-{serial:04}"

    @staticmethod
    def _handler(level: str, procedure: int, *, reorganised: bool) -> str | None:
        """The department that handles a province-level procedure, None for the others."""
        if level != "tinh":
            return None
        key = department_at(PROCEDURES[procedure].department, reorganised)
        return f"H20.{DEPARTMENTS[key].number}"

    def _agencies(self, course: Course) -> tuple[list[str], list[str]]:
        receiving, handling = [], []
        first_day = course.received[0].astype("datetime64[D]")
        reorganised = bool(first_day >= workdays.REORGANISED)
        merged = bool(first_day >= workdays.MERGER)
        districts = tuple(self._districts.values())
        for procedure, office, old in zip(
            course.procedure.tolist(), course.office.tolist(), course.old.tolist(), strict=True
        ):
            handler = self._handler(PROCEDURES[procedure].level, procedure, reorganised=reorganised)
            if handler:
                receiving.append(f"H20.{agencies.CENTRE}")
                handling.append(handler)
            elif merged:
                receiving.append(self._offices[office])
                handling.append(self._offices[office])
            else:
                district = (
                    self._districts[self._units.old[old].district_code]
                    if old >= 0
                    else districts[office % len(districts)]
                )
                receiving.append(f"{district}.1")
                handling.append(district)
        return receiving, handling

    def _places(self, course: Course, people: People) -> tuple[list[Cell], list[Cell], list[Cell]]:
        """District code, commune code and address of each applicant."""
        districts: list[Cell] = []
        communes: list[Cell] = []
        addresses: list[Cell] = []
        merged = bool(course.received[0] >= workdays.MERGER)
        outside = self._units.outside_new if merged else self._units.outside_old
        for current, old, away, line in zip(
            course.current.tolist(), course.old.tolist(), course.outside.tolist(),
            people.addresses, strict=True,
        ):  # fmt: skip
            if away >= 0:
                districts.append(None)
                communes.append(outside[away])
                addresses.append(line)
            elif old >= 0:
                unit = self._units.old[old]
                districts.append(unit.district_code)
                communes.append(unit.code)
                addresses.append(f"{line}, {unit.name}, {unit.district}")
            else:
                code, name = self._communes[current]
                districts.append(None)
                communes.append(code)
                addresses.append(f"{line}, {name}, tỉnh Đồng Tháp")
        return districts, communes, addresses

    def _table(
        self, course: Course, people: People, given: Mapping[str, list[Cell]]
    ) -> dict[str, list[Cell]]:
        ids = [int(value) for value in given["ID"] if value is not None]
        districts, communes, addresses = self._places(course, people)
        zero: list[Cell] = [0] * len(ids)
        columns: dict[str, list[Cell]] = {
            **given,
            "MaThuTuc": [
                procedure_code(PROCEDURES[p].code, n)
                for p, n in zip(course.procedure.tolist(), ids, strict=True)
            ],
            "LoaiDoiTuong": [KINDS[kind] for kind in people.kinds],
            "HoTenNguoiNop": list(people.names),
            "SoCCCD": list(people.personal_ids),
            "MaSoThue": list(people.tax_codes),
            "SoDienThoai": list(people.phones),
            "DiaChi": addresses,
            "MaHuyen": districts,
            "MaXa": communes,
            "KenhTiepNhan": [CHANNELS[channel] for channel in course.channel.tolist()],
            "NgayTiepNhan": list(instants(course.received)),
            "NgayHenTra": list(instants(course.due)),
            "NgayHoanThanh": list(instants(course.finished)),
            "NgayTraKetQua": list(instants(course.returned)),
            "TrangThai": [
                STATUSES[8 if status == 7 and n % _SHORT_FORM_EVERY == 0 else status]
                for status, n in zip(course.status.tolist(), ids, strict=True)
            ],
            "TinhTrangHan": [PUNCTUALITY[value] for value in course.on_time.tolist()],
            "LePhi": [money(fee, n) for fee, n in zip(course.fee.tolist(), ids, strict=True)],
            "DanhGia": [RATINGS[value] for value in course.rating.tolist()],
            "DaXoa": zero,
            "LaHoSoTest": list(zero),
            "NgayCapNhat": list(instants(course.updated)),
        }
        return {name: columns[name] for name in HOSO.columns}
