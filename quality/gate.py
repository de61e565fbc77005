"""The gate: scan, tables, Great Expectations, privacy; one decision, failing closed.

Only the order of the stages belongs here. What each does is in its own module.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import duckdb

from contracts.checks import Verdict
from contracts.errors import Fault, Place
from contracts.failpoints import failpoint
from contracts.i18n import _
from contracts.model import Contract
from contracts.releases import Account
from lakehouse.places import PLACE
from quality import judging
from quality.accounts import make_accounts
from quality.outcomes import MISSING, Outcome, Plan
from quality.planning import make_plan, relation_to_judge
from quality.privacy import judge_open
from quality.relations import candidate_columns, count_candidate, missing_columns
from quality.scan import Scan, scan
from quality.tables import measure
from quality.verdicts import decide, judged, share_result

CONTROL_COLUMNS = (
    "_landing_id",
    "_mapping",
    "_excluded",
    "_unreadable",
    "_fixed",
    "_doubts",
    "_order",
    "_precedence",
)
"""What ``batch`` has beside the candidate's columns."""


@dataclass(frozen=True)
class GateResult:
    """`verdict` on the candidate, `privacy` on what would be open, `accounts` per mapping.

    Only if both pass may anything be committed.
    """

    verdict: Verdict
    privacy: Verdict
    accounts: Mapping[str, Account]

    @property
    def passed(self) -> bool:
        """Whether both gates let the candidate through."""
        return self.verdict.passed and self.privacy.passed


def run_gate(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    *,
    full_sources: frozenset[str],
    references: Mapping[str, Contract],
    precedence: Mapping[str, int] = MappingProxyType({}),
    canaries: tuple[str, ...] = (),
    documents: Path | None = None,
    vouched: bool = False,
    meanwhile: Callable[[duckdb.DuckDBPyConnection], None] | None = None,
) -> GateResult:
    """Judge ``batch`` against `contract` and leave the relations of `quality.relations`.

    Args:
        connection: has ``batch``, ``served`` and a ``ref_<dataset>`` per reference.
        full_sources: sources read in full, whose served rows are replaced altogether.
        references: contracts of the datasets referred to, by id.
        precedence: source → rank (lower wins), for keys served by a source not read now.
        canaries: texts that must occur nowhere in what would be open.
        documents: where to write Data Docs (counts only), if anywhere.
        vouched: every served row was accepted under this contract, this code and these
            references. Those that stay are then judged again only by what they could break
            since: checks of several rows, figures, rules that read the clock.
        meanwhile: called once the relations are settled, with a connection of its own and in
            another thread, while both gates judge; what it raises comes out here.

    Faults: ``gate.no_primary_key``, ``gate.relation_missing`` when ``batch`` or ``served`` is
    not as agreed, ``gate.unbalanced``. A check that cannot be evaluated is no Fault: it fails
    the verdict.
    """
    if not contract.primary_key:
        raise Fault(
            "gate.no_primary_key",
            _("The contract names no primary key, so rows cannot be told apart."),
            remedy=_("Give one or more columns primaryKey and primaryKeyPosition."),
            place=Place(dataset=contract.id, file=contract.path.name),
        )
    _require(connection, contract, "batch", (*candidate_columns(contract), *CONTROL_COLUMNS))
    _require(connection, contract, "served", (*candidate_columns(contract), *PLACE))
    scanned = scan(
        connection,
        contract,
        full_sources=full_sources,
        references=references,
        precedence=precedence,
    )
    accounts = make_accounts(connection, contract)
    failpoint("mid_gate")
    relation = relation_to_judge(contract, vouched=vouched)
    with closing(connection.cursor()) as own, ThreadPoolExecutor(1) as beside:
        other = beside.submit(meanwhile, own) if meanwhile else None
        verdict = _verdict(
            connection, contract, scanned, tuple(accounts), relation, full_sources, documents
        )
        privacy = judge_open(connection, contract, canaries=canaries)
        if other:
            other.result()
    return GateResult(verdict, privacy, accounts)


def _require(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    relation: str,
    columns: tuple[str, ...],
) -> None:
    missing = missing_columns(connection, relation, columns)
    if missing:
        raise Fault(
            "gate.relation_missing",
            _("The gate was not given the column {column} of the relation {relation}."),
            remedy=_("Nothing was published. Standardise the sources again, then run the gate."),
            place=Place(dataset=contract.id, column=missing[0]),
            relation=relation,
            column=missing[0],
        )


def _verdict(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    scanned: Scan,
    mappings: tuple[str, ...],
    relation: str,
    full_sources: frozenset[str],
    documents: Path | None,
) -> Verdict:
    measures = measure(connection, contract)
    crashed = {**scanned.crashed, **measures.crashed}
    sound = [check for check in contract.checks if check.id not in crashed]
    plan = make_plan(connection, contract, sound, scanned.rules, mappings, relation)
    outcomes, engine = _judge(connection, contract, plan, documents)
    rows = count_candidate(connection, full_sources)
    results = list(judged(contract, crashed, outcomes, measures.numbers, rows))
    if results:
        landed = outcomes.get("landed", {})
        results += [share_result(total, landed.get(total, MISSING)) for total in plan.totals]
    return decide(results, engine)


def _judge(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    plan: Plan,
    documents: Path | None,
) -> tuple[Mapping[str, Mapping[str, Outcome]], str]:
    """What Great Expectations says, and its name; no outcomes at all if it could not run."""
    heading = contract.id if documents else None
    try:
        found = judging.judge(connection, judging.Task(plan, heading))
    except Exception:  # noqa: BLE001 - whatever it raises, nothing was judged: fail closed
        return {}, "great_expectations"
    if documents is not None:
        for name, page in found.pages.items():
            _write_page(contract, documents / f"{name}.html", page)
    return found.outcomes, found.engine


def _write_page(contract: Contract, path: Path, page: str) -> None:
    try:
        path.write_text(page, "utf-8")
    except OSError as error:
        raise Fault(
            "gate.documents",
            _("The quality report could not be written."),
            remedy=_("Make room or give write permission in the folder {folder}."),
            place=Place(dataset=contract.id),
            folder=path.parent,
        ) from error
