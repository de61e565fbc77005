"""Trying what contracts promise against what is there: sources, schemas, disclosure.

Used by ``check`` and ``doctor``. Nothing is written, and no row is read but the ones that
breakdowns are counted from (the shared zone's own).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from contracts.errors import Fault
from contracts.mappings import Dataset, Derivation
from contracts.model import Contract
from lakehouse.units import register_units
from orchestration.batches import at_source
from orchestration.platform import Platform
from orchestration.references import register_served
from orchestration.workplace import workplace
from standardization.compiler import compile_mapping
from standardization.derivation import compile_derivation, disclosure_report
from standardization.disclosure import BreakdownShare, refuse_mostly_hidden
from standardization.drift import resolve_columns
from standardization.engine import workbench
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
                        needed = compile_mapping(dataset.contract, mapping).needed
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
    """Every dataset with disclosure control whose input has been released; only those called
    `names`, if any."""
    found = []
    for dataset in _named(platform, names):
        if dataset.contract.disclosure and dataset.derivation:
            shares = _shares(platform, dataset, dataset.derivation)
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


def _shares(
    platform: Platform, dataset: Dataset, derivation: Derivation
) -> tuple[BreakdownShare, ...]:
    contract = dataset.contract
    datasets = platform.catalogue_of_datasets
    releases = {name: platform.releases.latest(name) for name in datasets.requires(contract.id)}
    if any(release is None for release in releases.values()):
        return ()  # nothing to count yet
    with workplace(platform.home, contract.id) as scratch:
        connection = workbench(
            scratch,
            memory_limit=platform.settings.memory_limit,
            threads=platform.settings.threads,
            pseudonym_key=platform.pseudonym_key,
        )
        try:
            for name, release in releases.items():
                referred = datasets.datasets[name].contract
                register_served(connection, f"ref_{name}", platform.stores, release, referred)
            register_units(connection)
            compiled = compile_derivation(contract, derivation, today=platform.today)
            return disclosure_report(connection, contract, compiled)
        finally:
            connection.close()
