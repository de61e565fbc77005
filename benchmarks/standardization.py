"""From PostgreSQL to a release: ours, pandas and the physical limit, side by side in one run.

``python benchmarks/standardization.py --rows 2000000 --json result.json``

Every contender runs in a fresh process; its seconds are those from its start to its end, with
interpreter and imports, and its memory is its peak. Ours runs once without its gate, which the
limit has not either (``ratio_vs_limit``), once on a tenth of the rows (``growth_10x``), and at the
end once more after one row in a hundred changed or was added: in a process of its own
(``incremental_share``), and in one that has just read everything
(``incremental_share_of_the_run``, by the runs' own seconds). Only the standard library is imported
here: a child's peak memory is never less than that of the process which started it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from benchmarks.results import Run, result, table  # noqa: E402 - run as a script
from tests.postgres import postgres_server  # noqa: E402 - run as a script

LIBRARIES = ("duckdb", "pyarrow", "deltalake", "great-expectations", "pandas", "numpy")
# What every contender imports, compiled before anything is timed, as an installation is.
_WARM = "import " + ", ".join(
    f"benchmarks.{name}" for name in ("ours", "ungated", "pandas_gate", "pandas_way", "limit")
)
_TURNS = ("ours", "ordinary", "tuned", "limit", "ungated", "tenth")
_CHANGED = 100
"""One row in so many changes or is added before the second run."""


@dataclass(frozen=True)
class _Site:
    """One province: where its files are and which database holds it."""

    work: Path
    dsn: str


def main() -> None:
    """Run the benchmark as the command line says."""
    options = _options()
    with _folder(options.work) as work, _server(options.dsn) as dsn:
        whole, tenth = (_site(work, dsn, name) for name in ("whole", "tenth"))
        prepared = {
            site.work.name: _prepare(site, rows)
            for site, rows in ((whole, options.rows), (tenth, options.rows // 10))
        }
        environment = _environment(whole)
        subprocess.run([sys.executable, "-c", _WARM], env=environment, cwd=work, check=True)
        runs: dict[str, list[Run]] = {name: [] for name in (*_TURNS, "incremental", "job")}
        for turn in range(options.repeat):
            # Each turn starts with another contender, so that no place in the row is worse.
            at = turn % len(_TURNS)
            for name in (*_TURNS[at:], *_TURNS[:at]):
                runs[name].append(_contend(name, tenth if name == "tenth" else whole))
        same = _step("agreement", whole).output
        for turn in range(options.repeat):
            changed = str(prepared["whole"] // _CHANGED)
            _step("touch", whole, "--rows", changed, "--seed", str(turn))
            for copy, of in (("full", "home"), ("job", "run")):
                shutil.rmtree(whole.work / copy, ignore_errors=True)
                shutil.copytree(whole.work / of, whole.work / copy)
            runs["incremental"].append(_contend("incremental", whole))
            runs["job"].append(_step("ours", whole, "--home", "job", "--before", "full"))
        again = _step("again", whole).output
    found = result(runs, prepared["whole"], same, again)
    found |= {"versions": _versions(), "machine": _machine(), "repeat": options.repeat}
    print(table(found))
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=2_000_000, help="cases in the source table")
    parser.add_argument("--json", type=Path, help="write the result to this file")
    parser.add_argument(
        "--dsn",
        help="a PostgreSQL to use, whose user may create databases: bench_whole and bench_tenth "
        "are made in it; by default a server that is thrown away",
    )
    parser.add_argument("--repeat", type=int, default=1, help="medians of so many runs")
    parser.add_argument("--work", type=Path, help="folder that is kept")
    return parser.parse_args()


def _site(work: Path, dsn: str, name: str) -> _Site:
    (work / name).mkdir(exist_ok=True)
    return _Site(work / name, urlsplit(dsn)._replace(path=f"/bench_{name}").geturl())


def _prepare(site: _Site, rows: int) -> int:
    _say(f"preparing {rows:,} rows …")
    found: int = _step("prepare", site, "--rows", str(rows)).output["rows"]
    return found


def _contend(name: str, site: _Site) -> Run:
    if name in ("ours", "tenth", "ungated"):
        fresh = site.work / ("ungated" if name == "ungated" else "run")
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(site.work / "home", fresh)
    if name in ("ordinary", "tuned"):
        run = _step("pandas_way", site, "--way", name)
    else:
        run = _step(name if name in ("limit", "ungated") else "ours", site)
    _say(f"{name}: {run.seconds:.1f} s")
    return run


def _step(name: str, site: _Site, *arguments: str) -> Run:
    """Run a module of this folder in a fresh process.

    Raises:
        SystemExit: it failed; what it said is on standard error.
    """
    command = [sys.executable, "-m", f"benchmarks.{name}", "--work", str(site.work), *arguments]
    environment = _environment(site)
    with tempfile.TemporaryFile("w+") as output:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, env=environment, cwd=site.work)
        _pid, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"benchmarks.{name} failed")
        output.seek(0)
        said: dict[str, Any] = json.loads(output.read().splitlines()[-1])
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    # Peaks of two processes need not be at the same moment: their sum is the most it can be.
    peak = usage.ru_maxrss / unit + said.get("beside_mb", 0.0)
    return Run(seconds, usage.ru_utime + usage.ru_stime, peak, said)


def _environment(site: _Site) -> dict[str, str]:
    """What every step runs in: bytecode is kept, as in an installation."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("DUNGCHUNG_") and name != "PYTHONDONTWRITEBYTECODE"
    }
    return {
        **kept,
        "PYTHONPATH": str(REPOSITORY),
        "PYTHONPYCACHEPREFIX": str(site.work.parent / "bytecode"),
        "DUNGCHUNG_SOURCE_IGATE": site.dsn,
    }


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept.resolve()
    else:
        with tempfile.TemporaryDirectory(prefix="dungchung-bench-") as name:
            yield Path(name)


@contextmanager
def _server(dsn: str | None) -> Iterator[str]:
    with nullcontext(dsn) if dsn else postgres_server() as found:
        yield found


def _versions() -> dict[str, str]:
    return {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}


def _machine() -> dict[str, Any]:
    described: Sequence[str] = []
    if Path("/proc/cpuinfo").is_file():
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        described = [line.split(":", 1)[1].strip() for line in lines if "model name" in line]
    return {
        "system": platform.system(),
        "processor": described[0] if described else platform.machine(),
        "cores": os.cpu_count(),
        "load": round(statistics.mean(os.getloadavg()), 1),
    }


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
