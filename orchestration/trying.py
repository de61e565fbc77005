"""Trying what contracts promise against what is there: sources, schemas, disclosure.

Used by ``check`` and ``doctor``. Nothing is written, and no row is read but the ones that
breakdowns are counted from (the shared zone's own).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import duckdb

from contracts.errors import Fault
from contracts.mappings import Aggregate, Dataset
from contracts.model import Contract
from contracts.quoting import quoted
from orchestration.batches import at_source
from orchestration.benches import bench
from orchestration.platform import Platform
from standardization.compiler import compile_mapping
from standardization.derivation import compile_derivation, disclosure_report
from standardization.disclosure import BreakdownShare, refuse_mostly_hidden
from standardization.drift import resolve_columns
from standardization.engine import stage_batch, standardise
from standardization.landing import land
from standardization.sources import open_reader


def source_problems(platform: Platform, names: Collection[str] = ()) -> tuple[Fault, ...]:
    """Connect to every source and compare its schema with what the mappings name: those of
    the datasets called `names`, or of all."""
    found: list[Fault] = []
    datasets = platform.catalogue_of_datasets
    for source in datasets.sources.values():
        uses = [
            (dataset, mapping)
            for dataset in _named(platform, names)
            for mapping in dataset.mappings
            if mapping.source == source.name
        ]
        if not uses:
            continue
        try:
            with open_reader(source, platform.dsn(source.name)) as reader:
                for dataset, mapping in uses:
                    try:
                        needed = compile_mapping(dataset.row_contract(mapping), mapping).needed
                        resolve_columns(reader, mapping, needed)
                    except Fault as fault:
                        found.append(at_source(fault, dataset.contract.id, source.name))
        except Fault as fault:
            found.append(fault)
    return tuple(found)


@dataclass(frozen=True)
class Shown:
    """What the breakdowns of one dataset show, counted on the rows that are served now;
    `fault` where one of them shows less than its contract asks."""

    dataset: str
    shares: tuple[BreakdownShare, ...]
    fault: Fault | None


def disclosure_shares(platform: Platform, names: Collection[str] = ()) -> tuple[Shown, ...]:
    """Every dataset with disclosure control whose input has been released (of rows that are
    counted: which has been released itself); only those called `names`, if any."""
    found = []
    for dataset in _named(platform, names):
        if dataset.contract.disclosure and (dataset.derivation or dataset.aggregate):
            shares = _shares(platform, dataset)
            found.append(Shown(dataset.contract.id, shares, _too_little(dataset.contract, shares)))
    return tuple(found)


def _named(platform: Platform, names: Collection[str]) -> list[Dataset]:
    known = platform.catalogue_of_datasets.datasets
    return [dataset for name, dataset in known.items() if not names or name in names]


def _too_little(contract: Contract, shares: tuple[BreakdownShare, ...]) -> Fault | None:
    try:
        refuse_mostly_hidden(contract, shares)
    except Fault as fault:
        return fault
    return None


def _shares(platform: Platform, dataset: Dataset) -> tuple[BreakdownShare, ...]:
    contract = dataset.contract
    needed = platform.catalogue_of_datasets.requires(contract.id)
    own = [contract.id] if dataset.aggregate else []
    if any(platform.releases.latest(name) is None for name in (*needed, *own)):
        return ()  # nothing to count yet
    with bench(platform, dataset) as (connection, scratch):
        return _report(platform, connection, dataset, scratch)


def _report(
    platform: Platform, connection: duckdb.DuckDBPyConnection, dataset: Dataset, scratch: Path
) -> tuple[BreakdownShare, ...]:
    contract, relation, derivation = dataset.contract, None, dataset.derivation
    if dataset.aggregate:
        relation, derivation = "counted", dataset.aggregate.grouping
        _read_counted(platform, connection, dataset, dataset.aggregate, scratch)
    if derivation is None:
        return ()
    compiled = compile_derivation(contract, derivation, today=platform.today, relation=relation)
    return disclosure_report(connection, contract, compiled)


def _read_counted(
    platform: Platform,
    connection: duckdb.DuckDBPyConnection,
    dataset: Dataset,
    aggregate: Aggregate,
    scratch: Path,
) -> None:
    """The view ``counted``: the rows as the source has them now, kept nowhere but in scratch.

    Rows that only a rule of their own would refuse are among them.
    """
    (mapping,) = dataset.mappings
    compiled = compile_mapping(aggregate.row, mapping)
    source = platform.catalogue_of_datasets.sources[mapping.source]
    with open_reader(source, platform.dsn(source.name)) as reader:
        landing = land(
            reader, mapping, compiled.needed, None, scratch / "landing", taken_at=platform.now
        )
    staged = scratch / "rows.parquet"
    standardise(connection, aggregate.row, compiled, landing, staged)
    stage_batch(connection, aggregate.row, [staged])
    there = "".join(
        f" AND {quoted(column.name)} IS NOT NULL"
        for column in aggregate.row.columns
        if column.required
    )
    connection.execute(
        "CREATE VIEW counted AS SELECT * FROM batch "
        f"WHERE _excluded IS NULL AND len(_unreadable) = 0{there}"
    )
