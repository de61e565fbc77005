"""Records written by hand, and links that others wrote."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.portal.dataset_page import Surroundings, described
from catalog.portal.getting import safe_link
from catalog.portal.record_page import record_page
from catalog.portal.structured import structured
from catalog.portal.wording import Words
from tests.catalog.portal.factory import CANARY
from tests.catalog.portal.fake import package

AROUND = Surroundings(Words("en"), "Site", "https://data.example.vn", "Agency", str, {}, {})


def test_a_record_without_a_contract_shows_what_its_author_wrote() -> None:
    record = package(
        "by-hand",
        title="Tiêu đề",
        notes="Mô tả",
        extras=[{"key": "title_en", "value": "Title"}],
        resources=[
            {"id": "1", "name": "Table", "url": "https://example.vn/a.csv", "format": "CSV"},
            {"id": "2", "name": "Trap", "url": "javascript:alert(1)", "format": "HTML"},
            {"id": "3", "name": None, "url": "https://example.vn/b", "size": "12"},
        ],
        license_title="CC BY",
        license_url="javascript:alert(1)",
        author="An",
        author_email="an@example.vn",
        url="javascript:alert(1)",
    )
    page = record_page(record, AROUND)
    assert (page.title, page.description.shown) == ("Title", ("Mô tả",))
    files = [(file.label, file.href, file.host) for file in page.files]
    assert files == [
        ("Table", "https://example.vn/a.csv", "example.vn"),
        ("b", "https://example.vn/b", "example.vn"),
    ]
    assert [(term.value, term.href) for term in page.terms] == [
        ("CC BY", ""),
        ("An · an@example.vn", ""),
    ]
    assert page.citation == ("An (2026). Title. Site. https://data.example.vn/id/dataset/by-hand")
    assert [part.id for part in page.contents(Words("en"))] == ["get", "api", "cite"]


def test_a_record_of_which_nearly_everything_is_missing() -> None:
    page = record_page({"name": "bare", "resources": [{"id": "1"}]}, AROUND)
    assert (page.title, page.description.shown, page.files) == ("bare", (), ())
    assert [term.value for term in page.terms] == ["not stated"]
    assert page.citation.startswith("Agency (–). bare.")


def test_a_long_description_is_folded() -> None:
    assert described("one\n\n two \n \nthree").shown == ("one", "two", "three")
    long = "word " * 300
    folded = described(f"short\n\n{long}")
    assert folded.shown[0] == "short"
    assert folded.shown[1].startswith("word word")
    assert folded.more == ("short", long.strip())
    one = described(long)
    assert one.shown[0].endswith("…")
    assert one.more == (long.strip(),)


@given(st.text())
def test_any_text_is_described_whole(text: str) -> None:
    made = described(text)
    assert "".join("".join(made.more or made.shown).split()) == "".join(text.split())


@given(st.text() | st.just(CANARY))
def test_structured_data_cannot_leave_its_element(title: str) -> None:
    text = structured(package("x", title=title), "https://data.example.vn")
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text)["@type"] == "Dataset"


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://a.vn/x", True),
        ("/dataset/x", True),
        ("//evil.example", False),
        ("/\t/evil.example", False),
        ("/\\evil.example", False),
        ("javascript:alert(1)", False),
        (" javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("", False),
    ],
)
def test_safe_link(url: str, kept: bool) -> None:
    assert safe_link(url) == (url if kept else "")
