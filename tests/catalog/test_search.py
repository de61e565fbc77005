from __future__ import annotations

import uuid
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.search.fields import FACET_FIELDS
from catalog.search.index import SearchIndex
from catalog.search.request import SearchQueryError, SearchRequest


def record(name: str, title: str, day: int, **more: Any) -> dict[str, Any]:
    """A package as the registry gives it, as far as the index looks."""
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_DNS, name)),
        "name": name,
        "title": title,
        "notes": f"Mô tả của {title}",
        "type": "dataset",
        "state": "active",
        "private": False,
        "license_id": "cc-by",
        "author": None,
        "maintainer": None,
        "owner_org": "x",
        "organization": {"name": "so-tu-phap", "title": "Sở Tư pháp"},
        "groups": [{"name": "gove", "title": "Chính quyền"}],
        "tags": [{"name": "một cửa"}],
        "extras": [{"key": "access", "value": "open"}, {"key": "title_en", "value": "Education"}],
        "resources": [{"name": "Bảng", "description": "", "format": "CSV"}],
        "num_resources": 1,
        "num_tags": 1,
        "metadata_created": "2026-01-01T00:00:00.000000",
        "metadata_modified": f"2026-02-{day:02d}T00:00:00.000001",
        **more,
    }


RECORDS = [
    record("giao_duc", "Giáo dục", 8),
    record("dat_dai", "Đất đai", 5, organization={"name": "so-tnmt", "title": "Sở TNMT"}, tags=[]),
    record("giao_duc_thang", "Giao đục thang", 9),
    record("nhap", "Giáo dục bản nháp", 10, private=True),
]
INDEX = SearchIndex(RECORDS)
NAMES = {one["id"]: one["name"] for one in RECORDS}


def found(**asked: Any) -> list[str]:
    """Names of the records found, in order."""
    return [NAMES[one] for one in INDEX.search(SearchRequest(**asked)).ids]


def test_words_without_marks_find_words_with_marks() -> None:
    assert set(found(q="giao duc")) == {"giao_duc", "giao_duc_thang"}
    assert found(q="dat dai") == ["dat_dai"]
    assert found(q="DAT  ĐAI") == ["dat_dai"]


def test_the_spelling_asked_for_comes_first() -> None:
    assert found(q="giáo dục") == ["giao_duc", "giao_duc_thang"]
    assert found(q="giao đục") == ["giao_duc_thang", "giao_duc"]


def test_the_english_title_is_found_too() -> None:
    assert len(found(q="education")) == 3


def test_drafts_are_found_only_when_asked_for() -> None:
    assert "nhap" not in found(q="private:true")
    assert found(q="private:true", include_private=True) == ["nhap"]
    facets = INDEX.search(SearchRequest(facet_fields=FACET_FIELDS)).facets
    assert dict(facets["groups"]) == {"gove": 3}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", {"giao_duc", "dat_dai", "giao_duc_thang"}),
        ("*:*", {"giao_duc", "dat_dai", "giao_duc_thang"}),
        ("organization:so-tu-phap", {"giao_duc", "giao_duc_thang"}),
        ("-organization:so-tu-phap", {"dat_dai"}),
        ('(organization:"so-tnmt" OR organization:x)', {"dat_dai"}),
        ("giao AND NOT thang", {"giao_duc"}),
        ("+giao -thang", {"giao_duc"}),
        ("giao thang", {"giao_duc_thang"}),
        ("giao OR dat", {"giao_duc", "dat_dai", "giao_duc_thang"}),
        ("name:giao*", {"giao_duc", "giao_duc_thang"}),
        ("name:dat_da?", {"dat_dai"}),
        ("gia*", {"giao_duc", "giao_duc_thang"}),
        ('tags:"một cửa"', {"giao_duc", "giao_duc_thang"}),
        ("tags:*", {"giao_duc", "giao_duc_thang"}),
        ("-tags:*", {"dat_dai"}),
        ("metadata_modified:[2026-02-08T00:00:00Z TO *]", {"giao_duc", "giao_duc_thang"}),
        ("metadata_modified:{* TO 2026-02-06T00:00:00Z]", {"dat_dai"}),
        ("metadata_modified:[NOW-1DAY TO NOW]", set()),
        ("num_resources:[1 TO 1]", {"giao_duc", "dat_dai", "giao_duc_thang"}),
        ("extras_access:open AND res_format:csv", {"giao_duc", "dat_dai", "giao_duc_thang"}),
        ("extras_nothing:*", set()),
        ("title:(giao thang)", {"giao_duc_thang"}),
        ('"giao thang"~2', {"giao_duc_thang"}),
        ("giaoo~1", {"giao_duc", "giao_duc_thang"}),
        ("title:đất^3 OR name:giao_duc", {"dat_dai", "giao_duc"}),
    ],
)
def test_the_grammar(query: str, names: set[str]) -> None:
    assert set(found(q=query)) == names
    assert set(found(fq=(query,))) == names


@pytest.mark.parametrize(
    "query",
    [
        "a AND (",
        "AND",
        "nothing:1",
        "name:/re/",
        "title:[a TO b]",
        "metadata_modified:[spring TO *]",
        "num_tags:99999999999999999999",
        "num_tags:many",
        "a:b:c",
        "\\",
        "(" * 5000,
        "(" * 80 + "a" + ")" * 80,
        "a " * 40_000,
    ],
)
def test_what_cannot_be_read_is_refused(query: str) -> None:
    with pytest.raises(SearchQueryError):
        INDEX.search(SearchRequest(q=query))


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet='ab:*?"()[]{}-+~^/\\ ANDORTO._đ', max_size=40))
def test_no_query_crashes(query: str) -> None:
    try:
        INDEX.search(SearchRequest(q=query, fq=(query,)))
    except SearchQueryError:
        return


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("", ["giao_duc_thang", "giao_duc", "dat_dai"]),
        ("name asc", ["dat_dai", "giao_duc", "giao_duc_thang"]),
        ("name desc", ["giao_duc_thang", "giao_duc", "dat_dai"]),
        ("title_string asc", ["dat_dai", "giao_duc", "giao_duc_thang"]),
        ("metadata_modified asc", ["dat_dai", "giao_duc", "giao_duc_thang"]),
        ("num_resources asc, name desc", ["giao_duc_thang", "giao_duc", "dat_dai"]),
        ("score desc, metadata_modified desc", ["giao_duc_thang", "giao_duc", "dat_dai"]),
    ],
)
def test_sorting(sort: str, names: list[str]) -> None:
    assert found(sort=sort) == names


@pytest.mark.parametrize("sort", ["nothing asc", "name sideways", "name asc desc"])
def test_an_unknown_sort_is_refused(sort: str) -> None:
    with pytest.raises(SearchQueryError):
        found(sort=sort)


def test_pages_are_disjoint_and_bounded() -> None:
    assert found(sort="name asc", start=1, rows=1) == ["giao_duc"]
    assert found(start=10**12, rows=10**9) == []
    assert INDEX.search(SearchRequest(rows=0)).count == 3


def test_facets_count_what_was_found() -> None:
    answer = INDEX.search(SearchRequest(q="giao", facet_fields=FACET_FIELDS, rows=0))
    assert answer.facets["organization"] == (("so-tu-phap", 2),)
    assert answer.facets["tags"] == (("một cửa", 2),)
    assert INDEX.search(SearchRequest(facet_fields=("tags",), facet_limit=0)).facets["tags"] == ()


def test_an_empty_index_answers() -> None:
    assert SearchIndex([]).search(SearchRequest(q="a", facet_fields=FACET_FIELDS)).count == 0
