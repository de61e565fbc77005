"""The faults planted in the visits of HIS, their rates, and what must become of each."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from random import Random

from demo import canaries
from demo.planting import Fault, Planted, becomes
from demo.sectors import dirt
from demo.store import Row
from demo.truth import Outcome


def _date(form: str, row: Row, rng: Random) -> Planted:
    del rng
    day, time = str(row["NGAY_VAO"]).split(" ")
    year, month, number = day.split("-")
    minute = time[:5]
    row["NGAY_VAO"] = {
        "vietnamese": f"{number}/{month}/{year} {minute}",
        "words": f"ngày {int(number)} tháng {int(month)} năm {year}",
    }[form]
    return becomes("NGAY_VAO", "visited_on", day)


def _loose_code(row: Row, rng: Random) -> Planted:
    # Only the chapter is made of it, so the truth cannot state a value.
    return replace(dirt.loose("MA_BENH_CHINH", "icd_chapter")(row, rng), states=False, value=None)


def _dotted_cost(row: Row, rng: Random) -> Planted:
    del rng
    clean = int(str(row["T_TONGCHI"]))
    row["T_TONGCHI"] = f"{clean:,} đ".replace(",", ".")
    return becomes("T_TONGCHI", "cost", str(clean))


def _canary(row: Row, rng: Random) -> Planted:
    del rng
    row["HO_TEN"], row["DIA_CHI"] = canaries.NAME, canaries.ADDRESS
    row["SO_CCCD"], row["DIEN_THOAI"] = canaries.IGATE[0].personal_id, canaries.IGATE[0].phone
    return Planted("HO_TEN", "")


def _bad_canary(row: Row, rng: Random) -> Planted:
    _canary(row, rng)
    return dirt.set_to("NGAY_VAO", "visited_on", "2025-02-30 08:00:00")(row, rng)


def _left_first(row: Row, rng: Random) -> Planted:
    del rng
    row["NGAY_RA"] = "2024-12-01 08:00:00"
    return Planted("NGAY_RA", "left_on")


def faults() -> tuple[Fault, ...]:
    """Every fault of the visits."""
    fixed, refused, excluded = Outcome.FIXED, Outcome.QUARANTINED, Outcome.EXCLUDED
    return dirt.faults(
        (
            ("date_vietnamese", 0.003, fixed, "parse_timestamp", partial(_date, "vietnamese")),
            ("date_words", 0.0005, fixed, "parse_timestamp", partial(_date, "words")),
            ("loose_spaces", 0.002, fixed, "clean_text", _loose_code),
            ("dotted_cost", 0.003, fixed, "money_vnd", _dotted_cost),
            ("null_word", 0.001, fixed, "null_word",
             dirt.null_word("T_TONGCHI", "cost")),
            ("impossible_date", 0.0005, refused, "visited_on.readable",
             dirt.set_to("NGAY_VAO", "visited_on", "2025-02-30 08:00:00")),
            ("missing_date", 0.0003, refused, "visited_on.required",
             dirt.set_to("NGAY_VAO", "visited_on", None)),
            ("left_first", 0.0005, refused, "left_after_visit", _left_first),
            ("unknown_facility", 0.0005, refused, "facility_known",
             dirt.set_to("MA_CSKCB", "facility_type", "82Z99")),
            ("unknown_disease", 0.0005, refused, "icd_chapter.readable",
             dirt.set_to("MA_BENH_CHINH", "icd_chapter", "99.9")),
            ("missing_disease", 0.0005, refused, "icd_chapter.required",
             dirt.set_to("MA_BENH_CHINH", "icd_chapter", None)),
            ("born_after_visit", 0.0003, refused, "age_band.readable",
             dirt.set_to("NGAY_SINH", "age_band", "01/01/2030")),
            ("unknown_sex", 0.0003, refused, "sex.readable",
             dirt.set_to("GIOI_TINH", "sex", "9")),
            ("negative_cost", 0.0005, refused, "cost_possible",
             dirt.set_to("T_TONGCHI", "cost", "-5000")),
            ("cancelled", 0.004, excluded, "cancelled",
             dirt.set_to("TRANG_THAI", "", "Hủy")),
            ("test_record", 0.001, excluded, "test_record", dirt.set_to("LA_TEST", "", 1)),
            ("canary", 0.0, Outcome.KEPT, "", _canary),
            ("bad_canary", 0.0, refused, "visited_on.readable", _bad_canary),
        )
    )  # fmt: skip
