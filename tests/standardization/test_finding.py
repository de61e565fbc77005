"""Agencies by name, communes in addresses and places near their commune, on the real units."""

from __future__ import annotations

import sqlite3
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import pytest

from contracts.text import fold, match_key
from tests.standardization.conftest import MakeTable
from tests.standardization.factory import contract, mapping
from tests.standardization.test_engine import run

OLD_DAY, NEW_DAY = "DATE '2025-03-01'", "DATE '2025-08-01'"
SHAPE = Path(__file__).parents[2] / "datasets/administrative_unit/from/vietnamadminunits.sql"


@pytest.fixture(scope="session")
def source() -> Iterator[sqlite3.Connection]:
    """The unit list as its package holds it."""
    # Found, not imported: importing it loads an internet geocoder.
    spec = find_spec("vietnamadminunits")
    assert spec is not None
    assert spec.submodule_search_locations
    package = Path(spec.submodule_search_locations[0]) / "data" / "dataset.db"
    with sqlite3.connect(f"file:{package}?mode=ro", uri=True) as connection:
        yield connection
    connection.close()


@pytest.fixture
def units(
    bench: duckdb.DuckDBPyConnection, source: sqlite3.Connection
) -> duckdb.DuckDBPyConnection:
    """The workbench with the units as a dataset release has them."""
    rows = source.execute(SHAPE.read_text(encoding="utf-8")).fetchall()
    names = (
        "code_system unit_code level full_name parent_code area_km2 latitude longitude since til"
    )
    kind = "^(Tỉnh|Thành phố|Quận|Huyện|Thị xã|Phường|Xã|Thị trấn|Đặc khu) "
    bench.execute(
        "CREATE TABLE ref_administrative_unit AS SELECT * EXCLUDE (since, til), "
        f"regexp_replace(full_name, '{kind}', '') AS name, since::DATE AS valid_from, "
        "til::DATE AS valid_to FROM (SELECT "
        + ", ".join(f"unnest(${n}) AS {name}" for n, name in enumerate(names.split(), start=1))
        + ") WHERE unit_code IS NOT NULL",
        {str(n): list(column) for n, column in enumerate(zip(*rows, strict=True), start=1)},
    )
    return bench


def found(
    bench: duckdb.DuckDBPyConnection,
    database: MakeTable,
    folder: Path,
    expression: str,
    rows: list[tuple[Any, ...]],
) -> list[Any]:
    """What `expression` over the columns V, W and X gives for each row."""
    padded = [(n, *row, *(None,) * (3 - len(row))) for n, row in enumerate(rows)]
    dsn = database("CASES", "ID INTEGER, V, W, X", padded)
    how = mapping({"x": expression})
    rows_made = run(bench, dsn, contract({"x": "VARCHAR"}), how, folder)
    with sqlite3.connect(folder / "office.db") as connection:
        connection.execute("DROP TABLE CASES")
    return [row["x"] for row in rows_made]


def test_every_old_commune_of_tien_giang_is_read_out_of_its_address(
    units: duckdb.DuckDBPyConnection,
    database: MakeTable,
    source: sqlite3.Connection,
    tmp_path: Path,
) -> None:
    old = source.execute(
        "SELECT wardCode, ward, district FROM admin_units_legacy WHERE provinceCode = '82'"
    ).fetchall()
    short = {"Xã ": "X. ", "Phường ": "P.", "Thị trấn ": "TT. ", "Huyện ": "H. "}
    short |= {"Thị xã ": "TX ", "Thành phố ": "TP. "}

    def abbreviated(name: str) -> str:
        for kind, letters in short.items():
            name = name.replace(kind, letters)
        return name

    written = [(f"Số 5 Lê Lợi, {w}, {d}, Tỉnh Tiền Giang",) for _code, w, d in old]
    written += [(f"Ấp 2, {abbreviated(w)}, {abbreviated(d)}, TG",) for _code, w, d in old]
    expression = f"address_parts(c.V, {OLD_DAY}).unit_code"
    assert len(old) == 164
    codes = [code for code, _ward, _district in old]
    assert found(units, database, tmp_path, expression, written) == codes + codes


def test_an_address_is_read_from_the_right(
    units: duckdb.DuckDBPyConnection, database: MakeTable, tmp_path: Path
) -> None:
    old, new = "2025-03-01", "2025-08-01"
    expected = {
        ("12 Lê Lợi, Phường 1, TP. Mỹ Tho, Tiền Giang", old): "28261/12 Lê Lợi/-",
        ("Ấp 3 xã Tân Phú huyện Tân Phú Đông tỉnh Tiền Giang", old): "28693/-/Ấp 3",
        # There were two communes of that name in the province.
        ("Xã Tân Phú, Tiền Giang", old): "-/Xã Tân Phú, Tiền Giang/-",
        ("KP 2, P. Đạo Thạnh, Đồng Tháp, Việt Nam", new): "28249/-/KP 2",
        ("ở đâu đó", new): "-/ở đâu đó/-",
    }
    fields = ", ".join(
        f"coalesce(address_parts(c.V, CAST(c.W AS DATE)).{field}, '-')"
        for field in ("unit_code", "street", "hamlet")
    )
    made = found(units, database, tmp_path, f"concat_ws('/', {fields})", list(expected))
    assert made == list(expected.values())


def _without_marks(text: str) -> str:
    return fold(text).title()


def test_communes_that_differ_by_marks_alone_are_told_by_them_and_never_guessed(
    units: duckdb.DuckDBPyConnection,
    database: MakeTable,
    source: sqlite3.Connection,
    tmp_path: Path,
) -> None:
    named = defaultdict[tuple[str, str], dict[str, str]](dict)
    rows = source.execute("SELECT wardCode, ward, province FROM admin_units").fetchall()
    for code, ward, province in rows:
        named[province, match_key(ward)][ward] = code
    twins = [
        (code, ward, province)
        for (province, _key), spelled in named.items()
        if len(spelled) > 1
        for ward, code in spelled.items()
    ]
    assert {("Xã Tân Thành", "Tỉnh Đồng Tháp"), ("Xã Tân Thạnh", "Tỉnh Đồng Tháp")} <= {
        (ward, province) for _code, ward, province in twins
    }
    written = [
        (form(f"Ấp 2, {ward}"), above(province))
        for _code, ward, province in twins
        for form in (str, str.upper, partial(unicodedata.normalize, "NFD"), placed_otherwise)
        for above in (str, _without_marks)
    ]
    unmarked = [(_without_marks(ward), province) for _code, ward, province in twins]
    address = "address_parts(concat_ws(', ', c.V, c.W), CAST(c.X AS DATE))"
    expression = f"concat_ws('/', coalesce({address}.unit_code, '-'), {address}.ambiguous)"
    day = "2025-08-01"
    asked = [(*row, day) for row in (*written, *unmarked)]
    expected = [f"{code}/false" for code, _ward, _province in twins for _form in range(8)]
    expected += ["-/true"] * len(twins)
    assert found(units, database, tmp_path, expression, asked) == expected


def placed_otherwise(text: str) -> str:
    """The other placement of each tone of oa, oe and uy."""
    pairs = (("òa", "oà"), ("óa", "oá"), ("ỏa", "oả"), ("úy", "uý"), ("ủy", "uỷ"), ("ũy", "uỹ"))
    for first, last in pairs:
        text = text.replace(first, "\0").replace(last, first).replace("\0", last)
    return text


def test_a_place_is_near_its_commune_or_not_or_that_is_unknown(
    units: duckdb.DuckDBPyConnection, database: MakeTable, tmp_path: Path
) -> None:
    rows = [
        (10.3800, 106.3300, "28249"),
        (10.3800, 106.9000, "28249"),
        (None, 106.9, "28249"),
        (10.38, 106.33, "28615"),  # its centre in the source is another Thanh Bình's
        (10.38, 106.33, "99999"),
    ]
    expression = f"CAST(near_unit(c.V, c.W, c.X, {NEW_DAY}) AS VARCHAR)"
    assert found(units, database, tmp_path, expression, rows) == ["true", "false", None, None, None]


def test_an_agency_is_found_by_its_name_on_the_day(
    bench: duckdb.DuckDBPyConnection, database: MakeTable, tmp_path: Path
) -> None:
    bench.execute(
        "CREATE TABLE ref_agency AS SELECT * FROM (VALUES "
        "('H20.15', 'Sở Thông tin và Truyền thông', 'STTTT', DATE '2016-03-01', "
        "DATE '2025-03-01'), "
        "('H20.8', 'Sở Khoa học và Công nghệ', 'SKHCN', DATE '2016-03-01', NULL), "
        "('H58.8', 'Sở Khoa học và Công nghệ', 'SKHCN', DATE '2016-03-01', DATE '2025-07-01'), "
        "('H20', 'Ủy ban nhân dân tỉnh', 'UBND tỉnh', DATE '2016-03-01', NULL), "
        "('H20.71', 'Ủy ban nhân dân xã Tân Thành', NULL, DATE '2025-07-01', NULL), "
        "('H20.72', 'Ủy ban nhân dân xã Tân Thạnh', NULL, DATE '2025-07-01', NULL)"
        ") AS t(agency_code, name, short_name, valid_from, valid_to)"
    )
    rows = [
        ("Sở TT&TT", "2025-01-01", "H20"),
        ("sttt", "2025-01-01", "H20"),
        ("STTTT", "2025-04-01", "H20"),
        ("Sở KH&CN tỉnh Đồng Tháp", "2025-01-01", "H20"),
        ("Sở KH&CN", "2025-01-01", "H58"),
        ("UBND tỉnh Đồng Tháp", "2025-08-01", "H20"),
        ("UBND X. Tân Thạnh", "2025-08-01", "H20"),
        ("UBND xã Tân Thành tỉnh Đồng Tháp", "2025-08-01", "H20"),
        ("UBND xa Tan Thanh", "2025-08-01", "H20"),
    ]
    within = "agency_by_name(c.V, CAST(c.W AS DATE), c.X)"
    anywhere = "agency_by_name(c.V, CAST(c.W AS DATE))"
    assert found(bench, database, tmp_path, within, rows) == [
        *("H20.15", None, None, "H20.8", "H58.8", "H20"),
        *("H20.72", "H20.71", None),
    ]
    assert found(bench, database, tmp_path, anywhere, rows) == [
        *("H20.15", None, None, None, None, "H20"),
        *("H20.72", "H20.71", None),
    ]
