"""A running catalogue with contract records and hand-made ones, for real and replayed clients."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx
import pytest

from catalog.serving import running
from catalog.tokens import read_token
from tests.catalog.sites import config_of

_WITHIN = 20.0  # seconds in which what was written must be found by everyone; it takes one
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@dataclass(frozen=True)
class Catalogue:
    """A catalogue that really runs, with a few records of each kind."""

    url: str
    token: str

    def action(self, name: str, /, **parameters: Any) -> Any:
        """The `result` of an action read by GET, its envelope looked at as clients do."""
        answer = httpx.get(f"{self.url}/api/3/action/{name}", params=parameters, timeout=60)
        return self.result(answer)

    def write(self, name: str, data: dict[str, Any]) -> Any:
        """The `result` of an action written as the administrator."""
        answer = httpx.post(
            f"{self.url}/api/3/action/{name}",
            json=data,
            headers={"Authorization": self.token},
            timeout=60,
        )
        return self.result(answer)

    def result(self, answer: httpx.Response) -> Any:
        """What an answer holds; fails on anything but success."""
        assert answer.headers["content-type"] == "application/json;charset=utf-8"
        envelope = answer.json()
        assert answer.status_code == 200, envelope
        assert envelope["success"] is True
        assert envelope["help"].startswith(f"{self.url}/api/3/action/help_show?name=")
        return envelope["result"]

    def until(self, name: str, condition: Callable[[Any], bool], /, **parameters: Any) -> Any:
        """The result of an action once `condition` holds of it."""
        end = monotonic() + _WITHIN
        while not condition(found := self.action(name, **parameters)):
            assert monotonic() < end, found
            sleep(0.1)
        return found


@pytest.fixture(scope="session")
def catalogue(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    """The province's records, and three made by hand in an organisation and two groups. Whoever
    writes many records takes `own_catalogue`: clients read this one whole."""
    with _running(built, tmp_path_factory.mktemp("clients")) as made:
        _write_by_hand(made)
        yield made


@pytest.fixture
def own_catalogue(built: Path, tmp_path: Path) -> Iterator[Catalogue]:
    """The province's records in a catalogue of the test's own."""
    with _running(built, tmp_path / "own") as made:
        yield made


@contextmanager
def _running(built: Path, home: Path) -> Iterator[Catalogue]:
    shutil.copytree(built, home, dirs_exist_ok=True)
    config = config_of(home)
    with running(config) as url:
        yield Catalogue(url, read_token(config.secrets, "admin") or "")


def _write_by_hand(catalogue: Catalogue) -> None:
    catalogue.write(
        "organization_create",
        {"name": "so-giao-thong", "title": "Sở Giao thông", "extras": [{"key": "a", "value": "b"}]},
    )
    for name, title in (("giao-thong", "Giao thông"), ("moi-truong", "Môi trường")):
        catalogue.write("group_create", {"name": name, "title": title})
    for number, group in enumerate(("giao-thong", "moi-truong", "moi-truong"), start=1):
        catalogue.write(
            "package_create",
            {
                "name": f"by-hand-{number}",
                "title": f"Làm tay {number}",
                "notes": "Một bản ghi viết tay.",
                "owner_org": "so-giao-thong",
                "license_id": "cc-by",
                "groups": [{"name": group}],
                "tags": [{"name": "đường bộ"}, {"name": "viết tay"}],
                "extras": [{"key": "frequency", "value": "annual"}],
                "resources": [
                    {"url": "https://files.example/a.csv", "name": "A", "format": "CSV"},
                    {"url": "https://files.example/b.pdf", "name": "B", "format": "PDF"},
                ],
            },
        )
    catalogue.until("package_search", lambda found: found["count"] == 3, fq="name:by-hand-*")


@pytest.fixture(scope="session")
def ckanapi() -> Run:
    """CKAN's own command line; `stdin` is what it reads."""
    programs = Path(sys.executable).parent

    def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(programs / "ckanapi"), *arguments],
            # It starts its workers by name.
            env={**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"},
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def lines(records: list[dict[str, Any]]) -> str:
    """Records as ``ckanapi load`` reads them."""
    return "".join(f"{json.dumps(record, ensure_ascii=False)}\n" for record in records)
