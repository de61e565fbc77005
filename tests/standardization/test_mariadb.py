"""MariaDB, against a real server."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from contracts.errors import Fault
from standardization.sources import Since, open_reader
from tests.mariadb import connect
from tests.standardization.factory import source

pytestmark = pytest.mark.server


def run(dsn: str, *statements: str) -> None:
    with connect(dsn) as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def rows(dsn: str, table: str, columns: list[str], since: Since | None = None) -> list[Any]:
    with open_reader(source(), dsn) as reader:
        found = reader.read(table, columns, since).read_all().to_pylist()
    return [tuple(row.values()) for row in found]


def refusal(dsn: str) -> str:
    def read_all() -> None:
        with open_reader(source(), dsn) as reader:
            for table in reader.tables():
                reader.read(table, reader.schema(table).names).read_all()

    with pytest.raises(Fault) as caught:
        read_all()
    return caught.value.check


def test_types_and_text(mariadb_dsn: str) -> None:
    run(
        mariadb_dsn,
        "CREATE TABLE T (`So HS` BIGINT UNSIGNED, n TINYINT(1), ten VARCHAR(50), "
        "tien DECIMAL(18,2), to_hon DECIMAL(60,2), f DOUBLE, d DATE, dt DATETIME(3), "
        "ts TIMESTAMP NULL, gio TIME,"
        " loai ENUM('tốt','xấu'), j JSON, b VARBINARY(4), bit1 BIT(3), nam YEAR)",
        "INSERT INTO T VALUES (18446744073709551615, 2, 'Nguyễn Thị Bưởi 🌾', 1234567890123456.78,"
        " 1, 0.5, '2026-01-02', '2026-01-02 03:04:05.678', '2026-01-02 03:04:05', '-10:20:30',"
        " 'tốt', '{\"a\": 1}', x'00ff', 5, 2026), (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,"
        " NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
    )
    with open_reader(source(), mariadb_dsn) as reader:
        assert reader.tables() == ("T",)
        schema = reader.schema("T")
        first, second = reader.read("T", schema.names).read_all().to_pylist()
    assert [str(kind) for kind in schema.types] == [
        *("uint64", "int64", "string", "decimal128(18, 2)", "string", "double", "date32[day]"),
        *("timestamp[us]", "timestamp[us, tz=UTC]", "string", "string", "string", "string"),
        *("uint64", "int64"),
    ]
    stamp = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert list(first.values())[:4] == [
        2**64 - 1,
        2,
        "Nguyễn Thị Bưởi 🌾",
        Decimal("1234567890123456.78"),
    ]
    assert list(first.values())[4:8] == [
        *("1.00", 0.5, date(2026, 1, 2)),
        stamp.replace(microsecond=678_000, tzinfo=None),
    ]
    assert first["gio"] == "-10:20:30"
    assert (first["loai"], first["b"], first["bit1"], first["nam"]) == ("tốt", "00FF", 5, 2026)
    assert set(second.values()) == {None}


def test_dates_with_zeros_are_none(mariadb_dsn: str) -> None:
    run(
        mariadb_dsn,
        "SET SESSION sql_mode = ''",
        "CREATE TABLE T (d DATE, t DATETIME)",
        "INSERT INTO T VALUES ('0000-00-00', '0000-00-00'), ('2026-00-00', '2026-02-00'),"
        " ('2026-02-03', '2026-02-03')",
    )
    assert rows(mariadb_dsn, "T", ["d", "t"]) == [
        (None, None),
        (None, None),
        (date(2026, 2, 3), datetime(2026, 2, 3)),  # noqa: DTZ001 - DATETIME has no zone
    ]


def test_letters_of_tcvn3_in_a_latin1_column(mariadb_dsn: str) -> None:
    run(
        mariadb_dsn,
        "CREATE TABLE T (ten VARCHAR(50) CHARACTER SET latin1)",
        "INSERT INTO T VALUES ('TØnh TiÒn Giang')",
    )
    assert rows(mariadb_dsn, "T", ["ten"]) == [("TØnh TiÒn Giang",)]


def test_names_are_quoted(mariadb_dsn: str) -> None:
    run(mariadb_dsn, "CREATE TABLE `a``b; %s` (`x``y%s` INT)", "INSERT INTO `a``b; %s` VALUES (1)")
    assert rows(mariadb_dsn, "a`b; %s", ["x`y%s"]) == [(1,)]


@pytest.mark.parametrize("value", ["2026-01-15", "2026-01-15 00:00:00"])
def test_since_reads_later_rows_and_those_without_the_date(mariadb_dsn: str, value: str) -> None:
    run(
        mariadb_dsn,
        "CREATE TABLE T (n INT, at DATETIME)",
        "INSERT INTO T VALUES (1, '2026-01-01'), (2, '2026-02-01'), (3, NULL)",
    )
    assert rows(mariadb_dsn, "T", ["n"], Since("at", value)) == [(2,), (3,)]


def test_all_tables_are_one_snapshot(mariadb_dsn: str) -> None:
    run(mariadb_dsn, "CREATE TABLE A (n INT)", "CREATE TABLE B (n INT)", "INSERT INTO A VALUES (1)")
    with open_reader(source(), mariadb_dsn) as reader:
        assert reader.read("A", ["n"]).read_all().num_rows == 1
        run(mariadb_dsn, "INSERT INTO A VALUES (2)", "INSERT INTO B VALUES (2)")
        assert reader.read("A", ["n"]).read_all().num_rows == 1
        assert reader.read("B", ["n"]).read_all().num_rows == 0


def test_many_rows_in_batches(mariadb_dsn: str) -> None:
    run(
        mariadb_dsn,
        "CREATE TABLE T (n INT, ten VARCHAR(40), tien DECIMAL(12,2), t DATETIME)",
        "INSERT INTO T SELECT seq, concat('Hồ sơ ', seq), seq / 3,"
        " '2026-01-01' + INTERVAL seq SECOND FROM seq_1_to_200000",
    )
    with open_reader(source(), mariadb_dsn) as reader:
        batches = list(reader.read("T", ["n", "ten", "tien", "t"]))
    assert [batch.num_rows for batch in batches] == [20_000] * 10
    assert pa.Table.from_batches(batches).column("ten")[-1].as_py() == "Hồ sơ 200000"


def test_a_table_can_be_left_half_read(mariadb_dsn: str) -> None:
    run(mariadb_dsn, "CREATE TABLE T (n INT)", "INSERT INTO T SELECT seq FROM seq_1_to_50000")
    with open_reader(source(), mariadb_dsn) as reader:
        assert reader.read("T", ["n"]).read_next_batch().num_rows == 20_000
        assert reader.read("T", ["n"]).read_all().num_rows == 50_000


def test_nothing_is_written(mariadb_dsn: str) -> None:
    run(mariadb_dsn, "CREATE TABLE T (n INT)")
    with open_reader(source(), mariadb_dsn) as reader, pytest.raises(Exception, match="READ ONLY"):
        reader._rows("INSERT INTO T VALUES (1)")  # type: ignore[attr-defined]  # the MariaDB driver's own


def test_wrong_password_and_missing_rights(mariadb_dsn: str) -> None:
    head, _at, address = mariadb_dsn.rpartition("@")
    wrong = f"{head[:-1]}x@{address}"
    with pytest.raises(Fault) as caught, open_reader(source(), wrong):
        pass
    assert caught.value.check == "source.credentials"
    assert head.rpartition(":")[2][:-1] not in str(caught.value.render("en"))
    run(mariadb_dsn, "CREATE USER IF NOT EXISTS 'few'@'127.0.0.1' IDENTIFIED BY 'few'")
    assert refusal(f"mariadb://few:few@{address}") == "source.credentials"


def test_a_password_that_expires(mariadb_dsn: str) -> None:
    address = mariadb_dsn.rpartition("@")[2]
    run(mariadb_dsn, "CREATE USER 'old'@'127.0.0.1' IDENTIFIED BY 'old' PASSWORD EXPIRE")
    try:
        assert refusal(f"mysql://old:old@{address}") == "source.credentials"
    finally:
        run(mariadb_dsn, "DROP USER 'old'@'127.0.0.1'")


def test_a_connection_that_is_cut_is_unreachable(mariadb_dsn: str) -> None:
    run(mariadb_dsn, "CREATE TABLE T (n INT, x VARCHAR(200))",
        "INSERT INTO T SELECT seq, repeat('x', 200) FROM seq_1_to_200000")  # fmt: skip
    with open_reader(source(), mariadb_dsn) as reader:
        batches = reader.read("T", ["n", "x"])
        batches.read_next_batch()
        number = reader._connection.thread_id()  # type: ignore[attr-defined]  # the MariaDB driver's own
        run(mariadb_dsn, f"KILL {number}")
        with pytest.raises(Fault) as caught:
            batches.read_all()
    assert caught.value.check == "source.unreachable"


def test_no_server_and_no_database(mariadb_dsn: str) -> None:
    assert refusal("mariadb://a:b@127.0.0.1:1/x") == "source.unreachable"
    assert refusal(mariadb_dsn + "_none") == "source.unreadable"
    with open_reader(source(), mariadb_dsn) as reader, pytest.raises(KeyError):
        reader.schema("none")
