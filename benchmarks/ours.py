"""Our contender: the real pipeline on the real contract, from PostgreSQL to a release.

The process of Great Expectations imports it beside our own start, and what of that is not done
by then is part of its stage. What the run takes without the gate is `benchmarks.ungated`.
The home is a fresh copy without a release of the dataset: a full read and a full commit.
"""

from __future__ import annotations

import argparse
import gc
import json
import resource
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.stopwatch import Stopwatch
from benchmarks.work import DATASET, HASH, IMPORT, JUDGE, RULES, environment, released_rows
from contracts.garbage import kept
from quality import judging


def run(work: Path, home: str, before: str | None) -> dict[str, Any]:
    """One run in the folder `home` of `work`; with `before`, after one there in the same process.

    Returns:
        ``{"stages": {name: seconds}, "run": seconds of the run itself, "before": those of the run
        before it, "rows": {read, accepted, quarantined, excluded}, "beside_mb": peak memory of the
        process of Great Expectations}``.

    Raises:
        RuntimeError: nothing was released.
    """
    # As ``dungchung run`` does.
    judging.begin()
    with kept():
        from orchestration import pipeline
        from orchestration.committing import candidate_content as look
        from orchestration.pipeline import run_dataset
        from orchestration.platform import Platform, open_platform

    def opened(name: str) -> Platform:
        platform = open_platform(environment(work, name))
        # A process reads the contracts once.
        platform.dataset(DATASET)
        return platform

    platform = opened(home)
    earlier = run_dataset(opened(before), DATASET) if before else None
    if earlier:
        released_rows(earlier)
    judge = judging.judge
    judging_watch, looking_watch = Stopwatch(), Stopwatch()

    def timed_judge(*arguments: Any) -> Any:
        judging_watch.lap("before")
        judged = judge(*arguments)
        judging_watch.lap(JUDGE)
        return judged

    def timed_look(*arguments: Any, **named: Any) -> Any:
        looking_watch.lap("before")
        content = look(*arguments, **named)
        looking_watch.lap(HASH)
        return content

    with (
        patch.object(judging, "judge", timed_judge),
        patch.object(pipeline, "candidate_content", timed_look),
    ):
        outcome = run_dataset(platform, DATASET)
    judging.end()
    return {
        "stages": _stages(
            outcome.stage_seconds, judging_watch.seconds[JUDGE], looking_watch.seconds[HASH]
        ),
        "run": outcome.seconds,
        "before": earlier.seconds if earlier else 0.0,
        "rows": released_rows(outcome),
        "beside_mb": _peak_of_children(),
    }


def _stages(laps: Mapping[str, float], beside: float, looking: float) -> dict[str, float]:
    """The run's laps, with what went on beside one another told apart: Great Expectations took
    `beside` seconds, content hash and files `looking`."""
    return {
        "read": laps["read"],
        "standardise": laps["standardise"],
        IMPORT: 0.0,
        RULES: laps["judge"] - max(beside, looking),
        JUDGE: beside,
        HASH: max(looking - beside, 0.0),
        "commit": laps["commit"],
    }


def _peak_of_children() -> float:
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / unit


def main() -> None:
    """Run as a module; the result goes to standard output as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--home", default="run")
    parser.add_argument("--before")
    options = parser.parse_args()
    json.dump(run(options.work, options.home, options.before), sys.stdout)
    # As ``dungchung run`` does.
    gc.freeze()


if __name__ == "__main__":
    main()
