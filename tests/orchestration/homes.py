"""Homes of the sample province for the tests of this room: made once, copied, opened, run."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from contracts.loading import load_datasets
from contracts.releases import Release
from demo.system import USUAL_CASES
from lakehouse.stores import Zone
from orchestration.cli import main
from orchestration.outcomes import Outcome
from orchestration.pipeline import run_dataset
from orchestration.platform import Platform
from orchestration.references import register_served
from orchestration.settings import PREFIX, Settings
from standardization.functions import FUNCTIONS

ROOT = Path(__file__).parents[2]
CASES = 2000
SCALE = str(CASES / USUAL_CASES)
UNITS = ("administrative_unit", "administrative_unit_crosswalk")
LISTS = (*UNITS, "agency", "public_service_procedure")
DERIVED = ("service_case_daily", "service_case_statistics")
ALL = tuple(load_datasets(ROOT / "datasets", frozenset(FUNCTIONS)).datasets)
"""Every dataset of this repository, each after those it reads."""


@dataclass(frozen=True)
class Said:
    """What a command of the command line ended with."""

    status: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """Both streams."""
        return self.out + self.err


def platform_of(
    home: Path, datasets: Path | None = None, environ: Mapping[str, str] | None = None
) -> Platform:
    """The platform of `home`, whatever the environment of the tests says."""
    # Validated, not constructed: constructing would read the environment of the tests.
    values = {"home": home, "datasets": datasets or ROOT / "datasets"}
    return Platform(Settings.model_validate(values), dict(environ or {}))


def bring(platform: Platform, names: Iterable[str]) -> dict[str, Outcome]:
    """Run datasets one after another, without Dagster."""
    return {name: run_dataset(platform, name) for name in names}


def copied(home: Path, target: Path) -> Path:
    """A copy of `home` that a test may change."""
    shutil.copytree(home, target)
    return target


def forget(home: Path, datasets: Iterable[str]) -> None:
    """Take everything of `datasets` out of a home, as if they had never been run."""
    for name in datasets:
        for folder in (home / "store").glob(f"**/{name}"):
            shutil.rmtree(folder)
        (home / "fingerprints" / name).unlink(missing_ok=True)


def latest(platform: Platform, dataset: str) -> Release:
    """The newest release, which must be there."""
    release = platform.releases.latest(dataset)
    assert release is not None
    return release


def hashes(platform: Platform, names: Sequence[str]) -> dict[str, str]:
    """Dataset → content hash of what is served."""
    return {name: latest(platform, name).content_hash for name in names}


@contextmanager
def shared_rows(platform: Platform, dataset: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the view ``served``: the rows of the newest release."""
    contract = platform.dataset(dataset).contract
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'Asia/Ho_Chi_Minh'")
        release = latest(platform, dataset)
        register_served(connection, "served", platform.stores, release, contract)
        yield connection


def served_keys(platform: Platform, dataset: str) -> set[tuple[str, str]]:
    """(source, source key) of every served row."""
    with shared_rows(platform, dataset) as connection:
        rows = connection.execute("SELECT source_system, source_key FROM served").fetchall()
    return {(str(source), str(key)) for source, key in rows}


def change(database: Path, statement: str, *values: object) -> int:
    """Change a sample system; gives how many rows were changed."""
    with closing(sqlite3.connect(database)) as connection, connection:
        return connection.execute(statement, values).rowcount


def ask(database: Path, statement: str, *values: object) -> list[tuple[object, ...]]:
    """Read a sample system."""
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(statement, values).fetchall()


def clean_environment(home: Path, **more: str) -> dict[str, str]:
    """The environment for a command on `home`, without settings of whoever runs the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return {**kept, PREFIX + "HOME": str(home), "PYTHONPATH": str(ROOT), **more}


class CommandLine:
    """``dungchung`` in this process, on one home."""

    def __init__(
        self, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.home = home
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *arguments: str, **settings: str) -> Said:
        """Run one command. `settings` are ``DUNGCHUNG_*`` variables without their prefix."""
        with self._monkeypatch.context() as patch:
            for name in [name for name in os.environ if name.startswith(PREFIX)]:
                patch.delenv(name)
            for name, value in {"HOME": str(self.home), **settings}.items():
                patch.setenv(PREFIX + name, value)
            self._capsys.readouterr()
            with pytest.raises(SystemExit) as ended:
                main(list(arguments))
        streams = self._capsys.readouterr()
        return Said(int(ended.value.code or 0), streams.out, streams.err)


def files_are_whole(platform: Platform) -> None:
    """Every manifest is one of a row of numbers without a gap, its open files are there with
    the bytes it names, and its shared table can be read with as many rows."""
    for dataset in platform.releases.datasets():
        numbers = platform.releases.numbers(dataset)
        assert numbers == tuple(range(1, len(numbers) + 1)), dataset
        for release in platform.releases.all(dataset):
            _open_files_are_whole(platform, release)
            contract = platform.dataset(dataset).contract
            with duckdb.connect() as connection:
                register_served(connection, "served", platform.stores, release, contract)
                found = connection.execute("SELECT count(*) FROM served").fetchone()
            assert found == (release.rows,), (dataset, release.release)


def _open_files_are_whole(platform: Platform, release: Release) -> None:
    store = platform.stores[Zone.OPEN]
    for file in release.files:
        data = store.get(file.path)
        assert len(data) == file.bytes, file.path
        assert hashlib.sha256(data).hexdigest() == file.sha256, file.path


class NoAnnouncer:
    """Tells no catalogue: what a run does without one."""

    def announce(self, release: Release) -> str:
        """Nothing."""
        return release.dataset
