"""``dungchung demo --scale``: how large the sample is, what is told on the way, and that memory
does not follow the size."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from demo.system import USUAL_CASES, World
from demo.truth import read_made
from demo.units import read_units
from orchestration.cli import demo as command
from orchestration.cli.console import Console
from orchestration.cli.telling import LiveProgress, Making
from orchestration.outcomes import Outcome, Stage, State
from orchestration.settings import PREFIX
from tests.orchestration.conftest import Released
from tests.orchestration.homes import CASES, ROOT, CommandLine

PROC = Path("/proc")
LARGE = 4
BUDGET = 2 << 30
INTERRUPTED = 130


@pytest.fixture
def dungchung(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    """The command line on a home that nothing was made in."""
    return CommandLine(tmp_path / "home", monkeypatch, capsys)


@pytest.mark.parametrize(("scale", "cases"), [("20", 1_000_000), ("1", 50_000), ("0.01", 500)])
def test_scale_is_the_size_of_the_sample(
    scale: str, cases: int, dungchung: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, Any] = {}

    def stop(_home: Path, **how: Any) -> None:
        asked.update(how)
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "make_province", stop)
    assert dungchung("demo", "--exit", "--scale", scale).status == INTERRUPTED
    assert asked["cases"] == cases


@pytest.mark.parametrize("scale", ["0", "0.009", "-1", "many"])
def test_a_scale_that_holds_no_sample_is_refused(scale: str, dungchung: CommandLine) -> None:
    said = dungchung("demo", "--exit", "--scale", scale, "--lang", "en")
    assert said.status == 2
    assert "--scale" in said.err


def test_every_size_follows_the_scale() -> None:
    large = World(1, 20, read_units())
    assert large.size(250_000, least=60_000) == 5_000_000
    assert World(1, 0.04, large.units).size(250_000, least=60_000) == 60_000


def test_the_sample_of_a_scale_has_its_size(released: Released) -> None:
    made = read_made(released.home / "demo" / "truth.db")
    assert made is not None
    assert made.cases == CASES == round(0.04 * USUAL_CASES)


def test_the_making_is_told_in_steps(capsys: pytest.CaptureFixture[str]) -> None:
    making = Making(Console("en"))
    for rows in (50_000, 199_999, 250_000, 300_000, 650_000):
        making("his", rows)
    making("igate", 40_000)
    assert capsys.readouterr().out.splitlines() == [
        "  his: 250,000 rows made",
        "  his: 650,000 rows made",
    ]


class _Listener(Console):
    """A console that says when it was spoken to about a stage that goes on."""

    still = Event()

    def say(self, message: str = "", **values: object) -> None:
        if "still" in message:
            assert values["dataset"] == "agency"
            self.still.set()


def test_a_stage_that_lasts_says_so_until_it_ends() -> None:
    console = _Listener("en")
    with LiveProgress(console, still_every=0.001) as progress:
        progress.stage("agency", Stage.STANDARDISE, 10)
        assert console.still.wait(60)
        console.still.clear()
        assert console.still.wait(60), "told once, then never again"
        progress.done(Outcome("agency", State.RELEASED))
        assert progress._going_on is None


def _tree(root: int) -> Iterator[int]:
    """`root` and every process under it."""
    parents: dict[int, list[int]] = {}
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            try:
                stat = (folder / "stat").read_text()
            except OSError:
                continue
            parents.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(folder.name))
    waiting = [root]
    while waiting:
        process = waiting.pop()
        yield process
        waiting += parents.get(process, [])


def _memory(root: int) -> int:
    """Bytes of all processes under `root`, what they share counted once."""
    total = 0
    for process in _tree(root):
        try:
            lines = (PROC / str(process) / "smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return total


@pytest.mark.long
@pytest.mark.skipif(not (PROC / "self/smaps_rollup").exists(), reason="needs Linux's smaps_rollup")
def test_memory_does_not_follow_the_size_of_the_sample(tmp_path: Path) -> None:
    environ = {k: v for k, v in os.environ.items() if not k.startswith(PREFIX)}
    summary, log = tmp_path / "summary.json", tmp_path / "said"
    words = ["demo", "--exit", "--scale", str(LARGE), "--json", str(summary)]
    peak = 0
    with log.open("w") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "orchestration", *words],
            env={**environ, "DUNGCHUNG_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)},
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        while True:
            peak = max(peak, _memory(process.pid))
            try:
                ended = process.wait(0.3)
            except subprocess.TimeoutExpired:
                continue
            break
    assert ended == 0, log.read_text()
    read = {item["name"]: item["rows_read"] for item in json.loads(summary.read_text())["datasets"]}
    assert read["service_case"] >= LARGE * 50_000
    assert read["citizen_feedback"] >= LARGE * 20_000
    assert read["health_encounter_statistics"] == LARGE * 250_000
    assert peak < BUDGET
