"""Canaries: what is in drafts, private and deleted records is told to nobody without the right.

The test is one of non-interference. Everything is asked twice: with the canary's words, names
and ids, and with others of the same length that are nowhere. To those without the right both
answers must be the same, headers and all, but for the words that were sent; and no other
answer may hold a canary. A member of the agency, asked the same way, does see them, so that
the net is known to hold.
"""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from httpx import Response
from sqlmodel import col, select
from starlette.testclient import TestClient

from catalog.access import Role, Scope
from catalog.actions import ACTIONS
from catalog.app import create_app
from catalog.assembly import public_context
from catalog.registry.tables import Token, User
from tests.catalog.sites import PUBLIC_URL, Headers, Site, config_of, open_site

NOWHERE = {"canarivi": "qwertzui"}
"""The canary's word → one that is nowhere."""

_SPACE = UUID("5c1d6f2a-8f0b-4c0e-9a55-1c0e6f2a8f0b")
AGENCY = "canarivi.1"
ORGANIZATION = "canarivi-1"
STATES = ("draft", "private", "deleted", "hidden")
CANARY = re.compile("canarivi|" + "|".join(str(uuid5(_SPACE, f"canarivi/{s}")) for s in STATES))


def _id(word: str, kind: str) -> str:
    return str(uuid5(_SPACE, f"{word}/{kind}"))


def _record(word: str, state: str) -> dict[str, Any]:
    return {
        "id": _id(word, state),
        "name": f"{word}-{state}",
        "title": f"{word} {state}",
        "notes": f"Về {word}",
        "owner_org": ORGANIZATION,
        "author": f"Bà {word}",
        "maintainer_email": f"{word}@example.vn",
        "license_id": "cc-by",
        "tags": [{"name": f"{word} tag"}],
        "extras": [{"key": f"{word}_key", "value": f"{word} value"}],
        "resources": [
            {
                "id": _id(word, f"{state}/resource"),
                "name": f"{word}.csv",
                "description": f"Tệp {word}",
                "format": word.upper(),
                "url": f"https://files.example.vn/{word}/{word}.csv",
                "schema": {"fields": [{"name": f"{word}_code", "title": f"Mã {word}"}]},
            }
        ],
    }


@dataclass(frozen=True)
class Request:
    """One request: `path` with its query, or a call of an action with a body."""

    path: str
    body: Mapping[str, Any] | None = None
    accept: str = "*/*"

    def with_word(self, word: str, other: str) -> Request:
        """The same with another word, and the ids that belong to it."""
        return Request(
            _other(self.path, word, other),
            None if self.body is None else _other(self.body, word, other),
            self.accept,
        )

    def send(self, client: TestClient, headers: Headers) -> Response:
        """The answer."""
        sent = {**headers, "accept": self.accept}
        if self.body is not None:
            return client.post(self.path, json=dict(self.body), headers=sent)
        return client.get(self.path, headers=sent, follow_redirects=False)


def _ids(word: str) -> list[str]:
    return [_id(word, one) for state in STATES for one in (state, f"{state}/resource")]


def _other(value: Any, word: str, other: str) -> Any:
    """`value` with every `word`, and every id of it, replaced by the other's."""
    if isinstance(value, str):
        for one, two in zip(_ids(word), _ids(other), strict=True):
            value = value.replace(one, two)
        return value.replace(word, other).replace(word.upper(), other.upper())
    if isinstance(value, dict):
        return {_other(k, word, other): _other(v, word, other) for k, v in value.items()}
    if isinstance(value, list):
        return [_other(one, word, other) for one in value]
    return value


def _identifiers(word: str) -> list[str]:
    return [f"{word}-1", *(f"{word}-{state}" for state in STATES), *_ids(word)]


def _questions(word: str) -> list[str]:
    """What someone might ask for, who has heard the word."""
    fields = (f"title:{word}*", f"name:{word}-draft", f'tags:"{word} tag"', f"author:{word}")
    return [word, word[:4], f"{word} tag", f"organization:{word}-1", f"format:{word}", *fields]


def _calls(word: str, *, reads: bool) -> Iterator[Request]:
    """Calls of every action, each text parameter with texts, all flags set."""
    for name, action in ACTIONS.items():
        # That a name is taken cannot be hidden from who wants to take it.
        if action.reads != reads or name in _NAMING:
            continue
        declared = action.parameters.values()
        flags = {one.name: True for one in declared if one.types == ("boolean",)}
        if action.reads:
            flags |= {"facet.field": FACETS, "facet.limit": -1} if name == "package_search" else {}
            yield Request(f"/api/3/action/{name}", flags)
        named = [one.name for one in declared if {"string", "list"} & set(one.types)]
        for parameter in named:
            texts = _questions(word) if parameter in _ASKING else _questions(word)[:2]
            if parameter in _NAMED:
                texts += _identifiers(word)
            for text in texts:
                yield Request(f"/api/3/action/{name}", {**flags, parameter: text})


_NAMING = ("package_create", "organization_create", "group_create")
_ASKING = ("q", "fq", "query")
_NAMED = ("id", "package_id", "resource_id", "name_or_id", "dataset", "object")
FACETS = [
    *("organization", "groups", "tags", "res_format", "license_id", "access", "frequency"),
    *("commune", "private", "capacity", "type", "state", "owner_org", "name", "author"),
]
_ASKED = {
    "q": "canarivi",
    "organization": "canarivi-1",
    "tags": "canarivi tag",
    "res_format": "CANARIVI",
    "fq": "title:canarivi*",
    "id": "canarivi-private",
    "name": "canarivi",
}
_ACCEPTED = ("*/*", "text/html", "text/turtle", "application/ld+json", "application/rdf+xml")


def _routes(client: TestClient) -> list[str]:
    """The paths of every route of the application."""
    app: Any = client.app
    while not isinstance(app, FastAPI):
        app = app._app
    return [str(found.path) for found in iter_route_contexts(app.routes)]


def _pages(client: TestClient, word: str) -> Iterator[Request]:
    """Every route, its places filled with what is there and with what is not to be known."""
    draft = f"{word}-draft"
    fillings = ["schools", draft, f"{word}-deleted", f"{word}-1", _id(word, "private")]
    for path in _routes(client):
        if path.startswith(("/api/action", "/api/3/action", "/static", "/en")):
            continue
        for filling in fillings if "{" in path else [""]:
            for accept in _ACCEPTED if filling == draft else _ACCEPTED[:1]:
                yield Request(_filled(path, filling), accept=accept)
        if "{" not in path:
            for asked, text in _ASKED.items():
                yield Request(f"{path}?{asked}={text.replace('canarivi', word)}")


def _filled(path: str, filling: str) -> str:
    usual = {"release": "1", "file": f"{filling}.csv", "version": "x", "code": "28000"}
    return re.sub(r"\{(\w+)[^}]*\}", lambda place: usual.get(place[1], filling), path)


def _told(response: Response, word: str) -> tuple[int, list[str], list[str]]:
    """All of an answer, with `word` and its ids taken out of what was sent back.

    The order of a document's parts may be that of their addresses, and its ETag that of its
    address, so neither is compared here (but see the last test).
    """
    text = _other(response.text, word, "·" * len(word))
    headers = [
        f"{key}: {_other(value, word, '·' * len(word))}"
        for key, value in response.headers.items()
        if key != "etag"
    ]
    return response.status_code, headers, sorted(text.split())


@dataclass(frozen=True)
class Asker:
    """Someone, at one of the two workers."""

    client: TestClient
    headers: Headers


@pytest.fixture(scope="module")
def canaries(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site with canaries in every state that is not public."""
    home = tmp_path_factory.mktemp("canaries")
    shutil.copytree(built, home, dirs_exist_ok=True)
    with contextmanager(open_site)(home) as site:
        _make(site)
        yield site


def _make(site: Site) -> None:
    """The canaries; only an administrator may choose their ids."""
    site.user("their-editor", AGENCY, Role.EDITOR)
    admin = site.token("admin")

    def act(name: str, body: Mapping[str, Any]) -> None:
        answer = site.agency.post(f"/api/3/action/{name}", json=dict(body), headers=admin)
        assert answer.status_code == 200, answer.text

    act("package_create", {**_record("canarivi", "draft"), "state": "draft"})
    act("package_create", {**_record("canarivi", "private"), "private": True})
    act("package_create", _record("canarivi", "deleted"))
    act("package_delete", {"id": "canarivi-deleted"})
    act("package_create", _record("canarivi", "hidden"))
    act("package_patch", {"id": "canarivi-hidden", "private": True})
    chief = site.user("chief")
    last = {"name": "the-last", "title": "Sau cùng", "owner_org": "h20-5"}
    answer = site.agency.post("/api/3/action/package_create", json=last, headers=chief)
    assert answer.status_code == 200, answer.text
    for _look in range(10_000):
        if site.public.get("/api/3/action/package_show?id=the-last").status_code == 200:
            return
    raise AssertionError("the public worker does not follow")


def _outsiders(site: Site) -> Mapping[str, Asker]:
    expired = site.user("late", AGENCY, Role.ADMIN)
    with site.session() as session:
        late = select(Token).join(User, col(User.id) == Token.user_id).where(User.name == "late")
        session.exec(late).one().expires = datetime(2020, 1, 1)  # noqa: DTZ001 - kept naive
    revoked = site.user("gone", AGENCY, Role.ADMIN)
    answer = site.agency.post(
        "/api/3/action/api_token_revoke", json={"token": revoked["Authorization"]}, headers=revoked
    )
    assert answer.status_code == 200, answer.text
    return {
        "nobody": Asker(site.public, {}),
        "nobody at the agencies' worker": Asker(site.agency, {}),
        "another agency": Asker(site.agency, site.user("other", "H20.9", Role.ADMIN)),
        "a grant": Asker(site.agency, site.grant("cases").headers),
        "an expired token": Asker(site.agency, expired),
        "a revoked token": Asker(site.agency, revoked),
    }


def _secrets(asker: Asker, requests: Iterator[Request]) -> list[str]:
    """What an asker learns of the canaries, each as the request that tells it."""
    told = []
    for request in requests:
        twin = request.with_word("canarivi", "qwertzui")
        answer = request.send(asker.client, asker.headers)
        other = twin.send(asker.client, asker.headers)
        if answer.status_code >= 500:
            told.append(f"{request} fails")
        elif _told(answer, "canarivi") != _told(other, "qwertzui"):
            told.append(f"{request} is answered unlike {twin}")
        elif request == twin and CANARY.search(f"{answer.headers} {answer.text}".casefold()):
            told.append(f"{request} tells")
    return told


OUTSIDERS = {
    "nobody": 1,
    "another agency": 1,
    "nobody at the agencies' worker": 7,
    "a grant": 7,
    "an expired token": 7,
    "a revoked token": 7,
}
"""Who asks, and which part of the requests: the two ways to see things are asked all."""
SEEN = (
    "package_show",
    "package_search",
    "package_list",
    "package_autocomplete",
    "package_activity_list",
    "resource_show",
    "organization_show",
    "organization_list",
    "organization_autocomplete",
)
"""What shows a member the canaries."""


@pytest.fixture(scope="module")
def outsiders(canaries: Site) -> Mapping[str, Asker]:
    """Those without the right."""
    return _outsiders(canaries)


@pytest.mark.parametrize("name", OUTSIDERS)
def test_no_action_tells(
    outsiders: Mapping[str, Asker], name: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "catalog"):
        requests = islice(_calls("canarivi", reads=True), 0, None, OUTSIDERS[name])
        assert _secrets(outsiders[name], requests) == []
    assert not any(CANARY.search(one.getMessage().casefold()) for one in _logged(caplog))


@pytest.mark.parametrize("name", OUTSIDERS)
def test_no_page_feed_or_document_tells(
    outsiders: Mapping[str, Asker], name: str, caplog: pytest.LogCaptureFixture
) -> None:
    asker = outsiders[name]
    with caplog.at_level(logging.DEBUG, "catalog"):
        requests = islice(_pages(asker.client, "canarivi"), 0, None, OUTSIDERS[name])
        assert _secrets(asker, requests) == []
    assert not any(CANARY.search(one.getMessage().casefold()) for one in _logged(caplog))


@pytest.mark.parametrize("name", OUTSIDERS)
def test_no_refusal_to_write_tells(outsiders: Mapping[str, Asker], name: str) -> None:
    requests = islice(_calls("canarivi", reads=False), 0, None, OUTSIDERS[name])
    assert _secrets(outsiders[name], requests) == []


def test_a_member_of_the_agency_sees_them(canaries: Site) -> None:
    member = Asker(
        canaries.agency, canaries.user("insider", AGENCY, Role.MEMBER, scopes=[Scope.READ])
    )
    seen = {f"/api/3/action/{name}" for name in SEEN}
    told = _secrets(member, (one for one in _calls("canarivi", reads=True) if one.path in seen))
    assert {path for path in seen if not any(f"{path}'" in one for one in told)} == set()


def test_nothing_public_moves_when_a_draft_does(canaries: Site, tmp_path: Path) -> None:
    before = _public_face(canaries, tmp_path / "before")
    change = {"id": "canarivi-draft", "title": "canarivi again", "tags": [{"name": "canarivi x"}]}
    changed = canaries.agency.post(
        "/api/3/action/package_patch", json=change, headers=canaries.token("admin")
    )
    assert changed.status_code == 200, changed.text
    after = _public_face(canaries, tmp_path / "after")
    moved = [path for path, answer in before.items() if after[path] != answer]
    assert moved == []


def _public_face(site: Site, home: Path) -> dict[str, tuple[int, str, str]]:
    """Every public answer of a worker started afresh over a copy of the site's home."""
    shutil.copytree(site.home, home, ignore=shutil.ignore_patterns("cache"))
    context = public_context(config_of(home), PUBLIC_URL)
    with TestClient(create_app(context), base_url=PUBLIC_URL) as client:
        paths = [
            _filled(path, "schools")
            for path in _routes(client)
            if not path.startswith(("/api/action", "/api/3/action", "/static", "/en"))
        ]
        paths += [f"/api/3/action/{name}" for name, action in ACTIONS.items() if action.reads]
        answers = {path: client.get(path, follow_redirects=False) for path in paths}
    context.close()
    return {
        path: (answer.status_code, str(answer.headers), answer.text)
        for path, answer in answers.items()
    }


def _logged(caplog: pytest.LogCaptureFixture) -> Sequence[logging.LogRecord]:
    """What the catalogue logged; the test client logs the addresses it asks for."""
    return [one for one in caplog.records if not one.name.startswith("httpx")]
