"""iGate's mapping of ``service_case`` (`datasets/service_case/from/igate.yaml`) in pandas.

The rival, so the one place outside `datasets/` that knows the columns: what a competent person
writes who has pandas and not the platform. Its rows must be those of the pipeline, which
`benchmarks.standardization` checks. How a cell is cleaned is `benchmarks.pandas_ordinary` or
`benchmarks.pandas_tuned`: two rivals, one mapping.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import ModuleType

import numpy as np
import pandas as pd

Cleaning = ModuleType
"""`benchmarks.pandas_ordinary` or `benchmarks.pandas_tuned`, which have the same functions."""

APPLICANT_TYPES = {"CN": "citizen", "DN": "enterprise", "CQ": "agency"}
CHANNELS = {"Trực tiếp": "direct", "Trực tuyến": "online", "Bưu chính": "postal"}
STATUSES = {
    "Mới tiếp nhận": "received",
    "Yêu cầu bổ sung": "supplement_requested",
    "Đang xử lý": "processing",
    "Đã có kết quả": "approved",
    "Từ chối": "rejected",
    "Công dân rút hồ sơ": "withdrawn",
    "Đã trả kết quả": "returned",
    "Đã trả KQ": "returned",
}
ON_TIME = {"Trước hạn": "early", "Đúng hạn": "on_time", "Quá hạn": "late", "Đang xử lý": "running"}
SATISFACTION = {
    "Rất hài lòng": "5",
    "Hài lòng": "4",
    "Bình thường": "3",
    "Không hài lòng": "2",
    "Rất không hài lòng": "1",
}
_USUAL_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8}"


def standardise(
    raw: pd.DataFrame, units: pd.DataFrame, key: bytes, cleaning: Cleaning
) -> pd.DataFrame:
    """The contract's columns, ``source_key``, ``quality_flag``, ``excluded`` and one column
    ``unreadable:<column>`` for each that can be, of every row of `raw`."""
    made, lookup = pd.DataFrame(index=raw.index), cleaning.lookup
    name = cleaning.fix_mojibake(raw["HoTenNguoiNop"])
    channel = cleaning.fix_mojibake(raw["KenhTiepNhan"])
    made["case_no"] = cleaning.case_number(raw["SoHoSo"])
    made["procedure_code"] = cleaning.procedure_code(raw["MaThuTuc"])
    for ours, theirs in (("receiving", "MaDonViTiepNhan"), ("handling", "MaDonViXuLy")):
        former = cleaning.agency_code_from_qcvn102(raw[theirs])
        made[f"{ours}_agency_code"] = cleaning.agency_code(raw[theirs]).fillna(former)
    made["applicant_type"] = lookup(APPLICANT_TYPES, raw["LoaiDoiTuong"])
    made["applicant_token"] = cleaning.pseudonym(key, cleaning.personal_id(raw["SoCCCD"]))
    made["applicant_name"] = cleaning.person_name(name)
    made["applicant_phone"] = cleaning.phone_e164(raw["SoDienThoai"])
    made["applicant_admin_code"] = cleaning.commune_code(raw["MaXa"])
    made["received_at"] = cleaning.parse_timestamp(raw["NgayTiepNhan"])
    made["applicant_admin_system"] = _unit_system(made, units)
    made["channel"] = lookup(CHANNELS, channel)
    made["due_at"] = cleaning.parse_timestamp(raw["NgayHenTra"])
    made["finished_at"] = cleaning.parse_timestamp(raw["NgayHoanThanh"])
    made["returned_at"] = cleaning.parse_timestamp(raw["NgayTraKetQua"])
    made["status"] = lookup(STATUSES, raw["TrangThai"])
    finished, due = (made[c].dt.normalize() for c in ("finished_at", "due_at"))
    made["on_time"] = np.select(
        [finished.isna(), finished < due, finished == due], ["running", "early", "on_time"], "late"
    )
    made["fee_paid_vnd"] = cleaning.money_vnd(raw["LePhi"])
    made["satisfaction"] = pd.to_numeric(lookup(SATISFACTION, raw["DanhGia"])).astype("Int64")
    made["source_key"] = raw["ID"].astype("str")
    made["quality_flag"] = _flag(raw, made, name, channel, cleaning)
    made["excluded"] = (raw["DaXoa"] == 1) | (raw["LaHoSoTest"] == 1)
    return pd.concat([made, _unreadable(raw, made, name, cleaning)], axis=1)


def _unit_system(made: pd.DataFrame, units: pd.DataFrame) -> pd.Series:
    """The code system of the one unit that had the code on the day of receipt."""
    asked = pd.DataFrame({"code": made["applicant_admin_code"], "day": made["received_at"].dt.date})
    found = periods(asked.dropna().drop_duplicates(), units, {"code": "unit_code"})
    only = found.drop_duplicates(["code", "day"], keep=False)[["code", "day", "code_system"]]
    return asked.merge(only, how="left", on=["code", "day"])["code_system"].set_axis(made.index)


def _differ(one: pd.Series, other: pd.Series) -> pd.Series:
    return one.notna() & other.notna() & (one != other)


def _flag(
    raw: pd.DataFrame, made: pd.DataFrame, name: pd.Series, channel: pd.Series, cleaning: Cleaning
) -> pd.Series:
    """``suspect``, ``fixed`` or ``ok``."""
    theirs, status, phone = raw["HoTenNguoiNop"], raw["TrangThai"], raw["SoDienThoai"]
    emptied = [
        raw[column].notna() & cleaning.null_word(raw[column]).isna()
        for column in ("DanhGia", "LePhi", "NgayTraKetQua")
    ]
    fixed = (
        _differ(theirs, cleaning.clean_text(theirs))
        | _differ(status, cleaning.clean_text(status))
        | _differ(theirs, name)
        | _differ(raw["KenhTiepNhan"], channel)
        | _differ(made["applicant_name"], cleaning.clean_text(name))
        | np.logical_or.reduce(emptied)
        | (raw["MaXa"].str.len() < 5)
        | _differ(made["applicant_phone"], "+84" + phone.str[1:])
        | ~raw["NgayTiepNhan"].str.fullmatch(_USUAL_DAY, na=True)
        | cleaning.agency_code(raw["MaDonViTiepNhan"]).isna()
    )
    said = cleaning.lookup(ON_TIME, raw["TinhTrangHan"])
    finished, due = (made[c].dt.normalize() for c in ("finished_at", "due_at"))
    doubted = np.select(
        [said == "running", said == "late"],
        [finished.notna(), finished <= due],
        finished > due,
    )
    return pd.Series(np.select([doubted, fixed], ["suspect", "fixed"], "ok"), raw.index)


def _unreadable(
    raw: pd.DataFrame, made: pd.DataFrame, name: pd.Series, cleaning: Cleaning
) -> pd.DataFrame:
    """Cells that say something and could not be read."""
    read: Mapping[str, tuple[pd.Series, ...]] = {
        "case_no": (raw["SoHoSo"],),
        "procedure_code": (raw["MaThuTuc"],),
        "receiving_agency_code": (raw["MaDonViTiepNhan"],),
        "handling_agency_code": (raw["MaDonViXuLy"],),
        "applicant_type": (raw["LoaiDoiTuong"],),
        "applicant_token": (raw["SoCCCD"],),
        "applicant_name": (name,),
        "applicant_phone": (raw["SoDienThoai"],),
        "applicant_admin_code": (raw["MaXa"],),
        "applicant_admin_system": (
            raw["MaXa"].where(made["applicant_admin_code"].isna()),
            raw["NgayTiepNhan"].where(made["received_at"].isna()),
        ),
        "channel": (raw["KenhTiepNhan"],),
        "received_at": (raw["NgayTiepNhan"],),
        "due_at": (raw["NgayHenTra"],),
        "finished_at": (raw["NgayHoanThanh"],),
        "returned_at": (raw["NgayTraKetQua"],),
        "status": (raw["TrangThai"],),
        "fee_paid_vnd": (raw["LePhi"],),
        "satisfaction": (raw["DanhGia"],),
    }
    found = {}
    for column, inputs in read.items():
        empty = made[column].isna()
        flags = pd.Series(data=False, index=raw.index)
        for cells in inputs:
            flags[empty] |= cleaning.null_word(cells[empty]).notna()
        found[f"unreadable:{column}"] = flags
    return pd.DataFrame(found)


def periods(values: pd.DataFrame, reference: pd.DataFrame, on: Mapping[str, str]) -> pd.DataFrame:
    """The rows of `reference` that hold on the day of each row of `values`.

    Args:
        values: the columns that are keys of `on`, and ``day``; each distinct row once.
        reference: the columns that are values of `on`, ``valid_from``, ``valid_to``.
    """
    both = values.merge(reference, left_on=list(on), right_on=list(on.values()))
    last = both["valid_to"].fillna(date.max)
    return both[(both["valid_from"] <= both["day"]) & (both["day"] < last)]
