"""The agencies of both systems, before their vendors' spelling.

Codes: QĐ 20/2020 form (``H20.5``) with the QCVN 102 form (``000.00.05.H20``) as alias.
Departments were founded anew on the day of the merger, so each has two validities.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from demo.units import Units

FOUNDED, REORGANISED, MERGER = "2016-03-01", "2025-03-01", "2025-07-01"


@dataclass(frozen=True)
class Department:
    """`number` is its place in the code (``H20.<number>``); `before` the key of the department
    it took over from on 2025-03-01; `gone` marks those that ended on that day."""

    number: int
    name: str
    short: str
    before: str | None = None
    gone: bool = False


DEPARTMENTS: dict[str, Department] = {
    "VP": Department(1, "Văn phòng Ủy ban nhân dân tỉnh", "VP UBND tỉnh"),
    "SNV": Department(2, "Sở Nội vụ", "SNV"),
    "STP": Department(3, "Sở Tư pháp", "STP"),
    "STC": Department(4, "Sở Tài chính", "STC"),
    "SCT": Department(5, "Sở Công Thương", "SCT"),
    "SNNMT": Department(6, "Sở Nông nghiệp và Môi trường", "SNNMT", before="STNMT"),
    "SXD": Department(7, "Sở Xây dựng", "SXD"),
    "SKHCN": Department(8, "Sở Khoa học và Công nghệ", "SKHCN"),
    "SVHTTDL": Department(9, "Sở Văn hóa, Thể thao và Du lịch", "SVHTTDL"),
    "SGDDT": Department(10, "Sở Giáo dục và Đào tạo", "SGDĐT"),
    "SYT": Department(11, "Sở Y tế", "SYT"),
    "TTR": Department(12, "Thanh tra tỉnh", "TTR"),
    "BQL": Department(13, "Ban Quản lý Khu kinh tế", "BQLKKT"),
    "STNMT": Department(14, "Sở Tài nguyên và Môi trường", "STNMT", gone=True),
    "STTTT": Department(15, "Sở Thông tin và Truyền thông", "STTTT", gone=True),
}
SUCCESSOR = {"STNMT": "SNNMT", "STTTT": "SKHCN"}
CENTRE = "1.1"  # the provincial one-stop centre, under the office of the People's Committee
FIRST_DISTRICT, FIRST_COMMUNE = 21, 101


@dataclass(frozen=True)
class Agency:
    """One agency in one validity. Dates are ISO, `until` is half-open and None when open.
    `kind` is a D3 `agency_type`, or ``ubnd_huyen`` for the districts that ended."""

    code: str
    name: str
    short: str
    kind: str
    parent: str | None
    unit: str
    since: str
    until: str | None = None
    successor: str | None = None


def alias(code: str) -> str | None:
    """``H20.5`` in the QCVN 102 form ``000.00.05.H20``; None where a part needs three digits."""
    root, *parts = code.split(".")
    if len(parts) > 2 or any(int(part) > 99 for part in parts):
        return None
    second, third = (*parts, "0", "0")[:2]
    return f"000.{int(third):02}.{int(second):02}.{root}"


def department_at(key: str, reorganised: bool) -> str:
    """The key of the department that did `key`'s work before or after 2025-03-01."""
    return key if reorganised else DEPARTMENTS[key].before or key


def _kind(key: str) -> str:
    return {"BQL": "ban"}.get(key, "so")


def _province(root: str, unit: str, since: str, until: str | None) -> Iterator[Agency]:
    """The province's own agencies in one validity, without the ones that ended in March 2025."""
    yield Agency(root, "Ủy ban nhân dân tỉnh", "UBND tỉnh", "ubnd_tinh", None, unit, since, until)
    for key, item in DEPARTMENTS.items():
        if item.gone:
            continue
        start = REORGANISED if item.before and until else since
        code = f"{root}.{item.number}"
        yield Agency(code, item.name, item.short, _kind(key), root, unit, start, until)
    centre = "Trung tâm Phục vụ hành chính công tỉnh"
    kind, code = "don_vi_su_nghiep", f"{root}.{CENTRE}"
    yield Agency(code, centre, "TTPVHCC", kind, f"{root}.1", unit, since, until)


def _ended_in_march(root: str, unit: str) -> Iterator[Agency]:
    for key, successor in SUCCESSOR.items():
        item, heir = DEPARTMENTS[key], f"{root}.{DEPARTMENTS[successor].number}"
        code = f"{root}.{item.number}"
        yield Agency(code, item.name, item.short, "so", root, unit, FOUNDED, REORGANISED, heir)


def district_codes(root: str, province_code: str, units: Units) -> dict[str, str]:
    """District unit code to agency code for the districts of one old province."""
    codes = sorted({old.district_code for old in units.old if old.province_code == province_code})
    return {code: f"{root}.{FIRST_DISTRICT + n}" for n, code in enumerate(codes)}


def commune_codes(units: Units) -> dict[str, str]:
    """Unit code of a present commune to the code of its People's Committee."""
    return {unit: f"H20.{FIRST_COMMUNE + n}" for n, unit in enumerate(units.current)}


def _districts(root: str, province_code: str, units: Units) -> Iterator[Agency]:
    for unit, code in district_codes(root, province_code, units).items():
        name = units.districts[unit]
        lower = name[0].lower() + name[1:]
        yield Agency(
            code,
            f"Ủy ban nhân dân {lower}",
            f"UBND {lower}",
            "ubnd_huyen",
            root,
            unit,
            FOUNDED,
            MERGER,
        )


def igate_agencies(units: Units) -> tuple[Agency, ...]:
    """Old Đồng Tháp until the merger, the whole new province from then on."""
    districts = tuple(_districts("H20", "87", units))
    one_stops = (
        Agency(
            f"{d.code}.1",
            f"Bộ phận Tiếp nhận và Trả kết quả {d.short}",
            f"BPMC {d.short}",
            "ubnd_huyen",
            d.code,
            d.unit,
            FOUNDED,
            MERGER,
        )
        for d in districts
    )
    communes = (
        Agency(
            code,
            f"Ủy ban nhân dân {name[0].lower()}{name[1:]}",
            f"UBND {name[0].lower()}{name[1:]}",
            "ubnd_xa",
            "H20",
            unit,
            MERGER,
        )
        for (unit, name), code in zip(
            units.current.items(), commune_codes(units).values(), strict=True
        )
    )
    return (
        *_province("H20", "87", FOUNDED, MERGER),
        *_ended_in_march("H20", "87"),
        *districts,
        *one_stops,
        *_province("H20", "82", MERGER, None),
        *communes,
    )


def mot_cua_agencies(units: Units) -> tuple[Agency, ...]:
    """Old Tiền Giang; every agency ended on the day of the merger."""
    merged = (
        Agency(
            a.code,
            a.name,
            a.short,
            a.kind,
            a.parent,
            a.unit,
            a.since,
            a.until,
            a.code.replace("H58", "H20", 1),
        )
        for a in _province("H58", "82", FOUNDED, MERGER)
    )
    return (*merged, *_ended_in_march("H58", "82"), *_districts("H58", "82", units))
