"""From PostgreSQL to a release: ours, the pandas way and the physical limit, side by side.

``python benchmarks/pipeline.py --rows 2000000 --json result.json``

Every contender runs in a fresh process; its seconds are those from its start to its end, with
interpreter and imports, and its memory is its peak. Only the standard library is imported here:
a child's peak memory is never less than that of the process which started it.
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
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from importlib.metadata import version
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from benchmarks.results import Run, result, table  # noqa: E402 - run as a script
from tests.postgres import postgres_server  # noqa: E402 - run as a script

LIBRARIES = ("duckdb", "pyarrow", "deltalake", "great-expectations", "pandas", "numpy")
# What every contender imports, compiled before anything is timed, as an installation is.
_WARM = "import benchmarks.ours, benchmarks.pandas_gate, benchmarks.pandas_way, benchmarks.limit"


def main() -> None:
    """Run the benchmark as the command line says."""
    options = _options()
    with _folder(options.work) as work, _server(options.dsn) as dsn:
        environment = _environment(work, dsn)
        subprocess.run([sys.executable, "-c", _WARM], env=environment, cwd=work, check=True)
        _say(f"preparing {options.rows:,} rows …")
        prepared = _step("prepare", work, environment, "--rows", str(options.rows)).output
        runs: dict[str, list[Run]] = {"ours": [], "pandas": [], "limit": []}
        for turn in range(options.repeat):
            # Each turn starts with another contender, so that no place in the row is worse.
            order = list(runs)
            for name in (*order[turn % 3 :], *order[: turn % 3]):
                runs[name].append(_contend(name, work, environment, options.pandas_rows))
                _say(f"{name}: {runs[name][-1].seconds:.1f} s")
        same = None
        if not options.pandas_rows or options.pandas_rows >= prepared["rows"]:
            same = _step("agreement", work, environment).output
    found = result(runs, prepared["rows"], same)
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
        help="an empty PostgreSQL to use: its schemas igate and mot_cua_2017 are dropped and "
        "made anew; by default a server that is thrown away",
    )
    parser.add_argument("--repeat", type=int, default=1, help="medians of so many runs")
    parser.add_argument(
        "--pandas-rows", type=int, help="pandas reads so many rows only and is scaled up"
    )
    parser.add_argument("--work", type=Path, help="folder that is kept, and used again")
    return parser.parse_args()


def _contend(name: str, work: Path, environment: Mapping[str, str], pandas_rows: int | None) -> Run:
    if name == "pandas":
        limit = ("--limit", str(pandas_rows)) if pandas_rows else ()
        return _step("pandas_way", work, environment, *limit)
    if name == "ours":
        shutil.rmtree(work / "run", ignore_errors=True)
        shutil.copytree(work / "home", work / "run")
    return _step(name, work, environment)


def _step(name: str, work: Path, environment: Mapping[str, str], *arguments: str) -> Run:
    """Run a module of this folder in a fresh process.

    Raises:
        SystemExit: it failed; what it said is on standard error.
    """
    command = [sys.executable, "-m", f"benchmarks.{name}", "--work", str(work), *arguments]
    with tempfile.TemporaryFile("w+") as output:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, env=environment, cwd=work)
        _pid, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"benchmarks.{name} failed")
        output.seek(0)
        said: dict[str, Any] = json.loads(output.read().splitlines()[-1])
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit, said)


def _environment(work: Path, dsn: str) -> dict[str, str]:
    """What every step runs in: bytecode is kept, as in an installation."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("DUNGCHUNG_") and name != "PYTHONDONTWRITEBYTECODE"
    }
    return {
        **kept,
        "PYTHONPATH": str(REPOSITORY),
        "PYTHONPYCACHEPREFIX": str(work / "bytecode"),
        "DUNGCHUNG_SOURCE_IGATE": dsn,
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
