"""From sources to the relation ``batch``.

Sequence only: reading is `standardization.landing`, SQL is `standardization.compiler`. What is
made from released datasets is `orchestration.deriving`. A source that cannot be read, or whose
schema drifted, stops itself: the others go on, and its rows stay as they were served.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import duckdb

from contracts.checks import Verdict
from contracts.errors import Fault
from contracts.mappings import Dataset, SourceMapping
from contracts.model import Contract
from contracts.releases import Account, InputSnapshot, Reconciliation, Release
from lakehouse.stores import Zone
from orchestration.fingerprint import code_version, dataset_version
from orchestration.platform import Platform
from standardization.compiler import CompiledMapping, compile_mapping
from standardization.engine import stage_batch, standardise
from standardization.landing import land
from standardization.linking import link
from standardization.snapshots import Landing
from standardization.sources import open_reader

How = Mapping[str, Mapping[str, tuple[str, str]]]
"""Column → mapping name → how it was made (vi, en)."""


@dataclass(frozen=True)
class Batch:
    """What was read. `landings` pairs each mapping with its SQL and its landing; `faults`
    are the sources that stopped themselves."""

    inputs: tuple[InputSnapshot, ...]
    landings: tuple[tuple[SourceMapping, CompiledMapping, Landing], ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def incremental(self) -> bool:
        """Whether a source was read from its watermark on, so that served rows stay."""
        return any(not landing.full for _mapping, _compiled, landing in self.landings)


@dataclass(frozen=True)
class CountedRows:
    """Rows that were judged and counted before ``batch`` was made of their cells: by which
    contract, the verdict, the accounts, and the file with the source keys of refused rows."""

    contract: Contract
    verdict: Verdict
    accounts: tuple[Account, ...]
    refused: Path


@dataclass(frozen=True)
class Standardised:
    """What the relation ``batch`` was made from, for gate and manifest."""

    full_sources: frozenset[str]
    how: How
    lineage: Mapping[str, tuple[str, ...]]
    reconciliation: Reconciliation | None = None
    rows: CountedRows | None = None


@dataclass
class _Landed:
    landings: list[tuple[SourceMapping, CompiledMapping, Landing]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def land_sources(
    platform: Platform,
    dataset: Dataset,
    served: Release | None,
    scratch: Path,
    progress: Callable[[int], None],
) -> Batch:
    """Read every source of `dataset`.

    Raises:
        Fault: that of the only source, when every source stopped.
    """
    landed = _Landed()
    marks = {item.source: item.watermark for item in served.inputs} if served else {}
    # A changed contract, mapping or code means that rows read before must be read again.
    current = (
        served is not None
        and served.contract_hash == dataset_version(dataset)
        and served.code_version == code_version()
    )
    # Sorted, so that all mappings of a source are read in its one snapshot.
    by_source = attrgetter("source")
    for source, mappings in groupby(sorted(dataset.mappings, key=by_source), key=by_source):
        try:
            _land_source(
                platform, dataset, list(mappings), scratch, marks if current else {}, landed
            )
        except Fault as fault:
            landed.faults.append(at_source(fault, dataset.contract.id, source))
        progress(sum(landing.rows for _mapping, _compiled, landing in landed.landings))
    if not landed.landings:
        raise landed.faults[0]
    return Batch(
        inputs=tuple(_snapshot(landing) for _mapping, _compiled, landing in landed.landings),
        landings=tuple(landed.landings),
        faults=tuple(landed.faults),
    )


def _land_source(
    platform: Platform,
    dataset: Dataset,
    mappings: list[SourceMapping],
    scratch: Path,
    marks: Mapping[str, str | None],
    landed: _Landed,
) -> None:
    """All mappings of one source in one snapshot, or none of them."""
    source = platform.catalogue_of_datasets.sources[mappings[0].source]
    store = platform.stores[Zone.LANDING]
    found = []
    with open_reader(source, platform.dsn(source.name)) as reader:
        for mapping in mappings:
            compiled = compile_mapping(dataset.row_contract(mapping), mapping)
            landing = land(
                reader,
                mapping,
                compiled.needed,
                store,
                scratch / "landing" / mapping.name,
                marks.get(mapping.name),
                taken_at=platform.now,
            )
            found.append((mapping, compiled, landing))
    landed.landings.extend(found)


def at_source(fault: Fault, dataset: str, source: str) -> Fault:
    """The fault with dataset and source named, whatever the room below knew."""
    place = fault.place
    return Fault(
        fault.check,
        fault.message,
        remedy=fault.remedy,
        place=place.within(dataset, source),
        **fault.values,
    )


def _snapshot(landing: Landing) -> InputSnapshot:
    return InputSnapshot(
        source=landing.mapping,
        hash=landing.hash,
        taken_at=landing.taken_at,
        rows=landing.rows,
        watermark=landing.watermark,
    )


def standardise_batch(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, batch: Batch, scratch: Path
) -> Standardised:
    """Leave the relation ``batch`` of what was landed in `connection`."""
    files = []
    for mapping, compiled, landing in batch.landings:
        file = scratch / f"{mapping.name}.parquet"
        standardise(connection, dataset.contract, compiled, landing, file)
        files.append(file)
    stage_batch(connection, dataset.contract, files)
    incremental = {landing.source for _m, _c, landing in batch.landings if not landing.full}
    full = frozenset(landing.source for _m, _c, landing in batch.landings) - incremental
    link(connection, dataset.contract, full)
    return Standardised(
        full_sources=full,
        how=_how(batch),
        lineage=_lineage(batch),
    )


def _how(batch: Batch) -> How:
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for mapping, compiled, _landing in batch.landings:
        for column, text in compiled.how.items():
            found.setdefault(column, {})[mapping.name] = text
    return found


def _lineage(batch: Batch) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for mapping, compiled, _landing in batch.landings:
        for column, origins in compiled.lineage.items():
            for origin in origins:
                name = origin if origin.startswith("ref.") else f"{mapping.source}.{origin}"
                found.setdefault(column, {})[name] = None
    return {column: tuple(origins) for column, origins in found.items()}
