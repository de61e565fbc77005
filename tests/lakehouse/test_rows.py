"""Pages of rows: what is asked is found, and nothing else can be reached."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.errors import Fault
from contracts.releases import Release, TableVersion
from lakehouse import tables
from lakehouse.rows import RowReader
from lakehouse.stores import Stores, StoreSettings, Zone, open_stores
from tests.lakehouse.building import published, release

_SELECT = """
    SELECT i AS k, 'c' || (i % 7) AS place,
           CASE WHEN i % 10 <> 0 THEN 'Xã Tân Hội ' || i END AS name,
           DATE '2025-01-01' + i::INTEGER AS day, (i / 4)::DECIMAL(9,2) AS money, i % 2 = 0 AS yes,
           TIMESTAMPTZ '2025-01-01 00:00:00+07' + to_hours(i) AS moment, i / 2 AS ratio
    FROM range(1000) AS t(i)
"""


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Release, Stores]:
    root = tmp_path_factory.mktemp("rows")
    stores = open_stores(StoreSettings(f"file://{root}", root / "cache"))
    with duckdb.connect() as connection:
        return published(connection, stores, _SELECT, ["k"]), stores


@pytest.fixture(scope="module")
def reader(sample: tuple[Release, Stores]) -> RowReader:
    return RowReader(*sample)


def _keys(reader: RowReader, **asked: Any) -> list[object]:
    return [row["k"] for row in reader.search(**asked).rows]


def test_fields_have_types_as_postgresql_names_them(reader: RowReader) -> None:
    assert [(field.name, field.type) for field in reader.fields()] == [
        ("_id", "int"),
        ("k", "int8"),
        ("place", "text"),
        ("name", "text"),
        ("day", "date"),
        ("money", "numeric"),
        ("yes", "bool"),
        ("moment", "timestamptz"),
        ("ratio", "float8"),
    ]


def test_a_page_holds_values_as_they_are(reader: RowReader) -> None:
    page = reader.search(limit=1, offset=3)
    assert page.total == 1000
    assert page.rows == (
        {
            "_id": 4,
            "k": 3,
            "place": "c3",
            "name": "Xã Tân Hội 3",
            "day": date(2025, 1, 4),
            "money": Decimal("0.75"),
            "yes": False,
            "moment": datetime(2025, 1, 1, 3, tzinfo=timezone(timedelta(hours=7))),
            "ratio": 1.5,
        },
    )


@pytest.mark.parametrize(
    ("filters", "keeps"),
    [
        ({"k": 5}, lambda i: i == 5),
        ({"k": "5"}, lambda i: i == 5),
        ({"place": ["c1", "c2"], "yes": True}, lambda i: i % 7 in (1, 2) and i % 2 == 0),
        ({"name": None}, lambda i: i % 10 == 0),
        ({"name": [None, "Xã Tân Hội 1"]}, lambda i: i % 10 == 0 or i == 1),
        ({"day": "2025-01-31"}, lambda i: i == 30),
        ({"money": 0.25}, lambda i: i == 1),
        ({"yes": "FALSE"}, lambda i: i % 2 == 1),
        ({"moment": "2025-01-01 05:00:00"}, lambda i: i == 5),
        ({"_id": [1, 3]}, lambda i: i in (0, 2)),
        ({"place": []}, lambda _: False),
        ({"place": "' OR TRUE --"}, lambda _: False),
        ({}, lambda _: True),
    ],
)
def test_filters(
    reader: RowReader, filters: dict[str, object], keeps: Callable[[int], bool]
) -> None:
    wanted = [i for i in range(1000) if keeps(i)]
    page = reader.search(filters=filters, limit=2000)
    assert [row["k"] for row in page.rows] == wanted
    assert page.total == len(wanted)
    assert _keys(reader, filters=filters, limit=3, offset=2) == wanted[2:5]


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("tan hoi 77", {77, *(i for i in range(1000) if "77" in str(i) and i % 10)}),
        ("TÂN  HỘI c3 999", set()),
        ("c5 999", {999}),
        ("XÃ 3c3", set()),
        ({"place": "C3", "name": "101"}, {101}),
        ({"place": "tan"}, set()),
        ("%", set()),
        ("", set(range(1000))),
    ],
)
def test_words_are_found_without_marks_and_case(
    reader: RowReader, q: str | dict[str, str], found: set[int]
) -> None:
    page = reader.search(q=q, limit=1000)
    assert {row["k"] for row in page.rows} == found
    assert page.total == len(found)


def test_the_fold_in_sql_is_the_fold_of_contracts(tmp_path: Path) -> None:
    stores = open_stores(StoreSettings(f"file://{tmp_path}", tmp_path / "cache"))
    names = ["Đường Nguyễn Đình Chiểu", "ĐỨC PHỔ", "Quí Ðông", "Krông Pắc", "e\u0302\u0323"]
    select = f"SELECT unnest({names!r}) AS name"
    with duckdb.connect() as connection:
        found = RowReader(published(connection, stores, select, ["name"]), stores)
    for name in (names[0], names[1], names[3], names[4]):
        assert name in [row["name"] for row in found.search(q=name).rows]
    assert [row["name"] for row in found.search(q="duc pho").rows] == ["ĐỨC PHỔ"]
    assert [row["name"] for row in found.search(q="ệ dinh").rows] == [names[0]]


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("k desc", [999, 998, 997]),
        ("place desc, k", [6, 13, 20]),
        ("name asc nulls first, k desc", [990, 980, 970]),
        ("name desc", [0, 10, 20]),
        ('"yes" asc , "k" DESC', [999, 997, 995]),
        (" ", [0, 1, 2]),
    ],
)
def test_sort(reader: RowReader, sort: str, first: list[int]) -> None:
    assert _keys(reader, sort=sort, limit=3) == first


def test_pages_are_disjoint_and_complete(reader: RowReader) -> None:
    for asked in ({}, {"sort": "place"}, {"filters": {"yes": True}}, {"q": "hoi"}):
        pages = [_keys(reader, **asked, limit=170, offset=170 * n) for n in range(7)]
        rows = [key for page in pages for key in page]
        assert len(rows) == len(set(rows)) == reader.search(**asked, limit=0).total


def test_fields_and_distinct(reader: RowReader) -> None:
    page = reader.search(fields=["place", "yes"], distinct=True, sort="place desc", limit=3)
    assert page.rows == (
        {"place": "c6", "yes": False},
        {"place": "c6", "yes": True},
        {"place": "c5", "yes": False},
    )
    assert page.total == 14
    assert [field.name for field in page.fields] == ["place", "yes"]
    assert reader.search(distinct=True, limit=0).total == 1000


def test_the_total_is_left_out_when_not_asked(reader: RowReader) -> None:
    assert reader.search(include_total=False).total is None
    assert reader.search(include_total=False, q="hoi").total is None
    assert reader.search(include_total=False, sort="k").total is None


def test_past_the_end_is_an_empty_page(reader: RowReader) -> None:
    for asked in ({}, {"sort": "k"}, {"filters": {"yes": True}}):
        page = reader.search(**asked, offset=1 << 61, limit=32_000)
        assert page.rows == ()


@pytest.mark.parametrize(
    ("asked", "check"),
    [
        ({"filters": {"nothing": 1}}, "rows.unknown_field"),
        ({"filters": {'k" = 1 OR "k': 1}}, "rows.unknown_field"),
        ({"fields": ["k", "person"]}, "rows.unknown_field"),
        ({"q": {"person": "x"}}, "rows.unknown_field"),
        ({"sort": "person"}, "rows.unknown_field"),
        ({"sort": "k; DROP VIEW rows"}, "rows.unknown_field"),
        ({"sort": "k sideways down"}, "rows.unknown_field"),
        ({"sort": "k,,name"}, "rows.bad_sort"),
        ({"sort": "k", "fields": ["place"], "distinct": True}, "rows.bad_sort"),
        ({"filters": {"k": "five"}}, "rows.bad_value"),
        ({"filters": {"day": ["2025-01-01", "2025-02-30"]}}, "rows.bad_value"),
        ({"filters": {"k": {"a": 1}}}, "rows.bad_value"),
        ({"filters": {"money": "1e99"}}, "rows.bad_value"),
        ({"limit": -1}, "rows.bad_page"),
        ({"offset": -1}, "rows.bad_page"),
        ({"offset": 1 << 63}, "rows.bad_page"),
    ],
)
def test_refusals(reader: RowReader, asked: dict[str, Any], check: str) -> None:
    with pytest.raises(Fault) as refused:
        reader.search(**asked)
    assert refused.value.check == check
    assert "2025-02-30" not in str(refused.value)


@settings(deadline=None, max_examples=80)
@given(st.text(max_size=30), st.text(max_size=30))
def test_no_text_breaks_a_question(sample: tuple[Release, Stores], one: str, other: str) -> None:
    reader = _kept(*sample)
    assert reader.search(filters={"place": one}, q=other, limit=1).total in range(1001)
    for asked in ({"sort": f"{one}x"}, {"fields": [f"{one}x"]}, {"filters": {f"{one}x": other}}):
        with pytest.raises(Fault) as refused:
            reader.search(**asked)
        assert refused.value.check in ("rows.unknown_field", "rows.bad_sort")


_readers: dict[int, RowReader] = {}


def _kept(made: Release, stores: Stores) -> RowReader:
    return _readers.setdefault(id(made), RowReader(made, stores))


def test_many_readers_at_once(reader: RowReader) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: _keys(reader, filters={"k": n}), range(100)))
    assert found == [[n] for n in range(100)]


def test_the_connection_reaches_nothing_else(
    reader: RowReader, sample: tuple[Release, Stores], tmp_path: Path
) -> None:
    made, stores = sample
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    own = stores[Zone.OPEN].local(made.files[0].path)
    for sql in (
        f"SELECT * FROM read_csv('{secret}')",
        f"SELECT * FROM read_text('{secret}')",
        f"SELECT * FROM glob('{tmp_path}/*')",
        f"COPY (SELECT 1) TO '{tmp_path}/out.csv'",
        f"COPY (SELECT 1) TO '{own}'",
        f"ATTACH '{tmp_path}/x.db'",
        "SET enable_external_access = true",
        "RESET allowed_paths",
        "INSTALL httpfs",
    ):
        with pytest.raises(duckdb.Error):
            reader._connection.execute(sql)
    assert not (tmp_path / "out.csv").exists()


def test_too_heavy_a_question_is_refused(
    file_stores: Stores, connection: duckdb.DuckDBPyConnection
) -> None:
    select = "SELECT i AS k, md5(i::VARCHAR) AS a FROM range(300000) AS t(i)"
    reader = RowReader(
        published(connection, file_stores, select, ["k"]), file_stores, memory_limit="20MB"
    )
    assert reader.search(filters={"k": 5}).total == 1
    with pytest.raises(Fault) as refused:
        reader.search(distinct=True, fields=["a"])
    assert refused.value.check == "rows.too_heavy"


def test_files_dropped_from_the_cache_are_fetched_again(
    stores: Stores, connection: duckdb.DuckDBPyConnection, settings: StoreSettings
) -> None:
    stores.ensure()
    reader = RowReader(published(connection, stores, "SELECT 1 AS k", ["k"]), stores)
    for path in settings.cache.rglob("*"):
        if path.is_file():
            path.unlink()
    assert reader.search(filters={"k": 1}).total == 1


def test_a_damaged_file_is_not_read(
    file_stores: Stores, connection: duckdb.DuckDBPyConnection
) -> None:
    made = published(connection, file_stores, "SELECT 1 AS k", ["k"])
    path = file_stores[Zone.OPEN].local(made.files[0].path)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(Fault) as refused:
        RowReader(made, file_stores)
    assert refused.value.check == "store.corrupt"


@pytest.fixture
def cases(stores: Stores, connection: duckdb.DuckDBPyConnection) -> Release:
    """A release on request: only the shared table holds its rows, in several files."""
    stores.ensure()
    version = 0
    for rows in (300, 500):
        version = tables.commit(
            stores[Zone.SHARED],
            "cases",
            connection,
            f"SELECT 'k' || i AS k, 'canary' AS person, i AS n FROM range({rows}) AS t(i)",
            ["k"],
            run_key=str(rows),
            ingested_at=datetime.fromisoformat("2026-01-01T00:00:00+07:00"),
        ).version
    return release(
        "cases",
        access="on_request",
        tables=(TableVersion("shared", "cases", version),),
        columns=[("k", "VARCHAR"), ("person", "VARCHAR"), ("n", "BIGINT")],
    )


def test_shared_rows_are_read_in_the_columns_of_a_grant(stores: Stores, cases: Release) -> None:
    reader = RowReader(cases, stores, zone=Zone.SHARED, columns=["n", "k", "gone"])
    assert [field.name for field in reader.fields()] == ["_id", "n", "k"]
    page = reader.search(limit=1000)
    assert page.total == 500
    assert [row["_id"] for row in page.rows] == list(range(1, 501))
    assert {row["n"] for row in page.rows} == set(range(500))
    found = reader.search(filters={"k": "k499"}).rows[0]
    assert reader.search(filters={"_id": found["_id"]}).rows[0]["n"] == 499
    with pytest.raises(Fault) as refused:
        reader.search(filters={"person": "canary"})
    assert refused.value.check == "rows.unknown_field"
    assert reader.search(q="canary").total == 0


def test_rows_that_are_not_open_are_not_in_the_open_zone(stores: Stores, cases: Release) -> None:
    with pytest.raises(Fault) as refused:
        RowReader(cases, stores)
    assert refused.value.check == "rows.none"


def test_an_empty_shared_table_has_its_columns(
    stores: Stores, connection: duckdb.DuckDBPyConnection
) -> None:
    stores.ensure()
    done = tables.commit(
        stores[Zone.SHARED],
        "cases",
        connection,
        "SELECT 'a' AS k WHERE FALSE",
        ["k"],
        run_key="r",
        ingested_at=datetime.fromisoformat("2026-01-01T00:00:00+07:00"),
    )
    made = release(
        "cases",
        tables=(TableVersion("shared", "cases", done.version),),
        columns=[("k", "VARCHAR")],
    )
    reader = RowReader(made, stores, zone=Zone.SHARED)
    assert reader.search().total == 0
    assert reader.search(filters={"k": "a"}).rows == ()
