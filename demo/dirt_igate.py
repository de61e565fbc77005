"""What each fault of iGate's cases does to a row, and what the cell must become again.

How many rows get which fault is `demo.faults_igate`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

from demo import canaries, text_dirt
from demo.agencies import alias
from demo.canaries import CanaryPerson
from demo.igate import CHANNELS, PUNCTUALITY, STATUSES
from demo.people import OLD_MOBILE
from demo.planting import Planted, becomes
from demo.store import Row

Mutate = Callable[[str, Random], str]

_STATUS = dict(
    zip(
        STATUSES[1:],
        ("received", "supplement_requested", "processing", "approved", "rejected", "withdrawn",
         "returned", "returned"),
        strict=True,
    )
)  # fmt: skip
_CHANNEL = dict(zip(CHANNELS, ("direct", "online", "postal"), strict=True))
_NULL_WORDS = ("-", "--", "N/A", "NA", "null", "không có", "Không có")
_NAME, _RECEIVED = ("HoTenNguoiNop", "applicant_name"), ("NgayTiepNhan", "received_at")
_EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a calendar day, not an instant
_CITIZENS = ("Nguyễn Văn Thiện", "Nguyễn Thị Hiền", "Nguyễn Hữu Tiến", "Nguyễn Thị Mỹ Duyên")
_LOCAL_OFFSET = timedelta(hours=7)


def _text(row: Row, column: str) -> str:
    return str(row[column])


def _when(row: Row) -> datetime:
    return datetime.fromisoformat(_text(row, "NgayTiepNhan"))


def as_citizen(row: Row, rng: Random) -> str:
    """Make the applicant a citizen (the faults of person names need one); gives the name."""
    if row["LoaiDoiTuong"] != "CN" or len(_text(row, "HoTenNguoiNop").split()) < 3:
        row["LoaiDoiTuong"], row["MaSoThue"] = "CN", None
        row["HoTenNguoiNop"] = rng.choice(_CITIZENS)
        row["SoCCCD"] = f"0870{rng.randrange(50, 99)}{rng.randrange(10**6):06}"
    return _text(row, "HoTenNguoiNop")


def in_name_or_status(mutate: Mutate, row: Row, rng: Random) -> Planted:
    """`mutate` the applicant's name or the status text."""
    column, target = _NAME if rng.random() < 0.5 else ("TrangThai", "status")
    if mutate(_text(row, column), rng) == row[column]:
        # A name without a mark has only one form.
        column, target = "TrangThai", "status"
    clean = _text(row, column)
    row[column] = mutate(clean, rng)
    return becomes(column, target, _STATUS[clean] if column == "TrangThai" else clean)


def tone_first(row: Row, rng: Random) -> Planted:
    """A name whose marks stand in an order that NFC does not repair."""
    name = "Nguyễn " + as_citizen(row, rng).split(" ", 1)[1]
    row["HoTenNguoiNop"] = text_dirt.tone_first(name, rng)
    return becomes(*_NAME, name)


def mojibake(row: Row, rng: Random) -> Planted:
    """A name or a channel in UTF-8 read as cp1252."""
    if rng.random() < 0.5:
        row["KenhTiepNhan"] = text_dirt.mojibake(CHANNELS[0], rng)
        return becomes("KenhTiepNhan", "channel", _CHANNEL[CHANNELS[0]])
    name = as_citizen(row, rng)
    if text_dirt.mojibake(name, rng) in (None, name):
        name = _CITIZENS[0]
    row["HoTenNguoiNop"] = text_dirt.mojibake(name, rng)
    return becomes(*_NAME, name)


def all_caps(row: Row, rng: Random) -> Planted:
    """A name in capitals."""
    name = as_citizen(row, rng)
    row["HoTenNguoiNop"] = name.upper()
    return becomes(*_NAME, name)


def salutation(row: Row, rng: Random) -> Planted:
    """A form of address before the name."""
    name = as_citizen(row, rng)
    words = ("Bà", "Chị", "Cô") if " Thị " in name else ("Ông", "Anh", "Ô.", "Mr", "Đ/c")
    row["HoTenNguoiNop"] = f"{rng.choice(words[:2])} {name}"
    return becomes(*_NAME, name)


def null_word(row: Row, rng: Random) -> Planted:
    """A word for nothing where nothing should be."""
    column, target = rng.choice(
        [("DanhGia", "satisfaction"), ("NgayTraKetQua", "returned_at"), ("LePhi", "fee_paid_vnd")]
    )
    if column == "NgayTraKetQua":
        row["TrangThai"] = STATUSES[4]
    row[column] = rng.choice(_NULL_WORDS)
    return becomes(column, target, None)


def lost_zero(codes: tuple[str, ...], row: Row, rng: Random) -> Planted:
    """An applicant from another province, the commune code without its zero."""
    code = rng.choice(codes)
    row["MaHuyen"], row["MaXa"] = None, code.lstrip("0")
    return becomes("MaXa", "applicant_admin_code", code)


def old_phone(row: Row, rng: Random) -> Planted:
    """A number of before the renumberings of 2017 and 2018."""
    digits = f"{rng.randrange(10**7):07}"
    if rng.random() < 0.3:
        row["SoDienThoai"] = f"067 3{digits[:3]} {digits[3:6]}"
        return becomes("SoDienThoai", "applicant_phone", f"+842773{digits[:6]}")
    new = rng.choice(sorted(set(OLD_MOBILE) - {"039"}))
    row["SoDienThoai"] = f"{OLD_MOBILE[new]}{digits}"
    return becomes("SoDienThoai", "applicant_phone", f"+84{new[1:]}{digits}")


def phone_format(row: Row, rng: Random) -> Planted:
    """A number of today in another spelling."""
    phone = _text(row, "SoDienThoai")
    row["SoDienThoai"] = rng.choice(
        [f"+84{phone[1:]}", f"84{phone[1:]}", f"0084{phone[1:]}",
         f"{phone[:4]}.{phone[4:7]}.{phone[7:]}", f"{phone[:4]} {phone[4:7]} {phone[7:]}"]
    )  # fmt: skip
    return becomes("SoDienThoai", "applicant_phone", f"+84{phone[1:]}")


def date_form(form: str, row: Row, rng: Random) -> Planted:
    """Another spelling of the day (and time, where the spelling has one) of receipt."""
    del rng
    when = _when(row)
    day = when.replace(hour=0, minute=0, second=0)
    minute = when.replace(second=0)
    text, value = {
        "vietnamese": (f"{when:%d/%m/%Y %H:%M}", minute),
        "dashes": (f"{when.day}-{when.month}-{when.year}", day),
        "short_year": (f"{when.day}/{when.month}/{when:%y}", day),
        "words": (f"ngày {when.day} tháng {when.month} năm {when.year}", day),
        "excel": (str((day - _EXCEL_EPOCH).days), day),
        "epoch": (str(int((when - _LOCAL_OFFSET).replace(tzinfo=UTC).timestamp()) * 1000), when),
    }[form]
    row["NgayTiepNhan"] = text
    return becomes(*_RECEIVED, value.isoformat(sep=" "))


def impossible_date(row: Row, rng: Random) -> Planted:
    """Received on a day that no year has."""
    del rng
    row["NgayTiepNhan"] = f"31/02/{_when(row).year}"
    return Planted(*_RECEIVED)


def buddhist_year(row: Row, rng: Random) -> Planted:
    """Received in a year of the Buddhist era."""
    del rng
    when = _when(row)
    row["NgayTiepNhan"] = f"{when.year + 543}{when:-%m-%d %H:%M:%S}"
    return Planted(*_RECEIVED)


def missing_received(row: Row, rng: Random) -> Planted:
    """No day of receipt."""
    row["NgayTiepNhan"] = rng.choice([None, ""])
    return Planted(*_RECEIVED)


def finished_first(row: Row, rng: Random) -> Planted:
    """Finished before it was received."""
    row["NgayHoanThanh"] = str(_when(row) - timedelta(days=rng.randrange(2, 9)))
    row["TinhTrangHan"] = PUNCTUALITY[0]
    return Planted("NgayHoanThanh", "finished_at")


def future(row: Row, rng: Random) -> Planted:
    """Received years ahead, the number and the due day with it, so that only that is wrong."""
    del rng
    when = _when(row)
    later = when.replace(year=when.year + 6)
    number = _text(row, "SoHoSo").split("-")
    row["SoHoSo"] = f"{number[0]}-{later:%y%m%d}-{number[2]}"
    row["NgayTiepNhan"], row["NgayHenTra"] = str(later), str(later + timedelta(days=9))
    row["NgayHoanThanh"] = row["NgayTraKetQua"] = row["DanhGia"] = None
    row["TrangThai"], row["TinhTrangHan"] = STATUSES[3], PUNCTUALITY[3]
    return Planted(*_RECEIVED)


def no_meaning(column: str, target: str, values: tuple[str, ...], row: Row, rng: Random) -> Planted:
    """A value that means nothing here."""
    row[column] = rng.choice(values)
    return Planted(column, target)


def unknown_commune(codes: tuple[str, ...], row: Row, rng: Random) -> Planted:
    """A commune code that means nothing on the day of receipt."""
    row["MaHuyen"] = None
    return no_meaning("MaXa", "applicant_admin_code", codes, row, rng)


def old_agency_form(row: Row, rng: Random) -> Planted:
    """The receiving agency by its QCVN 102 code."""
    del rng
    code = _text(row, "MaDonViTiepNhan")
    row["MaDonViTiepNhan"] = alias(code)
    return becomes("MaDonViTiepNhan", "receiving_agency_code", code)


def wrong_punctuality(row: Row, rng: Random) -> Planted:
    """The source's own opinion against its own dates."""
    del rng
    late = row["TinhTrangHan"] == PUNCTUALITY[2]
    row["TinhTrangHan"] = PUNCTUALITY[1 if late else 2]
    return Planted("TinhTrangHan", "on_time")


def flagged(column: str, row: Row, rng: Random) -> Planted:
    """Set a yes/no column."""
    del rng
    row[column] = 1
    return Planted(column, "")


def older_copy(row: Row, rng: Random) -> Planted:
    """An earlier state of the same case that was never taken away."""
    older = str(_when(row) + timedelta(seconds=rng.randrange(1, 50)))
    extra = row | {
        "NgayHoanThanh": None, "NgayTraKetQua": None, "DanhGia": None, "TrangThai": STATUSES[1],
        "TinhTrangHan": PUNCTUALITY[3], "NgayCapNhat": older,
    }  # fmt: skip
    return Planted("SoHoSo", "case_no", extra=extra)


def canary(person: CanaryPerson, then: Callable[[Row, Random], Planted] | None,
            row: Row, rng: Random) -> Planted:  # fmt: skip
    """The canary `person` as applicant, and `then` another fault."""
    row["LoaiDoiTuong"], row["MaSoThue"] = "CN", None
    row["HoTenNguoiNop"], row["DiaChi"] = canaries.NAME, canaries.ADDRESS
    row["SoCCCD"], row["SoDienThoai"] = person.personal_id, person.phone
    return then(row, rng) if then else becomes(*_NAME, canaries.NAME)
