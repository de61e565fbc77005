"""The way of one dataset: read, standardise, judge, commit. The manifest is its last step.

Sequence only. Every step is a call into the room that does it; what came of the run is an
`Outcome`. Nothing here raises for bad data or a missing source: a `Fault` becomes part of
the outcome, and what was released before stays released.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from contracts.checks import Verdict
from contracts.errors import Fault, Place
from contracts.i18n import _
from contracts.mappings import Dataset
from contracts.releases import Account, Release
from orchestration.references import register_served
from lakehouse.units import register_units
from orchestration.batches import Batch, derive_batch, land_sources, standardise_batch
from orchestration.committing import Committed, commit_release, keep_quarantine
from orchestration.fingerprint import fingerprint, remember, remembered
from orchestration.outcomes import Outcome, Progress, Silent, Stage, State, total
from orchestration.platform import Platform
from orchestration.workplace import workplace
from quality.gate import GateResult, run_gate
from standardization.engine import workbench


@dataclass
class Clock:
    """Seconds spent in each stage."""

    seconds: dict[str, float] = field(default_factory=dict)
    started: float = field(default_factory=time.perf_counter)

    def lap(self, name: str) -> None:
        """Add the time since the last lap to `name`."""
        now = time.perf_counter()
        self.seconds[name] = self.seconds.get(name, 0.0) + now - self.started
        self.started = now


def run_dataset(
    platform: Platform,
    name: str,
    progress: Progress | None = None,
    *,
    force: bool = False,
) -> Outcome:
    """Bring one dataset up to date.

    Args:
        platform: settings, contracts, stores.
        name: dataset id.
        progress: told as the run goes on.
        force: release again even when nothing that went in has changed (after a withdrawal,
            or to repair).

    Returns:
        What came of it; a `Fault` on the way is in `Outcome.faults`.
    """
    progress = progress or Silent()
    clock = Clock()
    began = time.perf_counter()
    served: Release | None = None
    try:
        dataset = platform.dataset(name)
        served = platform.releases.latest(name)
        if served is not None and served.withdrawn is not None and not force:
            outcome = Outcome(name, State.WITHDRAWN, served)
        else:
            with workplace(platform.home, name) as scratch:
                outcome = _Run(platform, dataset, served, progress, clock, scratch, force).run()
    except Fault as fault:
        outcome = Outcome(name, State.FAILED, served, faults=(fault,))
    outcome = _timed(outcome, clock, time.perf_counter() - began)
    progress.done(outcome)
    return outcome


def _timed(outcome: Outcome, clock: Clock, seconds: float) -> Outcome:
    values = {**outcome.__dict__, "seconds": seconds, "stage_seconds": dict(clock.seconds)}
    return Outcome(**values)


@dataclass(frozen=True)
class _Run:
    """One run of one dataset. Each method is one stage."""

    platform: Platform
    dataset: Dataset
    served: Release | None
    progress: Progress
    clock: Clock
    scratch: Path
    force: bool

    @property
    def name(self) -> str:
        return self.dataset.contract.id

    def run(self) -> Outcome:
        references = self._references()
        self.progress.stage(self.name, Stage.READ)
        batch = (
            derive_batch(self.dataset, references)
            if self.dataset.derivation
            else land_sources(self.platform, self.dataset, self.served, self.scratch, self._read)
        )
        self.clock.lap("read")
        fresh = fingerprint(
            self.dataset,
            batch.inputs,
            {name: release.content_hash for name, release in references.items()},
            self.platform.today,
        )
        known = {self.served.fingerprint, remembered(self.platform.home, self.name)} if self.served else set()
        if self.served and fresh in known and not self.force:
            return Outcome(
                self.name, State.UNCHANGED, self.served, self.served.accounts, faults=batch.faults
            )
        connection = workbench(
            self.scratch,
            memory_limit=self.platform.settings.memory_limit,
            threads=self.platform.settings.threads,
            pseudonym_key=self.platform.pseudonym_key,
        )
        try:
            return self._process(connection, batch, references, fresh)
        finally:
            connection.close()

    def _read(self, rows: int) -> None:
        self.progress.rows(self.name, rows)

    def _references(self) -> dict[str, Release]:
        """The newest release of every dataset this one reads; none may be missing."""
        found: dict[str, Release] = {}
        for name in self.platform.catalogue_of_datasets.requires(self.name):
            release = self.platform.releases.latest(name)
            if release is None or release.withdrawn is not None:
                raise Fault(
                    "run.reference_missing",
                    _("It reads {reference}, which has no release yet."),
                    remedy=_("Run {reference} first."),
                    place=Place(dataset=self.name),
                    reference=name,
                )
            if not release.verdict.passed:
                raise Fault(
                    "run.reference_refused",
                    _("It reads {reference}, whose release did not pass its gate."),
                    remedy=_("Correct {reference} and release it again."),
                    place=Place(dataset=self.name),
                    reference=name,
                )
            found[name] = release
        return found

    def _process(
        self,
        connection: duckdb.DuckDBPyConnection,
        batch: Batch,
        references: dict[str, Release],
        fresh: str,
    ) -> Outcome:
        contracts = {n: d.contract for n, d in self.platform.catalogue_of_datasets.datasets.items()}
        stores = self.platform.stores
        for name, release in references.items():
            register_served(connection, f"ref_{name}", stores, release, contracts[name])
        register_served(connection, "served", stores, self.served, self.dataset.contract)
        register_units(connection)
        rows = sum(item.rows for item in batch.inputs)
        self.progress.stage(self.name, Stage.STANDARDISE, rows)
        standardised = standardise_batch(self.platform, connection, self.dataset, batch, self.scratch)
        self.clock.lap("standardise")
        self.progress.stage(self.name, Stage.JUDGE, rows)
        gate = run_gate(
            connection,
            self.dataset.contract,
            full_sources=standardised.full_sources,
            references={name: contracts[name] for name in references},
        )
        self.clock.lap("judge")
        accounts = (*gate.accounts.values(), *stopped_accounts(batch))
        if not gate.passed:
            keep_quarantine(
                self.platform, connection, self.dataset.contract, standardised.full_sources
            )
            return Outcome(
                self.name,
                State.REFUSED,
                self.served,
                accounts,
                gate.verdict,
                gate.privacy,
                faults=(*batch.faults, refusal(self.name, gate)),
            )
        self.progress.stage(self.name, Stage.COMMIT, total(accounts, "accepted"))
        committed = commit_release(
            self.platform,
            connection,
            self.dataset,
            Committed(
                served=self.served,
                inputs=batch.inputs,
                references=references,
                fingerprint=fresh,
                accounts=accounts,
                verdict=gate.verdict,
                how=standardised.how,
                lineage=standardised.lineage,
                reconciliation=standardised.reconciliation,
                full_sources=standardised.full_sources,
                force=self.force,
            ),
        )
        self.clock.lap("commit")
        if committed is None and not batch.faults:
            remember(self.platform.home, self.name, fresh)
        state = State.UNCHANGED if committed is None else State.RELEASED
        return Outcome(
            self.name,
            state,
            committed or self.served,
            accounts,
            gate.verdict,
            gate.privacy,
            faults=batch.faults,
        )


def stopped_accounts(batch: Batch) -> tuple[Account, ...]:
    """An account without rows for every source that stopped itself."""
    return tuple(
        Account(fault.place.source or "?", 0, 0, 0, 0, stopped=fault.check)
        for fault in batch.faults
    )


def refusal(dataset: str, gate: GateResult) -> Fault:
    """The sentence for a gate that refused: which checks, and where to look next."""
    verdict: Verdict = gate.verdict if not gate.verdict.passed else gate.privacy
    return Fault(
        "gate.refused",
        _("The gate refused this run: {checks}."),
        remedy=_("See the rows with: dungchung quarantine {dataset}"),
        place=Place(dataset=dataset),
        checks=", ".join(verdict.refused_by) or "-",
        dataset=dataset,
    )
