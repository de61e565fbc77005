"""Another working day at iGate: running cases end and new ones come in.

For demonstrations and tests of incremental reading. Only clean rows are touched or copied, so
the truth table stays true.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import numpy as np

from demo.igate import HOSO, PUNCTUALITY, STATUSES
from demo.procedures import PROCEDURES
from demo.store import Row, System, open_system
from demo.truth import read_truth
from demo.workdays import MERGER, add_working_days

_CODE_LENGTH = len("1.012753")


def touch_cases(home: Path, n: int, seed: int, *, dsn: str | None = None) -> tuple[int, int]:
    """Change `n` cases on the first working day after the newest `NgayCapNhat`: about half
    are running cases that end, the rest new ones.

    Gives how many were updated and inserted. Raises `FileNotFoundError` where there is no
    sample in `home`.
    """
    path = home / "igate.db"
    if dsn is None and not path.is_file():
        raise FileNotFoundError(f"no sample province in {home}: make one first")
    rng = Random(seed)
    planted = {
        int(row.key)
        for row in read_truth(home / "truth.db")
        if row.system == "igate" and row.table_name == HOSO.name
    }
    with open_system(path, dsn, "igate") as system:
        (newest,) = system.query('SELECT max("NgayCapNhat") FROM "HOSO"')[0]
        opening = _next_opening(str(newest))
        ended = _end_running(system, rng, planted, n // 2, opening)
        _receive_new(system, rng, planted, n - ended, opening)
    return ended, n - ended


def _next_opening(newest: str) -> datetime:
    after = np.asarray([newest[:10]], dtype="datetime64[D]") + 1
    day = add_working_days(after, np.zeros(1, dtype=np.int64))[0]
    return datetime.fromisoformat(f"{day} 08:00:00")


def _sla(code: object) -> int:
    bare = str(code)[:_CODE_LENGTH]
    return next((item.sla for item in PROCEDURES if item.code == bare), 5)


def _end_running(
    system: System, rng: Random, planted: set[int], wanted: int, opening: datetime
) -> int:  # fmt: skip
    running = system.query(
        'SELECT "ID", "NgayHenTra" FROM "HOSO" WHERE "NgayHoanThanh" IS NULL AND "TinhTrangHan" = ?'
        ' ORDER BY "ID"',
        (PUNCTUALITY[3],),
    )
    clean = [(key, due) for key, due in running if int(str(key)) not in planted]
    chosen = rng.sample(clean, min(wanted, len(clean)))
    for place, (key, due) in enumerate(chosen):
        end = opening + timedelta(seconds=7 * place + 60)
        day, due_day = f"{end:%Y-%m-%d}", str(due)[:10]
        verdict = PUNCTUALITY[0 if day < due_day else 1 if day == due_day else 2]
        system.execute(
            'UPDATE "HOSO" SET "NgayHoanThanh" = ?, "NgayTraKetQua" = ?, "TrangThai" = ?,'
            ' "TinhTrangHan" = ?, "NgayCapNhat" = ? WHERE "ID" = ?',
            (str(end), str(end), STATUSES[7], verdict, str(end), key),
        )
    return len(chosen)


def _receive_new(
    system: System, rng: Random, planted: set[int], wanted: int, opening: datetime
) -> None:
    """New cases of people and places as they were seen before."""
    (last,) = system.query('SELECT max("ID") FROM "HOSO"')[0]
    names = ", ".join(f'"{name}"' for name in HOSO.columns)
    templates = system.query(
        f'SELECT {names} FROM "HOSO" WHERE "NgayTiepNhan" >= ? ORDER BY "ID" DESC LIMIT ?',
        (str(MERGER), 4 * wanted + len(planted)),
    )
    clean = [row for row in templates if int(str(row[0])) not in planted]
    marks = ", ".join("?" * len(HOSO.columns))
    for place in range(wanted):
        received = opening + timedelta(seconds=11 * place + 5)
        row: Row = dict(zip(HOSO.columns, rng.choice(clean), strict=True))
        day = np.asarray([f"{received:%Y-%m-%d}"], dtype="datetime64[D]")
        due = add_working_days(day, np.asarray([_sla(row["MaThuTuc"])], dtype=np.int64))[0]
        row |= {
            "ID": int(str(last)) + 1 + place,
            "SoHoSo": f"{row['MaDonViTiepNhan']}-{received:%y%m%d}-{place + 1:04}",
            "NgayTiepNhan": str(received), "NgayHenTra": f"{due} 17:00:00",
            "NgayHoanThanh": None, "NgayTraKetQua": None, "DanhGia": None,
            "TrangThai": STATUSES[1], "TinhTrangHan": PUNCTUALITY[3], "NgayCapNhat": str(received),
        }  # fmt: skip
        system.execute(f'INSERT INTO "HOSO" ({names}) VALUES ({marks})', tuple(row.values()))
