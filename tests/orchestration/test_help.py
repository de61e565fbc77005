"""Listing the commands: what it says is what the commands say, and it loads none of them."""

from __future__ import annotations

import importlib
import subprocess
import sys

import click
import pytest

from orchestration.cli import SUMMARIES


@pytest.mark.parametrize("name", SUMMARIES)
def test_a_summary_is_the_first_sentence_of_the_help(name: str) -> None:
    command = getattr(importlib.import_module(f"orchestration.cli.{name}"), name)
    assert isinstance(command, click.Command)
    assert (command.help or "").split("\n\n")[0] == SUMMARIES[name]


def test_listing_the_commands_loads_no_heavy_library() -> None:
    seen = (
        "import sys\n"
        "from orchestration.cli import _run\n"
        "status = _run(['--help'])\n"
        "heavy = {'dagster', 'duckdb', 'pyarrow', 'great_expectations', 'fastapi'}\n"
        "print(status, sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 []"
