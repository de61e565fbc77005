"""Announcing releases with ckanapi to a catalogue that really runs."""

from __future__ import annotations

import http.server
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ckanapi import NotFound, RemoteCKAN

from catalog.publisher import Announcement, announce
from catalog.serving import running
from catalog.tokens import read_token
from contracts.errors import Fault
from contracts.releases import Release
from lakehouse.releases import Releases
from tests.catalog.province import CASES, SCHOOLS, publish, stores_at, withdraw
from tests.catalog.sites import config_of


@pytest.fixture(scope="module")
def catalogue(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    home = tmp_path_factory.mktemp("announced")
    shutil.copytree(built, home, dirs_exist_ok=True)
    with running(config_of(home)) as url:
        yield url, home


def tell(catalogue: tuple[str, Path], release: Release, token: str | None = None) -> Announcement:
    url, home = catalogue
    token = token or read_token(home / "secrets", "publisher") or ""
    return announce(release, url=url, token=token, public_url=url)


def shown(catalogue: tuple[str, Path], name: str) -> dict[str, Any]:
    url, home = catalogue
    with RemoteCKAN(url, apikey=read_token(home / "secrets", "admin")) as remote:
        result: dict[str, Any] = remote.action.package_show(id=name)
        return result


def test_what_the_catalogue_knew_from_the_manifests_is_unchanged(
    catalogue: tuple[str, Path],
) -> None:
    for dataset in ("schools", "cases"):
        newest = Releases(stores_at(catalogue[1])).latest(dataset)
        assert newest is not None
        assert tell(catalogue, newest).outcome == "unchanged"


def test_a_new_release_updates_once(catalogue: tuple[str, Path]) -> None:
    second = publish(stores_at(catalogue[1]), SCHOOLS, 2)
    announcement = tell(catalogue, second)
    assert announcement.outcome == "updated"
    assert announcement.url == f"{catalogue[0]}/dataset/schools"
    assert tell(catalogue, second).outcome == "unchanged"
    package = shown(catalogue, "schools")
    assert package["version"] == "2"
    assert package["resources"][0]["url"].startswith(f"{catalogue[0]}/dataset/schools/releases/2/")


def test_a_new_dataset_brings_its_agency_and_theme(catalogue: tuple[str, Path]) -> None:
    table = replace(SCHOOLS, name="markets", title="Chợ", owner=("H20.7", "Sở Công Thương"))
    first = publish(stores_at(catalogue[1]), table)
    first = replace(first, metadata={**first.metadata, "theme": "econ"})
    assert tell(catalogue, first).outcome == "created"
    assert tell(catalogue, first).outcome == "unchanged"
    package = shown(catalogue, "markets")
    assert package["organization"]["title"] == "Sở Công Thương"
    assert [group["name"] for group in package["groups"]] == ["econ"]
    renamed = {**first.metadata, "owner": {**_owner(first), "title": {"vi": "Sở CT", "en": "T"}}}
    tell(catalogue, replace(first, metadata=renamed))
    assert shown(catalogue, "markets")["organization"]["title"] == "Sở CT"


def _owner(release: Release) -> dict[str, Any]:
    owner = release.metadata["owner"]
    assert isinstance(owner, dict)
    return owner


def test_a_withdrawal_and_a_return(catalogue: tuple[str, Path]) -> None:
    stores = stores_at(catalogue[1])
    gone = withdraw(stores, "cases")
    assert tell(catalogue, gone).outcome == "withdrawn"
    assert tell(catalogue, gone).outcome == "unchanged"
    with pytest.raises(NotFound):
        shown(catalogue, "cases")
    back = publish(stores, CASES, gone.release + 1)
    assert tell(catalogue, back).outcome == "updated"
    assert shown(catalogue, "cases")["version"] == str(back.release)


def test_a_token_that_may_not_is_one_sentence(catalogue: tuple[str, Path]) -> None:
    newest = Releases(stores_at(catalogue[1])).latest("administrative_unit")
    assert newest is not None
    changed = replace(newest, content_hash="0" * 64)
    for token in (read_token(catalogue[1] / "secrets", "admin"), "dc_" + "x" * 43):
        assert token is not None
        with pytest.raises(Fault) as refused:
            tell(catalogue, changed, token)
        assert refused.value.check == "publish.denied"
        assert token not in str(refused.value)


def test_a_record_that_is_refused_names_the_field(catalogue: tuple[str, Path]) -> None:
    newest = Releases(stores_at(catalogue[1])).latest("schools")
    assert newest is not None
    licence = {"id": "x", "title": {"vi": "x", "en": "x"}, "url": "javascript:alert(1)"}
    with pytest.raises(Fault) as refused:
        tell(catalogue, replace(newest, metadata={**newest.metadata, "licence": licence}))
    assert refused.value.check == "publish.refused"
    assert refused.value.values["fields"] == "license_url"


@contextmanager
def something_else() -> Iterator[str]:
    """A server that is no CKAN."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<h1>hello</h1>")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its own name
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_what_is_no_ckan_or_not_there_is_one_sentence(built: Path) -> None:
    newest = Releases(stores_at(built)).latest("schools")
    assert newest is not None
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with something_else() as other:
        for url in (address, other):
            with pytest.raises(Fault) as refused:
                announce(newest, url=url, token="dc_secret", public_url=url)
            assert refused.value.check == "publish.unreachable"
            assert "dc_secret" not in str(refused.value)
