"""Runs in processes of their own that can be killed. Imported by their warm parent, so that a
run that is to be killed does not spend most of its time on importing."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Sequence
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

import great_expectations  # noqa: F401 - imported once in the warm parent

from contracts.failpoints import VARIABLE
from orchestration.outcomes import Silent
from orchestration.pipeline import run_dataset
from orchestration.platform import Platform
from orchestration.runs import run_through_dagster
from orchestration.settings import Settings
from tests.orchestration.homes import NoAnnouncer


def warm_parent() -> ForkServerContext:
    """Starts processes that have this module imported already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


def start(
    context: ForkServerContext,
    home: Path,
    names: Sequence[str],
    failpoint: str = "",
    *,
    dagster: bool = False,
) -> ForkServerProcess:
    """A run of datasets in a process of its own, which dies at `failpoint`."""
    process = context.Process(target=_run, args=(home, tuple(names), failpoint, dagster))
    process.start()
    return process


def _run(home: Path, names: tuple[str, ...], failpoint: str, dagster: bool) -> None:
    os.environ[VARIABLE] = failpoint
    platform = Platform(Settings.model_validate({"home": home}), {})
    if dagster:
        outcomes = run_through_dagster(platform, names, Silent(), NoAnnouncer())
    else:
        outcomes = {name: run_dataset(platform, name) for name in names}
    sys.stdout.flush()
    os._exit(0 if all(outcome.good for outcome in outcomes.values()) else 1)
