"""A preview: twenty rows before and after, and what the gate would say. Nothing is written.

Sequence only, as in `orchestration.pipeline`, but without stores that could be written to:
the landing stays in scratch, and the gate's relations end with the connection.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from contracts.errors import Fault, Place
from contracts.i18n import _
from contracts.mappings import Dataset, SourceMapping
from contracts.releases import Account
from lakehouse.units import register_units
from orchestration.batches import at_source
from orchestration.platform import Platform
from orchestration.references import register_served
from orchestration.workplace import workplace
from quality.gate import GateResult, run_gate
from standardization.compiler import CompiledMapping, compile_mapping
from standardization.engine import stage_batch, workbench
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
        Fault: ``preview.derived``, ``preview.counted``, ``preview.no_source``, or what source
            and mapping refuse.
    """
    found = platform.dataset(dataset)
    mapping = _mapping(found, source)
    with workplace(platform.home, dataset) as scratch:
        connection = workbench(
            scratch,
            memory_limit=platform.settings.memory_limit,
            threads=platform.settings.threads,
            pseudonym_key=platform.pseudonym_key,
        )
        try:
            return _preview(platform, connection, found, mapping, scratch)
        except Fault as fault:
            raise at_source(fault, dataset, mapping.source) from None
        finally:
            connection.close()


def _mapping(dataset: Dataset, source: str | None) -> SourceMapping:
    name = dataset.contract.id
    if dataset.derived_from:
        raise Fault(
            "preview.derived",
            _("It is derived from {input} and reads no source."),
            remedy=_("Preview {input}, or run it: dungchung run {dataset}"),
            place=Place(dataset=name),
            input=dataset.derived_from[0],
            dataset=name,
        )
    if dataset.aggregate:
        raise Fault(
            "preview.counted",
            _("Its rows are counted inside a run, and nobody may see them."),
            remedy=_("Run it and read the counts: dungchung run {dataset}"),
            place=Place(dataset=name),
            dataset=name,
        )
    for mapping in dataset.mappings:
        if source in (None, mapping.source, mapping.name):
            return mapping
    raise Fault(
        "preview.no_source",
        _("It has no mapping from the source {source}."),
        remedy=_("Its sources are: {names}."),
        place=Place(dataset=name),
        source=source,
        names=", ".join(mapping.source for mapping in dataset.mappings),
    )


def _preview(
    platform: Platform,
    connection: duckdb.DuckDBPyConnection,
    dataset: Dataset,
    mapping: SourceMapping,
    scratch: Path,
) -> Previewed:
    contract = dataset.contract
    datasets = platform.catalogue_of_datasets
    requires = datasets.requires(contract.id)
    for name in requires:
        release = platform.releases.latest(name)
        register_served(
            connection, f"ref_{name}", platform.stores, release, datasets.datasets[name].contract
        )
    register_served(connection, "served", platform.stores, None, contract)
    register_units(connection)
    compiled, landing = _land(platform, dataset, mapping, scratch)
    shown = preview(connection, contract, compiled, landing, scratch)
    stage_batch(connection, contract, [scratch / "preview.parquet"])
    gate = run_gate(
        connection,
        contract,
        full_sources=frozenset((mapping.source,)),
        references={name: datasets.datasets[name].contract for name in requires},
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
