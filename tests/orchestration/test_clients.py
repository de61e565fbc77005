"""CKAN's own client against a catalogue of a released home."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.orchestration.conftest import Live
from tests.orchestration.homes import ALL


def _ckanapi(*arguments: str) -> str:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("ckanapi")), *arguments],
        env={
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_package_search(live: Live) -> None:
    found = json.loads(_ckanapi("action", "package_search", "rows=1000", "-r", live.url))
    assert found["count"] == len(ALL)
    assert {package["name"] for package in found["results"]} == set(ALL)


def test_dump_of_all_datasets(live: Live) -> None:
    lines = _ckanapi("dump", "datasets", "--all", "-r", live.url).splitlines()
    packages = [json.loads(line) for line in lines]
    assert {package["name"] for package in packages} == set(ALL)
    assert all(package["title"] and package["organization"] for package in packages)
