"""A code says nothing without its day, and a split commune is never guessed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from lakehouse.rows import RowReader
from lakehouse.stores import StoreSettings, open_stores
from lakehouse.units import (
    CROSSWALK,
    UNIT_DAYS,
    UNITS,
    Candidate,
    find_units,
    register_units,
)
from tests.lakehouse.building import published

_OLD, _NEW = "QD124_2004", "QD19_2025"
_CHANGE = date(2025, 7, 1)
# (system, code, level, type, name, full name, parent): code 00001 is reused for another place,
# 00003 is split, "Tân Phú" is the name of two, "Tấn Phú" differs by its marks alone.
_UNITS = [
    (_OLD, "82", "province", "tinh", "Tiền Giang", "Tỉnh Tiền Giang", None),
    (_OLD, "815", "district", "thanh_pho", "Mỹ Tho", "Thành phố Mỹ Tho", "82"),
    (_OLD, "820", "district", "huyen", "Cai Lậy", "Huyện Cai Lậy", "82"),
    (_OLD, "00001", "commune", "xa", "Tân Phú", "Xã Tân Phú", "815"),
    (_OLD, "00002", "commune", "xa", "Tân Phú", "Xã Tân Phú", "820"),
    (_OLD, "00003", "commune", "xa", "Tấn Phú", "Xã Tấn Phú", "820"),
    (_OLD, "00004", "commune", "phuong", "1", "Phường 1", "815"),
    (_OLD, "00005", "commune", "phuong", "10", "Phường 10", "815"),
    (_NEW, "82", "province", "tinh", "Đồng Tháp", "Tỉnh Đồng Tháp", None),
    (_NEW, "00001", "commune", "xa", "Long Định", "Xã Long Định", "82"),
    (_NEW, "00002", "commune", "phuong", "Mỹ Tho", "Phường Mỹ Tho", "82"),
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
    return (date(2004, 1, 1), _CHANGE) if system == _OLD else (_CHANGE, None)


@pytest.fixture(scope="module")
def tables() -> Iterator[duckdb.DuckDBPyConnection]:
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
                [_OLD, old_code, _NEW, new_code, relation, share, _CHANGE, note],
            )
        register_units(connection)
        yield connection


@pytest.fixture(scope="module")
def readers(
    tables: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory
) -> tuple[RowReader, RowReader]:
    root: Path = tmp_path_factory.mktemp("units")
    stores = open_stores(StoreSettings(f"file://{root}", root / "cache"))
    units = published(
        tables,
        stores,
        f"SELECT * FROM ref_{UNITS}",
        ["code_system", "unit_code", "valid_from"],
        dataset=UNITS,
    )
    crosswalk = published(
        tables,
        stores,
        f"SELECT * FROM ref_{CROSSWALK}",
        ["old_system", "old_code", "new_system", "new_code"],
        dataset=CROSSWALK,
    )
    return RowReader(units, stores), RowReader(crosswalk, stores)


@pytest.mark.parametrize(
    ("code", "day", "system"),
    [
        ("00001", "2025-06-30", _OLD),
        ("00001", "2025-07-01", _NEW),
        ("00003", "2025-06-30", _OLD),
        ("00003", "2025-07-01", None),
        ("00001", "2003-12-31", None),
        ("99999", "2025-07-01", None),
    ],
)
def test_resolve_unit_is_by_day(
    tables: duckdb.DuckDBPyConnection, code: str, day: str, system: str | None
) -> None:
    found = tables.execute(
        f"SELECT resolve_unit(code, day) FROM (VALUES ('{code}', DATE '{day}')) AS t(code, day)"
    ).fetchone()
    assert found == ({"code_system": system, "unit_code": code} if system else None,)


def test_no_day_is_in_two_spans_of_a_code(tables: duckdb.DuckDBPyConnection) -> None:
    overlaps = tables.execute(
        f"SELECT count(*) FROM {UNIT_DAYS} AS a JOIN {UNIT_DAYS} AS b USING (unit_code) "
        "WHERE a.first_day < b.first_day AND b.first_day < a.next_day"
    ).fetchone()
    assert overlaps == (0,)


def test_nothing_resolves_to_nothing(tables: duckdb.DuckDBPyConnection) -> None:
    sql = (
        "SELECT resolve_unit(NULL, current_date), resolve_unit('00001', NULL), unit_now(NULL, '1')"
    )
    assert tables.execute(sql).fetchone() == (None, None, None)


@pytest.mark.parametrize(
    ("system", "code", "now"),
    [
        (_OLD, "00001", "00002"),
        (_OLD, "00002", "00001"),
        (_NEW, "00001", "00001"),
        (_OLD, "00004", "00002"),
        (_OLD, "00003", None),
        (_OLD, "00005", None),
        (_OLD, "815", None),
        (_NEW, "00003", None),
    ],
)
def test_unit_now_never_guesses_a_split(
    tables: duckdb.DuckDBPyConnection, system: str, code: str, now: str | None
) -> None:
    sql = f"SELECT unit_now(s, c) FROM (VALUES ('{system}', '{code}')) AS t(s, c)"
    assert tables.execute(sql).fetchone() == (now,)


def test_an_ambiguous_code_is_not_guessed(tables: duckdb.DuckDBPyConnection) -> None:
    with tables.cursor() as connection:
        connection.begin()
        connection.execute(
            f"INSERT INTO ref_{UNITS} FROM ref_{UNITS}"
            " WHERE unit_code = '00002' AND valid_to IS NULL"
        )
        found = connection.execute("SELECT resolve_unit('00002', DATE '2026-01-01')").fetchone()
        connection.rollback()
    assert found == (None,)


@pytest.mark.parametrize(
    "call",
    [
        "resolve_unit(code, day)",
        "unit_now(system, code)",
        "(SELECT 1 WHERE r.unit_code = unit_now(r.code_system, r.unit_code))",
    ],
)
def test_units_are_joined_by_hash(tables: duckdb.DuckDBPyConnection, call: str) -> None:
    tables.execute(
        f"""CREATE OR REPLACE VIEW many AS SELECT *, resolve_unit(code, day) AS r FROM (
        SELECT lpad((i % 9)::VARCHAR, 5, '0') AS code, '{_OLD}' AS system,
        DATE '2025-01-01' + (i % 300)::INTEGER AS day FROM range(10000) AS t(i))"""
    )
    plan = str(tables.execute(f"EXPLAIN SELECT count({call}) FROM many").fetchall())
    assert "HASH_JOIN" in plan
    for quadratic in ("NESTED_LOOP_JOIN", "CROSS_PRODUCT", "BLOCKWISE_NL_JOIN"):
        assert quadratic not in plan


def test_without_the_views_there_are_no_functions() -> None:
    with duckdb.connect() as connection:
        register_units(connection)
        with pytest.raises(duckdb.CatalogException):
            connection.execute("SELECT resolve_unit('1', current_date)")


def _codes(found: list[Candidate]) -> list[tuple[str, str]]:
    return [(candidate.unit.code_system, candidate.unit.code) for candidate in found]


def test_a_reused_code_is_two_places(readers: tuple[RowReader, RowReader]) -> None:
    found = find_units(*readers, code="00001")
    assert _codes(found) == [(_NEW, "00001"), (_OLD, "00001")]
    new, old = found
    assert new.unit.full_name == "Xã Long Định"
    assert new.unit.parents == ("Tỉnh Đồng Tháp",)
    assert [link.code for link in new.made_from] == ["00002", "00003"]
    assert new.became == ()
    assert new.now is None
    assert old.unit.parents == ("Thành phố Mỹ Tho", "Tỉnh Tiền Giang")
    assert old.now is not None
    assert old.now.unit is not None
    assert old.now.unit.full_name == "Phường Mỹ Tho"
    assert (old.now.relation, old.now.share, old.now.ground) == (
        "whole",
        Decimal(1),
        "Nhập toàn bộ",
    )


@pytest.mark.parametrize(("day", "system"), [(date(2025, 6, 30), _OLD), (date(2025, 7, 1), _NEW)])
def test_a_day_tells_which_place(
    readers: tuple[RowReader, RowReader], day: date, system: str
) -> None:
    assert _codes(find_units(*readers, code=" 00001 ", on=day)) == [(system, "00001")]


def test_a_split_commune_has_all_its_parts_and_no_successor(
    readers: tuple[RowReader, RowReader],
) -> None:
    (split,) = find_units(*readers, code="00003")
    assert split.split
    assert split.now is None
    assert [(link.code, link.share) for link in split.became] == [("00001", None), ("00002", None)]
    # Half of it went to one unit, and nobody says where the rest went.
    (half,) = find_units(*readers, code="00005")
    assert half.split
    assert half.now is None


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("Tân Phú", ["00002", "00001", "00003"]),
        ("Tấn Phú", ["00003", "00002", "00001"]),
        ("xa tan phu", ["00002", "00003", "00001"]),
        ("Phường Tân Phú", ["00002", "00003", "00001"]),
        ("P. 1", ["00004"]),
        ("phường 1", ["00004"]),
        ("đinh", ["00001"]),
        ("MỸ  THO", ["00002", "815"]),
        ("TP Mỹ Tho", ["815"]),
        ("TX. Mỹ Tho", ["00002", "815"]),
        ("Q.1", ["00004"]),
        ("thành phố mỹ tho", ["815"]),
        ("không có", []),
        ("xã", []),
        ("  ", []),
    ],
)
def test_names_are_found_however_they_are_typed(
    readers: tuple[RowReader, RowReader], name: str, codes: list[str]
) -> None:
    assert [candidate.unit.code for candidate in find_units(*readers, name=name)] == codes


def test_nothing_asked_finds_nothing(readers: tuple[RowReader, RowReader]) -> None:
    assert find_units(*readers) == []
    assert find_units(*readers, code="", name="") == []
