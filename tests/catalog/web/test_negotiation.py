from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.web.negotiation import SYNTAXES, accepted, wants_rdf

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize(
    ("header", "suffix"),
    [
        ("", None),
        ("*/*", None),
        (BROWSER, None),
        ("text/turtle", "ttl"),
        ("application/rdf+xml", "rdf"),
        ("application/xml", "rdf"),
        ("application/ld+json, text/html;q=0.5", "jsonld"),
        ("text/html, application/ld+json;q=0.5", None),
        ("text/turtle;q=0", None),
        ("application/n-triples", "nt"),
        ("text/n3", "n3"),
        ("text/turtle;q=x, application/n-triples;q=0.1", "nt"),
        ("TEXT/TURTLE; charset=utf-8", "ttl"),
        ("text/*;q=0.3, text/turtle;q=0.7", "ttl"),
    ],
)
def test_who_prefers_rdf_to_a_page(header: str, suffix: str | None) -> None:
    assert wants_rdf(header) == suffix


def test_the_particular_wish_beats_the_general_one() -> None:
    assert accepted("text/csv;q=0.1, text/*", ("text/csv", "text/html")) == "text/html"
    assert accepted("image/png", ("text/csv",)) is None


@given(st.text())
def test_any_header_is_answered(header: str) -> None:
    assert wants_rdf(header) in {None, *SYNTAXES}
