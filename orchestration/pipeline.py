"""The way of one dataset: read, standardise, judge, commit. The manifest is its last step.

Sequence only. Every step is a call into the room that does it; what came of the run is an
`Outcome`. Nothing here raises for bad data or a missing source: a `Fault` becomes part of
the outcome, and what was released before stays released.
"""

from __future__ import annotations

import time
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from contracts.errors import Fault, Place
from contracts.i18n import _
from contracts.mappings import Dataset
from contracts.releases import Release
from lakehouse.unit_sql import register_units
from orchestration.aggregating import count_batch, tell_refused
from orchestration.batches import (
    Batch,
    Standardised,
    land_sources,
    standardise_batch,
)
from orchestration.benches import open_bench
from orchestration.committing import (
    Committed,
    Content,
    candidate_content,
    commit_release,
    keep_quarantine,
)
from orchestration.deriving import derive_batch, standardise_derived
from orchestration.fingerprint import fingerprint, remember, remembered
from orchestration.judging import all_accounts, refusals, whole_verdict
from orchestration.memory import forget_peak, peak_memory
from orchestration.open_lineage import write_lineage
from orchestration.outcomes import Outcome, Progress, Silent, Stage, State, total
from orchestration.platform import Platform
from orchestration.references import register_served
from orchestration.workplace import workplace
from quality import judging
from quality.gate import GateResult, run_gate


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
    forget_peak()
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
    return replace(
        outcome,
        seconds=seconds,
        stage_seconds=dict(clock.seconds),
        peak_memory=peak_memory(),
    )


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
            if self.dataset.derived_from
            else land_sources(self.platform, self.dataset, self.served, self.scratch, self._read)
        )
        self.clock.lap("read")
        fresh = fingerprint(
            self.dataset,
            batch.inputs,
            {name: release.content_hash for name, release in references.items()},
            self.platform.today,
        )
        if self.served and not self.force and self._known(self.served, fresh):
            return Outcome(
                self.name, State.UNCHANGED, self.served, self.served.accounts, faults=batch.faults
            )
        connection = open_bench(self.platform, self.scratch)
        try:
            return self._process(connection, batch, references, fresh)
        finally:
            connection.close()

    def _known(self, served: Release, fresh: str) -> bool:
        return fresh in (served.fingerprint, remembered(self.platform.home, self.name))

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
                    _("It reads {reference}, which has no release in force."),
                    remedy=_("Run {reference} first; if it was withdrawn, undo that."),
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
        judging.begin()
        self._register(connection, references)
        stores, contract = self.platform.stores, self.dataset.contract
        register_served(connection, "served", stores, self.served, contract, placed=True)
        rows = sum(item.rows for item in batch.inputs)
        self.progress.stage(self.name, Stage.STANDARDISE, rows)
        standardised = self._standardise(connection, batch, references)
        self.clock.lap("standardise")
        self.progress.stage(self.name, Stage.JUDGE, rows)
        gate, content = self._judge(connection, standardised, batch, references)
        if standardised.rows:
            tell_refused(connection, contract, standardised.rows.refused)
        self.clock.lap("judge")
        accounts = all_accounts(batch, gate, standardised.rows)
        verdict = whole_verdict(gate, standardised.rows)
        outcome = Outcome(
            self.name,
            State.REFUSED,
            self.served,
            accounts,
            verdict,
            gate.privacy,
            faults=(*batch.faults, *refusals(contract, gate, standardised.rows)),
        )
        if not (verdict.passed and gate.privacy.passed):
            keep_quarantine(self.platform, connection, contract, standardised.full_sources)
            return outcome
        self.progress.stage(self.name, Stage.COMMIT, total(accounts, "accepted"))
        run = Committed(
            served=self.served,
            inputs=batch.inputs,
            references=references,
            fingerprint=fresh,
            accounts=accounts,
            verdict=verdict,
            standardised=standardised,
            force=self.force,
            content=content,
        )
        released = commit_release(self.platform, connection, self.dataset, run)
        self.clock.lap("commit")
        if released is not None:
            write_lineage(self.platform.home, self.dataset, released)
            return replace(outcome, state=State.RELEASED, release=released)
        if not batch.faults:
            remember(self.platform.home, self.name, fresh)
        return replace(outcome, state=State.UNCHANGED)

    def _standardise(
        self, connection: duckdb.DuckDBPyConnection, batch: Batch, references: dict[str, Release]
    ) -> Standardised:
        if self.dataset.derived_from:
            return standardise_derived(self.platform, connection, self.dataset, self.scratch)
        if self.dataset.aggregate is None:
            return standardise_batch(connection, self.dataset, batch, self.scratch)
        return count_batch(
            self.platform,
            connection,
            self.dataset,
            batch,
            self.scratch,
            lambda rows: self._register(rows, references),
        )

    def _register(
        self, connection: duckdb.DuckDBPyConnection, references: dict[str, Release]
    ) -> None:
        """The served rows of what this dataset reads, as relations."""
        stores, datasets = self.platform.stores, self.platform.catalogue_of_datasets.datasets
        for name, release in references.items():
            register_served(connection, f"ref_{name}", stores, release, datasets[name].contract)
        register_units(connection)

    def _judge(
        self,
        connection: duckdb.DuckDBPyConnection,
        standardised: Standardised,
        batch: Batch,
        references: dict[str, Release],
    ) -> tuple[GateResult, Content]:
        """Both gates, and beside them what the candidate holds and the files of its commit."""
        datasets = self.platform.catalogue_of_datasets.datasets
        contract, content = self.dataset.contract, Future[Content]()

        def look(connection: duckdb.DuckDBPyConnection) -> None:
            content.set_result(
                candidate_content(
                    self.platform,
                    connection,
                    self.dataset,
                    self.served,
                    inputs=batch.inputs,
                    incremental=batch.incremental,
                    force=self.force,
                    scratch=self.scratch,
                )
            )

        documents = self.platform.home / "data_docs" / self.name
        documents.mkdir(parents=True, exist_ok=True)
        gate = run_gate(
            connection,
            contract,
            full_sources=standardised.full_sources,
            references={name: datasets[name].contract for name in references},
            precedence={m.source: m.precedence for m in self.dataset.mappings},
            documents=documents,
            vouched=self._vouched(batch, references),
            meanwhile=look,
        )
        return gate, content.result()

    def _vouched(self, batch: Batch, references: dict[str, Release]) -> bool:
        """Whether the served rows were made and judged by what makes and judges rows now: a
        source is read from its watermark on only under the same contract and code
        (`orchestration.batches`), and the references still say the same."""
        said = {item.source: item.hash for item in self.served.inputs} if self.served else {}
        return batch.incremental and all(
            said.get(f"ref.{name}") == release.content_hash for name, release in references.items()
        )
