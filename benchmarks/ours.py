"""Our contender: the real pipeline on the real contract, from PostgreSQL to a release.

Great Expectations is timed inside the run, so that one run tells how long it takes without.
The home is a fresh copy without a release of the dataset: a full read and a full commit.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.stopwatch import Stopwatch
from benchmarks.work import DATASET, IMPORT, JUDGE, RULES, environment
from orchestration.outcomes import State, total
from orchestration.pipeline import run_dataset
from orchestration.platform import open_platform


def run(work: Path) -> dict[str, Any]:
    """One run in the home ``run`` of `work`.

    Returns:
        ``{"stages": {name: seconds}, "rows": {read, accepted, quarantined, excluded}}``.

    Raises:
        RuntimeError: nothing was released.
    """
    watch = Stopwatch()
    # The gate would import it; imported here, its seconds can be told.
    from quality import expectations

    watch.lap(IMPORT)
    judge = expectations.judge

    def timed(*arguments: Any) -> Any:
        watch.lap("around it")
        judgement = judge(*arguments)
        watch.lap(JUDGE)
        return judgement

    with patch.object(expectations, "judge", timed):
        platform = open_platform(environment(work, "run"))
        outcome = run_dataset(platform, DATASET)
    if outcome.state is not State.RELEASED:
        message = f"{outcome.state}: {[fault.check for fault in outcome.faults]}"
        raise RuntimeError(message)
    laps = outcome.stage_seconds
    stages = {
        "read": laps["read"],
        "standardise": laps["standardise"],
        IMPORT: watch.seconds[IMPORT],
        RULES: laps["judge"] - watch.seconds[JUDGE],
        JUDGE: watch.seconds[JUDGE],
        "commit": laps["commit"],
    }
    names = ("read", "accepted", "quarantined", "excluded")
    return {"stages": stages, "rows": {name: total(outcome.accounts, name) for name in names}}


def main() -> None:
    """Run as a module; the result goes to standard output as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=Path, required=True)
    json.dump(run(parser.parse_args().work), sys.stdout)


if __name__ == "__main__":
    main()
