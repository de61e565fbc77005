"""The list of datasets: everything it can do is in its address."""

from dataclasses import replace

import pytest
from starlette.datastructures import QueryParams
from starlette.testclient import TestClient

from catalog.access import ANONYMOUS
from catalog.app import create_app
from catalog.frequency import CODES
from catalog.portal.asked import LAST_PAGE, PER_PAGE, Asked
from catalog.portal.listing import Listing, listing
from catalog.portal.wording import Words
from catalog.search.request import SearchAnswer
from tests.catalog.portal.conftest import PUBLIC_URL, Portal
from tests.catalog.portal.fake import FakeRecords, FakeView, collection, package
from tests.catalog.portal.html import Page

EN = Words("en")


def found(portal: Portal, address: str) -> Listing:
    return made(portal.context.view(ANONYMOUS), address)


def made(view: object, address: str) -> Listing:
    return listing(view, Asked.of(QueryParams(address)), EN, {"28249": "Phường Đạo Thạnh"}.get)


def names(listed: Listing) -> list[str]:
    return [card.name for card in listed.cards]


def test_marks_do_not_matter(portal: Portal) -> None:
    assert "statistics" in names(found(portal, "q=thong ke ho so"))
    assert "statistics" in names(found(portal, "q=thống kê hồ sơ"))


def test_what_looks_like_query_language_is_searched_as_words(portal: Portal) -> None:
    assert "statistics" in names(found(portal, "q=thống kê: (hồ sơ"))
    for odd in ("AND OR :(", "*", '"', "[", "a" * 600, "\\", "+-+-", "🤔"):
        listing(portal.context.view(ANONYMOUS), Asked(odd), EN, str)


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
    newest, best = found(portal, "sort=evil"), found(portal, "sort=evil&q=x")
    assert [sort.label for sort in newest.sorts if sort.active] == ["Newest first"]
    assert [sort.label for sort in best.sorts if sort.active] == ["Best match"]


def test_pages() -> None:
    view = FakeView(SearchAnswer((), 95))
    fourth = made(view, "q=x&page=4")
    assert [page.label for page in fourth.pages] == ["1", "2", "3", "4", "5"]
    assert [page.label for page in fourth.pages if page.active] == ["4"]
    assert fourth.pages[0].href == "/en/dataset?q=x"
    assert (fourth.previous, fourth.next) == (
        "/en/dataset?q=x&page=3",
        "/en/dataset?q=x&page=5",
    )
    last = made(view, "page=99999999999999")
    assert (last.asked.page, last.next) == (5, "")
    assert view.asked[-1].start == 4 * PER_PAGE
    assert made(FakeView(), "page=7").pages == ()


def test_pages_are_bounded_and_the_list_says_so() -> None:
    listed = made(FakeView(SearchAnswer((), 100_000)), f"page={LAST_PAGE}")
    assert listed.next == ""
    assert listed.pages[-1].label == "500"
    assert listed.bounded == (
        "The first 10,000 can be leafed through. Narrow the list to see the others."
    )


def test_long_facets_show_the_most_used_and_fold_the_others() -> None:
    tags = tuple((f"tag {number}", 5000 - number) for number in range(5000))
    agencies = [collection(f"agency-{number}", 1, f"Agency {number}") for number in range(300)]
    owners = tuple((str(one["name"]), 1) for one in agencies)
    answer = SearchAnswer((), 9, {"tags": tags[:61], "organization": owners[:61]})
    listed = made(FakeView(answer, FakeRecords(agencies=agencies)), "tags=rare&tags=tag 3")
    by_name = {facet.name: facet for facet in listed.facets}
    shown = [(item.label, item.active) for item in by_name["tags"].items]
    assert shown[:3] == [("rare", True), ("tag 3", True), ("tag 0", False)]
    assert (len(shown), len(by_name["tags"].more), by_name["tags"].cut) == (8, 54, False)
    assert by_name["organization"].items[0].label == "Agency 0"
    assert (len(by_name["organization"].more), by_name["organization"].cut) == (52, True)


def test_facet_values_in_words() -> None:
    facets = {
        "commune": (("28249", 2), ("99999", 1), ("_T", 9)),
        "frequency": (("DAILY", 2), ("weird", 1)),
        "license_id": (("cc-by", 2), ("own", 1)),
    }
    listed = made(FakeView(SearchAnswer((), 9, facets)), "")
    labels = {facet.name: [item.label for item in facet.items] for facet in listed.facets}
    assert labels == {
        "commune": ["Phường Đạo Thạnh", "99999"],
        "frequency": ["every day", "weird"],
        "license_id": ["Creative Commons: name the source", "own"],
    }


@pytest.mark.parametrize("code", CODES)
def test_every_frequency_has_words(code: str) -> None:
    listed = made(FakeView(SearchAnswer((), 1, {"frequency": ((code, 1),)})), "")
    (facet,) = listed.facets
    assert [item.label for item in facet.items] != [code]


def test_chips_for_time_and_a_note_for_what_is_no_time() -> None:
    listed = made(FakeView(), "q=x&from=2024-06&to=2024-06-30&commune=28249")
    assert [(chip.facet, chip.label, chip.href) for chip in listed.chosen] == [
        ("Commune or ward", "Phường Đạo Thạnh", "/en/dataset?q=x&from=2024-06&to=2024-06-30"),
        ("From", "Jun 2024", "/en/dataset?q=x&commune=28249&to=2024-06-30"),
        ("Up to", "30 June 2024", "/en/dataset?q=x&commune=28249&from=2024-06"),
    ]
    assert made(FakeView(), "from=soon").unread == (
        "A time cannot be read. Write it as 2024, 06/2024 or 30/06/2024, for example."
    )


def test_did_you_mean_keeps_the_filters() -> None:
    view = FakeView(SearchAnswer((), 0, suggestion="giáo dục"))
    suggestion = made(view, "q=giao duck&access=open&page=3").suggestion
    assert suggestion is not None
    assert suggestion.label == "giáo dục"
    assert suggestion.href == "/en/dataset?q=gi%C3%A1o+d%E1%BB%A5c&access=open"


def test_a_card_needs_next_to_nothing() -> None:
    bare = {"name": "bare", "id": "1"}
    dated = package(
        "dated", organization={"name": "x", "title": "X"}, resources=[{"format": "CSV"}]
    )
    one, two = made(FakeView(SearchAnswer((bare, dated), 2)), "").cards
    assert (one.title, one.owner, one.date, one.formats) == ("bare", "", "", ())
    assert (two.owner, two.date, two.formats) == ("X", "2026-11-02T03:04:05.000006", ("CSV",))


def test_what_crawlers_are_told(portal: Portal) -> None:
    whole = Page.of(portal.client.get("/en/dataset?page=1").text)
    assert {"rel": "canonical", "href": f"{PUBLIC_URL}/en/dataset"} in whole.all("link")
    assert {"name": "robots", "content": "noindex"} not in whole.all("meta")
    narrowed = Page.of(portal.client.get("/en/dataset?access=open").text)
    assert {"name": "robots", "content": "noindex"} in narrowed.all("meta")


def test_neighbouring_pages_are_linked(portal: Portal) -> None:
    view = FakeView(SearchAnswer((package("x"),), 95), FakeRecords())
    app = create_app(replace(portal.context, view=lambda actor: view))
    page = Page.of(TestClient(app).get("/en/dataset?page=2").text)
    links = {link["rel"]: link["href"] for link in page.all("link") if "href" in link}
    assert (links["prev"], links["next"]) == ("/en/dataset", "/en/dataset?page=3")
    anchors = {link["rel"]: link["href"] for link in page.all("a") if "rel" in link}
    assert (anchors["prev"], anchors["next"]) == (links["prev"], links["next"])


def test_the_feed_is_that_of_the_one_agency_that_is_asked_for(portal: Portal) -> None:
    for query, feed in (
        ("", "/feeds/dataset.atom"),
        ("?organization=h20-5", "/feeds/organization/h20-5.atom"),
        ("?groups=gove", "/feeds/group/gove.atom"),
    ):
        page = Page.of(portal.client.get(f"/en/dataset{query}").text)
        feeds = [link["href"] for link in page.all("link") if "atom" in link.get("type", "")]
        assert feeds == [feed]


def test_a_place_becomes_a_filter_or_a_choice(portal: Portal) -> None:
    one = portal.client.get("/en/dataset?q=x&place=Tan+Phu")
    assert (one.status_code, one.headers["location"]) == (303, "/en/dataset?q=x&commune=28400")
    split = Page.of(portal.client.get("/en/dataset?place=xa+phu+my").text)
    assert "“xa phu my” may mean several communes. Which one?" in split.texts
    links = {link["href"] for link in split.all("a")}
    assert {"/en/dataset?commune=28249", "/en/dataset?commune=28400"} <= links
    none = Page.of(portal.client.get("/en/dataset?place=nowhere").text)
    assert "No commune of today is called “nowhere”." in none.texts
