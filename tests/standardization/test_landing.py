"""What is read, what is kept of it, and how a landing refuses."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import pyarrow.parquet as pq
import pytest

from contracts.errors import Fault
from contracts.failpoints import EXIT_STATUS
from contracts.mappings import SourceMapping, Watermark
from lakehouse.file_store import FileStore
from standardization.landing import land
from standardization.snapshots import Landing
from standardization.sources import open_reader
from tests.standardization.conftest import MakeTable
from tests.standardization.factory import days, mapping, source

AT = datetime(2026, 11, 1, 8, tzinfo=UTC)
NEEDED = {"CASES": ("ID", "V")}


def landed(
    dsn: str,
    folder: Path,
    store: FileStore | None = None,
    how: SourceMapping | None = None,
    needed: Mapping[str, Sequence[str]] | None = None,
    **more: Any,
) -> Landing:
    with open_reader(source(), dsn) as reader:
        return land(
            reader, how or mapping({}), needed or NEEDED, store, folder / "scratch",
            **({"taken_at": AT} | more),
        )  # fmt: skip


def change(dsn: str, statement: str, *values: object) -> None:
    with sqlite3.connect(dsn.removeprefix("sqlite:///")) as connection:
        connection.execute(statement, values)
    connection.close()


def keys(store: FileStore) -> list[str]:
    return [info.key for info in store.list()]


def test_only_the_needed_columns_are_read_and_every_row_is_numbered(
    database: MakeTable, tmp_path: Path
) -> None:
    dsn = database("CASES", "ID INTEGER, V TEXT, SECRET TEXT", [(5, "a", "s"), (6, "b", "s")])
    landing = landed(dsn, tmp_path)
    found = pq.read_table(landing.tables["CASES"].path)
    assert found.to_pylist() == [
        {"_landing_id": 0, "ID": 5, "V": "a"},
        {"_landing_id": 1, "ID": 6, "V": "b"},
    ]
    assert (landing.rows, landing.full, landing.watermark) == (2, True, None)


def test_columns_are_found_whatever_their_case_and_named_as_in_the_mapping(
    database: MakeTable, tmp_path: Path
) -> None:
    dsn = database("cases", "id INTEGER, v TEXT", [(5, "a")])
    landing = landed(dsn, tmp_path)
    assert pq.read_schema(landing.tables["CASES"].path).names == ["_landing_id", "ID", "V"]


def test_the_hash_is_of_the_content_whatever_the_order(database: MakeTable, tmp_path: Path) -> None:
    dsn = database("CASES", "ID INTEGER, V TEXT", [(1, "a"), (2, "b")])
    first = landed(dsn, tmp_path).hash
    assert landed(dsn, tmp_path, taken_at=datetime(2027, 1, 1, tzinfo=UTC)).hash == first
    change(dsn, "DELETE FROM CASES WHERE ID = 1")
    change(dsn, "INSERT INTO CASES VALUES (1, 'a')")
    assert landed(dsn, tmp_path).hash == first
    change(dsn, "UPDATE CASES SET V = CASE ID WHEN 1 THEN 'b' ELSE 'a' END")
    assert landed(dsn, tmp_path).hash != first


@pytest.mark.parametrize("value", [None, "", "0"])
def test_the_hash_tells_null_from_empty(
    database: MakeTable, tmp_path: Path, value: str | None
) -> None:
    dsn = database("CASES", "ID INTEGER, V TEXT", [(1, value)])
    others = {None, "", "0"} - {value}
    first = landed(dsn, tmp_path).hash
    for other in others:
        change(dsn, "UPDATE CASES SET V = ?", other)
        assert landed(dsn, tmp_path).hash != first


def test_an_empty_table_keeps_its_columns(database: MakeTable, tmp_path: Path) -> None:
    dsn = database("CASES", "ID INTEGER, V TEXT", [])
    landing = landed(dsn, tmp_path)
    assert landing.rows == 0
    assert pq.read_schema(landing.tables["CASES"].path).names == ["_landing_id", "ID", "V"]


def test_many_rows_make_several_row_groups(database: MakeTable, tmp_path: Path) -> None:
    dsn = database("CASES", "ID INTEGER, V TEXT", [(n, "x") for n in range(130_000)])
    path = landed(dsn, tmp_path).tables["CASES"].path
    assert pq.ParquetFile(path).num_row_groups > 1
    assert pq.read_table(path, columns=["_landing_id"]).column(0).to_pylist() == list(
        range(130_000)
    )


@pytest.mark.parametrize(("rows", "groups"), [(100, 1), (8_192, 4), (40_000, 8)])
def test_few_rows_are_row_groups_for_several_cores_too(
    database: MakeTable, tmp_path: Path, rows: int, groups: int
) -> None:
    dsn = database("CASES", "ID INTEGER, V TEXT", [(n, "x") for n in range(rows)])
    path = landed(dsn, tmp_path).tables["CASES"].path
    assert pq.ParquetFile(path).num_row_groups == groups


def test_columns_whose_values_repeat_are_written_with_dictionaries(
    database: MakeTable, tmp_path: Path
) -> None:
    rows = [(number, f"name {number % 40}") for number in range(400)]
    path = landed(database("CASES", "ID INTEGER, V TEXT", rows), tmp_path).tables["CASES"].path
    group = pq.read_metadata(path).row_group(0)
    columns = (group.column(place) for place in range(group.num_columns))
    found = {column.path_in_schema: column.has_dictionary_page for column in columns}
    assert found == {"_landing_id": False, "ID": False, "V": True}


def test_a_limit_reads_no_more_batches_than_it_takes(database: MakeTable, tmp_path: Path) -> None:
    dsn = database("CASES", "ID INTEGER, V TEXT", [(n, "x") for n in range(50_000)])
    assert landed(dsn, tmp_path, limit=20).rows == 20_000


def test_a_full_disk_is_one_fault(database: MakeTable, tmp_path: Path) -> None:
    dsn = database("CASES", "ID INTEGER, V TEXT", [(n, str(n)) for n in range(20_000)])
    (tmp_path / "scratch").mkdir()
    (tmp_path / "scratch" / "CASES.parquet").symlink_to("/dev/full")
    with pytest.raises(Fault) as caught:
        landed(dsn, tmp_path)
    assert caught.value.check == "standardise.no_room"


class TestDrift:
    def test_a_missing_column_is_named_with_its_line(
        self, database: MakeTable, tmp_path: Path
    ) -> None:
        dsn = database("CASES", "ID INTEGER, VV TEXT", [])
        with pytest.raises(Fault) as caught:
            landed(dsn, tmp_path, how=mapping({"x": "clean_text(c.V)"}))
        assert caught.value.check == "source.schema_drift"
        assert (caught.value.place.column, caught.value.place.line) == ("V", 10)
        assert caught.value.values["near"] == "VV"

    def test_a_missing_column_that_nothing_resembles(
        self, database: MakeTable, tmp_path: Path
    ) -> None:
        dsn = database("CASES", "ID INTEGER", [])
        with pytest.raises(Fault) as caught:
            landed(dsn, tmp_path)
        assert (caught.value.check, caught.value.place.column) == ("source.schema_drift", "V")
        assert "near" not in caught.value.values

    @pytest.mark.parametrize(("table", "near"), [("CASE", "CASE"), ("OTHER", None)])
    def test_a_missing_table(
        self, database: MakeTable, tmp_path: Path, table: str, near: str | None
    ) -> None:
        dsn = database(table, "ID INTEGER, V TEXT", [])
        with pytest.raises(Fault) as caught:
            landed(dsn, tmp_path)
        assert (caught.value.check, caught.value.place.table) == ("source.table_missing", "CASES")
        assert caught.value.values.get("near") == near

    def test_a_column_that_was_added_changes_nothing(
        self, database: MakeTable, tmp_path: Path
    ) -> None:
        dsn = database("CASES", "ID INTEGER, V TEXT", [(1, "a")])
        first = landed(dsn, tmp_path).hash
        change(dsn, "ALTER TABLE CASES ADD COLUMN W TEXT")
        assert landed(dsn, tmp_path).hash == first


class TestWatermark:
    HOW = mapping({}, watermark=Watermark("c.AT", days(2)))
    NEEDED: ClassVar[Mapping[str, Sequence[str]]] = {"CASES": ("ID", "AT")}

    @pytest.fixture
    def dsn(self, database: MakeTable) -> str:
        rows = [
            (1, "2026-10-01 08:00:00"),
            (2, "2026-10-29 08:00:00"),
            (3, "2026-10-30 08:00:00"),
            (4, None),
        ]
        return database("CASES", "ID INTEGER, AT TEXT", rows)

    def read(self, dsn: str, folder: Path, watermark: str | None) -> tuple[list[Any], Landing]:
        landing = landed(dsn, folder, how=self.HOW, needed=self.NEEDED, watermark=watermark)
        return pq.read_table(landing.tables["CASES"].path).column("ID").to_pylist(), landing

    def test_the_first_read_is_full(self, dsn: str, tmp_path: Path) -> None:
        rows, landing = self.read(dsn, tmp_path, None)
        assert rows == [1, 2, 3, 4]
        assert (landing.full, landing.watermark) == (True, "2026-10-30 08:00:00")

    def test_the_next_reads_from_the_lookback_on(self, dsn: str, tmp_path: Path) -> None:
        rows, landing = self.read(dsn, tmp_path, "2026-10-30 08:00:00")
        assert rows == [2, 3, 4]
        assert (landing.full, landing.watermark) == (False, "2026-10-30 08:00:00")

    def test_a_read_of_nothing_keeps_the_watermark(self, dsn: str, tmp_path: Path) -> None:
        _rows, landing = self.read(dsn, tmp_path, "2026-11-30 08:00:00")
        assert landing.watermark == "2026-11-30 08:00:00"

    def test_a_date_in_the_future_does_not_hide_later_changes(
        self, dsn: str, tmp_path: Path
    ) -> None:
        change(dsn, "INSERT INTO CASES VALUES (5, '2062-01-01 00:00:00')")
        _rows, landing = self.read(dsn, tmp_path, None)
        assert landing.watermark == "2026-10-30 08:00:00"

    def test_a_table_that_is_looked_up_in_itself_is_read_in_full(
        self, dsn: str, tmp_path: Path
    ) -> None:
        how = mapping(
            {},
            watermark=Watermark("c.AT", days(2)),
            joins=[("CASES", "p", False, "p.ID = c.ID")],
        )
        landing = landed(dsn, tmp_path, how=how, needed=self.NEEDED, watermark="2026-10-30")
        assert (landing.rows, landing.full) == (4, True)

    def test_a_watermark_that_is_no_time_reads_in_full(self, dsn: str, tmp_path: Path) -> None:
        rows, landing = self.read(dsn, tmp_path, "30/10/2026")
        assert (len(rows), landing.full) == (4, True)


class TestSnapshots:
    def test_a_snapshot_is_files_and_a_manifest(
        self, database: MakeTable, tmp_path: Path, landing_zone: FileStore
    ) -> None:
        dsn = database("CASES", "ID INTEGER, V TEXT", [(1, "a")])
        landing = landed(dsn, tmp_path, landing_zone)
        folder = "office/things/office/20261101T080000000000Z"
        assert keys(landing_zone) == [f"{folder}/CASES.parquet", f"{folder}/manifest.json"]
        manifest = json.loads(landing_zone.get(f"{folder}/manifest.json"))
        assert manifest == {
            "hash": landing.hash,
            "taken_at": "2026-11-01T08:00:00+00:00",
            "watermark": None,
            "full": True,
            "rows": {"CASES": 1},
            "columns": {"CASES": ["ID", "V"]},
            "files": {"CASES": "CASES.parquet"},
        }
        stored = landing_zone.local(f"{folder}/CASES.parquet")
        assert pq.read_table(stored).to_pylist() == [{"_landing_id": 0, "ID": 1, "V": "a"}]

    def test_the_same_content_is_kept_once(
        self, database: MakeTable, tmp_path: Path, landing_zone: FileStore
    ) -> None:
        dsn = database("CASES", "ID INTEGER, V TEXT", [(1, "a")])
        for day in (1, 2):
            landed(dsn, tmp_path, landing_zone, taken_at=AT.replace(day=day))
        assert len(keys(landing_zone)) == 2

    def test_the_last_two_are_kept(
        self, database: MakeTable, tmp_path: Path, landing_zone: FileStore
    ) -> None:
        dsn = database("CASES", "ID INTEGER, V TEXT", [(1, "a")])
        for day in (1, 2, 3, 4):
            change(dsn, "UPDATE CASES SET V = ?", str(day))
            landed(dsn, tmp_path, landing_zone, taken_at=AT.replace(day=day))
        snapshots = {key.split("/")[-2][:8] for key in keys(landing_zone)}
        assert snapshots == {"20261103", "20261104"}

    def test_a_table_with_a_name_that_no_key_can_hold(
        self, database: MakeTable, tmp_path: Path, landing_zone: FileStore
    ) -> None:
        dsn = database("Hồ sơ", "ID INTEGER", [(1,)])
        landed(dsn, tmp_path, landing_zone, mapping({}, table="Hồ sơ"), {"Hồ sơ": ("ID",)})
        assert [key.split("/")[-1] for key in keys(landing_zone)] == [
            "manifest.json",
            "table-0.parquet",
        ]

    def test_a_table_that_lost_all_its_rows_is_refused(
        self, database: MakeTable, tmp_path: Path, landing_zone: FileStore
    ) -> None:
        dsn = database("CASES", "ID INTEGER, V TEXT", [(n, "a") for n in range(20)])
        landed(dsn, tmp_path, landing_zone)
        before = keys(landing_zone)
        change(dsn, "DELETE FROM CASES")
        with pytest.raises(Fault) as caught:
            landed(dsn, tmp_path, landing_zone, taken_at=AT.replace(day=2))
        assert (caught.value.check, caught.value.place.table) == ("source.empty", "CASES")
        assert keys(landing_zone) == before

    @pytest.mark.parametrize("place", ["mid_extract", "mid_landing", "after_landing"])
    def test_a_kill_leaves_nothing_half_kept(
        self, database: MakeTable, tmp_path: Path, landing_zone: FileStore, place: str
    ) -> None:
        dsn = database("CASES", "ID INTEGER, V TEXT", [(1, "a")])
        program = (
            "import sys\n"
            "from pathlib import Path\n"
            "from lakehouse.file_store import FileStore\n"
            "from lakehouse.store import Zone\n"
            "from tests.standardization.test_landing import landed\n"
            "store = FileStore(Zone.LANDING, Path(sys.argv[2]))\n"
            "landed(sys.argv[1], Path(sys.argv[3]), store)\n"
        )
        zone = tmp_path / "zones" / "landing"
        killed = subprocess.run(
            [sys.executable, "-c", program, dsn, str(zone), str(tmp_path)],
            env=os.environ | {"DUNGCHUNG_FAILPOINT": place},
            cwd=Path(__file__).parents[2],
            check=False,
            capture_output=True,
        )
        assert killed.returncode == EXIT_STATUS
        whole = place == "after_landing"
        assert any(key.endswith("manifest.json") for key in keys(landing_zone)) is whole
        landed(dsn, tmp_path, landing_zone, taken_at=AT.replace(day=2))
        snapshots = {key.split("/")[-2][:8] for key in keys(landing_zone)}
        assert snapshots == ({"20261101"} if whole else {"20261102"})
