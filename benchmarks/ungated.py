"""Our contender without its gate: rows are read, standardised, hashed and committed unjudged.

Neither rules nor Great Expectations. What stays is what a table cannot do without: a row without
a key is refused, and of rows with one key one wins.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.work import DATASET, HASH, environment, released_rows
from contracts.garbage import kept


def run(work: Path) -> dict[str, Any]:
    """One run in the home ``ungated`` of `work`; as `benchmarks.ours.run`.

    Raises:
        RuntimeError: nothing was released.
    """
    with kept():
        from orchestration import pipeline
        from orchestration.platform import open_platform
        from quality import judging
    with (
        patch.object(judging, "begin", lambda: None),
        patch.object(pipeline, "run_gate", _settle),
    ):
        outcome = pipeline.run_dataset(open_platform(environment(work, "ungated")), DATASET)
    rows = released_rows(outcome)
    laps = outcome.stage_seconds
    stages = {
        "read": laps["read"],
        "standardise": laps["standardise"],
        HASH: laps["judge"],
        "commit": laps["commit"],
    }
    return {"stages": stages, "rows": rows}


def _settle(connection: Any, contract: Any, **named: Any) -> Any:
    """In place of `quality.gate.run_gate`."""
    from contracts.checks import CheckKind, Verdict
    from quality.accounts import make_accounts
    from quality.gate import GateResult
    from quality.scan import scan

    kinds = (CheckKind.REQUIRED, CheckKind.UNIQUE)
    of_key = [
        check
        for check in contract.checks
        if check.kind in kinds and set(check.columns) <= set(contract.primary_key)
    ]
    bare = replace(contract, checks=tuple(of_key))
    given = ("full_sources", "references", "precedence")
    scan(connection, bare, **{name: named[name] for name in given})
    named["meanwhile"](connection.cursor())
    passed = Verdict(True, (), "none")
    return GateResult(passed, passed, make_accounts(connection, bare))


def main() -> None:
    """Run as a module; the result goes to standard output as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=Path, required=True)
    json.dump(run(parser.parse_args().work), sys.stdout)
    # As ``dungchung run`` does.
    gc.freeze()


if __name__ == "__main__":
    main()
