"""One released home, made by the command people type; tests copy it before they change it."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from catalog.serving import running
from orchestration.announcing import noted
from orchestration.cataloguing import catalog_config
from orchestration.cli import main
from orchestration.platform import Platform
from orchestration.settings import PREFIX
from tests.orchestration.homes import SCALE, CommandLine, copied, platform_of


@dataclass(frozen=True)
class Released:
    """A home after ``dungchung demo --exit``: never change it. `said` is what was printed."""

    home: Path
    summary: Path
    said: str


@dataclass(frozen=True)
class Live:
    """A copy of the released home with its catalogue running and noted."""

    home: Path
    url: str
    platform: Platform


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Released:
    folder = tmp_path_factory.mktemp("released")
    home, summary, said = folder / "home", folder / "summary.json", io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(PREFIX)]:
            patch.delenv(name)
        patch.setenv("DUNGCHUNG_HOME", str(home))
        with redirect_stdout(said), redirect_stderr(said), pytest.raises(SystemExit) as ended:
            main(["demo", "--exit", "--scale", SCALE, "--json", str(summary)])
    assert ended.value.code == 0, said.getvalue()
    return Released(home, summary, said.getvalue())


@pytest.fixture
def home(released: Released, tmp_path: Path) -> Path:
    """A copy of the released home that the test may change."""
    return copied(released.home, tmp_path / "home")


@pytest.fixture
def platform(home: Path) -> Platform:
    """The platform of `home`."""
    return platform_of(home)


@pytest.fixture
def dungchung(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    """The command line on `home`."""
    return CommandLine(home, monkeypatch, capsys)


@pytest.fixture(scope="session")
def live(released: Released, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    home = copied(released.home, tmp_path_factory.mktemp("live") / "home")
    platform = platform_of(home)
    with running(catalog_config(platform)) as url, noted(home, url):
        yield Live(home, url, platform)
