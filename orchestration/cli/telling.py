"""How runs are told: live progress per dataset, the summary, and its JSON form."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

from contracts.errors import Fault
from contracts.i18n import _
from contracts.releases import Release
from orchestration.cli.console import Console
from orchestration.outcomes import Outcome, Stage, State, total
from orchestration.platform import Platform

_STAGES = {
    Stage.READ: _("reading the sources"),
    Stage.STANDARDISE: _("standardising"),
    Stage.JUDGE: _("at the quality gate"),
    Stage.COMMIT: _("committing"),
}
_STATES = {
    State.RELEASED: _("released"),
    State.UNCHANGED: _("nothing new"),
    State.REFUSED: _("REFUSED"),
    State.FAILED: _("FAILED"),
    State.WITHDRAWN: _("withdrawn"),
}
_MADE_EVERY = 200_000
_STILL_EVERY = 30.0


class Making:
    """Tells how a system of the sample grows: a line each time it has so many rows more."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._told: dict[str, int] = {}

    def __call__(self, system: str, rows: int) -> None:
        """A system has `rows` rows so far."""
        if rows // _MADE_EVERY > self._told.get(system, 0) // _MADE_EVERY:
            self._told[system] = rows
            self.console.say(
                _("  {system}: {rows} rows made"), system=system, rows=self.console.number(rows)
            )


@dataclass(frozen=True, eq=False)
class _GoingOn:
    dataset: str
    stage: Stage
    since: float


class LiveProgress:
    """A `Progress` on the terminal: one line per stage of each dataset, and one every
    `still_every` seconds in which a stage says nothing."""

    def __init__(self, console: Console, *, still_every: float = _STILL_EVERY) -> None:
        self.console = console
        self._every = still_every
        self._going_on: _GoingOn | None = None
        self._timer: Timer | None = None

    def __enter__(self) -> LiveProgress:
        return self

    def __exit__(self, *_error: object) -> None:
        self._wait_for(None)

    def _wait_for(self, stage: _GoingOn | None) -> None:
        """Tell that `stage` goes on unless something else is told before long."""
        if self._timer:
            self._timer.cancel()
        self._going_on = stage
        if stage:
            self._timer = Timer(self._every, self._still, (stage,))
            self._timer.daemon = True
            self._timer.start()

    def _still(self, stage: _GoingOn) -> None:
        # The stage may have ended while this began to run.
        if stage is self._going_on:
            self.console.say(
                _("  {dataset}: still {stage}, for {seconds} s"),
                dataset=stage.dataset,
                stage=self.console.text(_STAGES[stage.stage]),
                seconds=self.console.number(round(time.monotonic() - stage.since)),
            )
            self._wait_for(stage)

    def stage(self, dataset: str, stage: Stage, rows: int = 0) -> None:
        """A dataset entered a stage."""
        self._wait_for(_GoingOn(dataset, stage, time.monotonic()))
        if rows:
            self.console.say(
                _("  {dataset}: {stage} ({rows} rows)"),
                dataset=dataset,
                stage=self.console.text(_STAGES[stage]),
                rows=self.console.number(rows),
            )
        else:
            self.console.say(
                _("  {dataset}: {stage}"), dataset=dataset, stage=self.console.text(_STAGES[stage])
            )

    def rows(self, dataset: str, rows: int) -> None:
        """Rows were read."""
        self.console.say(
            _("  {dataset}: {rows} rows read"), dataset=dataset, rows=self.console.number(rows)
        )

    def done(self, outcome: Outcome) -> None:
        """A dataset's run ended: its accounts and its rate, where rows were read."""
        self._wait_for(None)
        read = total(outcome.accounts, "read")
        ended = {
            "mark": "✓" if outcome.good or outcome.state is State.WITHDRAWN else "✗",
            "dataset": outcome.dataset,
            "state": self.console.text(_STATES[outcome.state]),
            "seconds": self.console.number(round(outcome.seconds, 1)),
        }
        if read:
            self.console.say(
                _(
                    "{mark} {dataset}: {state} · {read} rows read = {accepted} accepted + "
                    "{quarantined} quarantined + {excluded} excluded · {seconds} s · {rate} rows/s"
                ),
                **ended,
                **{
                    name: self.console.number(total(outcome.accounts, name))
                    for name in ("read", "accepted", "quarantined", "excluded")
                },
                rate=self.console.number(outcome.rows_per_second),
            )
        else:
            self.console.say(_("{mark} {dataset}: {state} · {seconds} s"), **ended)
        for fault in outcome.faults:
            self.console.say("    ✗ {fault}", fault=fault.render(self.console.language))

    def untold(self, dataset: str, fault: Fault) -> None:
        """The release stands, but no catalogue was told."""
        self.console.say(
            _("✗ {dataset}: {fault}"),
            dataset=dataset,
            fault=fault.render(self.console.language),
        )


def summary(platform: Platform, outcomes: Mapping[str, Outcome]) -> dict[str, object]:
    """``{"datasets": [{"name", "release", "access", "rows_read", …}]}`` for every dataset of
    the platform, run now or served from before."""
    datasets = []
    for name in platform.catalogue_of_datasets.datasets:
        outcome = outcomes.get(name)
        release = outcome.release if outcome else platform.releases.latest(name)
        datasets.append(_summary(platform, name, outcome, release))
    return {"datasets": datasets}


def _summary(
    platform: Platform, name: str, outcome: Outcome | None, release: Release | None
) -> dict[str, object]:
    accounts = outcome.accounts if outcome else (release.accounts if release else ())
    contract = platform.catalogue_of_datasets.datasets[name].contract
    balanced = bool(accounts) and all(account.balanced for account in accounts)
    derived = release is None or release.reconciliation is None or release.reconciliation.passed
    verdict = outcome.verdict if outcome and outcome.verdict else (release and release.verdict)
    return {
        "name": name,
        "release": release.release if release else None,
        "access": contract.access.value,
        "rows_read": total(accounts, "read"),
        "rows_accepted": total(accounts, "accepted"),
        "rows_quarantined": total(accounts, "quarantined"),
        "rows_excluded": total(accounts, "excluded"),
        "reconciles": balanced and derived,
        "seconds": round(outcome.seconds, 1) if outcome else None,
        "rows_per_second": outcome.rows_per_second if outcome else None,
        "peak_memory_mb": round(outcome.peak_memory / 1e6) if outcome else None,
        "verdict": "passed" if verdict and verdict.passed else "failed",
        "content_hash": release.content_hash if release else None,
        "state": outcome.state.value if outcome else "not_run",
        "faults": [fault.check for fault in outcome.faults] if outcome else [],
        "catalog_url": f"{platform.public_url}/dataset/{name}",
    }


def write_summary(file: Path, content: dict[str, object]) -> None:
    """`content` as JSON in `file`."""
    text = json.dumps(content, ensure_ascii=False, indent=1)
    file.write_text(text + "\n", encoding="utf-8")


def all_good(platform: Platform, outcomes: Mapping[str, Outcome]) -> bool:
    """Whether every dataset ran well: rows accounted for, derived totals equal, verdicts
    passed."""
    return all(
        name in outcomes and outcomes[name].good for name in platform.catalogue_of_datasets.datasets
    )
