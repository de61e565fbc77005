"""What the gates said of a run, brought together: accounts, verdict and what refuses it.

Of a dataset whose rows are counted there are two gates, that of the rows and that of the cells.
Judging itself is `quality.gate`; the order of a run is `orchestration.pipeline`.
"""

from __future__ import annotations

from dataclasses import replace

from contracts.checks import Verdict
from contracts.errors import Fault
from contracts.model import Contract
from contracts.releases import Account
from orchestration.batches import Batch, CountedRows
from quality.gate import GateResult
from quality.sentences import refusal


def whole_verdict(gate: GateResult, rows: CountedRows | None) -> Verdict:
    """The verdict on the candidate, and on the rows counted in it under ``row.<check>``."""
    if rows is None:
        return gate.verdict
    before = tuple(replace(one, check=f"row.{one.check}") for one in rows.verdict.results)
    refused = tuple(f"row.{name}" for name in rows.verdict.refused_by)
    return Verdict(
        gate.verdict.passed and rows.verdict.passed,
        (*before, *gate.verdict.results),
        gate.verdict.engine,
        (*refused, *gate.verdict.refused_by),
    )


def stopped_accounts(batch: Batch) -> tuple[Account, ...]:
    """An account without rows for every source that stopped itself."""
    return tuple(
        Account(fault.place.source or "?", 0, 0, 0, 0, stopped=fault.check)
        for fault in batch.faults
    )


def all_accounts(batch: Batch, gate: GateResult, rows: CountedRows | None) -> tuple[Account, ...]:
    """Of every row that was read: those of cells say nothing where rows were counted."""
    judged = rows.accounts if rows else tuple(gate.accounts.values())
    return (*judged, *stopped_accounts(batch))


def refusals(contract: Contract, gate: GateResult, rows: CountedRows | None) -> tuple[Fault, ...]:
    """Why nothing may be released, one for each gate that refused."""
    judged = [(contract, gate.verdict), (contract, gate.privacy)]
    if rows:
        judged.insert(0, (rows.contract, rows.verdict))
    found = (refusal(judged_by, verdict) for judged_by, verdict in judged)
    return tuple(fault for fault in found if fault is not None)
