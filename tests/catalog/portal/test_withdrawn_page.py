"""What a withdrawn dataset's page tells, whichever of manifest and registry knows first."""

from dataclasses import dataclass, replace

from starlette.testclient import TestClient

from catalog.access import Actor
from catalog.app import create_app
from catalog.context import Record, View
from catalog.search.request import SearchAnswer, SearchRequest
from tests.catalog.portal.conftest import PUBLIC_URL, Portal
from tests.catalog.portal.fake import FakeRecords, FakeView, package
from tests.catalog.portal.html import Page, assert_accessible


@dataclass
class Gone(FakeRecords):
    """Records of which one was withdrawn."""

    def withdrawn(self, id_or_name: str) -> Record | None:
        told = {
            "id": "5f0e",
            "name": "known-to-the-registry",
            "title": "Dữ liệu cũ",
            "reason": "Sai <b>số liệu</b>",
            "withdrawn": "2026-11-03T04:05:06.000007",
            "resources": ["77aa"],
        }
        return told if id_or_name in ("5f0e", "known-to-the-registry") else None


def client(portal: Portal, view: View) -> TestClient:
    def answering(actor: Actor) -> View:
        return view

    app = create_app(replace(portal.context, view=answering))
    return TestClient(app, base_url=PUBLIC_URL)


def test_what_the_registry_knows_is_told_by_name_and_by_id(portal: Portal) -> None:
    view = FakeView(SearchAnswer((package("another"),), 1), Gone())
    for name in ("known-to-the-registry", "5f0e"):
        answer = client(portal, view).get(f"/en/dataset/{name}")
        page = Page.of(answer.text)
        assert_accessible(page)
        assert answer.status_code == 410
        assert "Dữ liệu cũ" in page.texts
        assert "Sai <b>số liệu</b>" in page.texts
        assert "This dataset was withdrawn on 3 November 2026." in page.text
        assert "/en/dataset/another" in {link["href"] for link in page.all("a")}
    assert view.asked[0] == SearchRequest(q="Dữ liệu cũ", plain=True, rows=4)


def test_nothing_alike_is_no_empty_heading(portal: Portal) -> None:
    page = Page.of(client(portal, FakeView(records=Gone())).get("/en/dataset/5f0e").text)
    assert "Datasets that are near to it" not in page.texts
    assert "Still in need of it?" in page.texts


def test_theme_and_agency_are_asked_where_words_find_nothing(portal: Portal) -> None:
    view = FakeView()
    assert client(portal, view).get("/dataset/gone").status_code == 410
    assert [request.fq for request in view.asked] == [
        (),
        ('groups:"gove"',),
        ('organization:"h20-5"',),
    ]
