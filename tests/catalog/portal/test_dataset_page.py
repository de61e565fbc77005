"""Records written by hand, and links that others wrote."""

import pytest

from catalog.portal.dataset_page import Surroundings, record_page
from catalog.portal.getting import safe_link
from catalog.portal.wording import Words

AROUND = Surroundings(Words("en"), "Site", "https://data.example.vn", "Agency", {})


def test_a_record_without_a_contract_shows_what_its_author_wrote() -> None:
    record = {
        "name": "by-hand",
        "title": "Tiêu đề",
        "notes": "Mô tả",
        "extras": [{"key": "title_en", "value": "Title"}],
        "resources": [
            {"name": "Table", "url": "https://example.vn/a.csv", "format": "CSV"},
            {"name": "Trap", "url": "javascript:alert(1)", "format": "HTML"},
        ],
        "license_title": "CC BY",
        "license_url": "javascript:alert(1)",
    }
    page = record_page(record, AROUND)
    assert (page.title, page.description) == ("Title", "Mô tả")
    assert [file.href for file in page.files] == ["https://example.vn/a.csv"]
    assert [(term.value, term.href) for term in page.terms] == [("CC BY", "")]
    assert [part.id for part in page.contents(Words("en"))] == ["get", "cite"]


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://a.vn/x", True),
        ("/dataset/x", True),
        ("//evil.example", False),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("", False),
    ],
)
def test_safe_link(url: str, kept: bool) -> None:
    assert safe_link(url) == (url if kept else "")
