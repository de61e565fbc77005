"""Downloads: the same rows in every format, and no formula in any."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType

import duckdb
import openpyxl
import pyarrow.parquet as pq
import pytest

from contracts.errors import Fault
from contracts.failpoints import EXIT_STATUS, VARIABLE
from contracts.releases import TableVersion
from lakehouse import formats, tables
from lakehouse.exports import on_demand, write_open_files
from lakehouse.stores import Stores, Zone
from tests.lakehouse.building import contract, published, release

_FORMULAS = [
    "=1+1",
    "+84 273",
    "-5",
    "@SUM(A1)",
    "\ttab",
    "\rreturn",
    "\nline",
    "＝1",
    "=CMD|' /C calc'!A0",
]
_TRICKY = [*_FORMULAS, "Xã Tân Hội", 'a,b;"c"', "two\nlines", "", None, "#N/A", "00123", "x=1"]


@pytest.fixture
def tricky(connection: duckdb.DuckDBPyConnection) -> str:
    """A SELECT with every kind of cell; one row for each of `_TRICKY`."""
    connection.execute("CREATE TABLE tricky (id INTEGER, text VARCHAR)")
    for number, text in enumerate(_TRICKY):
        connection.execute("INSERT INTO tricky VALUES (?, ?)", [number, text])
    return (
        "SELECT id, text, -id AS number, (-id / 8)::DECIMAL(9,3) AS money,"
        " DATE '2025-07-01' AS day, TIMESTAMPTZ '1970-01-01 00:00:00+07' AS moment,"
        " id % 2 = 0 AS yes, ['=a', 'b'] AS several FROM tricky"
    )


def _csv(stores: Stores, key: str) -> list[dict[str, str]]:
    text = stores[Zone.OPEN].get(key).decode("utf-8")
    return list(csv.DictReader(text.splitlines(keepends=True)))


def test_files_are_what_the_entries_say(
    stores: Stores, connection: duckdb.DuckDBPyConnection
) -> None:
    stores.ensure()
    made = published(connection, stores, "SELECT i AS k FROM range(50000) AS t(i)", ["k"])
    assert [entry.path for entry in made.files] == [
        "sample/000001/sample.parquet",
        "sample/000001/sample.csv",
    ]
    for entry in made.files:
        data = stores[Zone.OPEN].get(entry.path)
        assert entry.rows == 50_000
        assert entry.bytes == len(data)
        assert entry.sha256 == hashlib.sha256(data).hexdigest()


def test_parquet_is_sorted_for_look_ups(
    file_stores: Stores, connection: duckdb.DuckDBPyConnection
) -> None:
    select = "SELECT (i * 7919) % 50021 AS k, 'c' || (i % 90) AS place FROM range(50000) AS t(i)"
    made = published(connection, file_stores, select, ["k"], sort=["place"])
    file = pq.ParquetFile(file_stores[Zone.OPEN].local(made.files[0].path))
    table = file.read()
    rows = list(zip(table["place"].to_pylist(), table["k"].to_pylist(), strict=True))
    assert rows == sorted(rows)
    assert file.metadata.row_group(0).num_rows <= 20_480
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"
    blooms = connection.execute(
        "SELECT bloom_filter_length IS NOT NULL FROM parquet_metadata(?)"
        " WHERE path_in_schema = 'place'",
        [str(file_stores[Zone.OPEN].local(made.files[0].path))],
    ).fetchall()
    assert blooms[0] == (True,)


def test_the_same_rows_make_the_same_file(
    file_stores: Stores, connection: duckdb.DuckDBPyConnection
) -> None:
    made = contract([("k", "BIGINT"), ("v", "BIGINT")], ["k"], sort=["v"])
    hashes = set()
    for order in ("k", "k DESC"):
        select = f"SELECT i AS k, i % 3 AS v FROM range(30000) AS t(i) ORDER BY {order}"
        entries = write_open_files(connection, select, made, 1, file_stores[Zone.OPEN])
        hashes.add(tuple(entry.sha256 for entry in entries))
    assert len(hashes) == 1


def test_csv_holds_no_formula_and_leaves_numbers_alone(
    file_stores: Stores, connection: duckdb.DuckDBPyConnection, tricky: str
) -> None:
    made = published(connection, file_stores, tricky, ["id"])
    rows = _csv(file_stores, made.files[1].path)
    assert len(rows) == len(_TRICKY)
    for row, text in zip(rows, _TRICKY, strict=True):
        assert row["text"] == ("'" + text if text in _FORMULAS else text or "")
    assert rows[3]["number"] == "-3"
    assert rows[3]["money"] == "-0.375"
    assert rows[0]["several"] == "'=a;b"
    assert rows[0]["moment"] == "1970-01-01T00:00:00.000000+07:00"
    assert rows[0]["day"] == "2025-07-01"
    raw = file_stores[Zone.OPEN].get(made.files[1].path)
    assert not raw.startswith(b"\xef\xbb\xbf")


def test_xlsx_reads_back_as_text_numbers_and_dates(
    stores: Stores, connection: duckdb.DuckDBPyConnection, tricky: str, tmp_path: Path
) -> None:
    stores.ensure()
    made = published(connection, stores, tricky, ["id"])
    path = on_demand(made, "xlsx", stores, tmp_path / "made")
    sheet = openpyxl.load_workbook(path)["data"]
    header, *rows = sheet.iter_rows()
    assert [cell.value for cell in header] == [column.name for column in made.schema]
    for row, text in zip(rows, _TRICKY, strict=True):
        cells = dict(zip([cell.value for cell in header], row, strict=True))
        assert cells["text"].data_type != "f"
        assert cells["text"].value == (text.replace("\r", "\n") if text else None)
    kinds = [cell.data_type.removeprefix("inlineStr") or "s" for cell in rows[3]]
    assert kinds == ["n", "s", "n", "n", "d", "d", "b", "s"]
    assert rows[3][2].value == -3
    assert rows[0][4].value == datetime(2025, 7, 1)  # noqa: DTZ001 - Excel knows no zone
    assert rows[0][5].value == datetime(1970, 1, 1)  # noqa: DTZ001 - Excel knows no zone
    assert on_demand(made, "xlsx", stores, tmp_path / "made") == path


def test_json_lines_hold_every_text_unchanged(
    file_stores: Stores, connection: duckdb.DuckDBPyConnection, tricky: str, tmp_path: Path
) -> None:
    made = published(connection, file_stores, tricky, ["id"])
    path = on_demand(made, "jsonl", file_stores, tmp_path / "made")
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert [row["text"] for row in rows] == _TRICKY
    assert rows[3]["money"] == -0.375
    assert rows[0]["several"] == ["=a", "b"]
    assert rows[0]["moment"] == "1970-01-01T00:00:00.000000+07:00"
    assert date.fromisoformat(rows[0]["day"]) == date(2025, 7, 1)


@pytest.mark.parametrize("fmt", ["parquet", "csv", "xlsx", "jsonl"])
def test_shared_rows_go_out_in_the_columns_of_a_grant(
    stores: Stores, connection: duckdb.DuckDBPyConnection, tmp_path: Path, fmt: str
) -> None:
    stores.ensure()
    wanted = tables.Wanted(
        stores[Zone.SHARED],
        "cases",
        connection,
        "SELECT 'k' || i AS k, 'canary' AS person, i AS n FROM range(5) AS t(i)",
        ("k",),
        datetime.fromisoformat("2026-01-01T00:00:00+07:00"),
    )
    done = tables.commit(wanted, run_key="r")
    columns = [("k", "VARCHAR"), ("person", "VARCHAR"), ("n", "BIGINT")]
    made = release(
        "cases",
        access="on_request",
        tables=(TableVersion("shared", "cases", done.version),),
        columns=columns,
    )
    path = on_demand(made, fmt, stores, tmp_path / "made", zone=Zone.SHARED, columns=["n", "k"])
    if fmt == "xlsx":
        header, *rows = openpyxl.load_workbook(path)["data"].iter_rows(values_only=True)
        assert header == ("k", "n")
    else:
        reader = {"parquet": "read_parquet", "csv": "read_csv", "jsonl": "read_json"}[fmt]
        read = connection.execute(f"SELECT * FROM {reader}(?)", [str(path)])
        assert [column[0] for column in read.description or ()] == ["k", "n"]
        rows = read.fetchall()
    assert sorted(rows) == [(f"k{i}", i) for i in range(5)]


def test_what_excel_would_cut_off_is_refused(
    file_stores: Stores,
    connection: duckdb.DuckDBPyConnection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    long = published(connection, file_stores, "SELECT 1 AS k, repeat('x', 32768) AS t", ["k"])
    with pytest.raises(Fault) as refused:
        on_demand(long, "xlsx", file_stores, tmp_path)
    assert refused.value.check == "export.cell_too_long"
    assert refused.value.place.column == "t"
    assert "xxx" not in str(refused.value)
    monkeypatch.setattr(formats, "XLSX_ROWS", 10)
    many = published(connection, file_stores, "SELECT i AS k FROM range(10) AS t(i)", ["k"])
    with pytest.raises(Fault) as refused:
        on_demand(many, "xlsx", file_stores, tmp_path)
    assert refused.value.check == "export.too_many_rows"


def test_other_formats_and_withdrawn_releases_are_refused(
    file_stores: Stores, connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    made = published(connection, file_stores, "SELECT 1 AS k", ["k"])
    with pytest.raises(Fault) as refused:
        on_demand(made, "exe", file_stores, tmp_path)
    assert refused.value.check == "export.format"
    with pytest.raises(Fault) as refused:
        on_demand(release(withdrawn="wrong"), "xlsx", file_stores, tmp_path)
    assert refused.value.check == "rows.none"


def test_an_empty_release_has_headers(
    file_stores: Stores, connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    made = published(connection, file_stores, "SELECT 1 AS k, 'a' AS t WHERE FALSE", ["k"])
    assert file_stores[Zone.OPEN].get(made.files[1].path) == b"k,t\n"
    sheet = openpyxl.load_workbook(on_demand(made, "xlsx", file_stores, tmp_path))["data"]
    assert list(sheet.iter_rows(values_only=True)) == [("k", "t")]
    assert on_demand(made, "jsonl", file_stores, tmp_path).read_bytes() == b""


def test_a_kill_between_the_files_publishes_nothing(tmp_path: Path) -> None:
    program = (
        "import sys, duckdb\n"
        "from pathlib import Path\n"
        "from lakehouse.stores import StoreSettings, open_stores\n"
        "from tests.lakehouse.building import published\n"
        "root = Path(sys.argv[1])\n"
        "stores = open_stores(StoreSettings(f'file://{root}', root / 'cache'))\n"
        "published(duckdb.connect(), stores, 'SELECT 1 AS k', ['k'])\n"
    )
    environment = MappingProxyType({**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
    run = [sys.executable, "-c", program, str(tmp_path)]
    killed = subprocess.run(
        run, env={**environment, VARIABLE: "mid_open_files"}, check=False, capture_output=True
    )
    assert killed.returncode == EXIT_STATUS
    assert not (tmp_path / "open/sample/000001/sample.csv").exists()
    assert subprocess.run(run, env=environment, check=False).returncode == 0
    assert (tmp_path / "open/sample/000001/sample.csv").read_bytes() == b"k\n1\n"
