"""The older system, "Một cửa" of 2017: its tables and how it spells a case.

Everything typed is TCVN3; nothing here knows about planted faults.
"""

from __future__ import annotations

import numpy as np

from demo import agencies, workdays
from demo.agencies import DEPARTMENTS, alias, department_at
from demo.course import Course, Instants, OnTime, Status
from demo.people import OLD_MOBILE, People
from demo.procedures import PROCEDURES
from demo.store import Cell, Table
from demo.tcvn3 import encode
from demo.units import Units

TB_HOSO = Table(
    "TB_HOSO",
    (
        "ID", "SOBIENNHAN", "MATTHC", "MADV_NHAN", "MADV_XULY", "LOAIKH", "HOTEN", "SOCMND",
        "MST", "DIENTHOAI", "DIACHI", "MAHUYEN", "MAXA", "NGAYNHAN", "NGAYHEN", "NGAYXONG",
        "NGAYTRA", "TRANGTHAI", "DUNGHAN", "TRUCTUYEN", "BUUCHINH", "LEPHI", "DANHGIA", "XOA",
        "THU", "NGAYSUA",
    ),
    frozenset({"ID", "LOAIKH", "MAHUYEN", "MAXA", "TRANGTHAI", "DANHGIA"}),
    index=("SOBIENNHAN",),
)  # fmt: skip

YES, NO = "C", "K"


def dates(values: Instants) -> list[str | None]:
    """Days as this system's clerks type them: dd/mm/yyyy, or d/m/yy every third."""
    texts = np.datetime_as_string(values, unit="D").tolist()
    return [date(text, n % 3 == 1) for n, text in enumerate(texts)]


def date(iso: str, short: bool) -> str | None:
    """One day, long or short; ``NaT`` is None."""
    if iso == "NaT":
        return None
    year, month, day = iso[:4], iso[5:7], iso[8:10]
    return f"{int(day)}/{int(month)}/{year[2:]}" if short else f"{day}/{month}/{year}"


def money(amount: int) -> str | None:
    """An amount as this system has it: ``1.234.567 ®``."""
    return encode(f"{amount:,} đ".replace(",", ".")) if amount else None


def old_phone(phone: str, habit: int) -> str:
    """A number of today as the old records have it: before the renumberings of 2017 and 2018."""
    if habit % 8 == 0:
        return f"073.3{phone[-6:]}"
    old = OLD_MOBILE.get(phone[:3])
    return f"{old}{phone[3:]}" if old else phone


class Spelling:
    """Writes courses of cases the way the old system does. Keeps the running case numbers,
    so batches must come in order."""

    def __init__(self, units: Units) -> None:
        self._units = units
        self._districts = agencies.district_codes("H58", "82", units)
        self._numbers: dict[tuple[str, str], int] = {}

    def columns(self, course: Course, people: People, first_id: int) -> dict[str, list[Cell]]:
        """Columns of TB_HOSO for a batch. A case that moved to iGate is still open here."""
        ids = list(range(first_id, first_id + len(people.names)))
        moved = course.moved
        receiving, handling = self._agencies(course)
        days = np.datetime_as_string(course.received, unit="D").tolist()
        districts, communes, addresses = self._places(course, people)
        status = np.where(moved, Status.PROCESSING, course.status).tolist()
        on_time = np.where(moved, OnTime.RUNNING, course.on_time).tolist()
        never = np.datetime64("NaT")
        updated = np.where(moved, course.received, course.updated)
        columns: dict[str, list[Cell]] = {
            "ID": list(ids),
            "SOBIENNHAN": [self._number(a, d) for a, d in zip(receiving, days, strict=True)],
            "MATTHC": [
                PROCEDURES[p].code + (".000.00.00.H58" if n % 2 else "")
                for p, n in zip(course.procedure.tolist(), ids, strict=True)
            ],
            "MADV_NHAN": list(receiving),
            "MADV_XULY": list(handling),
            "LOAIKH": [kind + 1 for kind in people.kinds],
            "HOTEN": [encode(name) for name in people.names],
            "SOCMND": list(people.personal_ids),
            "MST": list(people.tax_codes),
            "DIENTHOAI": [old_phone(p, n) for p, n in zip(people.phones, ids, strict=True)],
            "DIACHI": addresses,
            "MAHUYEN": districts,
            "MAXA": communes,
            "NGAYNHAN": list(dates(course.received)),
            "NGAYHEN": list(dates(course.due)),
            "NGAYXONG": list(dates(np.where(moved, never, course.finished))),
            "NGAYTRA": list(dates(np.where(moved, never, course.returned))),
            "TRANGTHAI": list(status),
            "DUNGHAN": [(YES, YES, NO, None)[value] for value in on_time],
            "TRUCTUYEN": [YES if c == 1 else NO for c in course.channel.tolist()],
            "BUUCHINH": [YES if c == 2 else NO for c in course.channel.tolist()],
            "LEPHI": [money(fee) for fee in course.fee.tolist()],
            "DANHGIA": [r or None for r in np.where(moved, 0, course.rating).tolist()],
            "XOA": [NO] * len(ids),
            "THU": [NO] * len(ids),
            "NGAYSUA": [
                text.replace("T", " ") for text in np.datetime_as_string(updated, unit="s").tolist()
            ],
        }
        return {name: columns[name] for name in TB_HOSO.columns}

    def _number(self, agency: str, day: str) -> str:
        short = f"{day[2:4]}{day[5:7]}{day[8:10]}"
        serial = self._numbers.get((agency, short), 0) + 1
        self._numbers[agency, short] = serial
        return f"{agency}-{short}-{serial:04}"

    def _agencies(self, course: Course) -> tuple[list[str], list[str]]:
        reorganised = bool(course.received[0] >= workdays.REORGANISED)
        centre = alias(f"H58.{agencies.CENTRE}") or ""
        departments = {
            p: alias(f"H58.{DEPARTMENTS[department_at(item.department, reorganised)].number}") or ""
            for p, item in enumerate(PROCEDURES)
            if item.level == "tinh"
        }
        districts = {unit: alias(code) or "" for unit, code in self._districts.items()}
        spare = tuple(districts.values())
        receiving, handling = [], []
        for procedure, office, old in zip(
            course.procedure.tolist(), course.office.tolist(), course.old.tolist(), strict=True
        ):
            if procedure in departments:
                receiving.append(centre)
                handling.append(departments[procedure])
                continue
            unit = self._units.old[old].district_code if old >= 0 else None
            district = districts[unit] if unit else spare[office % len(spare)]
            receiving.append(district)
            handling.append(district)
        return receiving, handling

    def _places(self, course: Course, people: People) -> tuple[list[Cell], list[Cell], list[Cell]]:
        """District and commune code as integers, and the address."""
        districts: list[Cell] = []
        communes: list[Cell] = []
        addresses: list[Cell] = []
        for old, away, line in zip(
            course.old.tolist(), course.outside.tolist(), people.addresses, strict=True
        ):
            unit = self._units.old[old] if old >= 0 else None
            districts.append(int(unit.district_code) if unit else None)
            communes.append(int(unit.code if unit else self._units.outside_old[away]))
            place = f", {unit.name}, {unit.district}" if unit else ""
            addresses.append(encode(f"{line}{place}"))
        return districts, communes, addresses
