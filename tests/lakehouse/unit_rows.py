"""A few units of both times with their crosswalk, as the reference views of a pipeline."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import duckdb

from lakehouse.unit_sql import register_units
from lakehouse.units import CROSSWALK, UNITS

OLD, NEW = "QD124_2004", "QD19_2025"
_CHANGE = date(2025, 7, 1)
# (system, code, level, type, name, full name, parent): code 00001 is reused for another place,
# 00003 is split, "Tân Phú" is the name of two, "Tấn Phú" differs by its marks alone.
_UNITS = [
    (OLD, "82", "province", "tinh", "Tiền Giang", "Tỉnh Tiền Giang", None),
    (OLD, "815", "district", "thanh_pho", "Mỹ Tho", "Thành phố Mỹ Tho", "82"),
    (OLD, "820", "district", "huyen", "Cai Lậy", "Huyện Cai Lậy", "82"),
    (OLD, "00001", "commune", "xa", "Tân Phú", "Xã Tân Phú", "815"),
    (OLD, "00002", "commune", "xa", "Tân Phú", "Xã Tân Phú", "820"),
    (OLD, "00003", "commune", "xa", "Tấn Phú", "Xã Tấn Phú", "820"),
    (OLD, "00004", "commune", "phuong", "1", "Phường 1", "815"),
    (OLD, "00005", "commune", "phuong", "10", "Phường 10", "815"),
    (NEW, "82", "province", "tinh", "Đồng Tháp", "Tỉnh Đồng Tháp", None),
    (NEW, "00001", "commune", "xa", "Long Định", "Xã Long Định", "82"),
    (NEW, "00002", "commune", "phuong", "Mỹ Tho", "Phường Mỹ Tho", "82"),
]
_CROSSWALK = [
    ("00001", "00002", "whole", "1", "Nhập toàn bộ"),
    ("00002", "00001", "whole", "1", "Nhập toàn bộ"),
    ("00003", "00001", "part", None, "Nhập một phần"),
    ("00003", "00002", "part", None, "Nhập một phần"),
    ("00004", "00002", "renamed", "1", "Đổi tên"),
    ("00005", "00002", "part", "0.5000", "Nhập một phần"),
]


def _validity(system: str) -> tuple[date, date | None]:
    return (date(2004, 1, 1), _CHANGE) if system == OLD else (_CHANGE, None)


@contextmanager
def unit_tables() -> Iterator[duckdb.DuckDBPyConnection]:
    """The two reference views as a pipeline has them."""
    with duckdb.connect() as connection:
        connection.execute(
            f"""CREATE TABLE ref_{UNITS} (code_system VARCHAR, unit_code VARCHAR, level VARCHAR,
            unit_type VARCHAR, name VARCHAR, full_name VARCHAR, match_key VARCHAR,
            parent_code VARCHAR, legal_act VARCHAR, area_km2 DECIMAL(10,3), valid_from DATE,
            valid_to DATE)"""
        )
        for system, code, level, kind, name, full, parent in _UNITS:
            connection.execute(
                f"INSERT INTO ref_{UNITS} VALUES (?, ?, ?, ?, ?, ?, 'key', ?, NULL, 1.5, ?, ?)",
                [system, code, level, kind, name, full, parent, *_validity(system)],
            )
        connection.execute(
            f"""CREATE TABLE ref_{CROSSWALK} (old_system VARCHAR, old_code VARCHAR,
            new_system VARCHAR, new_code VARCHAR, relation VARCHAR, part_basis VARCHAR,
            share DECIMAL(5,4), effective_date DATE, note_raw VARCHAR)"""
        )
        for old_code, new_code, relation, share, note in _CROSSWALK:
            connection.execute(
                f"INSERT INTO ref_{CROSSWALK} VALUES (?, ?, ?, ?, ?, NULL, ?, ?, ?)",
                [OLD, old_code, NEW, new_code, relation, share, _CHANGE, note],
            )
        register_units(connection)
        yield connection
