"""Every kind of page, in both languages: complete, accessible, translated, without script."""

from __future__ import annotations

import shlex

import pytest

from contracts.i18n import Language, translate
from tests.catalog.portal.conftest import PUBLIC_URL, Portal
from tests.catalog.portal.factory import CANARY
from tests.catalog.portal.html import Page, assert_accessible
from tests.catalog.portal.messages import messages

PAGES = {
    "/": 200,
    "/dataset": 200,
    "/dataset?q=khong+co+gi": 200,
    "/dataset?q=ho+so&organization=h20-5&access=open&sort=title": 200,
    "/dataset?q=which+datasets+have+a+column+month&from=2024&to=2025&tags=x&commune=28249": 200,
    "/dataset?place=xa+phu+my&from=soon": 200,
    "/dataset?place=nowhere": 200,
    "/dataset/administrative_unit": 200,
    "/dataset/statistics": 200,
    "/dataset/statistics?release=1": 200,
    "/dataset/service_case": 200,
    "/dataset/odd": 200,
    "/dataset/statistics?release=9": 404,
    "/dataset/statistics?release=x": 404,
    "/dataset/gone": 410,
    "/dataset/gone?release=1": 410,
    "/dataset/none": 404,
    "/dataset/by-hand": 200,
    "/dataset/bare": 200,
    "/dataset/a-draft": 404,
    "/dataset/a-private-one": 404,
    "/organization": 200,
    "/organization/h20-5": 200,
    "/organization?q=tu+phap&sort=datasets": 200,
    "/organization?q=nobody": 200,
    "/organization/none": 404,
    "/group": 200,
    "/group/gove": 200,
    "/group/none": 404,
    "/units": 200,
    "/units?q=28249": 200,
    "/units?q=phu+my": 200,
    "/units?q=28249&on=2025-06-30": 200,
    "/units?q=28249&on=yesterday": 200,
    "/units?q=nowhere": 200,
    "/units/28249": 200,
    "/units/28249?release=1": 200,
    "/units/28249?release=9": 404,
    "/units/82": 200,
    "/units/99999": 404,
    "/indicators": 200,
    "/about": 200,
    "/developers": 200,
    "/nope": 404,
}
ELSEWHERE = {"/catalog.ttl", "/data.json", "/sitemap.xml"}
LANGUAGES: tuple[tuple[Language, str], ...] = (("vi", ""), ("en", "/en"))


def read(portal: Portal, path: str, status: int = 200) -> Page:
    answer = portal.client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return Page.of(answer.text)


@pytest.mark.parametrize(("language", "prefix"), LANGUAGES)
@pytest.mark.parametrize(("path", "status"), PAGES.items())
def test_page(portal: Portal, path: str, status: int, language: Language, prefix: str) -> None:
    page = read(portal, prefix + path, status)
    assert_accessible(page)
    assert page.all("html") == [{"lang": language}]
    assert {script.get("type") for script in page.all("script")} <= {"application/ld+json"}
    assert CANARY not in portal.client.get(prefix + path).text
    alternates = {link["hreflang"]: link["href"] for link in page.all("link") if "hreflang" in link}
    vi = f"{PUBLIC_URL}{path}"
    assert alternates == {"vi": vi, "en": f"{PUBLIC_URL}/en{path}", "x-default": vi}


@pytest.mark.parametrize("path", PAGES)
def test_the_vietnamese_page_has_no_english_sentence(portal: Portal, path: str) -> None:
    texts = set(Page.of(portal.client.get(path).text).texts)
    english = {
        form
        for message in messages()
        for form in message
        if "{" not in form and translate(message[0], "vi") != form
    }
    assert texts & english == set()


@pytest.mark.parametrize("path", PAGES)
def test_links_of_the_portal_lead_somewhere_and_keep_the_language(
    portal: Portal, path: str
) -> None:
    page = read(portal, f"/en{path}", PAGES[path])
    links = {link["href"].split("#")[0] for link in page.all("a")} - {""}
    for link in sorted(links):
        if link.startswith("http") or link in ELSEWHERE or "late-cases.csv" in link:
            continue  # other sites, what programs read, and the numbers have their own tests
        if link.startswith(("/dataset/", "/api/", "/feeds/", "/datastore/")):
            assert portal.client.get(link).status_code in (200, PAGES[path]), link
            continue
        assert portal.client.get(link).status_code in (200, PAGES[path]), link
        if link != path:  # the link to the Vietnamese page
            assert link.startswith("/en/"), link


@pytest.mark.parametrize("path", ["/", "/dataset/statistics", "/units/28249/late-cases.csv"])
def test_head_answers_as_get_does(portal: Portal, path: str) -> None:
    head = portal.client.head(path)
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-type"] == portal.client.get(path).headers["content-type"]


def test_the_alternates_of_every_page_are_there(portal: Portal) -> None:
    others = {
        (link["href"], link["type"])
        for path, status in PAGES.items()
        for link in read(portal, path, status).all("link")
        if link["rel"] == "alternate" and "hreflang" not in link
    }
    assert len(others) > 30
    for href, media_type in others:
        answer = portal.client.get(href)
        assert answer.status_code == 200, href
        assert answer.headers["content-type"].split(";")[0] == media_type, href


def test_the_examples_for_programmers_work_as_they_stand(portal: Portal) -> None:
    page = read(portal, "/en/developers")
    shown = [text.replace("\\ ", "") for text in page.texts if text.startswith("curl ")]
    commands = [shlex.split(one) for text in shown for one in text.split("curl ") if one]
    assert len(commands) == 8
    for command in commands:
        (address,) = [word for word in command if word.startswith(PUBLIC_URL)]
        data = [word.split("=", 1) for word in command if "=" in word and word != address]
        answer = portal.client.get(address, params=dict(data) or None)
        asks_for_a_token = "Authorization: $TOKEN" in command
        assert answer.status_code in ((200, 403) if asks_for_a_token else (200,)), command


def test_english_home_with_and_without_a_slash(portal: Portal) -> None:
    pages = [Page.of(portal.client.get(path).text) for path in ("/en", "/en/")]
    assert pages[0].texts == pages[1].texts
    assert pages[0].all("html") == [{"lang": "en"}]


def test_static_files_are_kept_for_good_and_lead_nowhere_else(portal: Portal) -> None:
    (style,) = [
        link["href"] for link in read(portal, "/").all("link") if link["rel"] == "stylesheet"
    ]
    answer = portal.client.get(style)
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    folder = style.rsplit("/", 1)[0]
    for name in ("none.css", "..%2Fpages.py", "__init__.py"):
        assert portal.client.get(f"{folder}/{name}").status_code == 404


def test_a_hostile_address_does_not_lead_off_the_site(portal: Portal) -> None:
    for path in ("//evil.example/x", "/en//evil.example/x", '/"><script>'):
        page = Page.of(portal.client.get(path).text)
        (language,) = [link for link in page.all("a") if link.get("class") == "language"]
        assert language["href"].startswith("/")
        assert not language["href"].startswith("//")
        assert page.all("script") == []
