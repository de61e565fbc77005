"""Whether reading what changed ended where reading everything ends.

The source as it is now is read in full into a fresh home, with the key of the other one, and
the content hashes of both releases are compared. Not measured.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path

from benchmarks.work import DATASET, environment
from orchestration.pipeline import run_dataset
from orchestration.platform import open_platform


def compare(work: Path) -> dict[str, object]:
    """``{"rows", "same"}``: rows of the full release, and whether its content is the same.

    Raises:
        RuntimeError: the full reading was not released.
    """
    shutil.rmtree(work / "again", ignore_errors=True)
    shutil.copytree(work / "home", work / "again")
    full = run_dataset(open_platform(environment(work, "again")), DATASET).release
    followed = open_platform(environment(work, "run")).releases.latest(DATASET)
    if full is None or followed is None:
        message = "there is no release to compare"
        raise RuntimeError(message)
    return {"rows": full.rows, "same": full.content_hash == followed.content_hash}


def main() -> None:
    """Run as a module; the result goes to standard output as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=Path, required=True)
    json.dump(compare(parser.parse_args().work), sys.stdout)


if __name__ == "__main__":
    main()
