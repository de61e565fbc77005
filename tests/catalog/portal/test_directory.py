"""Organisations and themes: a list that stays readable with hundreds of them."""

from starlette.datastructures import QueryParams

from catalog.portal.directory import PER_PAGE, Directory, directory
from catalog.portal.wording import Words
from tests.catalog.portal.fake import collection

MANY = [collection(f"so-{number}", number, f"Sở số {number:03d}") for number in range(301)]


def made(address: str) -> Directory:
    return directory("/organization", MANY, QueryParams(address), Words("en"))


def test_one_page_of_many() -> None:
    first = made("")
    assert (first.total, first.found, len(first.entries)) == (300, "300 results", PER_PAGE)
    assert (first.previous, first.next) == ("", "/en/organization?page=2")
    assert [page.label for page in first.pages if page.active] == ["1"]
    last = made("page=999")
    assert (last.next, len(last.entries)) == ("", 300 - 4 * PER_PAGE)


def test_numbers_are_in_their_order() -> None:
    records = [collection(name, 1, name) for name in ("Xã 10", "Xã 9", "Ấp 1")]
    made = directory("/organization", records, QueryParams(""), Words("vi"))
    assert [one.title for one in made.entries] == ["Ấp 1", "Xã 9", "Xã 10"]


def test_found_with_and_without_marks() -> None:
    assert [one.title for one in made("q=so 007").entries] == ["Sở số 007"]
    assert [one.title for one in made("q=sở+007").entries] == ["Sở số 007"]
    assert made("q=nothing").entries == ()


def test_those_with_most_datasets_first() -> None:
    most = made("sort=datasets&page=2")
    assert most.entries[0].count == "240 datasets"
    assert most.previous == "/en/organization?sort=datasets"
    assert [sort.label for sort in most.sorts if sort.active] == ["Most datasets first"]


def test_what_makes_no_sense_is_read_as_not_said() -> None:
    assert made("page=x&sort=evil") == made("")
