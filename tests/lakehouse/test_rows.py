"""Pages of rows: what is asked is found, and nothing else can be reached."""

from __future__ import annotations

import base64
import functools
import gc
import json
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
from lakehouse.conditions import check_condition
from lakehouse.cursors import Position, write_cursor
from lakehouse.questions import Asked
from lakehouse.rows import RowReader
from lakehouse.stores import Stores, StoreSettings, Zone, open_stores
from lakehouse.turns import Turns
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


def test_a_repeated_name_is_read_once(reader: RowReader) -> None:
    page = reader.search(fields=["k", "place", *["k"] * 1000], limit=2)
    assert [field.name for field in page.fields] == ["k", "place"]
    assert page.rows == ({"k": 0, "place": "c0"}, {"k": 1, "place": "c1"})


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
        ({"filters": {"k": {"a": 1}}}, "rows.bad_filter"),
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
        assert refused.value.check in ("rows.unknown_field", "rows.bad_sort", "rows.bad_filter")


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
            reader._engine.connection.execute(sql)
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
        wanted = tables.Wanted(
            stores[Zone.SHARED],
            "cases",
            connection,
            f"SELECT 'k' || i AS k, 'canary' AS person, i AS n FROM range({rows}) AS t(i)",
            ("k",),
            datetime.fromisoformat("2026-01-01T00:00:00+07:00"),
        )
        version = tables.commit(wanted, run_key=str(rows)).version
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
    wanted = tables.Wanted(
        stores[Zone.SHARED],
        "cases",
        connection,
        "SELECT 'a' AS k WHERE FALSE",
        ("k",),
        datetime.fromisoformat("2026-01-01T00:00:00+07:00"),
    )
    done = tables.commit(wanted, run_key="r")
    made = release(
        "cases",
        tables=(TableVersion("shared", "cases", done.version),),
        columns=[("k", "VARCHAR")],
    )
    reader = RowReader(made, stores, zone=Zone.SHARED)
    assert reader.search().total == 0
    assert reader.search(filters={"k": "a"}).rows == ()


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"filters": {"yes": True}},
        {"q": "hoi 1"},
        {"sort": "name desc"},
        {"sort": "name desc nulls last, place"},
        {"sort": "place, name nulls first", "filters": {"yes": True}},
        {"sort": "ratio desc, money"},
        {"sort": "moment desc"},
        {"sort": "yes, day desc"},
        {"sort": "_id desc"},
        {"sort": "place", "q": "tan", "fields": ["name"]},
        {"fields": ["place", "yes"], "distinct": True, "sort": "yes desc"},
    ],
)
@pytest.mark.parametrize("limit", [90, 1200])
def test_cursors_lead_through_every_row_in_order(
    reader: RowReader, asked: dict[str, Any], limit: int
) -> None:
    everything = reader.search(**asked, limit=5000)
    pages, cursor = [], None
    for _page in range(1000):
        page = reader.search(**asked, limit=limit, cursor=cursor, include_total=False)
        pages.extend(page.rows)
        cursor = page.cursor
        if cursor is None:
            break
    assert pages == list(everything.rows)
    assert everything.total == len(pages)
    assert everything.cursor is None


def test_the_rows_of_a_sort_are_the_same_however_many_are_asked_for(reader: RowReader) -> None:
    whole = _keys(reader, sort="place desc, name", limit=1000)
    assert _keys(reader, sort="place desc, name", limit=500, offset=500) == whole[500:]
    assert _keys(reader, sort="place desc, name", limit=999, offset=100) == whole[100:]


def test_a_cursor_names_a_position_and_no_value(reader: RowReader) -> None:
    cursor = reader.search(sort="name", limit=3).cursor
    assert cursor is not None
    told = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    assert [type(part) for part in told] == [int, str, int, int]


@pytest.mark.parametrize(
    "other",
    [
        {"sort": "place desc"},
        {"sort": "place", "filters": {"k": 1}},
        {"sort": "place", "q": "tan"},
        {},
    ],
)
def test_a_cursor_of_another_question_is_refused(reader: RowReader, other: dict[str, Any]) -> None:
    cursor = reader.search(sort="place", limit=3).cursor
    with pytest.raises(Fault) as refused:
        reader.search(cursor=cursor, **other)
    assert refused.value.check == "rows.bad_cursor"


@given(st.text(max_size=60))
def test_no_text_is_taken_for_a_cursor(sample: tuple[Release, Stores], text: str) -> None:
    with pytest.raises(Fault) as refused:
        _kept(*sample).search(cursor=text or "x")
    assert refused.value.check == "rows.bad_cursor"


def test_a_cursor_beyond_the_rows_gives_none(reader: RowReader) -> None:
    bound = reader.identity + Asked(sort="place").digest
    made = write_cursor(Position(10**9), bound)
    assert reader.search(sort="place", cursor=made).rows == ()


@pytest.mark.parametrize(
    ("filters", "keeps"),
    [
        ({"k": {"gt": 990}}, lambda i: i > 990),
        ({"k": {"gte": 5, "lt": "9"}}, lambda i: 5 <= i < 9),
        ({"k": [{"lt": 2}, {"gte": 998}, 500]}, lambda i: i < 2 or i >= 998 or i == 500),
        ({"k": {"in": [1, 2]}}, lambda i: i in (1, 2)),
        ({"$or": [{"k": 1}, {"place": "c2", "yes": True}]}, lambda i: i == 1 or i % 14 == 2),
        ([{"k": 1}, {"k": {"eq": 2}}], lambda i: i in (1, 2)),
        ({"$and": [{"k": {"lte": 3}}, {"$or": [{"k": 1}, {"k": 7}]}]}, lambda i: i == 1),
        ({"_id": {"gt": 995}}, lambda i: i >= 995),
        ({"day": {"lt": "2025-01-03"}}, lambda i: i < 2),
        ({"$or": []}, lambda _: False),
        ({"name": {"eq": None}}, lambda i: i % 10 == 0),
    ],
)
def test_filters_of_ckan_2_12(
    reader: RowReader, filters: object, keeps: Callable[[int], bool]
) -> None:
    assert _keys(reader, filters=filters, limit=2000) == [i for i in range(1000) if keeps(i)]


@pytest.mark.parametrize(
    "filters",
    [
        {"$nor": [{"k": 1}]},
        {"k": {"like": "x"}},
        {"$or": {"k": 1}},
        {"$or": ["k"]},
        [1],
        {"k": list(range(6000))},
        {"$or": [{"k": n} for n in range(200)]},
        functools.reduce(lambda inner, _: {"$and": [inner]}, range(20), {"k": 1}),
    ],
)
def test_filters_that_cannot_be(reader: RowReader, filters: object) -> None:
    with pytest.raises(Fault) as refused:
        reader.search(filters=filters)
    assert refused.value.check == "rows.bad_filter"


def test_more_words_than_can_be_looked_for(reader: RowReader) -> None:
    for q in (" ".join(f"w{n}" for n in range(40)), "x" * 300):
        with pytest.raises(Fault) as refused:
            reader.search(q=q)
        assert refused.value.check == "rows.bad_words"
    assert reader.search(full_text="tan hoi 77", q={"place": "c0"}).total == 2


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"limit": 5, "offset": 3},
        {"offset": 998},
        {"filters": {"yes": True}},
        {"filters": {"yes": True}, "limit": 7, "offset": 2},
        {"sort": "name desc", "limit": 300},
        {"fields": ["place"], "distinct": True},
        {"limit": 0},
    ],
)
def test_a_stream_gives_what_pages_give(reader: RowReader, asked: dict[str, Any]) -> None:
    rows = [row for page in reader.stream(**asked) for row in page.rows]
    assert rows == list(reader.search(**{"limit": 5000, **asked}).rows)


def test_a_question_waits_for_its_turn_and_no_longer(sample: tuple[Release, Stores]) -> None:
    reader = RowReader(*sample, turns=Turns(running=1, wait=0.01))
    with reader._engine.turn(), pytest.raises(Fault) as refused:
        reader.search(limit=1)
    assert refused.value.check == "rows.busy"
    assert reader.search(limit=1).total == 1000


def test_a_question_that_takes_too_long_is_stopped(sample: tuple[Release, Stores]) -> None:
    reader = RowReader(*sample, turns=Turns(seconds=0.05))
    with pytest.raises(Fault) as refused, reader._engine.turn() as engine:
        engine.execute("SELECT count(*) FROM range(100000) a, range(100000) b").fetchall()
    assert refused.value.check == "rows.too_slow"


_COVERED = "k % 100 = 3 OR name IS NULL AND k < 20"


@pytest.fixture(scope="module")
def covered(sample: tuple[Release, Stores], tmp_path_factory: pytest.TempPathFactory) -> RowReader:
    return RowReader(
        *sample,
        columns=["place", "money", "k"],
        condition=check_condition(sample[0].schema, _COVERED),
        scratch=tmp_path_factory.mktemp("scratch"),
    )


def test_a_condition_leaves_other_rows_out_of_everything(covered: RowReader) -> None:
    wanted = [i for i in range(1000) if i % 100 == 3 or i in (0, 10)]
    page = covered.search(limit=5000)
    assert [row["k"] for row in page.rows] == wanted
    assert [row["_id"] for row in page.rows] == list(range(1, len(wanted) + 1))
    assert page.total == len(wanted)
    assert [field.name for field in page.fields] == ["_id", "place", "money", "k"]
    assert covered.search(filters={"k": 5}).total == 0
    assert covered.search(filters=[{"k": 5}, {"k": {"gte": 0}}]).total == len(wanted)
    assert covered.search(q="c5", limit=1).total == len([i for i in wanted if i % 7 == 5])
    assert _keys(covered, sort="k desc", limit=1) == [903]
    values = covered.search(fields=["place"], distinct=True).rows
    assert {row["place"] for row in values} == {f"c{i % 7}" for i in wanted}
    assert [row["k"] for p in covered.stream() for row in p.rows] == wanted


def test_a_column_of_the_condition_alone_cannot_be_asked_about(covered: RowReader) -> None:
    for asked in ({"filters": {"name": None}}, {"sort": "name"}, {"q": {"name": "x"}}):
        with pytest.raises(Fault) as refused:
            covered.search(**asked)
        assert refused.value.check == "rows.unknown_field"


def test_a_cursor_of_one_grant_is_none_of_another(reader: RowReader, covered: RowReader) -> None:
    cursor = reader.search(limit=3).cursor
    with pytest.raises(Fault) as refused:
        covered.search(cursor=cursor)
    assert refused.value.check == "rows.bad_cursor"


def test_a_condition_that_fails_on_a_row_gives_nothing(sample: tuple[Release, Stores]) -> None:
    condition = check_condition(sample[0].schema, "CAST(name AS INTEGER) > 1")
    with pytest.raises(Fault) as refused:
        RowReader(*sample, condition=condition)
    assert refused.value.check == "rows.condition"
    assert "Xã" not in str(refused.value)


def test_covered_rows_are_gone_with_their_reader(
    sample: tuple[Release, Stores], tmp_path: Path
) -> None:
    reader = RowReader(*sample, condition="TRUE", scratch=tmp_path)
    assert list(tmp_path.rglob("*.parquet"))
    assert reader.search().total == 1000
    del reader
    gc.collect()
    assert not list(tmp_path.iterdir())
