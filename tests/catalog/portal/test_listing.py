"""The list of datasets: everything it can do is in its address."""

from dataclasses import dataclass

from starlette.datastructures import QueryParams

from catalog.context import Records
from catalog.portal.listing import Asked, Listing, listing
from catalog.portal.wording import Words
from catalog.search.request import SearchAnswer, SearchRequest
from tests.catalog.portal.conftest import Portal

EN = Words("en")


def found(portal: Portal, address: str) -> Listing:
    return listing(portal.context.view(), Asked.of(QueryParams(address)), EN)


def names(made: Listing) -> list[str]:
    return [card.name for card in made.cards]


def test_marks_do_not_matter(portal: Portal) -> None:
    assert "statistics" in names(found(portal, "q=thong ke ho so"))
    assert names(found(portal, "q=thống kê hồ sơ")) == names(found(portal, "q=thong ke ho so"))


def test_what_looks_like_query_language_is_searched_as_words(portal: Portal) -> None:
    assert "statistics" in names(found(portal, "q=thống kê: (hồ sơ"))
    assert found(portal, "q=AND OR :(").found == "0 datasets found"


def test_a_facet_narrows_and_is_taken_away_by_the_same_link(portal: Portal) -> None:
    everything = found(portal, "q=")
    (access,) = [facet for facet in everything.facets if facet.name == "access"]
    (on_request,) = [item for item in access.items if item.label == "On request"]
    assert on_request.href == "/en/dataset?access=on_request"
    narrowed = found(portal, on_request.href.split("?")[1])
    assert names(narrowed) == ["service_case"]
    (chosen,) = narrowed.chosen
    assert (chosen.facet, chosen.label, chosen.href) == ("Access", "On request", "/en/dataset")
    (active,) = [item for facet in narrowed.facets for item in facet.items if item.active]
    assert active.href == "/en/dataset"


def test_facets_speak_the_readers_language(portal: Portal) -> None:
    labels = {item.label for facet in found(portal, "q=").facets for item in facet.items}
    assert {"Department of Justice", "Regions and cities", "Open"} <= labels


def test_quotes_in_a_filter_stay_inside_it(portal: Portal) -> None:
    assert names(found(portal, 'organization=x" OR name:"odd')) == []


def test_sorting(portal: Portal) -> None:
    by_title = found(portal, "sort=title")
    assert names(by_title) == names(found(portal, "sort=title&page=0"))
    assert [sort.label for sort in by_title.sorts if sort.active] == ["By title"]
    assert [sort.label for sort in found(portal, "sort=evil").sorts if sort.active] == [
        "Best match"
    ]


@dataclass(frozen=True)
class ManyView:
    """A view that claims 95 matches."""

    records: Records

    def search(self, request: SearchRequest) -> SearchAnswer:
        return SearchAnswer((), 95)


def test_pages(portal: Portal) -> None:
    view = ManyView(portal.context.view().records)
    made = listing(view, Asked.of(QueryParams("q=x&page=4")), EN)
    assert [page.label for page in made.pages] == ["Previous", "1", "2", "3", "4", "5", "Next"]
    assert [page.label for page in made.pages if page.active] == ["4"]
    assert made.pages[1].href == "/en/dataset?q=x"
    assert made.pages[0].href == "/en/dataset?q=x&page=3"
    last = listing(view, Asked.of(QueryParams("page=99999999999999")), EN)
    assert last.pages[0].href == "/en/dataset?page=5"
