"""One province in a file store, and workers over copies of it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session
from starlette.testclient import TestClient

from catalog.access import Scope
from catalog.app import create_app
from catalog.assembly import agency_context, public_context
from catalog.config import CatalogConfig
from catalog.context import CatalogContext
from catalog.serving import running
from catalog.tokens import new_token, read_token
from catalog.views import PublicViews
from contracts.model import Classification

sys.path.insert(0, str(Path(__file__).parent))

from province import make_province

PUBLIC_URL = "http://data.example"


@dataclass(frozen=True)
class Site:
    """Both workers in this process, over one home."""

    home: Path
    config: CatalogConfig
    public: TestClient
    agency: TestClient
    context: CatalogContext

    def token(self, name: str) -> dict[str, str]:
        """The header of one of the first tokens."""
        return {"Authorization": read_token(self.config.secrets, name) or ""}

    def grant(self, dataset: str, level: Classification = Classification.INTERNAL) -> str:
        """A fresh token that reads one dataset."""
        assert self.context.registry is not None
        with Session(self.context.registry.engine) as session:
            expires = datetime.now(UTC) + timedelta(days=1)
            token = new_token(session, "H20.9", [Scope.READ], {dataset: level}, expires)
            session.commit()
        return token


def config_of(home: Path) -> CatalogConfig:
    """The configuration of a catalogue on files."""
    return CatalogConfig(home=home, store_url=f"file://{home / 'store'}")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the province's store; never changed."""
    home = tmp_path_factory.mktemp("province")
    make_province(home)
    return home


@pytest.fixture
def home(built: Path, tmp_path: Path) -> Path:
    """A copy of `built` that a test may change."""
    return Path(shutil.copytree(built, tmp_path / "home"))


def _site(home: Path) -> Iterator[Site]:
    config = config_of(home)
    agency = agency_context(config, PUBLIC_URL)
    public = public_context(config, PUBLIC_URL)
    with (
        TestClient(create_app(public), base_url=PUBLIC_URL) as one,
        TestClient(create_app(agency), base_url=PUBLIC_URL) as other,
    ):
        yield Site(home, config, one, other, agency)
    for context in (public, agency):
        assert isinstance(context.view, PublicViews)
        context.view.close()


@pytest.fixture
def site(home: Path) -> Iterator[Site]:
    """Both workers, over a home of the test's own."""
    yield from _site(home)


@pytest.fixture(scope="session")
def reading_site(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Both workers, for tests that only read."""
    home = tmp_path_factory.mktemp("reading")
    shutil.copytree(built, home, dirs_exist_ok=True)
    yield from _site(home)


@pytest.fixture(scope="session")
def served(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Address and home of a catalogue that really runs: router and both workers."""
    home = tmp_path_factory.mktemp("served")
    shutil.copytree(built, home, dirs_exist_ok=True)
    with running(config_of(home)) as url:
        yield url, home
