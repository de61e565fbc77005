"""Another working day at the source: running cases end and new ones come in.

Not measured; what a second run then costs is.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from benchmarks.work import CONNECTION
from demo.changes import touch_cases


def main() -> None:
    """Run as a module; what was changed goes to standard output as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    options = parser.parse_args()
    dsn = os.environ[CONNECTION]
    updated, inserted = touch_cases(options.work / "province", options.rows, options.seed, dsn=dsn)
    json.dump({"updated": updated, "inserted": inserted}, sys.stdout)


if __name__ == "__main__":
    main()
