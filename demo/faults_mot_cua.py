"""The faults planted in the old system's cases, their rates, and what must become of each.

TCVN3, short dates, old phones and the like are that system's habits, not faults. The one habit
that is written down as a fault is a commune code whose leading zero its integer column lost.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from random import Random

from demo import canaries, text_dirt
from demo.canaries import CanaryPerson
from demo.mot_cua_2017 import NO, YES, date, old_phone
from demo.planting import Fault, Planted, Span, becomes
from demo.store import Row
from demo.tcvn3 import decode, encode
from demo.truth import Outcome
from demo.units import Units

LOST_ZERO, LOST_ZERO_RULE = "lost_zero", "commune_code"
_NAME, _RECEIVED = ("HOTEN", "applicant_name"), ("NGAYNHAN", "received_at")
# TCVN3 has no capitals with a tone mark; these names have none to lose.
_TONELESS = ("Lê Văn Minh", "Đinh Công Danh", "Trương Văn Long", "Cao Văn Tuân", "Lê Thanh Long")
_UNICODE = ("Nguyễn Văn Lộc", "Trần Thị Phượng", "Phạm Thị Diễm", "Nguyễn Hữu Nghĩa")


def _iso(row: Row) -> str:
    """The day of receipt, from the number (dates are spelled in two ways here)."""
    day = str(row["SOBIENNHAN"]).split("-")[1]
    return f"20{day[:2]}-{day[2:4]}-{day[4:]}"


def _citizen(name: str, row: Row, rng: Random) -> Row:
    """Make the applicant a citizen of that name."""
    if row["LOAIKH"] != 1:
        row["LOAIKH"], row["MST"] = 1, None
        row["SOCMND"] = f"31{rng.randrange(10**7):07}"
    row["HOTEN"] = name
    return row


def _loose_spaces(row: Row, rng: Random) -> Planted:
    clean = str(row["HOTEN"])
    row["HOTEN"] = text_dirt.loose_spaces(clean, rng)
    return becomes(*_NAME, decode(clean))


def _all_caps(row: Row, rng: Random) -> Planted:
    name = rng.choice(_TONELESS)
    _citizen(encode(name.upper()), row, rng)
    return becomes(*_NAME, name)


def _salutation(row: Row, rng: Random) -> Planted:
    name = rng.choice(_UNICODE)
    word = "Bà" if " Thị " in name else "Ông"
    _citizen(encode(f"{word} {name}"), row, rng)
    return becomes(*_NAME, name)


def _typed_in_unicode(row: Row, rng: Random) -> Planted:
    """A clerk with a Unicode keyboard: must be left alone by the TCVN3 conversion."""
    name = rng.choice(_UNICODE)
    _citizen(name, row, rng)
    return becomes(*_NAME, name)


def _null_word(row: Row, rng: Random) -> Planted:
    column, target = rng.choice([("NGAYTRA", "returned_at"), ("LEPHI", "fee_paid_vnd")])
    if column == "NGAYTRA":
        row["TRANGTHAI"] = 4
    row[column] = encode(rng.choice(["-", "--", "N/A", "không có"]))
    return becomes(column, target, None)


def _date_words(row: Row, rng: Random) -> Planted:
    del rng
    when = datetime.fromisoformat(_iso(row))
    row["NGAYNHAN"] = encode(f"ngày {when.day} tháng {when.month} năm {when.year}")
    return becomes(*_RECEIVED, str(when))


def _received(text: Callable[[str], str | None], row: Row, rng: Random) -> Planted:
    """The day of receipt made from its ISO form."""
    del rng
    row["NGAYNHAN"] = text(_iso(row))
    return Planted(*_RECEIVED)


def _impossible(iso: str) -> str:
    return f"31/02/{iso[:4]}"


def _buddhist(iso: str) -> str:
    return f"{iso[8:]}/{iso[5:7]}/{int(iso[:4]) + 543}"


def _missing(iso: str) -> None:
    del iso


def _finished_first(row: Row, rng: Random) -> Planted:
    earlier = datetime.fromisoformat(_iso(row)) - timedelta(days=rng.randrange(2, 9))
    row["NGAYXONG"], row["DUNGHAN"] = date(f"{earlier:%Y-%m-%d}", short=False), YES
    return Planted("NGAYXONG", "finished_at")


def _future(row: Row, rng: Random) -> Planted:
    del rng
    number, iso = str(row["SOBIENNHAN"]).split("-"), _iso(row)
    later = datetime.fromisoformat(iso).replace(year=2031)
    row["SOBIENNHAN"] = f"{number[0]}-{later:%y%m%d}-{number[2]}"
    row["NGAYNHAN"] = f"{later:%d/%m/%Y}"
    row["NGAYHEN"] = f"{later + timedelta(days=9):%d/%m/%Y}"
    row["NGAYXONG"] = row["NGAYTRA"] = row["DANHGIA"] = row["DUNGHAN"] = None
    row["TRANGTHAI"] = 3
    return Planted(*_RECEIVED)


def _set(column: str, target: str, values: tuple[str | int, ...], row: Row, rng: Random) -> Planted:
    """A value that means nothing here."""
    row[column] = rng.choice(values)
    return Planted(column, target)


def _wrong_punctuality(row: Row, rng: Random) -> Planted:
    del rng
    row["DUNGHAN"] = YES if row["DUNGHAN"] == NO else NO
    return Planted("DUNGHAN", "on_time")


def _flag(column: str, row: Row, rng: Random) -> Planted:
    del rng
    row[column] = YES
    return Planted(column, "")


def _older_copy(row: Row, rng: Random) -> Planted:
    """An earlier state of the same case that was never taken away."""
    del rng
    extra = row | {
        "NGAYXONG": None, "NGAYTRA": None, "DANHGIA": None, "DUNGHAN": None, "TRANGTHAI": 1,
        "NGAYSUA": f"{_iso(row)} 07:00:00",
    }  # fmt: skip
    return Planted("SOBIENNHAN", "case_no", extra=extra)


def _canary(person: CanaryPerson, then: Callable[[Row, Random], Planted] | None,
            row: Row, rng: Random) -> Planted:  # fmt: skip
    _citizen(encode(canaries.NAME), row, rng)
    row["DIACHI"] = encode(canaries.ADDRESS)
    row["SOCMND"], row["DIENTHOAI"] = person.personal_id, old_phone(person.phone, 1)
    return then(row, rng) if then else becomes(*_NAME, canaries.NAME)


def inside_the_province(
    units: Units, plant: Callable[[Row, Random], Planted]
) -> Callable[[Row, Random], Planted]:
    """`plant` on a row whose commune has no lost zero, so that the row holds one fault only."""
    home = next(old for old in units.old if old.province_code == "82")

    def planted(row: Row, rng: Random) -> Planted:
        if int(row["MAXA"] or 0) < 10_000:
            row["MAHUYEN"], row["MAXA"] = int(home.district_code), int(home.code)
        return plant(row, rng)

    return planted


def faults(units: Units) -> tuple[Fault, ...]:
    """Every fault of the old system's cases that is planted at a rate."""
    fixed, out, gone = Outcome.FIXED, Outcome.QUARANTINED, Outcome.EXCLUDED
    received, people = "received_at", canaries.MOT_CUA_2017
    impossible, deleted = partial(_received, _impossible), partial(_flag, "XOA")
    nowhere = partial(_set, "MAXA", "applicant_admin_code", (99999, 98765))
    no_procedure = partial(_set, "MATTHC", "procedure_code", ("9.999001", "9.999002.000.00.00.H58"))
    no_status = partial(_set, "TRANGTHAI", "status", (0, 99))
    fee = partial(_set, "LEPHI", "fee_paid_vnd", (encode("-50.000 đ"), encode("-20.000 đ")))
    planned = (
        Fault("loose_spaces", 0.006, fixed, "clean_text", _loose_spaces),
        Fault("all_caps_name", 0.004, fixed, "person_name", _all_caps),
        Fault("salutation", 0.004, fixed, "person_name", _salutation),
        Fault("unicode_in_tcvn3", 0.006, Outcome.KEPT, "from_tcvn3", _typed_in_unicode),
        Fault("null_word", 0.005, fixed, "null_word", _null_word),
        Fault("date_words", 0.002, fixed, "parse_timestamp", _date_words),
        Fault("impossible_date", 0.001, out, f"{received}.readable", impossible),
        Fault("buddhist_year", 0.0005, out, f"{received}.readable", partial(_received, _buddhist)),
        Fault("missing_received", 0.001, out, f"{received}.required", partial(_received, _missing)),
        Fault("future_received", 0.0005, out, "received_not_future", _future),
        Fault("finished_before_received", 0.001, out, "finished_after_received", _finished_first),
        Fault("unknown_procedure", 0.001, out, "procedure_code.reference", no_procedure),
        Fault("unknown_commune", 0.001, out, "applicant_admin_code.reference", nowhere),
        Fault("unknown_status", 0.001, out, "status.readable", no_status),
        Fault("negative_fee", 0.001, out, "fee_paid_vnd.range", fee),
        Fault("duplicate_key", 0.002, out, "primary_key.unique", _older_copy),
        Fault("on_time_mismatch", 0.004, Outcome.SUSPECT, "on_time_mismatch", _wrong_punctuality),
        Fault("soft_deleted", 0.006, gone, "soft_deleted", deleted),
        Fault("test_record", 0.004, gone, "test_record", partial(_flag, "THU")),
        Fault("canary", 0, Outcome.KEPT, "", partial(_canary, people[0], None)),
        Fault("canary", 0, out, f"{received}.readable", partial(_canary, people[1], impossible)),
        Fault(
            "canary", 0, out, "applicant_admin_code.reference", partial(_canary, people[2], nowhere)
        ),
        Fault("canary", 0, gone, "soft_deleted", partial(_canary, people[3], deleted)),
        Fault("canary", 0, out, "primary_key.unique", partial(_canary, people[4], _older_copy)),
    )
    return tuple(
        Fault(
            f.name,
            f.rate,
            f.outcome,
            f.rule,
            inside_the_province(units, f.plant),
            Span.BEFORE_MERGER,
        )
        for f in planned
    )
