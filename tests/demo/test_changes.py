import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from demo.changes import touch_cases
from demo.province import make_province
from demo.truth import read_truth


def _query(home: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(home / "igate.db")) as db:
        return db.execute(query).fetchall()


@pytest.fixture
def copy(home: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(home, tmp_path, dirs_exist_ok=True))


def test_what_changes_comes_after_everything_else(copy: Path) -> None:
    rows = dict(_query(copy, "SELECT ID, NgayCapNhat FROM HOSO"))
    newest = max(rows.values())
    updated, inserted = touch_cases(copy, 30, seed=3)
    assert (updated, inserted) == (15, 15)
    after = dict(_query(copy, "SELECT ID, NgayCapNhat FROM HOSO"))
    changed = {key for key, value in after.items() if rows.get(key) != value}
    assert len(changed) == 30
    assert all(after[key] > newest for key in changed)
    assert len(after) == len(rows) + 15
    planted = {t.key for t in read_truth(copy / "truth.db") if t.table_name == "HOSO"}
    assert not planted & {str(key) for key in changed}


def test_new_cases_are_sound(copy: Path) -> None:
    for seed in (1, 2):
        touch_cases(copy, 40, seed)
    (repeated,) = _query(
        copy,
        "SELECT count(*) FROM (SELECT SoHoSo FROM HOSO WHERE NgayTiepNhan BETWEEN '2026-11-01'"
        " AND '2026-12-31' GROUP BY 1 HAVING count(*) > 1)",
    )[0]
    assert repeated == 0
    new = _query(
        copy,
        "SELECT SoHoSo, NgayTiepNhan, NgayHenTra FROM HOSO WHERE NgayTiepNhan BETWEEN '2026-11-01'"
        " AND '2026-12-31'",
    )
    assert len({received[:10] for _, received, _ in new}) == 2
    assert all(received < due for _, received, due in new)


def test_the_same_seed_changes_the_same(home: Path, tmp_path: Path) -> None:
    results = []
    for name in ("a", "b"):
        place = tmp_path / name
        shutil.copytree(home, place)
        touch_cases(place, 20, seed=9)
        results.append(_query(place, "SELECT * FROM HOSO ORDER BY ID"))
    assert results[0] == results[1]


def test_a_touched_sample_is_not_made_again(copy: Path) -> None:
    touch_cases(copy, 10, seed=1)
    rows = _query(copy, "SELECT count(*) FROM HOSO")
    assert not make_province(copy, cases=4000, seed=7).made
    assert _query(copy, "SELECT count(*) FROM HOSO") == rows


def test_without_a_sample_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="make one first"):
        touch_cases(tmp_path, 1, seed=1)
