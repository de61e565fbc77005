"""SQL Server, against an EMULATED server (`tests.sqlserver`): none of this has seen a live one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pytest

from contracts.errors import Fault
from lakehouse.file_store import FileStore
from standardization.landing import land
from standardization.sources import Since, open_reader
from tests.sqlserver.database import SqlServerError
from tests.sqlserver.server import EmulatedSqlServer, Then, emulated_sql_server, make_certificate
from tests.standardization.factory import mapping, source

MANY = "INSERT INTO dbo.T SELECT i, 'Hồ sơ ' || i FROM range(1, {} + 1) AS r(i)"
Server = EmulatedSqlServer


def rows(server: Server, table: str, columns: Sequence[str], since: Since | None = None) -> Any:
    with open_reader(source(), server.dsn) as reader:
        found = reader.read(table, columns, since).read_all().to_pylist()
    return [tuple(row.values()) for row in found]


def refusal(dsn: str, table: str = "T", columns: Sequence[str] = ("n",)) -> Fault:
    def read_all() -> None:
        with open_reader(source(), dsn) as reader:
            reader.read(table, columns).read_all()

    with pytest.raises(Fault) as caught:
        read_all()
    return caught.value


@pytest.fixture
def server(emulated_sqlserver: Server) -> Server:
    """An emulated server with one small table."""
    emulated_sqlserver.table("T", {"n": "int", "ten": "nvarchar(50)"}, [(1, "a")])
    return emulated_sqlserver


def test_types_and_text(emulated_sqlserver: Server) -> None:
    kinds = {
        "So HS": "bigint", "t": "tinyint", "xoa": "bit", "ten": "nvarchar(50)",
        "dai": "nvarchar(max)", "tien": "decimal(18,2)", "le_phi": "money", "f": "float",
        "r": "real", "d": "date", "dt": "datetime", "dt2": "datetime2(7)", "s": "smalldatetime",
        "luc": "datetimeoffset(3)", "gio": "time(3)", "id": "uniqueidentifier",
        "b": "varbinary(4)", "anh": "image", "cu": "varchar(50) COLLATE Vietnamese_CI_AS",
        "cu_dai": "text",
    }  # fmt: skip
    stamp = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC).replace(tzinfo=None)
    emulated_sqlserver.table(
        "T",
        kinds,
        [
            (
                *(-(2**63), 255, True, "Nguyễn Thị Bưởi 🌾", "Ấp " * 5_000),
                *(Decimal("-1234567890123456.78"), Decimal("-0.0001"), 0.5, 0.1),
                *(date(2026, 1, 2), stamp.replace(microsecond=677_000)),
                *(stamp.replace(microsecond=678_901), stamp.replace(second=0)),
                *("2026-01-02T03:04:05.678+07:00", time(1, 2, 3, 4_000), UUID(int=2**127 + 10)),
                *(b"\0\xff", b"\1", "Nguyễn", "TØnh"),
            ),
            (None,) * len(kinds),
        ],
    )
    with open_reader(source(), emulated_sqlserver.dsn) as reader:
        assert reader.tables() == ("T",)
        schema = reader.schema("T")
        first, second = reader.read("T", schema.names).read_all().to_pylist()
    assert [str(kind) for kind in schema.types] == [
        *("int64", "int64", "bool", "string", "string", "decimal128(18, 2)", "decimal128(19, 4)"),
        *("double", "float", "date32[day]", "timestamp[us]", "timestamp[us]", "timestamp[us]"),
        *("timestamp[us, tz=UTC]", "string", "string", "string", "string", "string", "string"),
    ]
    found = list(first.values())
    assert found[:3] == [-(2**63), 255, True]
    assert found[3:5] == ["Nguyễn Thị Bưởi 🌾", "Ấp " * 5_000]
    assert found[5:8] == [Decimal("-1234567890123456.78"), Decimal("-0.0001"), 0.5]
    assert found[9:11] == [date(2026, 1, 2), stamp.replace(microsecond=677_000)]
    assert found[11:13] == [stamp.replace(microsecond=678_901), stamp.replace(second=0)]
    assert found[13] == datetime(2026, 1, 1, 20, 4, 5, 678_000, UTC)
    assert found[14:16] == ["01:02:03.004", "80000000-0000-0000-0000-00000000000A"]
    assert found[16:] == ["00FF", "01", "Nguyễn", "TØnh"]
    assert set(second.values()) == {None}


def test_a_code_page_is_decoded_where_it_is_not_cast(emulated_sqlserver: Server) -> None:
    """cp1258 as it travels: the letters of the page, tones apart (cleaning joins them)."""
    emulated_sqlserver.table("T", {"ten": "varchar(50) COLLATE Vietnamese_CI_AS"}, [("Đông",)])
    with open_reader(source(), emulated_sqlserver.dsn) as reader:
        cursor = reader._connection.cursor()  # type: ignore[attr-defined]  # this driver's own
        cursor.execute("SELECT [ten] FROM [dbo].[T]")
        assert cursor.fetchall() == [("Đông",)]


def test_names_are_quoted(emulated_sqlserver: Server) -> None:
    emulated_sqlserver.table("a]b; %s'", {"x]y%s": "int"}, [(1,)])
    assert rows(emulated_sqlserver, "a]b; %s'", ["x]y%s"]) == [(1,)]


@pytest.mark.parametrize("value", ["2026-01-15", "2026-01-15 00:00:00.999999"])
def test_since_reads_later_rows_and_those_without_the_date(
    emulated_sqlserver: Server, value: str
) -> None:
    """To the second before: `datetime` takes no microseconds, and to read again does no harm."""
    days = [datetime(2026, 1, 1), datetime(2026, 1, 15), None]  # noqa: DTZ001 - as stored
    emulated_sqlserver.table("T", {"n": "int", "at": "datetime"}, list(enumerate(days, 1)))
    assert rows(emulated_sqlserver, "T", ["n"], Since("at", value)) == [(2,), (3,)]


def test_all_tables_are_one_snapshot(server: Server) -> None:
    server.table("B", {"n": "int"})
    with open_reader(source(), server.dsn) as reader:
        assert reader.read("T", ["n"]).read_all().num_rows == 1
        server.run("INSERT INTO dbo.T VALUES (2, 'b'); INSERT INTO dbo.B VALUES (2)")
        assert reader.read("T", ["n"]).read_all().num_rows == 1
        assert reader.read("B", ["n"]).read_all().num_rows == 0
    assert rows(server, "T", ["n"]) == [(1,), (2,)]


def test_a_database_that_allows_no_snapshots_is_not_read(server: Server) -> None:
    server.faults.no_snapshots = True
    fault = refusal(server.dsn)
    assert fault.check == "source.no_snapshot"
    assert "ALLOW_SNAPSHOT_ISOLATION ON" in fault.render("en")


def test_many_rows_in_batches(server: Server) -> None:
    server.run("DELETE FROM dbo.T")
    server.run(MANY.format(50_000))
    with open_reader(source(), server.dsn) as reader:
        batches = list(reader.read("T", ["n", "ten"]))
    assert [batch.num_rows for batch in batches] == [20_000, 20_000, 10_000]
    assert pa.Table.from_batches(batches).column("ten")[-1].as_py() == "Hồ sơ 50000"


def test_a_table_can_be_left_half_read(server: Server) -> None:
    server.run(MANY.format(45_000))
    with open_reader(source(), server.dsn) as reader:
        assert reader.read("T", ["n", "ten"]).read_next_batch().num_rows == 20_000
        assert reader.read("T", ["n"]).read_all().num_rows == 45_001


def test_it_logs_in_as_a_reader_and_hides_nothing(server: Server) -> None:
    assert rows(server, "T", ["n"]) == [(1,)]
    [login] = server.logins
    assert (login.program, login.database, login.read_only) == ("dungchung", "NGANH", True)


def test_wrong_password_and_missing_rights(server: Server) -> None:
    secret = server.password
    fault = refusal(server.dsn.replace(secret, "Sai+mat%40khau"))
    assert fault.check == "source.credentials"
    assert server.logins[-1].password == "Sai+mat@khau"
    assert "Sai" not in fault.render("en") + fault.render("vi")
    assert refusal(server.dsn.replace("NGANH", "KHAC")).check == "source.credentials"
    server.faults.denied = frozenset(("T",))
    assert refusal(server.dsn).check == "source.credentials"


@pytest.mark.parametrize("host", ["127.0.0.1", "no-such-host.invalid"])
def test_no_server(server: Server, host: str) -> None:
    """Also after a log-in that was refused, whose error pymssql would tell again."""
    assert refusal(server.dsn.replace(server.password, "x")).check == "source.credentials"
    assert refusal(f"sqlserver://a:b@{host}:1/x").check == "source.unreachable"
    assert "FREETDSCONF" not in os.environ


def test_a_table_or_column_that_is_missing(server: Server) -> None:
    with open_reader(source(), server.dsn) as reader:
        with pytest.raises(KeyError):
            reader.schema("none")
        with pytest.raises(KeyError):
            reader.read("T", ["none"])
        server.run("ALTER TABLE dbo.T RENAME ten TO ho_ten")
        reader.schema("T")
    with open_reader(source(), server.dsn) as reader:
        reader.schema("T")
        with pytest.raises(Fault) as caught:
            reader.read("T", ["ten"]).read_all()
    assert (caught.value.check, caught.value.place.table) == ("source.unreadable", "T")


@pytest.mark.parametrize(
    ("then", "check"),
    [
        (Then.GONE, "source.unreachable"),
        (Then.HALF_A_ROW, "source.unreachable"),
        (Then.NO_END, "source.unreachable"),
        (SqlServerError(596, 21, "session is in the kill state"), "source.unreachable"),
        (SqlServerError(1205, 13, "deadlock victim"), "source.unreachable"),
        (SqlServerError(8115, 16, "overflow of 079203001234"), "source.unreadable"),
    ],
    ids=["gone", "half a row", "no end", "killed", "deadlock", "overflow"],
)
def test_a_read_that_breaks_off_lands_nothing(
    server: Server,
    landing_zone: FileStore,
    tmp_path: Path,
    then: Then | SqlServerError,
    check: str,
) -> None:
    def landed() -> int:
        with open_reader(source(), server.dsn) as reader:
            tables = {"T": ("n", "ten")}
            return land(reader, mapping({}, table="T"), tables, landing_zone, tmp_path / "s").rows

    server.run(MANY.format(22_000))
    server.faults.after, server.faults.then = 21_000, then
    with pytest.raises(Fault) as caught:
        landed()
    assert caught.value.check == check
    assert "079203001234" not in caught.value.render("en")
    assert not list(landing_zone.list(""))
    server.faults.after = None
    assert landed() == 22_001


def test_the_server_s_certificate_is_checked(
    server: Server, sqlserver_certificate: Path, tmp_path: Path
) -> None:
    with open_reader(source(), f"{server.dsn}?ssl_ca={sqlserver_certificate}") as reader:
        assert reader.read("T", ["n"]).read_all().num_rows == 1
    other = make_certificate(tmp_path / "other.pem", "localhost")
    assert refusal(f"{server.dsn}?ssl_ca={other}").check == "source.not_secured"
    elsewhere = server.dsn.replace("@localhost", "@127.0.0.1")
    fault = refusal(f"{elsewhere}?ssl_ca={sqlserver_certificate}")
    assert fault.check == "source.not_secured"
    with emulated_sql_server(make_certificate(tmp_path / "fake.pem", "elsewhere")) as fake:
        address = f"{fake.dsn}?ssl_ca={tmp_path / 'fake.pem'}"
        assert refusal(address).check == "source.not_secured"
        assert not fake.logins


def test_no_password_goes_to_a_server_without_encryption() -> None:
    with emulated_sql_server(None) as plain:
        assert refusal(plain.dsn).check == "source.not_secured"
        assert not plain.logins


def test_this_machine_s_own_configuration_is_not_read(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "log"
    (tmp_path / ".freetds.conf").write_text(f"[global]\ndump file = {log}\nhost = 192.0.2.1\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("FREETDSCONF", str(tmp_path / ".freetds.conf"))
    assert rows(server, "T", ["n"]) == [(1,)]
    assert not log.exists()
    assert os.environ["FREETDSCONF"] == str(tmp_path / ".freetds.conf")
