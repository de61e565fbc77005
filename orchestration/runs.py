"""Running datasets through Dagster in this process, and Dagster's own state.

Dagster's instance lives in ``<home>/dagster`` and holds nothing that cannot be lost.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import dagster as dg
import yaml

from contracts.errors import Fault
from contracts.i18n import _
from contracts.releases import Release
from lakehouse.processes import process_is_alive
from orchestration.announcing import Announcer
from orchestration.assets import catalog_key, shared_key
from orchestration.definitions import build_defs
from orchestration.outcomes import Outcome, Progress, Stage
from orchestration.platform import Platform
from quality import judging

PROCESS_TAG = "dungchung/process"
FORCE_TAG = "dungchung/force"

DAGSTER_SETTINGS: dict[str, object] = {
    # Nothing about a province's data leaves its machines.
    "telemetry": {"enabled": False},
    "nux": {"enabled": False},
    "run_retries": {"enabled": True, "max_retries": 2},
    "run_monitoring": {
        "enabled": True,
        "start_timeout_seconds": 180,
        "max_runtime_seconds": 6 * 3600,
    },
    "concurrency": {"runs": {"max_concurrent_runs": 2}},
    "retention": {"sensor": {"purge_after_days": {"skipped": 7, "success": 30}}},
}


def dagster_home(home: Path) -> Path:
    """``<home>/dagster`` with its ``dagster.yaml``, made or brought up to date."""
    directory = home / "dagster"
    directory.mkdir(parents=True, exist_ok=True)
    text = "# Written by dungchung; changes here are overwritten.\n" + yaml.safe_dump(
        DAGSTER_SETTINGS, sort_keys=False
    )
    settings = directory / "dagster.yaml"
    if not settings.is_file() or settings.read_text(encoding="utf-8") != text:
        settings.write_text(text, encoding="utf-8")
    return directory


def end_orphans(instance: dg.DagsterInstance) -> int:
    """Mark runs whose process is gone as failed, so that none stays "running".

    Returns:
        How many were ended.
    """
    going_on = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING]
    ended = 0
    for run in instance.get_runs(dg.RunsFilter(statuses=going_on)):
        process = run.tags.get(PROCESS_TAG, "")
        if process.isdigit() and not _alive(int(process)):
            instance.report_run_failed(run, "The process of this run was killed.")
            ended += 1
    return ended


def _alive(process: int) -> bool:
    """A run of ours is another process's: our own number on it was someone's before us."""
    return process != os.getpid() and process_is_alive(process)


class Collector:
    """Passes progress on and keeps the outcomes."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.outcomes: dict[str, Outcome] = {}

    def stage(self, dataset: str, stage: Stage, rows: int = 0) -> None:
        """Pass on."""
        self.progress.stage(dataset, stage, rows)

    def rows(self, dataset: str, rows: int) -> None:
        """Pass on."""
        self.progress.rows(dataset, rows)

    def done(self, outcome: Outcome) -> None:
        """Keep and pass on."""
        self.outcomes[outcome.dataset] = outcome
        self.progress.done(outcome)

    def untold(self, dataset: str, fault: Fault) -> None:
        """Keep with the outcome and pass on."""
        outcome = self.outcomes[dataset]
        self.outcomes[dataset] = replace(outcome, faults=(*outcome.faults, fault))
        self.progress.untold(dataset, fault)


class Recorder:
    """Announces through `announcer` and keeps why the last try for a dataset failed."""

    def __init__(self, announcer: Announcer) -> None:
        self.announcer = announcer
        self.faults: dict[str, Fault] = {}

    def announce(self, release: Release) -> str:
        """Pass on."""
        try:
            url = self.announcer.announce(release)
        except Fault as fault:
            self.faults[release.dataset] = fault
            raise
        self.faults.pop(release.dataset, None)
        return url


def run_through_dagster(
    platform: Platform,
    names: Sequence[str],
    progress: Progress,
    announcer: Announcer,
    *,
    force: bool = False,
) -> dict[str, Outcome]:
    """Run datasets in their order in one Dagster run.

    Args:
        platform: settings, contracts, stores.
        names: dataset ids; empty for all.
        progress: told as the run goes on.
        announcer: tells a catalogue of each release.
        force: release again even when nothing changed.

    Returns:
        Dataset id → outcome, in run order. A dataset whose upstream failed was not run and
        is missing.

    Raises:
        Fault: ``run.crashed`` when a step ended otherwise than by a fault of its own.
    """
    for name in names:
        platform.dataset(name)
    wanted = list(names) or list(platform.catalogue_of_datasets.datasets)
    collector = Collector(progress)
    recorder = Recorder(announcer)
    definitions = build_defs(platform, {"progress": collector, "announcer": recorder})
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    with dg.DagsterInstance.from_config(str(dagster_home(platform.home))) as instance:
        end_orphans(instance)
        keys = [key for name in wanted for key in (shared_key(name), catalog_key(name))]
        job = definitions.resolve_implicit_global_asset_job_def()
        result = job.get_subset(
            asset_selection=set(_with_siblings(definitions, keys)), op_selection=None
        ).execute_in_process(
            instance=instance,
            raise_on_error=False,
            tags={PROCESS_TAG: str(os.getpid()), **({FORCE_TAG: "yes"} if force else {})},
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
        judging.end()
        crashed = _crashed_steps(result, collector, recorder)
    for name, fault in recorder.faults.items():
        collector.untold(name, fault)
    if crashed:
        raise Fault(
            "run.crashed",
            _("The step {step} ended unexpectedly ({kind})."),
            remedy=_("Run dungchung doctor, then run again; what was released stays released."),
            step=crashed[0],
            kind=crashed[1],
        )
    return collector.outcomes


def _with_siblings(definitions: dg.Definitions, keys: Sequence[dg.AssetKey]) -> set[dg.AssetKey]:
    """The keys with everything their steps make (landing and open beside shared)."""
    graph = definitions.resolve_asset_graph()
    found: set[dg.AssetKey] = set()
    for key in keys:
        found |= graph.get(key).execution_set_asset_keys
    return found


def _crashed_steps(
    result: dg.ExecuteInProcessResult, collector: Collector, recorder: Recorder
) -> tuple[str, str] | None:
    """The first step that failed without a fault that is told elsewhere, and how."""
    told = {f"run_{name}" for name in collector.outcomes}
    told |= {catalog_key(name).to_python_identifier() for name in recorder.faults}
    for event in result.all_events:
        if not event.is_step_failure or event.step_key in told:
            continue
        error = event.step_failure_data.error
        kind = (error.cls_name or "") if error else ""
        if kind != "Failure":
            cause = error.cause if error else None
            return event.step_key or "?", (cause.cls_name if cause else kind) or "?"
    return None
