import sqlite3
from contextlib import closing
from pathlib import Path

from demo.truth import (
    Made,
    Outcome,
    PlantedFault,
    add_truth,
    create_truth,
    read_made,
    read_truth,
    record_made,
)

ROWS = (
    PlantedFault("igate", "HOSO", "1", "H20.5-1", "nfd", Outcome.FIXED, "clean_text",
                 "HoTenNguoiNop", "applicant_name", True, "Lê"),
    PlantedFault("igate", "HOSO", "2", "H20.5-2", "null_word", Outcome.FIXED, "null_word",
                 "DanhGia", "satisfaction", True, None),
    PlantedFault("igate", "HOSO", "3", "H20.5-3", "soft_deleted", Outcome.EXCLUDED,
                 "soft_deleted", "DaXoa", "", False, None),
)  # fmt: skip


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "truth.db"
    made = Made(1, 500, 7, "sqlite", {"igate": 400, "mot_cua_2017": 100})
    with closing(sqlite3.connect(path)) as db, db:
        create_truth(db)
        add_truth(db, ROWS)
        record_made(db, made)
    assert tuple(read_truth(path)) == ROWS
    assert read_made(path) == made


def test_no_sample_is_seen_in_a_missing_or_damaged_file(tmp_path: Path) -> None:
    assert read_made(tmp_path / "truth.db") is None
    (tmp_path / "truth.db").write_bytes(b"not a database, but longer than a header " * 9)
    assert read_made(tmp_path / "truth.db") is None
