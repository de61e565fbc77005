"""What came of a dataset's run, and how progress is told while it runs.

Plain data: no I/O, no Dagster. The command line and the Dagster assets both read these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from contracts.checks import Verdict
from contracts.errors import Fault
from contracts.releases import Account, Release


class State(StrEnum):
    """How a run of one dataset ended."""

    RELEASED = "released"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class Stage(StrEnum):
    """Where a run of one dataset is."""

    READ = "read"
    STANDARDISE = "standardise"
    JUDGE = "judge"
    COMMIT = "commit"


@dataclass(frozen=True)
class Outcome:
    """What came of one dataset. `release` is the one served now (the earlier one when the
    run released nothing); `faults` are what stopped a source or the whole run; `peak_memory`
    is in bytes, of the process while this dataset ran (0 where nothing ran)."""

    dataset: str
    state: State
    release: Release | None = None
    accounts: tuple[Account, ...] = ()
    verdict: Verdict | None = None
    privacy: Verdict | None = None
    faults: tuple[Fault, ...] = ()
    seconds: float = 0.0
    stage_seconds: dict[str, float] = field(default_factory=dict)
    peak_memory: int = 0

    @property
    def rows_per_second(self) -> int:
        """Rows read in a second of the whole run."""
        return round(total(self.accounts, "read") / self.seconds) if self.seconds else 0

    @property
    def served(self) -> bool:
        """Whether people can have this dataset now."""
        return self.release is not None and self.release.withdrawn is None

    @property
    def good(self) -> bool:
        """Whether nothing is left for a steward to do."""
        return (
            self.state in (State.RELEASED, State.UNCHANGED)
            and not self.faults
            and self.release is not None
            and all(account.balanced for account in self.accounts)
            and self.release.verdict.passed
            and (self.release.reconciliation is None or self.release.reconciliation.passed)
        )


def total(accounts: Sequence[Account], name: str) -> int:
    """The sum of one figure (``read``, ``accepted``, …) over all sources."""
    return sum(int(getattr(account, name)) for account in accounts)


class Progress(Protocol):
    """Told as a run goes on; must be cheap and must not raise."""

    def stage(self, dataset: str, stage: Stage, rows: int = 0) -> None:
        """`dataset` entered `stage`, with `rows` known so far."""

    def rows(self, dataset: str, rows: int) -> None:
        """`rows` were read so far."""

    def done(self, outcome: Outcome) -> None:
        """A dataset's run ended."""

    def untold(self, dataset: str, fault: Fault) -> None:
        """No catalogue could be told of the dataset's release."""


class Silent:
    """A `Progress` that tells nobody."""

    def stage(self, dataset: str, stage: Stage, rows: int = 0) -> None:
        """Nothing."""

    def rows(self, dataset: str, rows: int) -> None:
        """Nothing."""

    def done(self, outcome: Outcome) -> None:
        """Nothing."""

    def untold(self, dataset: str, fault: Fault) -> None:
        """Nothing."""
