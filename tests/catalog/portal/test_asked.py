"""The address of the dataset list, read and written."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from catalog.portal.asked import LAST_PAGE, PER_PAGE, Asked, Period, term
from catalog.portal.wording import Words

VI, EN = Words("vi"), Words("en")


def asked(address: str) -> Asked:
    return Asked.of(QueryParams(address))


@pytest.mark.parametrize(
    ("said", "text", "first", "last"),
    [
        ("2024", "2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-02", "2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024-02-03", "2024-02-03", date(2024, 2, 3), date(2024, 2, 3)),
        ("02/2024", "2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("3/2/2024", "2024-02-03", date(2024, 2, 3), date(2024, 2, 3)),
        ("3.2.2024", "2024-02-03", date(2024, 2, 3), date(2024, 2, 3)),
    ],
)
def test_times_as_people_write_them(said: str, text: str, first: date, last: date) -> None:
    assert Period.of(said) == Period(text, first, last)


@pytest.mark.parametrize("said", ["", "24", "2024-13", "30/02/2024", "0000", "2024-1x", "hôm qua"])
def test_what_is_no_time_is_none(said: str) -> None:
    assert Period.of(said) is None


def test_a_time_that_cannot_be_read_is_told_and_left_out() -> None:
    made = asked("from=2024-99&to=2025")
    assert made.unread
    assert made.href(VI) == "/dataset?to=2025"
    assert not asked("from=&to=2025").unread


def test_the_search_bounds_what_a_dataset_covers() -> None:
    request = asked("q=ho+so&from=2024&to=06/2025&tags=a&tags=b&organization=x&page=3").search(9)
    assert request.fq == (
        'organization:"x"',
        'tags:"a"',
        'tags:"b"',
        "covers_to:[2024-01-01 TO *]",
        "covers_from:[* TO 2025-06-30]",
    )
    assert (request.q, request.plain, request.start) == ("ho so", True, 2 * PER_PAGE)


def test_one_address_for_one_question() -> None:
    one = asked("tags=b&organization=x&tags=a&sort=title&q=+y++z&tags=b")
    assert one.href(EN) == "/en/dataset?q=y+z&organization=x&tags=b&tags=a&sort=title"
    assert asked(one.href(EN).split("?")[1]) == one


def test_a_filter_of_one_value_is_replaced_and_one_of_several_added_to() -> None:
    made = asked("organization=x&tags=a&page=7").having("organization", "y").having("tags", "b")
    assert made.filters == (("organization", "y"), ("tags", "a"), ("tags", "b"))
    assert made.page == 1
    assert made.without("tags", "a").filters == (("organization", "y"), ("tags", "b"))


def test_quotes_in_a_value_stay_inside_it() -> None:
    assert term("tags", 'x" OR name:"y\\') == r'tags:"x\" OR name:\"y\\"'


@given(st.dictionaries(st.sampled_from(["q", "from", "to", "sort", "page", "tags"]), st.text()))
def test_any_address_is_read(params: dict[str, str]) -> None:
    made = Asked.of(QueryParams(params))
    assert 1 <= made.page <= LAST_PAGE
    assert asked(made.href(EN).partition("?")[2]) == Asked(
        made.query, made.filters, made.since, made.until, "", made.sort, made.page
    )
