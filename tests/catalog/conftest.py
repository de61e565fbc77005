"""One province in a file store, and workers over copies of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog.serving import running
from tests.catalog.province import make_province
from tests.catalog.sites import Site, config_of, open_site


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


@pytest.fixture
def site(home: Path) -> Iterator[Site]:
    """Both workers, over a home of the test's own."""
    yield from open_site(home)


@pytest.fixture(scope="session")
def reading_site(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Both workers, for tests that only read."""
    home = tmp_path_factory.mktemp("reading")
    shutil.copytree(built, home, dirs_exist_ok=True)
    yield from open_site(home)


@pytest.fixture(scope="module")
def module_site(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Both workers, for the tests of one module: they may write, but not into each other's
    way."""
    home = tmp_path_factory.mktemp("module")
    shutil.copytree(built, home, dirs_exist_ok=True)
    yield from open_site(home)


@pytest.fixture(scope="session")
def served(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Address and home of a catalogue that really runs: router and both workers."""
    home = tmp_path_factory.mktemp("served")
    shutil.copytree(built, home, dirs_exist_ok=True)
    with running(config_of(home)) as url:
        yield url, home
