"""CKAN's grammar: what real clients ask, what is refused, what nothing can crash."""

from __future__ import annotations

import json
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.documents import Kind
from catalog.search.request import SearchQueryError, SearchRequest
from catalog.search.view import IndexView
from tests.catalog.search.feeds import identifier, package, view_of

SCHEMA = json.dumps(
    {"fields": [{"name": "commune_code", "title": "Mã xã", "title_en": "Commune code"}]}
)
RECORDS = [
    package(
        "giao_duc",
        "Giáo dục",
        8,
        tags=("một cửa",),
        extras={
            "access": "open",
            "frequency": "annual",
            "communes": "30001 30002",
            "temporal_start": "2020-01-01",
            "temporal_end": "2024-12-31",
        },
        schema=SCHEMA,
        author="Nguyễn Văn A",
        version="2",
    ),
    package(
        "dat_dai",
        "Đất đai",
        5,
        organization={"name": "so-tnmt", "title": "Cơ quan hai"},
        extras={"access": "on_request", "schedule": "0 6 * * *", "communes": "30002"},
        formats=("API", "XLSX"),
    ),
    package("giao_duc_thang", "Giao đục thang", 9, tags=("một cửa",), extras={"access": "open"}),
]
ALL = {one["name"] for one in RECORDS}


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> IndexView:
    return view_of(tmp_path_factory.mktemp("index"), RECORDS)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ALL),
        ("*:*", ALL),
        ("organization:so-tu-phap", {"giao_duc", "giao_duc_thang"}),
        ("-organization:so-tu-phap", {"dat_dai"}),
        ('(organization:"so-tnmt" OR organization:x)', {"dat_dai"}),
        ("giao AND NOT thang", {"giao_duc"}),
        ("+giao -thang", {"giao_duc"}),
        ("giao thang", {"giao_duc_thang"}),
        ("giao OR dat", ALL),
        ("name:giao*", {"giao_duc", "giao_duc_thang"}),
        ("name:dat_da?", {"dat_dai"}),
        ("name:*duc*", {"giao_duc", "giao_duc_thang"}),
        ("gia*", {"giao_duc", "giao_duc_thang"}),
        ('tags:"một cửa"', {"giao_duc", "giao_duc_thang"}),
        ("tags:*", {"giao_duc", "giao_duc_thang"}),
        ("-tags:*", {"dat_dai"}),
        ("metadata_modified:[2026-02-08T00:00:00Z TO *]", {"giao_duc", "giao_duc_thang"}),
        ("metadata_modified:{* TO 2026-02-06T00:00:00Z]", {"dat_dai"}),
        ("metadata_modified:[NOW-1DAY TO NOW]", set()),
        ("metadata_modified:[* TO NOW/DAY+1DAY]", ALL),
        ("covers_from:[* TO 2021-01-01]", {"giao_duc"}),
        ("covers_to:[2024-06-01 TO *]", {"giao_duc"}),
        ("covers_to:[2025-01-01 TO *]", set()),
        ("covers_from:*", {"giao_duc"}),
        ("commune:30001", {"giao_duc"}),
        ("commune:30002", {"giao_duc", "dat_dai"}),
        ("frequency:annual", {"giao_duc"}),
        ('frequency:"0 6 * * *"', {"dat_dai"}),
        ("num_resources:[1 TO 1]", {"giao_duc", "giao_duc_thang"}),
        ("extras_access:open AND res_format:csv", {"giao_duc", "giao_duc_thang"}),
        ("extras_access:op*", {"giao_duc", "giao_duc_thang"}),
        ("extras_nothing:*", set()),
        ("title:(giao thang)", {"giao_duc_thang"}),
        ("title_string:giao", {"giao_duc", "giao_duc_thang"}),
        ('"giao thang"~2', {"giao_duc_thang"}),
        ("giaoo~1", {"giao_duc", "giao_duc_thang"}),
        ("title:đất^3 OR name:giao_duc", {"dat_dai", "giao_duc"}),
        ("columns:commune_code", {"giao_duc"}),
        ("columns:commune*", {"giao_duc"}),
        ("columns:commune_c*", {"giao_duc"}),
        ("commune_code", {"giao_duc"}),
        ("mã xã", {"giao_duc"}),
        ("author:nguyen", {"giao_duc"}),
        ("version:2", {"giao_duc"}),
        ("license_title:ghi", ALL),
        ('res_url:"http://data.example/dat_dai.xlsx"', {"dat_dai"}),
        (f"id:{identifier('dat_dai')}", {"dat_dai"}),
        ('+site_id:"default" +capacity:public +dataset_type:dataset +state:active', ALL),
        ("capacity:private", set()),
        ("organization:so-tnmt AND -tags:y", {"dat_dai"}),
        ("entity_type:package index_id:abc", ALL),
    ],
)
def test_the_grammar(view: IndexView, query: str, names: set[str]) -> None:
    for request in (SearchRequest(q=query), SearchRequest(fq=(query,))):
        assert {one["name"] for one in view.search(request).packages} == names


@pytest.mark.parametrize(
    "query",
    [
        "a AND (",
        "AND",
        "nothing:1",
        "name:/re/",
        "title:[a TO b]",
        "metadata_modified:[spring TO *]",
        "metadata_modified:[NOW-1SPRING TO *]",
        "metadata_modified:[NOW+999999YEARS TO *]",
        "num_tags:99999999999999999999",
        "num_tags:many",
        "a:b:c",
        "\\",
        "(" * 5000,
        "(" * 80 + "a" + ")" * 80,
        "a " * 40_000,
        "a " * 200,
        " OR ".join(f"name:{number}" for number in range(1100)),
        "*a",
        "name:??",
        "a*b*c*d*e",
        "name:" + "a" * 200 + "*",
        " ".join(f"{letter}a*" for letter in "abcdefghijkl"),
        "num_tags:1*",
    ],
)
def test_what_cannot_be_read_or_costs_too_much_is_refused(view: IndexView, query: str) -> None:
    with pytest.raises(SearchQueryError):
        view.search(SearchRequest(q=query))


def test_a_harvester_may_name_hundreds_of_organisations(view: IndexView) -> None:
    query = " OR ".join(f"organization:so-{number}" for number in range(900))
    began = process_time()
    assert view.search(SearchRequest(fq=(f"({query} OR organization:so-tnmt)",))).count == 1
    assert process_time() - began < 5


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet='ab:*?"()[]{}-+~^/\\ ANDORTO._đ', max_size=40))
def test_a_query_is_answered_or_refused_and_a_filter_never_adds(
    view: IndexView, query: str
) -> None:
    assert 0 <= view.search(SearchRequest(q=query, plain=True)).count <= len(RECORDS)
    try:
        found = view.search(SearchRequest(q=query))
        filtered = view.search(SearchRequest(q=query, fq=(query,)))
    except SearchQueryError:
        return
    assert filtered.count <= found.count <= len(RECORDS)
    assert {one["id"] for one in filtered.packages} <= {one["id"] for one in found.packages}


_PIECES = (
    *("giáo", "giao", "dục", "đục thang", "đất", "hồ sơ", "một cửa", "TTHC", "columns", "codes"),
    *('"giáo dục"', '"giao duc"', "title:giáo", 'tags:"một cửa"', "giao~1", "gi*", "columns:mã"),
    *("AND", "OR", "NOT", "-đất", "+giao", "(giao OR dat)", "organization:so-tnmt", "num_tags:0"),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=5).map(" ".join), st.booleans())
def test_what_is_scored_is_what_is_counted(view: IndexView, query: str, plain: bool) -> None:
    """A scored page, a page by name and the facets ask three ways, and find the same."""
    try:
        best = view.search(SearchRequest(q=query, plain=plain, facet_fields=("state",)))
    except SearchQueryError:
        return
    listed = view.search(SearchRequest(q=query, plain=plain, sort="name asc"))
    assert {one["name"] for one in best.packages} == {one["name"] for one in listed.packages}
    assert best.count == listed.count == sum(count for _value, count in best.facets["state"])


@pytest.mark.parametrize("plain", [False, True])
def test_endless_words_cost_nothing(view: IndexView, plain: bool) -> None:
    began = process_time()
    for query in ("đ" * 30_000, "đ" * 30_000 + "~2", "đ" * 4_000_000, '"' + "đ " * 9_000):
        try:
            assert view.search(SearchRequest(q=query, plain=plain)).count == 0
        except SearchQueryError:
            assert not plain
        view.complete(Kind.PACKAGE, query, 5)
        view.complete_values("tags", query, 5)
    assert process_time() - began < 5
