"""A preview: twenty rows before and after, and what the gate would say. Nothing is written.

Sequence only, as in `orchestration.pipeline`, but without stores that could be written to:
the landing stays in scratch, and the gate's relations end with the connection.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from contracts.errors import Fault
from contracts.mappings import Dataset, SourceMapping
from contracts.releases import Account
from orchestration.batches import at_source
from orchestration.benches import bench, mappings_to_show
from orchestration.platform import Platform
from quality.gate import GateResult, run_gate
from standardization.compiler import CompiledMapping, compile_mapping
from standardization.engine import stage_batch
from standardization.landing import land
from standardization.preview import Preview, preview
from standardization.snapshots import Landing
from standardization.sources import open_reader

MOST_ROWS = 100_000
"""Rows of the key table that are read at most."""


@dataclass(frozen=True)
class Previewed:
    """`preview` has the rows; `account` and `gate` say what would become of all rows read;
    `limited` whether the source has more rows than were read."""

    mapping: SourceMapping
    preview: Preview
    gate: GateResult
    account: Account
    limited: bool


def preview_dataset(platform: Platform, dataset: str, source: str | None) -> Previewed:
    """Preview one mapping of `dataset`: that of `source`, or the first.

    Raises:
        Fault: ``rows.derived``, ``rows.counted``, ``rows.no_source``, or what source
            and mapping refuse.
    """
    found = platform.dataset(dataset)
    mapping = mappings_to_show(found, source)[0]
    with bench(platform, found) as (connection, scratch):
        try:
            return _preview(platform, connection, found, mapping, scratch)
        except Fault as fault:
            raise at_source(fault, dataset, mapping.source) from None


def _preview(
    platform: Platform,
    connection: duckdb.DuckDBPyConnection,
    dataset: Dataset,
    mapping: SourceMapping,
    scratch: Path,
) -> Previewed:
    contract = dataset.contract
    datasets = platform.catalogue_of_datasets
    compiled, landing = _land(platform, dataset, mapping, scratch)
    shown = preview(connection, contract, compiled, landing, scratch)
    stage_batch(connection, contract, [scratch / "preview.parquet"])
    gate = run_gate(
        connection,
        contract,
        full_sources=frozenset((mapping.source,)),
        references={
            name: datasets.datasets[name].contract for name in datasets.requires(contract.id)
        },
    )
    account = gate.accounts[mapping.name]
    return Previewed(mapping, shown, gate, account, limited=landing.rows >= MOST_ROWS)


def _land(
    platform: Platform, dataset: Dataset, mapping: SourceMapping, scratch: Path
) -> tuple[CompiledMapping, Landing]:
    compiled = compile_mapping(dataset.contract, mapping)
    source = platform.catalogue_of_datasets.sources[mapping.source]
    with open_reader(source, platform.dsn(source.name)) as reader:
        landing = land(
            reader,
            mapping,
            compiled.needed,
            None,
            scratch / "landing",
            taken_at=platform.now,
            limit=MOST_ROWS,
        )
    return compiled, landing
