"""iGate's lists: agencies, fields and procedures, with a few faults planted by hand."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from random import Random

from demo import text_dirt
from demo.agencies import DEPARTMENTS, MERGER, Agency, alias, igate_agencies
from demo.igate import money, procedure_code
from demo.people import tax_code
from demo.planting import ListPlanter, Planted, becomes
from demo.procedures import FIELDS, PROCEDURES, Procedure
from demo.store import Row, Table
from demo.truth import Outcome, PlantedFault
from demo.units import Units

DM_DONVI = Table(
    "DM_DONVI",
    (
        "ID", "MaDonVi", "MaDinhDanhCu", "TenDonVi", "TenVietTat", "LoaiDonVi", "MaDonViCha",
        "MaDiaBan", "MaSoThue", "DienThoai", "Email", "Website", "NguoiDungDau", "TrangThai",
        "MaDonViThayThe", "NgayHieuLuc", "NgayHetHieuLuc", "DaXoa", "NgayCapNhat",
    ),
    frozenset({"ID", "DaXoa"}),
)  # fmt: skip
DM_LINHVUC = Table("DM_LINHVUC", ("ID", "MaLinhVuc", "TenLinhVuc"), frozenset({"ID"}))
DM_THUTUC = Table(
    "DM_THUTUC",
    (
        "ID", "MaThuTuc", "PhienBan", "TenThuTuc", "MaLinhVuc", "CapThucHien", "MucDo",
        "MaCoQuan", "ThoiHanGiaiQuyet", "LePhi", "LePhiGhiChu", "ThanhPhan", "SoQuyetDinh",
        "NgayHieuLuc", "NgayHetHieuLuc", "TrangThai", "DaXoa", "NgayCapNhat",
    ),
    frozenset({"ID", "PhienBan", "DaXoa"}),
)  # fmt: skip

FORMULA_NAME, FORMULA_NOTE = "=cmd|' /C calc'!A0", "@SUM(1+9)*cmd|' /C calc'!A0"
_KINDS = {
    "ubnd_tinh": "UBND tỉnh", "so": "Sở, ngành", "ban": "Ban quản lý",
    "don_vi_su_nghiep": "Đơn vị sự nghiệp", "ubnd_huyen": "UBND cấp huyện",
    "ubnd_xa": "UBND cấp xã",
}  # fmt: skip
_LEVELS = {"tinh": "Cấp tỉnh", "huyen": "Cấp huyện", "xa": "Cấp xã"}
_ONLINE = {4: "Toàn trình", 3: "Một phần", 2: "Cung cấp thông tin"}
_HEADS = ("Trần Văn Hải", "Nguyễn Thị Hồng Nhung", "Lê Quốc Phong", "Phạm Minh Tuấn")
_UPDATED = "2025-07-01 08:00:00"
_OLD_VERSION_SINCE = "2023-05-15"


def _day(iso: str | None) -> str | None:
    return None if iso is None else f"{iso[8:]}/{iso[5:7]}/{iso[:4]}"


def _agency_row(n: int, agency: Agency) -> Row:
    slug = agency.code.lower().replace(".", "-")
    status = "Hoạt động"
    if agency.until:
        status = "Sáp nhập" if agency.successor else "Hết hiệu lực"
    return {
        "ID": n,
        "MaDonVi": agency.code,
        "MaDinhDanhCu": alias(agency.code),
        "TenDonVi": agency.name,
        "TenVietTat": agency.short,
        "LoaiDonVi": _KINDS[agency.kind],
        "MaDonViCha": agency.parent,
        "MaDiaBan": agency.unit,
        "MaSoThue": tax_code(140_100_000 + n * 10) if agency.kind == "so" else None,
        "DienThoai": f"0277{3_850_000 + n * 7}",
        "Email": f"{slug}@dongthap.gov.vn",
        "Website": f"https://{slug}.dongthap.gov.vn" if agency.kind != "ubnd_huyen" else None,
        "NguoiDungDau": _HEADS[n % len(_HEADS)],
        "TrangThai": status,
        "MaDonViThayThe": agency.successor,
        "NgayHieuLuc": _day(agency.since),
        "NgayHetHieuLuc": _day(agency.until),
        "DaXoa": 0,
        "NgayCapNhat": _UPDATED,
    }


def _dirty_agencies(rows: list[Row], note: ListPlanter) -> None:
    """Plant in the present communes' rows, counted from the end."""
    name, rng = ("TenDonVi", "name"), Random("agencies")
    for place, fault, text in (
        (-3, "trailing_spaces", f"  {rows[-3]['TenDonVi']}  "),
        (-8, "nfd", unicodedata.normalize("NFD", str(rows[-8]["TenDonVi"]))),
        (-13, "nbsp", text_dirt.no_break_space(str(rows[-13]["TenDonVi"]), rng)),
        (-18, "loose_spaces", str(rows[-18]["TenDonVi"]).replace(" ", "  ", 1)),
    ):
        clean = str(rows[place]["TenDonVi"])
        rows[place]["TenDonVi"] = text
        note.note(rows[place], fault, Outcome.FIXED, "clean_text", becomes(*name, clean))
    rows[-23]["DienThoai"] = "(067) 3851234"
    phone = becomes("DienThoai", "phone", "+842773851234")
    note.note(rows[-23], "old_phone", Outcome.FIXED, "phone_e164", phone)
    rows[-28]["TenVietTat"] = FORMULA_NAME
    formula = becomes("TenVietTat", "short_name", FORMULA_NAME)
    note.note(rows[-28], "formula_cell", Outcome.KEPT, "", formula)


def _useless_agencies(rows: list[Row], note: ListPlanter) -> None:
    """Add rows that no one refers to: deleted, unreadable, and an old copy."""
    template, last = rows[-1], len(rows)
    alone: Row = {"MaDinhDanhCu": None, "MaDiaBan": "82", "LoaiDonVi": "Đơn vị sự nghiệp"}
    rows += [
        note.note(
            template
            | alone
            | {"ID": last + 1, "MaDonVi": "H20.90", "TenDonVi": "Đơn vị nhập nhầm", "DaXoa": 1},
            "soft_deleted",
            Outcome.EXCLUDED,
            "soft_deleted",
            Planted("DaXoa", ""),
        ),
        note.note(
            template
            | alone
            | {
                "ID": last + 2,
                "MaDonVi": "H20.91",
                "TenDonVi": "Tổ công tác liên ngành",
                "NgayHieuLuc": "31/02/2025",
            },
            "impossible_date",
            Outcome.QUARANTINED,
            "valid_from.readable",
            Planted("NgayHieuLuc", "valid_from"),
        ),
        note.note(
            rows[-33] | {"ID": last + 3, "DienThoai": None, "NgayCapNhat": "2025-06-30 08:00:00"},
            "duplicate_key",
            Outcome.QUARANTINED,
            "primary_key.unique",
            Planted("MaDonVi", "agency_code"),
        ),
    ]


def agency_rows(units: Units) -> tuple[list[Row], list[PlantedFault]]:
    """Rows of DM_DONVI and the truth about them."""
    rows = [_agency_row(n, agency) for n, agency in enumerate(igate_agencies(units), start=1)]
    note = ListPlanter("igate", DM_DONVI.name, "MaDonVi")
    _dirty_agencies(rows, note)
    _useless_agencies(rows, note)
    return rows, note.truths


def field_rows() -> list[Row]:
    """Rows of DM_LINHVUC."""
    return [
        {"ID": n, "MaLinhVuc": code, "TenLinhVuc": name}
        for n, (code, name) in enumerate(FIELDS.items(), start=1)
    ]


def _versions(item: Procedure) -> Iterator[Row]:
    """Version 2, of before the merger, and version 3, unless it was abolished."""
    common: Row = {
        "TenThuTuc": item.name,
        "MaLinhVuc": item.field,
        "MaCoQuan": f"H20.{DEPARTMENTS[item.department].number}",
        "ThoiHanGiaiQuyet": str(item.sla),
        "LePhiGhiChu": "Theo nghị quyết của Hội đồng nhân dân tỉnh" if item.fee else None,
        "ThanhPhan": item.components,
        "DaXoa": 0,
        "NgayCapNhat": _UPDATED,
    }
    yield common | {
        "PhienBan": 2,
        "CapThucHien": _LEVELS[item.level],
        "MucDo": f"Mức độ {item.online}",
        "SoQuyetDinh": "512/QĐ-UBND-HC",
        "NgayHieuLuc": _day(_OLD_VERSION_SINCE),
        "NgayHetHieuLuc": _day(item.abolished or MERGER),
        "TrangThai": "Bãi bỏ" if item.abolished else "Đã sửa đổi",
    }
    if not item.abolished:
        yield common | {
            "PhienBan": 3,
            "CapThucHien": _LEVELS["xa" if item.level == "huyen" else item.level],
            "MucDo": _ONLINE[item.online],
            "SoQuyetDinh": "37/QĐ-UBND",
            "NgayHieuLuc": _day(MERGER),
            "NgayHetHieuLuc": None,
            "TrangThai": "Còn hiệu lực",
        }


def _dirty_procedures(rows: list[Row], note: ListPlanter) -> None:
    name, rng = ("TenThuTuc", "name"), Random("procedures")
    clean = [str(row["TenThuTuc"]) for row in rows]
    rows[3]["TenThuTuc"] = text_dirt.loose_spaces(clean[3], rng)
    rows[5]["TenThuTuc"] = text_dirt.no_break_space(clean[5], rng)
    rows[7]["TenThuTuc"] = text_dirt.tone_first(clean[7], rng)
    rows[43]["TenThuTuc"] = clean[43].encode().decode("cp1252")
    for place, fault, rule in (
        (3, "loose_spaces", "clean_text"), (5, "nbsp", "clean_text"),
        (7, "mixed_composition", "clean_text"), (43, "mojibake", "fix_mojibake"),
    ):  # fmt: skip
        note.note(rows[place], fault, Outcome.FIXED, rule, becomes(*name, clean[place]))
    rows[9]["LePhiGhiChu"] = FORMULA_NOTE
    formula = becomes("LePhiGhiChu", "fee_note", FORMULA_NOTE)
    note.note(rows[9], "formula_cell", Outcome.KEPT, "", formula)
    for row in rows:
        if row["TrangThai"] == "Bãi bỏ":
            abolished = becomes("TrangThai", "status", "abolished")
            note.note(row, "abolished", Outcome.KEPT, "", abolished)


def _useless_procedures(rows: list[Row], note: ListPlanter) -> None:
    """Add rows that no case refers to: without a deadline, deleted, and an old copy."""
    template, last = rows[1], len(rows)
    rows += [
        note.note(
            template | {"ID": last + 1, "MaThuTuc": "1.009901", "ThoiHanGiaiQuyet": "0"},
            "sla_zero",
            Outcome.QUARANTINED,
            "sla_working_days.range",
            Planted("ThoiHanGiaiQuyet", "sla_working_days"),
        ),
        note.note(
            template | {"ID": last + 2, "MaThuTuc": "1.009902", "DaXoa": 1},
            "soft_deleted",
            Outcome.EXCLUDED,
            "soft_deleted",
            Planted("DaXoa", ""),
        ),
        note.note(
            template
            | {"ID": last + 3, "SoQuyetDinh": "35/QĐ-UBND", "NgayCapNhat": "2025-06-30 08:00:00"},
            "duplicate_key",
            Outcome.QUARANTINED,
            "primary_key.unique",
            Planted("MaThuTuc", "procedure_code"),
        ),
    ]


def procedure_rows() -> tuple[list[Row], list[PlantedFault]]:
    """Rows of DM_THUTUC and the truth about them."""
    rows: list[Row] = []
    for item in PROCEDURES:
        for version in _versions(item):
            n = len(rows) + 1
            fee = money(item.fee, n)
            rows.append(version | {"ID": n, "MaThuTuc": procedure_code(item.code, n), "LePhi": fee})
    note = ListPlanter("igate", DM_THUTUC.name, "MaThuTuc")
    _dirty_procedures(rows, note)
    _useless_procedures(rows, note)
    return rows, note.truths
