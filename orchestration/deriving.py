"""From released datasets to the relation ``batch`` of a dataset that is made from them.

Sequence only: what is computed is `standardization.derivation` and
`standardization.observation`. Datasets read from sources are `orchestration.batches`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from contracts.mappings import Dataset
from contracts.observations import Observation
from contracts.releases import InputSnapshot, Release
from orchestration.batches import Batch, Standardised
from orchestration.platform import Platform
from standardization.derivation import compile_derivation, derive, reconcile
from standardization.engine import stage_batch
from standardization.observation import compile_observation, observe


def derive_batch(dataset: Dataset, references: Mapping[str, Release]) -> Batch:
    """The inputs of a derived dataset: the named releases of the datasets it is made from."""
    return Batch(
        inputs=tuple(
            InputSnapshot(
                source=release.dataset,
                hash=release.content_hash,
                taken_at=release.created_at,
                rows=release.rows,
                release=release.release,
            )
            for release in (references[name] for name in dataset.derived_from)
        )
    )


def standardise_derived(
    platform: Platform, connection: duckdb.DuckDBPyConnection, dataset: Dataset, scratch: Path
) -> Standardised:
    """Leave the relation ``batch`` of a derived dataset in `connection`."""
    if dataset.observation:
        return _observe(platform, connection, dataset, dataset.observation, scratch)
    contract, derivation = dataset.contract, dataset.derivation
    if derivation is None:
        message = f"{contract.id} is not derived"
        raise TypeError(message)
    compiled = compile_derivation(contract, derivation, today=platform.today)
    file = scratch / f"{derivation.name}.parquet"
    derive(connection, contract, compiled, file)
    stage_batch(connection, contract, [file])
    return Standardised(
        full_sources=frozenset((derivation.input,)),
        how={name: {derivation.name: text} for name, text in compiled.how.items()},
        lineage=compiled.lineage,
        reconciliation=reconcile(connection, contract, compiled),
    )


def _observe(
    platform: Platform,
    connection: duckdb.DuckDBPyConnection,
    dataset: Dataset,
    observation: Observation,
    scratch: Path,
) -> Standardised:
    known = platform.catalogue_of_datasets.datasets
    compiled = compile_observation(
        dataset.contract,
        observation,
        protected=frozenset(name for name in observation.inputs if known[name].contract.disclosure),
        today=platform.today,
    )
    file = scratch / f"{observation.name}.parquet"
    observe(connection, dataset.contract, compiled, file)
    stage_batch(connection, dataset.contract, [file])
    # No input is replaced: what was observed before stays as it was released.
    return Standardised(frozenset(), how=compiled.how, lineage=compiled.lineage)
