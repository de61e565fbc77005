from __future__ import annotations

import random

import pytest

from catalog.search.request import SearchQueryError, SearchRequest
from catalog.search.sorting import columns_of
from catalog.search.view import IndexView
from tests.catalog.search.feeds import package, view_of

_CHANCE = random.Random(3)
RECORDS = [
    package(
        f"set_{number:03d}",
        _CHANCE.choice(["Ao", "Ăn", "Âm", "Ba", "Đa", "Da"]),
        _CHANCE.randint(1, 5),
        formats=["CSV"] * _CHANCE.randint(0, 2),
        notes=_CHANCE.choice(["lúa", "lúa gạo", "ngô"]),
    )
    for number in range(240)
]
ORDER = {title: at for at, title in enumerate(["Ao", "Ăn", "Âm", "Ba", "Da", "Đa"])}


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> IndexView:
    return view_of(tmp_path_factory.mktemp("index"), RECORDS)


KEYS = {
    "name": lambda one: one["name"],
    "title": lambda one: ORDER[one["title"]],
    "metadata_modified": lambda one: one["metadata_modified"],
    "num_resources": lambda one: one["num_resources"],
    "id": lambda one: one["id"],
}


@pytest.mark.parametrize("rows", [1, 7, 60, 1000])
@pytest.mark.parametrize(
    "sort",
    [
        "id asc",
        "id desc",
        "name asc",
        "name desc",
        "title_string asc, name desc",
        "metadata_modified desc",
        "metadata_modified desc, title asc",
        "num_resources asc, metadata_modified desc, name asc",
        "",
    ],
)
def test_pages_are_the_whole_cut_up(view: IndexView, sort: str, rows: int) -> None:
    """Neither missed nor repeated, however many are equal; ties by id."""
    expected = sorted(RECORDS, key=KEYS["id"])
    for part in reversed((sort or "metadata_modified desc").split(",")):
        field, direction = part.split()
        key = KEYS[field.removesuffix("_string")]
        expected.sort(key=key, reverse=direction == "desc")
    found: list[str] = []
    start = 0
    while page := view.search(SearchRequest(sort=sort, start=start, rows=rows)).packages:
        found += [str(one["name"]) for one in page]
        start += len(page)
    assert found == [one["name"] for one in expected]


@pytest.mark.parametrize("rows", [1, 9, 1000])
@pytest.mark.parametrize("sort", ["", "score desc, metadata_modified desc", "score desc, name asc"])
def test_best_matches_first_then_as_said(view: IndexView, sort: str, rows: int) -> None:
    whole = view.search(SearchRequest(q="lúa", sort=sort, rows=1000)).packages
    shorter = [one["notes"] for one in whole]
    assert shorter == sorted(shorter)  # "lúa" alone is a better match than "lúa gạo"
    for notes in ("lúa", "lúa gạo"):
        # These have the same words, so the same score.
        same = (notes, "Ao", 1)
        tied = [one for one in whole if (one["notes"], one["title"], one["num_resources"]) == same]
        assert len(tied) > 1
        key = KEYS["name"] if "name" in sort else KEYS["metadata_modified"]
        assert tied == sorted(tied, key=key, reverse="name" not in sort)
    paged: list[object] = []
    for start in range(0, len(whole), rows):
        asked = SearchRequest(q="lúa", sort=sort, start=start, rows=rows)
        paged += [one["name"] for one in view.search(asked).packages]
    assert paged == [one["name"] for one in whole]


def test_count_and_limits(view: IndexView) -> None:
    assert view.search(SearchRequest(rows=0)).count == len(RECORDS)
    assert view.search(SearchRequest(rows=0)).packages == ()
    beyond = view.search(SearchRequest(start=500))
    assert (beyond.packages, beyond.count) == ((), len(RECORDS))
    for start in (2**31, 2**62, 2**70):
        assert view.search(SearchRequest(start=start)).count == len(RECORDS)
        assert view.search(SearchRequest(q="lúa", start=start)).packages == ()
    assert len(view.search(SearchRequest(rows=5000)).packages) == len(RECORDS)


@pytest.mark.parametrize("sort", ["name up", "name asc twice", "notes asc", "score asc"])
def test_what_cannot_be_sorted_is_refused(view: IndexView, sort: str) -> None:
    with pytest.raises(SearchQueryError):
        view.search(SearchRequest(sort=sort))


def test_a_field_that_is_named_again_changes_nothing(view: IndexView) -> None:
    """A stranger's sort of ten thousand terms costs what its fields do: without that it is one
    search inside another for each."""
    sort = "num_resources asc, title desc" + ", num_resources desc, title asc" * 5_000
    short = view.search(SearchRequest(sort="num_resources asc, title desc", rows=1000))
    assert view.search(SearchRequest(sort=sort, rows=1000)).packages == short.packages
    assert columns_of(sort, scored=False) == columns_of(
        "num_resources asc, title desc", scored=False
    )
