from __future__ import annotations

import duckdb
import sqlalchemy as sa

from quality.dbapi import FETCHED_ROWS, BorrowedConnection, answering


def test_rows_outlive_the_connection_they_came_by() -> None:
    owner = duckdb.connect()
    owner.execute("CREATE TEMP VIEW v AS SELECT * FROM range(5) t(i)")
    engine = sa.create_engine("duckdb://", creator=lambda: BorrowedConnection(answering(owner)))
    with engine.connect() as connection:
        result = connection.execute(sa.text("SELECT i FROM v WHERE i < :n"), {"n": 3})
    assert owner.execute("SELECT 1").fetchone() == (1,)  # the owner went on in between
    assert [row.i for row in result] == [0, 1, 2]
    engine.dispose()
    assert owner.execute("SELECT count(*) FROM v").fetchone() == (5,)


def test_a_cursor_hands_out_its_rows_once_and_bounded() -> None:
    cursor = BorrowedConnection(answering(duckdb.connect())).cursor()
    cursor.execute("SELECT * FROM range(5000)")
    assert cursor.fetchone() == (0,)
    assert cursor.fetchmany() == [(1,)]
    assert cursor.fetchmany(2) == [(2,), (3,)]
    assert len(cursor.fetchall()) == FETCHED_ROWS - 4
    assert cursor.fetchone() is None
    cursor.execute("SELECT 1")
    cursor.close()
    assert cursor.fetchall() == []
