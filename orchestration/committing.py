"""The commit of a candidate: open files, shared table, quarantine, and last the manifest.

The order is the guarantee: whatever is killed before the manifest leaves nothing published,
and whatever is repeated after it finds everything in place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import duckdb

from contracts.checks import Verdict
from contracts.errors import Fault
from contracts.failpoints import failpoint
from contracts.mappings import Dataset
from contracts.model import Access, Contract
from contracts.quoting import quoted
from contracts.releases import (
    Account,
    FileEntry,
    InputSnapshot,
    Release,
    TableVersion,
)
from lakehouse import exports, quarantine, tables
from lakehouse.digests import ContentSums, content_sums
from lakehouse.places import FILE
from lakehouse.stores import Zone
from orchestration.batches import Standardised
from orchestration.covering import covered
from orchestration.describing import describe, schema
from orchestration.fingerprint import code_version, dataset_version
from orchestration.platform import Platform
from orchestration.references import shared_version


@dataclass(frozen=True)
class Content:
    """The sums of a candidate's content, where it differs from the served rows if this run knows;
    unless it says the same as what is served, what it covers and a draft of its commit."""

    sums: ContentSums
    change: tables.Change | None
    coverage: Mapping[str, object] | None = None
    draft: tables.Draft | None = None


@dataclass(frozen=True)
class Committed:
    """What the commit is told about the run that led to it."""

    served: Release | None
    inputs: tuple[InputSnapshot, ...]
    references: Mapping[str, Release]
    fingerprint: str
    accounts: tuple[Account, ...]
    verdict: Verdict
    standardised: Standardised
    force: bool
    content: Content


def commit_release(
    platform: Platform,
    connection: duckdb.DuckDBPyConnection,
    dataset: Dataset,
    run: Committed,
) -> Release | None:
    """Publish the relation ``candidate`` as the next release.

    Returns:
        The release, or None where the served one says the same already.

    Raises:
        Fault: from `lakehouse`; nothing is published then.
    """
    contract = dataset.contract
    number = run.served.release + 1 if run.served else 1
    names = _names(contract)
    sums = run.content.sums
    content = sums.hash(names)
    if not run.force and _says_the_same(run.served, content, dataset):
        keep_quarantine(platform, connection, contract, run.standardised.full_sources)
        return None
    files = _open_files(platform, connection, contract, number)
    failpoint("after_open_files")
    table = tables.commit(
        _wanted(platform, connection, contract, run.inputs, run.content.change),
        run_key=run.fingerprint,
        sums=sums,
        drafted=run.content.draft,
    )
    refused = keep_quarantine(platform, connection, contract, run.standardised.full_sources)
    versions = (
        TableVersion(Zone.SHARED.value, contract.id, table.version),
        TableVersion(Zone.QUARANTINE.value, contract.id, refused),
    )
    release = _manifest(platform, dataset, run, number, content, sums.rows, versions, files)
    failpoint("before_manifest")
    platform.releases.publish(release)
    failpoint("after_manifest")
    return release


def _manifest(
    platform: Platform,
    dataset: Dataset,
    run: Committed,
    number: int,
    content: str,
    rows: int,
    versions: tuple[TableVersion, ...],
    files: tuple[FileEntry, ...],
) -> Release:
    contract, datasets = dataset.contract, platform.catalogue_of_datasets
    return Release(
        dataset=contract.id,
        release=number,
        access=contract.access.value,
        created_at=platform.now.isoformat(timespec="seconds"),
        contract_version=contract.version,
        contract_hash=dataset_version(dataset),
        code_version=code_version(),
        fingerprint=run.fingerprint,
        content_hash=content,
        rows=rows,
        open_rows=files[0].rows if files else 0,
        inputs=_inputs(run),
        tables=versions,
        files=files,
        verdict=run.verdict,
        accounts=run.accounts,
        schema=schema(contract, run.standardised.how),
        metadata={
            **describe(dataset, datasets.sources, datasets.requires(contract.id)),
            "coverage": run.content.coverage,
        },
        lineage=run.standardised.lineage,
        reconciliation=run.standardised.reconciliation,
    )


def _says_the_same(served: Release | None, content: str, dataset: Dataset) -> bool:
    return (
        served is not None
        and served.content_hash == content
        and served.contract_hash == dataset_version(dataset)
        and served.withdrawn is None
    )


def keep_quarantine(
    platform: Platform,
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    full_sources: frozenset[str],
) -> int:
    """Bring the refused rows of this run into the zone ``quarantine``.

    Returns:
        The version of the quarantine table.
    """
    version = quarantine.keep(
        platform.stores[Zone.QUARANTINE], contract.id, connection, full_sources=full_sources
    )
    failpoint("after_quarantine")
    return version


def candidate_content(
    platform: Platform,
    connection: duckdb.DuckDBPyConnection,
    dataset: Dataset,
    served: Release | None,
    *,
    inputs: Sequence[InputSnapshot],
    incremental: bool,
    force: bool,
    scratch: Path,
) -> Content:
    """What ``candidate`` holds, with the files of its commit in `scratch`: whether they are
    committed is for the gate to say, which may judge meanwhile."""
    contract = dataset.contract
    found = _content(platform, connection, contract, served, incremental=incremental)
    if not force and _says_the_same(served, found.sums.hash(_names(contract)), dataset):
        return found
    found = replace(found, coverage=covered(connection, contract))
    # The gate has the first word on what is wrong with the rows; the commit would say the rest.
    with suppress(Fault):
        wanted = _wanted(platform, connection, contract, inputs, found.change)
        return replace(found, draft=tables.draft(wanted, scratch / "draft"))
    return found


def _content(
    platform: Platform,
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    served: Release | None,
    *,
    incremental: bool,
) -> Content:
    """Where rows stay that were not read now, their sums are what is left of those kept with the
    served version, without looking at a row that stays."""
    names, known = _names(contract), None
    if served is not None and incremental:
        version = shared_version(served)
        known = tables.sums_of(platform.stores[Zone.SHARED], contract.id, version)
    if served is None or known is None or known.hash(names) != served.content_hash:
        return Content(content_sums(connection, _rows(names, "candidate"), names), None)
    connection.execute("CREATE OR REPLACE TABLE gone AS FROM replaced")
    gone, new = _rows(names, "gone"), _rows(names, "accepted")
    sums = known - content_sums(connection, gone, names) + content_sums(connection, new, names)
    return Content(sums, tables.Change(version, _rows((*names, FILE), "gone"), new))


def _wanted(
    platform: Platform,
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    inputs: Sequence[InputSnapshot],
    change: tables.Change | None,
) -> tables.Wanted:
    """``candidate`` as the state of the shared table; its rows that change are of the time of the
    newest snapshot."""
    # The gate judges that each key is there once; that each row has one, where it is required.
    key = [column for column in contract.columns if column.name in contract.primary_key]
    return tables.Wanted(
        platform.stores[Zone.SHARED],
        contract.id,
        connection,
        _rows(_names(contract), "candidate"),
        tuple(contract.primary_key),
        max(datetime.fromisoformat(item.taken_at) for item in inputs),
        change,
        judged=all(column.required for column in key),
        settled_by=contract.settled_by,
    )


def _names(contract: Contract) -> list[str]:
    """The columns that count as content."""
    return [column.name for column in contract.served_columns if column.name != tables.INGESTED_AT]


def _rows(names: Sequence[str], relation: str) -> str:
    return f"SELECT {', '.join(map(quoted, names))} FROM {relation}"


def _open_files(
    platform: Platform,
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    number: int,
) -> tuple[FileEntry, ...]:
    if contract.access is not Access.OPEN:
        return ()
    return exports.write_open_files(
        connection,
        "SELECT * FROM open_rows",
        contract,
        number,
        platform.stores[Zone.OPEN],
    )


def _inputs(run: Committed) -> tuple[InputSnapshot, ...]:
    """What was read, the reference releases with it, and the marks of sources not read now."""
    now = {item.source for item in run.inputs}
    references = tuple(
        InputSnapshot(
            source=f"ref.{name}",
            hash=release.content_hash,
            taken_at=release.created_at,
            rows=release.rows,
            release=release.release,
        )
        for name, release in run.references.items()
        if name not in now
    )
    before = run.served.inputs if run.served else ()
    kept = tuple(
        item for item in before if item.source not in now and not item.source.startswith("ref.")
    )
    return (*run.inputs, *kept, *references)
