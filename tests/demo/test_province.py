"""The sample as a whole: exact, repeatable, and shaped so that its statistics can be shown."""

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from demo.canaries import CANARIES, IGATE, MOT_CUA_2017
from demo.province import Province, make_province
from demo.store import ForeignSchemaError
from demo.tcvn3 import decode, encode
from demo.truth import Outcome, read_made, read_truth
from demo.units import SPLIT_COMMUNES, read_units

SYSTEMS = {"igate": "HOSO", "mot_cua_2017": "TB_HOSO"}
LISTS = ("DM_DONVI", "DM_LINHVUC", "DM_THUTUC", "TB_DONVI", "TB_TTHC", "DM_TRANGTHAI")


def _rows(path: Path | None, query: str) -> list[tuple[Any, ...]]:
    assert path is not None
    with closing(sqlite3.connect(path)) as db:
        return db.execute(query).fetchall()


def _dump(path: Path | None) -> list[str]:
    assert path is not None
    with closing(sqlite3.connect(path)) as db:
        return list(db.iterdump())


def test_the_same_size_and_seed_give_the_same_rows(province: Province, tmp_path: Path) -> None:
    again = make_province(tmp_path, cases=province.cases, seed=province.seed)
    assert _dump(again.igate) == _dump(province.igate)
    assert _dump(again.mot_cua_2017) == _dump(province.mot_cua_2017)
    assert _dump(again.truth) == _dump(province.truth)


def test_a_sample_that_is_there_is_left_alone(tmp_path: Path) -> None:
    first = make_province(tmp_path, cases=600, seed=1)
    stamp = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    second = make_province(tmp_path, cases=600, seed=1)
    assert (first.made, second.made) == (True, False)
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == stamp
    assert make_province(tmp_path, cases=600, seed=2).made


@pytest.mark.parametrize("lost", ["igate.db", "mot_cua_2017.db", "truth.db"])
def test_a_sample_that_is_not_whole_is_made_again(tmp_path: Path, lost: str) -> None:
    make_province(tmp_path, cases=600, seed=1)
    (tmp_path / lost).unlink()
    assert make_province(tmp_path, cases=600, seed=1).made


def test_a_failure_leaves_no_sample_that_looks_whole(tmp_path: Path) -> None:
    make_province(tmp_path, cases=600, seed=1)

    def stop(system: str, rows: int) -> None:
        raise InterruptedError(f"{system} {rows}")

    with pytest.raises(InterruptedError):
        make_province(tmp_path, cases=700, seed=1, progress=stop)
    assert read_made(tmp_path / "truth.db") is None
    assert not list(tmp_path.glob(".*.partial"))
    assert make_province(tmp_path, cases=600, seed=1).made


def test_too_small_a_sample_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least 500 cases"):
        make_province(tmp_path, cases=499)
    assert not list(tmp_path.iterdir())


def test_the_smallest_sample_holds_every_fault(tmp_path: Path, province: Province) -> None:
    small = make_province(tmp_path, cases=500, seed=11)
    natural = {"migrated", "lost_zero"}  # these follow from the course of the cases
    faults = {(t.system, t.table_name, t.fault) for t in read_truth(small.truth)}
    expected = {(t.system, t.table_name, t.fault) for t in read_truth(province.truth)}
    assert {f for f in expected if f[2] not in natural} <= faults


def test_every_case_is_there_once_beside_what_the_truth_adds(province: Province) -> None:
    added = Counter(
        t.system
        for t in read_truth(province.truth)
        if t.expected_rule == "primary_key.unique"
        and t.table_name in SYSTEMS.values()
        and t.fault != "migrated"
    )
    moved = sum(t.fault == "migrated" for t in read_truth(province.truth))
    assert moved > 0
    total = province.rows["igate"] + province.rows["mot_cua_2017"]
    assert total - sum(added.values()) - moved == province.cases
    (count,) = _rows(province.igate, "SELECT count(*) FROM HOSO")[0]
    assert count == province.rows["igate"]


def test_only_duplicates_of_the_truth_share_a_number(province: Province) -> None:
    for system, number in (("igate", "SoHoSo"), ("mot_cua_2017", "SOBIENNHAN")):
        path = getattr(province, system)
        query = f"SELECT {number} FROM {SYSTEMS[system]} GROUP BY 1 HAVING count(*) > 1"
        found = {value for (value,) in _rows(path, query)}
        known = {
            t.business_key
            for t in read_truth(province.truth)
            if t.system == system and t.fault in ("duplicate_key", "canary")
            and t.table_name == SYSTEMS[system] and t.expected_rule == "primary_key.unique"
        }  # fmt: skip
        assert found == known


def test_a_row_of_the_truth_exists_and_has_one_fault(province: Province) -> None:
    keys = [(t.system, t.table_name, t.key) for t in read_truth(province.truth)]
    assert len(set(keys)) == len(keys)
    for system in SYSTEMS:
        tables = {table for name, table, _ in keys if name == system}
        for table in tables:
            ids = {
                str(key) for (key,) in _rows(getattr(province, system), f"SELECT ID FROM {table}")
            }
            assert {key for name, t, key in keys if (name, t) == (system, table)} <= ids


def test_migrated_cases_are_in_both_systems_and_the_newer_record_is_in_igate(
    province: Province,
) -> None:
    moved = {t.business_key for t in read_truth(province.truth) if t.fault == "migrated"}
    older = dict(_rows(province.mot_cua_2017, "SELECT SOBIENNHAN, NGAYSUA FROM TB_HOSO"))
    newer = dict(_rows(province.igate, "SELECT SoHoSo, NgayCapNhat FROM HOSO"))
    assert {
        number for number in newer if number.endswith(tuple("0123456789")) and ".H58-" in number
    } == moved
    assert all(newer[number] > older[number] for number in moved)


def test_rows_without_a_fault_are_clean(province: Province) -> None:
    planted = {t.key for t in read_truth(province.truth) if t.table_name == "HOSO"}
    units = read_units()
    known = {
        *units.current,
        *(old.code for old in units.old),
        *units.outside_old,
        *units.outside_new,
    }
    query = (
        "SELECT ID, HoTenNguoiNop, MaXa, NgayTiepNhan, NgayHenTra, NgayHoanThanh, NgayTraKetQua,"
        " TinhTrangHan, SoHoSo, NgayCapNhat FROM HOSO"
    )
    for key, name, commune, received, due, finished, returned, opinion, number, updated in _rows(
        province.igate, query
    ):
        if str(key) in planted:
            continue
        assert name == " ".join(name.split())
        assert commune in known
        assert received < due
        assert number.split("-")[1] == received[2:10].replace("-", "")
        assert received <= updated <= "2026-10-31 00:00:00"
        if finished is None:
            assert opinion == "Đang xử lý"
            continue
        assert received < finished <= (returned or finished)
        day, due_day = finished[:10], due[:10]
        expected = "Trước hạn" if day < due_day else "Đúng hạn" if day == due_day else "Quá hạn"
        assert opinion == expected


def test_codes_follow_the_day_of_receipt(province: Province) -> None:
    planted = {t.key for t in read_truth(province.truth) if t.table_name == "HOSO"}
    units = read_units()
    old = {unit.code for unit in units.old} | set(units.outside_old)
    new = set(units.current) | set(units.outside_new)
    seen = set()
    for key, commune, received in _rows(province.igate, "SELECT ID, MaXa, NgayTiepNhan FROM HOSO"):
        if str(key) not in planted:
            assert commune in (new if received >= "2025-07-01" else old)
            seen.add(commune)
    assert seen & set(SPLIT_COMMUNES)


def test_the_old_system_is_typed_in_tcvn3(province: Province) -> None:
    typed = {
        t.key for t in read_truth(province.truth)
        if t.fault == "unicode_in_tcvn3" and t.system == "mot_cua_2017"
    }  # fmt: skip
    assert typed
    for key, name in _rows(province.mot_cua_2017, "SELECT ID, HOTEN FROM TB_HOSO"):
        beyond_cp1252 = name.encode("cp1252", "ignore").decode("cp1252") != name
        assert beyond_cp1252 == (str(key) in typed)
    names = {decode(name) for (name,) in _rows(province.mot_cua_2017, "SELECT TENDV FROM TB_DONVI")}
    assert "UBND huyện Chợ Gạo" in names


def test_canaries_are_in_the_systems_and_in_quarantined_rows_too(province: Province) -> None:
    everything = "\n".join(_dump(province.igate) + _dump(province.mot_cua_2017))
    for person in IGATE + MOT_CUA_2017:
        assert person.personal_id in everything
    assert all(person.phone in everything for person in IGATE)
    assert all(f"0169{person.phone[3:]}" in everything for person in MOT_CUA_2017)
    assert {person.phone for person in IGATE + MOT_CUA_2017} <= set(CANARIES)
    assert everything.count("Canarivi") >= len(IGATE + MOT_CUA_2017)
    assert encode("Canarivi Thị Kiểm Soát") in everything
    told = [t for t in read_truth(province.truth) if t.fault == "canary" and t.system in SYSTEMS]
    outcomes = {t.expected_outcome for t in told}
    assert outcomes == {Outcome.KEPT, Outcome.QUARANTINED, Outcome.EXCLUDED}


def test_the_truth_is_in_no_system(province: Province) -> None:
    for path in (province.igate, province.mot_cua_2017):
        tables = {
            name for (name,) in _rows(path, "SELECT name FROM sqlite_master WHERE type = 'table'")
        }
        assert tables <= {*SYSTEMS.values(), *LISTS}


def test_some_communes_are_clearly_later_than_the_rest(province: Province) -> None:
    query = (
        "SELECT MaXa, avg(TinhTrangHan = 'Quá hạn'), count(*) FROM HOSO"
        " WHERE NgayTiepNhan >= '2025-07-01' AND NgayHoanThanh IS NOT NULL GROUP BY 1"
    )
    rows = [(late, count) for _, late, count in _rows(province.igate, query) if count >= 15]
    overall = sum(late * count for late, count in rows) / sum(count for _, count in rows)
    assert 0.04 < overall < 0.08
    assert sum(late > 0.12 for late, _ in rows) >= 3


@pytest.mark.server
def test_postgresql_holds_the_same_rows(
    postgres_dsn: str, province: Province, tmp_path: Path
) -> None:
    psycopg = pytest.importorskip("psycopg")
    made = make_province(tmp_path, cases=province.cases, seed=province.seed, dsn=postgres_dsn)
    assert (made.igate, made.mot_cua_2017) == (None, None)
    with psycopg.connect(postgres_dsn) as db:
        for system, table in (
            ("igate", "HOSO"),
            ("igate", "DM_DONVI"),
            ("mot_cua_2017", "TB_HOSO"),
        ):
            there = db.execute(f'SELECT * FROM "{system}"."{table}" ORDER BY "ID"').fetchall()
            here = _rows(getattr(province, system), f"SELECT * FROM {table} ORDER BY ID")
            assert there == here
    again = make_province(tmp_path, cases=province.cases, seed=province.seed, dsn=postgres_dsn)
    assert not again.made


@pytest.mark.server
def test_a_schema_that_no_demo_made_is_left_as_it_is(postgres_dsn: str, tmp_path: Path) -> None:
    psycopg = pytest.importorskip("psycopg")
    with psycopg.connect(postgres_dsn) as db:
        db.execute('CREATE SCHEMA igate; CREATE TABLE igate.kept AS SELECT 1 AS "ID"')
    with pytest.raises(ForeignSchemaError, match="igate"):
        make_province(tmp_path, cases=500, dsn=postgres_dsn)
    with psycopg.connect(postgres_dsn) as db:
        assert db.execute("SELECT count(*) FROM igate.kept").fetchone() == (1,)
