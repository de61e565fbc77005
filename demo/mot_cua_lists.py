"""The old system's lists: agencies, procedures and statuses, with a few faults by hand."""

from __future__ import annotations

from demo.agencies import DEPARTMENTS, Agency, alias, mot_cua_agencies
from demo.igate_lists import FORMULA_NAME, FORMULA_NOTE
from demo.mot_cua_2017 import NO, YES, date, money
from demo.planting import ListPlanter, Planted, becomes
from demo.procedures import PROCEDURES, Procedure
from demo.store import Row, Table
from demo.tcvn3 import decode, encode
from demo.truth import Outcome, PlantedFault
from demo.units import Units

TB_DONVI = Table(
    "TB_DONVI",
    (
        "ID", "MADV", "TENDV", "TENTAT", "LOAI", "MACHA", "MADIABAN", "DIENTHOAI", "HOATDONG",
        "MADV_MOI", "NGAYLAP", "NGAYNGUNG", "XOA", "NGAYSUA",
    ),
    frozenset({"ID", "LOAI", "MADIABAN"}),
)  # fmt: skip
TB_TTHC = Table(
    "TB_TTHC",
    (
        "ID", "MATTHC", "LANBANHANH", "TENTTHC", "MALV", "CAP", "MUCDO", "MADV", "SONGAY",
        "LEPHI", "GHICHU_LEPHI", "THANHPHAN", "SOQD", "NGAYBANHANH", "NGAYHET", "HIEULUC", "XOA",
        "NGAYSUA",
    ),
    frozenset({"ID", "LANBANHANH", "CAP", "MUCDO"}),
)  # fmt: skip
DM_TRANGTHAI = Table("DM_TRANGTHAI", ("ID", "MA", "TEN"), frozenset({"ID", "MA"}))

_SYSTEM = "mot_cua_2017"
_KINDS = {"ubnd_tinh": 1, "so": 2, "ban": 2, "ubnd_huyen": 3, "don_vi_su_nghiep": 4}
_LEVELS = {"tinh": 1, "huyen": 2, "xa": 3}
_STATUSES = ("Mới nhận", "Chờ bổ sung", "Đang giải quyết", "Đã giải quyết", "Trả lại",
             "Dân rút", "Đã giao kết quả")  # fmt: skip
_UPDATED, _SINCE, _UNTIL = "2025-06-30 17:00:00", "2019-04-01", "2025-07-01"


def _agency_row(n: int, agency: Agency) -> Row:
    return {
        "ID": n,
        "MADV": alias(agency.code),
        # Clerks avoid the capital that TCVN3 lacks.
        "TENDV": encode(agency.name.replace("Ủy ban nhân dân", "UBND")),
        "TENTAT": encode(agency.short),
        "LOAI": _KINDS[agency.kind],
        "MACHA": alias(agency.parent) if agency.parent else None,
        "MADIABAN": int(agency.unit),
        "DIENTHOAI": f"073.38{70_000 + n * 11}",
        "HOATDONG": NO,
        "MADV_MOI": agency.successor,
        "NGAYLAP": date(agency.since, short=False),
        "NGAYNGUNG": date(agency.until or "NaT", short=False),
        "XOA": NO,
        "NGAYSUA": _UPDATED,
    }


def agency_rows(units: Units) -> tuple[list[Row], list[PlantedFault]]:
    """Rows of TB_DONVI and the truth about them."""
    rows = [_agency_row(n, agency) for n, agency in enumerate(mot_cua_agencies(units), start=1)]
    note = ListPlanter(_SYSTEM, TB_DONVI.name, "MADV")
    clean = str(rows[5]["TENDV"])
    rows[5]["TENDV"] = clean.replace(" ", "  ") + " "
    name = becomes("TENDV", "name", decode(clean))
    note.note(rows[5], "loose_spaces", Outcome.FIXED, "clean_text", name)
    rows[-4]["TENTAT"] = FORMULA_NAME
    formula = becomes("TENTAT", "short_name", FORMULA_NAME)
    note.note(rows[-4], "formula_cell", Outcome.KEPT, "", formula)
    wrong = rows[-1] | {"ID": len(rows) + 1, "MADV": "000.00.90.H58", "XOA": YES}
    deleted = Planted("XOA", "")
    rows.append(note.note(wrong, "soft_deleted", Outcome.EXCLUDED, "soft_deleted", deleted))
    return rows, note.truths


def _procedure_row(n: int, item: Procedure) -> Row:
    return {
        "ID": n,
        "MATTHC": item.code + (".000.00.00.H58" if n % 2 else ""),
        "LANBANHANH": 1,
        "TENTTHC": encode(item.name),
        "MALV": item.field,
        "CAP": _LEVELS[item.level],
        "MUCDO": item.online,
        "MADV": alias(f"H58.{DEPARTMENTS[item.department].number}"),
        "SONGAY": str(item.sla),
        "LEPHI": money(item.fee),
        "GHICHU_LEPHI": encode("Theo nghị quyết của HĐND tỉnh") if item.fee else None,
        "THANHPHAN": encode(item.components),
        "SOQD": encode("1265/QĐ-UBND"),
        "NGAYBANHANH": date(_SINCE, short=False),
        "NGAYHET": date(item.abolished or _UNTIL, short=False),
        "HIEULUC": NO if item.abolished else YES,
        "XOA": NO,
        "NGAYSUA": _UPDATED,
    }


def procedure_rows() -> tuple[list[Row], list[PlantedFault]]:
    """Rows of TB_TTHC and the truth about them."""
    rows = [_procedure_row(n, item) for n, item in enumerate(PROCEDURES, start=1)]
    note = ListPlanter(_SYSTEM, TB_TTHC.name, "MATTHC")
    clean = str(rows[4]["TENTTHC"])
    rows[4]["TENTTHC"] = clean.replace(" ", " \n", 1)
    name = becomes("TENTTHC", "name", decode(clean))
    note.note(rows[4], "loose_spaces", Outcome.FIXED, "clean_text", name)
    rows[10]["GHICHU_LEPHI"] = FORMULA_NOTE
    formula = becomes("GHICHU_LEPHI", "fee_note", FORMULA_NOTE)
    note.note(rows[10], "formula_cell", Outcome.KEPT, "", formula)
    last, sla = len(rows), Planted("SONGAY", "sla_working_days")
    zero = rows[1] | {"ID": last + 1, "MATTHC": "1.009903", "SONGAY": "0"}
    gone = rows[1] | {"ID": last + 2, "MATTHC": "1.009904", "XOA": YES}
    deleted = Planted("XOA", "")
    rows += [
        note.note(zero, "sla_zero", Outcome.QUARANTINED, "sla_working_days.range", sla),
        note.note(gone, "soft_deleted", Outcome.EXCLUDED, "soft_deleted", deleted),
    ]
    return rows, note.truths


def status_rows() -> list[Row]:
    """Rows of DM_TRANGTHAI."""
    return [{"ID": n, "MA": n, "TEN": encode(text)} for n, text in enumerate(_STATUSES, start=1)]
