"""What a source's owner may do to its tables overnight, for each kind that is no server."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt

from contracts.errors import Fault
from contracts.mappings import Never, Pages, Paging
from lakehouse.file_store import FileStore
from standardization.landing import land
from standardization.snapshots import Landing
from standardization.sources import open_reader
from tests.standardization.factory import BOTH, mapping, source

Rows = Sequence[Mapping[str, Any]]
Write = Callable[[Path, Rows], str]
MANY: Rows = [{"ID": number, "V": f"Xã {number}", "SECRET": "x"} for number in range(1, 1_201)]
WHERE = source(pages={"CASES": Pages("/c", "data[]", Paging.PAGE, "page", 500, total="total")})


def write_csv(folder: Path, rows: Rows) -> str:
    with (folder / "CASES.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(row for row in rows if None not in row.values())
    return f"csv:///{folder}"


def write_xlsx(folder: Path, rows: Rows) -> str:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "CASES"
    book.worksheets[0].append(list(rows[0]))
    for row in rows:
        book.worksheets[0].append(list(row.values()))
    book.save(folder / "book.xlsx")
    return f"xlsx:///{folder}/book.xlsx"


def write_xls(folder: Path, rows: Rows) -> str:
    book = xlwt.Workbook()
    sheet = book.add_sheet("CASES")
    for at, name in enumerate(rows[0]):
        sheet.write(0, at, name)
    for number, row in enumerate(rows, 1):
        for at, cell in enumerate(row.values()):
            sheet.write(number, at, cell)
    book.save(str(folder / "book.xls"))
    return f"xls:///{folder}/book.xls"


def write_geojson(folder: Path, rows: Rows) -> str:
    kept = [row for row in rows if None not in row.values()]
    features = [{"type": "Feature", "geometry": None, "properties": row} for row in kept]
    (folder / "CASES.geojson").write_text(json.dumps({"features": features}))
    return f"geojson:///{folder}"


def write_api(folder: Path, rows: Rows) -> str:
    pages = folder / "CASES"
    pages.mkdir(exist_ok=True)
    kept = [row for row in rows if None not in row.values()]
    for number in range(3):
        page = {"data": kept[number * 500 : number * 500 + 500], "total": len(kept)}
        (pages / f"{number}.json").write_text(json.dumps(page))
    return f"api+file:///{folder}"


@pytest.fixture(
    params=[write_csv, write_xlsx, write_xls, write_geojson, write_api],
    ids=lambda write: write.__name__.removeprefix("write_"),
)
def write(request: pytest.FixtureRequest) -> Write:
    made: Write = request.param
    return made


def landed(folder: Path, write: Write, rows: Rows, store: FileStore | None = None) -> Landing:
    (folder / "office").mkdir(exist_ok=True)
    dsn = write(folder / "office", rows)
    with open_reader(WHERE, dsn) as reader:
        return land(
            reader, mapping({}), {"CASES": ("ID", "V")}, store, folder / "scratch",
            taken_at=datetime(2026, 11, 1, 8, tzinfo=UTC),
        )  # fmt: skip


def refusal(folder: Path, write: Write, rows: Rows, store: FileStore | None = None) -> Fault:
    with pytest.raises(Fault) as caught:
        landed(folder, write, rows, store)
    return caught.value


def test_the_same_rows_are_the_same_landing(tmp_path: Path, write: Write) -> None:
    first = landed(tmp_path, write, MANY)
    assert (first.rows, first.full) == (1_200, True)
    assert landed(tmp_path, write, MANY).hash == first.hash


def test_a_column_more_changes_nothing(tmp_path: Path, write: Write) -> None:
    first = landed(tmp_path, write, MANY).hash
    assert landed(tmp_path, write, [{**row, "NEW": 1} for row in MANY]).hash == first


@pytest.mark.parametrize("name", [None, "V_MOI"], ids=["dropped", "renamed"])
def test_a_column_dropped_or_renamed_is_named(
    tmp_path: Path, write: Write, name: str | None
) -> None:
    rows = [{"ID": row["ID"]} | ({name: row["V"]} if name else {"X": 1}) for row in MANY]
    fault = refusal(tmp_path, write, rows)
    assert (fault.check, fault.place.column) == ("source.schema_drift", "V")


def test_a_type_that_widens_is_read(tmp_path: Path, write: Write) -> None:
    rows = [{**row, "ID": f"{row['ID']}-A"} for row in MANY]
    assert landed(tmp_path, write, rows).rows == 1_200


def test_nothing_where_yesterday_were_many(
    tmp_path: Path, write: Write, landing_zone: FileStore
) -> None:
    landed(tmp_path, write, MANY, landing_zone)
    if write in (write_geojson, write_api):  # names of columns come from the rows themselves
        nothing: Rows = [dict.fromkeys(MANY[0])]
        assert refusal(tmp_path, write, nothing, landing_zone).check == "source.schema_drift"
    elif write is write_csv:
        nothing = [dict.fromkeys(MANY[0])]
        assert refusal(tmp_path, write, nothing, landing_zone).check == "source.empty"


def test_a_file_that_is_gone_is_unreachable(tmp_path: Path, write: Write) -> None:
    dsn = write(tmp_path, MANY)
    address = dsn + "x" if dsn.endswith(("xls", "xlsx")) else dsn + "/none"
    with pytest.raises(Fault) as caught, open_reader(WHERE, address) as reader:
        reader.schema("CASES")
    assert caught.value.check == "source.unreachable"


def test_what_must_never_be_read_is_not_there(tmp_path: Path, write: Write) -> None:
    dsn = write(tmp_path, MANY)
    guarded = source(never=(Never("cases", ("Secret",), BOTH),), pages=WHERE.pages)
    with open_reader(guarded, dsn) as reader:
        assert {"ID", "V"} <= set(reader.schema("CASES").names)
        assert "SECRET" not in reader.schema("CASES").names
        assert reader.read("CASES", ["V"]).read_all().num_rows == 1_200
        with pytest.raises(KeyError):
            reader.read("CASES", ["SECRET"])
    whole = source(never=(Never("CASES", (), BOTH),), pages=WHERE.pages)
    with open_reader(whole, dsn) as reader:
        assert "CASES" not in reader.tables()
        with pytest.raises(KeyError):
            reader.schema("CASES")
        with pytest.raises(KeyError):
            reader.read("CASES", ["V"])


def test_an_inbox_lands_each_row_once(tmp_path: Path, landing_zone: FileStore) -> None:
    box = tmp_path / "box"
    box.mkdir()
    write_csv(box, MANY)
    os.utime(box / "CASES.csv", (0, 0))
    hashes = set()
    for _time in range(2):
        with open_reader(source(), f"inbox:///{box}") as reader:
            landing = land(
                reader, mapping({}, table="files"), {"files": ("ID", "V")}, landing_zone,
                tmp_path / "scratch",
            )  # fmt: skip
        hashes.add((landing.hash, landing.rows))
        write_csv(box, MANY)
        os.utime(box / "CASES.csv", (0, 0))
    assert len(hashes) == 1
