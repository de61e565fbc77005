from __future__ import annotations

from datetime import UTC
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Graph, URIRef

from catalog.web import values


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("https://a.example/x", "https://a.example/x"),
        (" https://a.example/Danh sách.csv ", "https://a.example/Danh%20s%C3%A1ch.csv"),
        ("http://a.example/{x}|<y>", "http://a.example/%7Bx%7D%7C%3Cy%3E"),
        ("https://a.example/50%", "https://a.example/50%25"),
        ("https://a.example/a%20b", "https://a.example/a%20b"),
        ("http://a.example/[x]", "http://a.example/%5Bx%5D"),
        ("ftp://a.example/x", "ftp://a.example/x"),
        ("javascript:alert(1)", None),
        ("/dataset/x", None),
        ("https://", None),
        ("http://[::1", None),
        ("", None),
        (None, None),
    ],
)
def test_an_address_that_can_stand_in_rdf(written: object, address: str | None) -> None:
    assert values.web_address(written) == address


@given(st.text(), st.sampled_from(["", "http://a.example/", "https://[::1]/"]))
def test_whatever_is_kept_as_an_address_can_be_written_and_read(text: str, start: str) -> None:
    address = values.web_address(start + text)
    if address is None:
        return
    assert urlsplit(address).scheme in ("http", "https", "ftp")
    graph = Graph()
    graph.add((URIRef(address), URIRef("urn:x:a"), URIRef(address)))
    assert len(Graph().parse(data=graph.serialize(format="nt"), format="nt")) == 1


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ('["a", "b c"]', ["a", "b c"]),
        ("{a,b}", ["a", "b"]),
        ("gove", ["gove"]),
        ("[broken", []),
        ('{"a"', ['"a"']),
        ("[1, null]", []),
    ],
)
def test_an_extra_that_holds_several(written: str, parts: list[str]) -> None:
    assert values.several(written) == parts


@given(st.text())
def test_whatever_a_record_says_is_a_value_or_left_out(text: str) -> None:
    assert all(part == values.text(part) != "" for part in values.several(text))
    moment, mail = values.moment(text), values.mail_address(text)
    assert moment is None or moment.tzinfo is UTC
    assert mail is None or (mail.count("@") == 1 and not set(mail) & set(' \n<>"'))
    media_type, digest, size = values.media_type(text), values.digest(text), values.size(text)
    assert media_type is None or (media_type.isascii() and media_type.count("/") == 1)
    assert digest is None or digest[1] == digest[1].lower()
    assert size is None or size == int(text)


def test_what_is_no_value_is_left_out() -> None:
    assert values.moment("soon") is None
    assert values.moment(None) is None
    assert values.size(True) is None
    assert values.size("x") is None
    assert values.size(-1) is None
    assert values.mail_address("nobody") is None
    assert values.mail_address("mailto:a@b.vn") == "a@b.vn"
    assert values.media_type("CSV") is None
    assert values.media_type("text/csv; charset=utf-8") == "text/csv"
    assert values.digest("sha256:xyz") is None
    assert values.text("a\x00b\x1fc") == "abc"
    assert values.mapping([]) == {}


def test_a_time_is_told_in_utc() -> None:
    assert str(values.moment("2026-03-01T02:00:00+07:00")) == "2026-02-28 19:00:00+00:00"
    assert str(values.moment("2026-03-01")) == "2026-03-01 00:00:00+00:00"
    assert str(values.day("2026-03-01T02:00:00+07:00")) == "2026-03-01"
    assert values.moment("0001-01-01T00:00:00+07:00") is None
