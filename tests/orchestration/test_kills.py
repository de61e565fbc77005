"""Killed anywhere and run again, a run ends as if it had never been killed; meanwhile the
release before is whole and served, and nothing half-made is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext
from pathlib import Path
from random import Random
from signal import SIGKILL
from time import perf_counter

import dagster as dg
import pytest

from contracts.failpoints import EXIT_STATUS, FAILPOINTS, VARIABLE
from demo.changes import touch_cases
from orchestration.platform import Platform
from orchestration.runs import dagster_home
from tests.orchestration.conftest import Released
from tests.orchestration.homes import (
    ALL,
    bring,
    change,
    clean_environment,
    copied,
    files_are_whole,
    hashes,
    latest,
    platform_of,
)
from tests.orchestration.killing import start, warm_parent

NAMES = ("agency", "service_case")
MOMENTS = 20
SEED = 2025
# Passed by the announcer, which is not part of a run of datasets alone.
ANNOUNCING = "after_announce"
# Here rows are merged into a table that is served already, and no file is open.
MERGING = ("before_shared_commit", "after_shared_commit", "after_quarantine", "before_manifest")


@dataclass(frozen=True)
class Expected:
    """A released home whose sources have changed, what an unkilled run of it serves, and how
    many seconds that took."""

    home: Path
    before: dict[str, str]
    after: dict[str, str]
    seconds: float


@pytest.fixture(scope="module")
def warm() -> ForkServerContext:
    return warm_parent()


@pytest.fixture(scope="module")
def expected(
    released: Released, warm: ForkServerContext, tmp_path_factory: pytest.TempPathFactory
) -> Expected:
    folder = tmp_path_factory.mktemp("kills")
    home = copied(released.home, folder / "changed")
    touch_cases(home / "demo", 60, seed=3)
    change(home / "demo" / "igate.db", 'UPDATE "DM_DONVI" SET "Website" = ?', "https://b.vn")
    unkilled = copied(home, folder / "unkilled")
    for first in (True, False):  # the second time the warm parent is warm
        if not first:
            unkilled = copied(home, folder / "again")
        began = perf_counter()
        process = start(warm, unkilled, NAMES)
        process.join()
        seconds = perf_counter() - began
        assert process.exitcode == 0
    before = hashes(platform_of(home), NAMES)
    after = hashes(platform_of(unkilled), NAMES)
    assert all(before[name] != after[name] for name in NAMES)
    return Expected(home, before, after, seconds)


@pytest.fixture
def home(expected: Expected, tmp_path: Path) -> Path:
    return copied(expected.home, tmp_path / "home")


def _served_whole(home: Path, expected: Expected) -> None:
    """What is served is the release before or the new one, and whole."""
    platform = platform_of(home)
    files_are_whole(platform)
    for name in NAMES:
        release = latest(platform, name)
        wanted = expected.before if release.release == 1 else expected.after
        assert release.content_hash == wanted[name]
    others = set(ALL) - set(NAMES)
    assert all(platform.releases.numbers(name) == (1,) for name in others)


def _run_again(home: Path, expected: Expected, names: tuple[str, ...] = NAMES) -> Platform:
    """In this process; ends as the unkilled run did."""
    platform = platform_of(home)
    outcomes = bring(platform, names)
    assert all(outcome.good for outcome in outcomes.values())
    assert hashes(platform, names) == {name: expected.after[name] for name in names}
    files_are_whole(platform)
    scratch = home / "scratch"
    assert not any(scratch.iterdir()) if scratch.is_dir() else True
    return platform


def _places() -> Iterator[tuple[str, str]]:
    for name in FAILPOINTS:
        if name != ANNOUNCING:
            yield "agency", name
    for name in MERGING:
        yield "service_case", name


@pytest.mark.parametrize(("dataset", "failpoint"), _places())
def test_killed_at_a_failpoint(
    dataset: str, failpoint: str, home: Path, expected: Expected, warm: ForkServerContext
) -> None:
    process = start(warm, home, [dataset], failpoint)
    process.join()
    assert process.exitcode == EXIT_STATUS, f"{dataset} never passed {failpoint}"
    _served_whole(home, expected)
    published = platform_of(home).releases.numbers(dataset)
    assert published == ((1, 2) if failpoint == "after_manifest" else (1,))
    platform = _run_again(home, expected, (dataset,))
    assert platform.releases.numbers(dataset) == (1, 2)


@pytest.mark.parametrize("moment", range(MOMENTS))
def test_killed_at_a_seeded_moment(
    moment: int, home: Path, expected: Expected, warm: ForkServerContext
) -> None:
    """The moments are spread over the run, one in each twentieth of it."""
    share = (moment + Random(f"{SEED}:{moment}").random()) / MOMENTS
    process = start(warm, home, NAMES)
    process.join(share * expected.seconds)
    process.kill()
    process.join()
    # A machine that was busy while it was calibrated may let a late moment pass.
    assert process.exitcode in (-SIGKILL, 0)
    _served_whole(home, expected)
    platform = _run_again(home, expected)
    assert all(platform.releases.numbers(name) == (1, 2) for name in NAMES)


def test_killed_again_and_again(home: Path, expected: Expected, warm: ForkServerContext) -> None:
    """What several killed runs leave behind does not add up."""
    for failpoint in ("mid_landing", "after_open_files", "before_manifest", "after_shared_commit"):
        process = start(warm, home, ["agency"], failpoint)
        process.join()
        assert process.exitcode == EXIT_STATUS
        _served_whole(home, expected)
    _run_again(home, expected)


def test_no_run_stays_started_in_dagster(
    home: Path, expected: Expected, warm: ForkServerContext
) -> None:
    process = start(warm, home, ["agency"], "before_manifest", dagster=True)
    process.join()
    assert process.exitcode == EXIT_STATUS
    assert len(_going_on(home)) == 1
    process = start(warm, home, ["agency"], dagster=True)
    process.join()
    assert process.exitcode == 0
    assert _going_on(home) == []
    assert hashes(platform_of(home), ["agency"]) == {"agency": expected.after["agency"]}


def _going_on(home: Path) -> list[str]:
    statuses = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING]
    with dg.DagsterInstance.from_config(str(dagster_home(home))) as instance:
        return [run.run_id for run in instance.get_runs(dg.RunsFilter(statuses=statuses))]


def test_killed_while_it_announces(home: Path, expected: Expected) -> None:
    """The command itself, with a catalogue of its own, which must not outlive it for long."""
    command = [sys.executable, "-m", "orchestration", "run", "agency", "--lang", "en"]

    def run(failpoint: str) -> subprocess.CompletedProcess[str]:
        environment = clean_environment(home, **{VARIABLE: failpoint})
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert run(ANNOUNCING).returncode == EXIT_STATUS
    _served_whole(home, expected)
    again = run("")
    assert again.returncode == 0, again.stdout + again.stderr
    assert hashes(platform_of(home), ["agency"]) == {"agency": expected.after["agency"]}
