"""Every driver against a real source of its kind."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections import deque
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import openpyxl
import psycopg
import pyarrow as pa
import pytest

from contracts.errors import Fault
from contracts.mappings import Source
from standardization.sources import Since, open_reader
from standardization.sources.postgresql import PostgresqlReader
from tests.standardization.conftest import MakeTable
from tests.standardization.factory import source


def table_of(
    made: Source, dsn: str, table: str, columns: list[str], since: Since | None = None
) -> pa.Table:
    with open_reader(made, dsn) as reader:
        return reader.read(table, columns, since).read_all()


def refusal(made: Source, dsn: str) -> Fault:
    """How a source refuses to be read whole."""

    def read_all() -> None:
        with open_reader(made, dsn) as reader:
            for table in reader.tables():
                reader.read(table, reader.schema(table).names).read_all()

    with pytest.raises(Fault) as caught:
        read_all()
    return caught.value


def _until_a_query_waits(dsn: str, of: subprocess.Popen[bytes]) -> None:
    waiting = (
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'dungchung' "
        "AND datname = current_database() AND wait_event_type = 'Lock'"
    )
    with psycopg.connect(dsn, autocommit=True) as connection:
        while of.poll() is None and connection.execute(waiting).fetchone() == (0,):
            time.sleep(0.05)


class TestSqlite:
    def test_types_are_those_of_the_values(self, database: MakeTable) -> None:
        dsn = database(
            "T",
            "whole INTEGER, real REAL, word TEXT, sum DECIMAL(10, 2), mixed INTEGER, none DATE, "
            "no_rows INTEGER",
            [(1, 1.5, "một", 2, 5, None, None), (None, None, None, 2.5, "x", None, None)],
        )
        with open_reader(source(), dsn) as reader:
            schema = reader.schema("T")
            rows = reader.read("T", schema.names).read_all().to_pylist()
        assert [str(field.type) for field in schema] == [
            *("int64", "double", "string", "double", "string", "string", "int64")
        ]
        assert rows[0] == {
            "whole": 1, "real": 1.5, "word": "một", "sum": 2.0,
            "mixed": "5", "none": None, "no_rows": None,
        }  # fmt: skip
        assert rows[1]["mixed"] == "x"

    def test_columns_come_in_the_order_asked_for(self, database: MakeTable) -> None:
        dsn = database("T", "a, b, c", [("1", "2", "3")])
        assert table_of(source(), dsn, "T", ["c", "a"]).to_pylist() == [{"c": "3", "a": "1"}]

    def test_many_rows_come_in_batches_and_in_order(self, database: MakeTable) -> None:
        dsn = database("T", "n INTEGER", [(number,) for number in range(45_001)])
        with open_reader(source(), dsn) as reader:
            batches = list(reader.read("T", ["n"]))
        assert [batch.num_rows for batch in batches] == [20_000, 20_000, 5_001]
        assert batches[2].column(0)[-1].as_py() == 45_000

    def test_text_that_is_not_utf8_stops_nothing(self, database: MakeTable) -> None:
        dsn = database("T", "word TEXT", [("một",)])
        with sqlite3.connect(dsn.removeprefix("sqlite:///")) as connection:
            connection.execute("INSERT INTO T VALUES (CAST(x'6DFF74' AS TEXT)), (x'C3A9')")
        found = table_of(source(), dsn, "T", ["word"]).column("word").to_pylist()
        assert found == ["một", "m\ufffdt", "é"]

    def test_nul_and_bom_are_kept(self, database: MakeTable) -> None:
        dsn = database("T", "word TEXT", [("\ufeffa",), ("b\0c",)])
        assert table_of(source(), dsn, "T", ["word"]).column("word").to_pylist() == [
            "\ufeffa",
            "b\0c",
        ]

    @pytest.mark.parametrize(
        ("kind", "values", "since", "expected"),
        [
            ("TEXT", ["2026-01-01", "2026-02-01", None], "2026-01-15", ["2026-02-01", None]),
            ("INTEGER", [5, 40, None], "30", [40, None]),
            ("REAL", [5.5, 40.5, None], "30", [40.5, None]),
        ],
    )
    def test_since_reads_later_rows_and_those_without_the_date(
        self,
        database: MakeTable,
        kind: str,
        values: list[object],
        since: str,
        expected: list[object],
    ) -> None:
        dsn = database("T", f"at {kind}", [(value,) for value in values])
        found = table_of(source(), dsn, "T", ["at"], Since("at", since))
        assert found.column("at").to_pylist() == expected

    def test_all_tables_are_one_snapshot(self, database: MakeTable) -> None:
        dsn = database("T", "n INTEGER", [(1,)])
        with sqlite3.connect(dsn.removeprefix("sqlite:///")) as writer:
            writer.execute("PRAGMA journal_mode = WAL")
            with open_reader(source(), dsn) as reader:
                writer.execute("INSERT INTO T VALUES (2)")
                writer.commit()
                assert reader.read("T", ["n"]).read_all().num_rows == 1

    def test_the_file_is_never_written(self, database: MakeTable) -> None:
        dsn = database("T", "n INTEGER", [(1,)])
        with open_reader(source(), dsn) as reader, pytest.raises(sqlite3.OperationalError):
            reader._connection.execute("DELETE FROM T")  # type: ignore[attr-defined]  # the SQLite driver's own

    def test_a_locked_database_is_unreachable(
        self, database: MakeTable, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        dsn = database("T", "n INTEGER", [(1,)])
        monkeypatch.setattr("standardization.sources.sqlite._PATIENCE", 0.01)
        with sqlite3.connect(dsn.removeprefix("sqlite:///")) as writer:
            writer.execute("BEGIN EXCLUSIVE")
            assert refusal(source(), dsn).check == "source.unreachable"

    def test_a_missing_file_is_unreachable(self, tmp_path: Path) -> None:
        assert refusal(source(), f"sqlite:///{tmp_path}/none.db").check == "source.unreachable"

    def test_a_file_that_is_no_database_is_unreadable(self, tmp_path: Path) -> None:
        (tmp_path / "x.db").write_text("not a database, by far" * 100)
        assert refusal(source(), f"sqlite:///{tmp_path}/x.db").check == "source.unreadable"


@pytest.mark.server
class TestPostgresql:
    @pytest.fixture
    def dsn(self, postgres_dsn: str) -> str:
        with psycopg.connect(postgres_dsn) as connection:
            connection.execute("CREATE SCHEMA office")
            connection.execute("CREATE TYPE office.mood AS ENUM ('tốt')")
            connection.execute(
                'CREATE TABLE office."T" ("So" bigint, w text, c char(3), n numeric(12, 2), '
                "free numeric, d date, t timestamp, z timestamptz, b boolean, j jsonb, "
                "m office.mood, s smallint, f double precision, a text[])"
            )
            connection.execute(
                "INSERT INTO office.\"T\" VALUES (1, 'một', 'ab', 12.50, 1e30, '2026-01-02', "
                "'2026-01-02 03:04:05', '2026-01-02 03:04:05+07', true, '{\"k\": 1}', 'tốt', 2, "
                "1.5, '{x,y}'), (2, NULL, NULL, NULL, NULL, 'infinity', 'infinity', 'infinity', "
                "NULL, NULL, NULL, NULL, NULL, NULL)"
            )
        return postgres_dsn

    def test_types_and_values(self, dsn: str) -> None:
        made = source(schema="office")
        with open_reader(made, dsn) as reader:
            assert reader.tables() == ("T",)
            schema = reader.schema("T")
            found = reader.read("T", schema.names).read_all()
        assert found.schema == schema
        row, ends = found.to_pylist()
        assert row == {
            "So": 1,
            "w": "một",
            "c": "ab ",
            "n": Decimal("12.50"),
            "free": "1" + "0" * 30,
            "d": date(2026, 1, 2),
            "t": datetime(2026, 1, 2, 3, 4, 5),  # noqa: DTZ001 - a timestamp without time zone
            "z": datetime(2026, 1, 1, 20, 4, 5, tzinfo=UTC),
            "b": True,
            "j": '{"k": 1}',
            "m": "tốt",
            "s": 2,
            "f": 1.5,
            "a": "{x,y}",
        }
        assert (ends["d"], ends["t"], ends["z"]) == (None, None, None)

    def test_since(self, dsn: str) -> None:
        made = source(schema="office")
        found = table_of(made, dsn, "T", ["So"], Since("t", "2026-01-03 00:00:00"))
        assert found.column("So").to_pylist() == [2]

    def test_all_tables_are_one_snapshot(self, dsn: str) -> None:
        with open_reader(source(schema="office"), dsn) as reader, psycopg.connect(dsn) as writer:
            writer.execute('DELETE FROM office."T"')
            writer.commit()
            assert reader.read("T", ["So"]).read_all().num_rows == 2

    def test_nothing_can_be_written(self, dsn: str) -> None:
        with open_reader(source(schema="office"), dsn) as reader, pytest.raises(Fault) as caught:
            reader._rows('DELETE FROM office."T" RETURNING "So"')  # type: ignore[attr-defined]  # the PostgreSQL driver's own
        assert caught.value.check == "source.unreachable"

    def test_a_wrong_password_is_told_without_it(self, dsn: str) -> None:
        user, _at, rest = dsn.removeprefix("postgresql://").partition("@")
        wrong = f"postgresql://{user.split(':')[0]}:canary@{rest}"
        fault = refusal(source(schema="office"), wrong)
        assert fault.check == "source.credentials"
        assert "canary" not in fault.render("vi") + fault.render("en") + repr(fault.__cause__)

    def test_a_connection_that_is_cut_in_the_middle(self, dsn: str) -> None:
        with psycopg.connect(dsn, autocommit=True) as other:
            other.execute(
                "CREATE VIEW office.big AS SELECT n, repeat('x', 200) AS v "
                "FROM generate_series(1, 2000000) AS n"
            )
            with open_reader(source(schema="office"), dsn) as reader:
                batches = iter(reader.read("big", ["n", "v"]))
                next(batches)
                other.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE application_name = 'dungchung' AND datname = current_database()"
                )
                with pytest.raises(Fault) as caught:
                    deque(batches, maxlen=0)
        assert caught.value.check == "source.unreachable"

    def test_a_view_that_fails_in_the_middle(self, dsn: str) -> None:
        """The server is there: it is its rows that it cannot read."""
        with psycopg.connect(dsn) as other:
            other.execute(
                "CREATE VIEW office.odd AS SELECT 1 / (1500000 - n) AS q, repeat('x', 200) AS v "
                "FROM generate_series(1, 2000000) AS n"
            )
        with open_reader(source(schema="office"), dsn) as reader:
            batches = iter(reader.read("odd", ["q", "v"]))
            next(batches)
            with pytest.raises(Fault) as caught:
                deque(batches, maxlen=0)
        assert (caught.value.check, caught.value.place.table) == ("source.unreadable", "odd")

    def test_waiting_for_a_lock_can_be_interrupted(self, dsn: str) -> None:
        code = (
            "import signal, sys; from standardization.sources import open_reader; "
            "from tests.standardization.factory import source\n"
            # A shell lets what it starts in the background ignore it.
            "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
            "with open_reader(source(schema='office'), sys.argv[1]) as reader:\n"
            "    rows = iter(reader.read('T', ['So']))\n"
            "    print('asking', flush=True)\n"
            "    next(rows)"
        )
        with psycopg.connect(dsn) as other:
            other.execute('LOCK TABLE office."T" IN ACCESS EXCLUSIVE MODE')
            run = subprocess.Popen(
                [sys.executable, "-c", code, dsn], stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
            assert run.stdout is not None
            assert run.stdout.readline() == b"asking\n"
            _until_a_query_waits(dsn, run)
            run.send_signal(signal.SIGINT)
            _said, error = run.communicate(timeout=30)
        assert b"KeyboardInterrupt" in error

    def test_a_reading_that_is_left_early_hides_no_fault(self, dsn: str) -> None:
        """Nor does it keep its connection: nobody else could have its table to himself."""
        lock = 'LOCK TABLE office."T" IN ACCESS EXCLUSIVE MODE'
        with psycopg.connect(dsn) as other:

            def leave_early() -> None:
                with open_reader(source(schema="office"), dsn) as reader:
                    batches = iter(reader.read("T", ["So"]))
                    next(batches)
                    with pytest.raises(psycopg.errors.LockNotAvailable):
                        other.execute(f"{lock} NOWAIT")
                    other.rollback()
                    raise ZeroDivisionError

            with pytest.raises(ZeroDivisionError):
                leave_early()
            other.execute("SET lock_timeout = '30s'")
            other.execute(lock)

    def test_it_reads_without_pandas(self) -> None:
        """ADBC's DB-API module imports it, which takes longer than many a read."""
        code = f"import sys, {PostgresqlReader.__module__}; print('pandas' in sys.modules)"
        said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
        assert said.stdout.strip() == b"False"

    def test_nobody_listens(self) -> None:
        fault = refusal(source(), "postgresql://u:p@127.0.0.1:1/x")
        assert fault.check == "source.unreachable"

    def test_a_right_that_is_missing(self, dsn: str) -> None:
        with psycopg.connect(dsn) as connection:
            connection.execute("DROP ROLE IF EXISTS visitor")
            connection.execute("CREATE ROLE visitor LOGIN PASSWORD 'v'")
            connection.execute("GRANT USAGE ON SCHEMA office TO visitor")
        rest = dsn.partition("@")[2]
        fault = refusal(source(schema="office"), f"postgresql://visitor:v@{rest}")
        assert fault.check == "source.credentials"


class TestCsv:
    def test_every_cell_is_text(self, tmp_path: Path) -> None:
        (tmp_path / "cases.csv").write_text(
            'ID,Tên,"Ghi chú"\n01,Bê,"hai\ndòng"\n,NULL,\n', encoding="utf-8-sig"
        )
        with open_reader(source(), f"csv:///{tmp_path}") as reader:
            assert reader.tables() == ("cases",)
            assert reader.schema("cases").names == ["ID", "Tên", "Ghi chú"]
        found = table_of(source(), f"csv:///{tmp_path}", "cases", ["Ghi chú", "ID"])
        assert found.to_pylist() == [
            {"Ghi chú": "hai\ndòng", "ID": "01"},
            {"Ghi chú": "", "ID": ""},
        ]

    def test_delimiter_and_encoding(self, tmp_path: Path) -> None:
        (tmp_path / "a.csv").write_bytes("x;y\né,1;2\n".encode("cp1252"))
        dsn = f"csv:///{tmp_path}?encoding=cp1252"
        assert table_of(source(), dsn, "a", ["x", "y"]).to_pylist() == [{"x": "é,1", "y": "2"}]

    @pytest.mark.parametrize("content", [b"x,y\n\xff\xfe,1\n", b"\xff,y\n1,2\n"])
    def test_a_broken_file_is_unreadable(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "a.csv").write_bytes(content)
        assert refusal(source(), f"csv:///{tmp_path}").check == "source.unreadable"

    def test_a_missing_folder(self, tmp_path: Path) -> None:
        assert refusal(source(), f"csv:///{tmp_path}/none").check == "source.unreachable"


class TestXlsx:
    @pytest.fixture
    def dsn(self, tmp_path: Path) -> str:
        book = openpyxl.Workbook()
        sheet = book.worksheets[0]
        sheet.title = "Hồ sơ"
        for row in (
            ["Danh sách"],
            [],
            ["Mã", None, "Ngày", "Số"],
            ["01", None, datetime(2026, 3, 5), 5.0],  # noqa: DTZ001 - as Excel keeps it
            [None, None, None, None],
            [7, "x", datetime(2026, 3, 5, 10, 30), 1.5],  # noqa: DTZ001 - as Excel keeps it
            [True],
        ):
            sheet.append(row)
        book.create_sheet("Ẩn").sheet_state = "hidden"
        book.create_sheet("Một").append(["Tên"])
        book["Một"].append(["An"])
        book.save(tmp_path / "book.xlsx")
        return f"xlsx:///{tmp_path}/book.xlsx"

    def test_sheets_are_tables_of_text(self, dsn: str) -> None:
        with open_reader(source(), dsn) as reader:
            assert reader.tables() == ("Hồ sơ", "Một")
            assert reader.schema("Hồ sơ").names == ["Mã", "Ngày", "Số"]
        found = table_of(source(), dsn, "Hồ sơ", ["Mã", "Ngày", "Số"]).to_pylist()
        assert [tuple(row.values()) for row in found] == [
            ("01", "2026-03-05", "5"),
            ("7", "2026-03-05 10:30:00", "1.5"),
            ("true", None, None),
        ]

    def test_a_sheet_of_one_column(self, dsn: str) -> None:
        assert table_of(source(), dsn, "Một", ["Tên"]).to_pylist() == [{"Tên": "An"}]

    def test_a_file_that_is_no_workbook(self, tmp_path: Path) -> None:
        (tmp_path / "x.xlsx").write_text("text")
        assert refusal(source(), f"xlsx:///{tmp_path}/x.xlsx").check == "source.unreadable"


class TestJson:
    DOCUMENT: ClassVar[dict[str, Any]] = {
        "UNITS": {"p1": {"w1": ["a", "b"], "w2": []}, "p2": {"w3": ["c"]}},
        "SPLIT": {"p1": {"old": [{"new": "x", "share": 0.5, "main": True, "more": {"k": 1}}]}},
    }
    TABLES: ClassVar[dict[str, str]] = {
        "units": "UNITS.{province}.{ward}[old]",
        "split": "SPLIT.{province}.{old}[]",
    }

    @pytest.fixture
    def dsn(self, tmp_path: Path) -> str:
        (tmp_path / "x.json").write_text(json.dumps(self.DOCUMENT), encoding="utf-8")
        return f"json:///{tmp_path}/x.json"

    def test_a_template_walks_objects_and_lists(self, dsn: str) -> None:
        made = source(tables=self.TABLES)
        found = table_of(made, dsn, "units", ["old", "ward", "province"]).to_pylist()
        assert [tuple(row.values()) for row in found] == [
            ("a", "w1", "p1"),
            ("b", "w1", "p1"),
            ("c", "w3", "p2"),
        ]

    def test_elements_that_are_objects_give_their_members(self, dsn: str) -> None:
        made = source(tables=self.TABLES)
        with open_reader(made, dsn) as reader:
            assert reader.tables() == ("split", "units")
            names = reader.schema("split").names
            [row] = reader.read("split", names).read_all().to_pylist()
        assert row == {
            "province": "p1", "old": "old", "new": "x",
            "share": "0.5", "main": "true", "more": '{"k": 1}',
        }  # fmt: skip

    @pytest.mark.parametrize("text", ["{", "[" * 100_000])
    def test_a_broken_file_is_unreadable(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "x.json").write_text(text)
        assert refusal(source(), f"json:///{tmp_path}/x.json").check == "source.unreadable"


@pytest.mark.parametrize("table", ["T", "none"])
def test_an_unknown_table_is_a_key_error(database: MakeTable, table: str) -> None:
    dsn = database("U", "a", [])
    with open_reader(source(), dsn) as reader, pytest.raises(KeyError):
        reader.schema(table)
