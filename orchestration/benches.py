"""A working connection in which one dataset can be looked at, with nothing released by it.

Shared by what explains a row, previews a mapping and tries what contracts promise. The steps
of a run are `orchestration.pipeline`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from contracts.errors import Fault, Place
from contracts.i18n import _
from contracts.mappings import Dataset, SourceMapping
from lakehouse.unit_sql import register_units
from orchestration.platform import Platform
from orchestration.references import register_served
from orchestration.workplace import workplace
from standardization.engine import workbench


def open_bench(platform: Platform, directory: Path) -> duckdb.DuckDBPyConnection:
    """A connection in the scratch `directory` as the settings limit it; the caller closes it."""
    return workbench(
        directory,
        memory_limit=platform.settings.memory_limit,
        threads=platform.settings.threads,
        pseudonym_key=platform.pseudonym_key,
    )


@contextmanager
def bench(
    platform: Platform, dataset: Dataset, *, served: bool = False
) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """A connection and the scratch directory of `dataset`, both gone afterwards.

    The views ``ref_<dataset>`` hold the newest releases that it reads, ``served`` its own (no
    row unless `served` is asked for), and administrative units can be resolved.

    Raises:
        Fault: ``run.busy``.
    """
    contract, datasets = dataset.contract, platform.catalogue_of_datasets
    with workplace(platform.home, contract.id) as scratch:
        connection = open_bench(platform, scratch)
        try:
            for name in datasets.requires(contract.id):
                release = platform.releases.latest(name)
                other = datasets.datasets[name].contract
                register_served(connection, f"ref_{name}", platform.stores, release, other)
            own = platform.releases.latest(contract.id) if served else None
            register_served(connection, "served", platform.stores, own, contract, placed=True)
            register_units(connection)
            yield connection, scratch
        finally:
            connection.close()


def mappings_to_show(dataset: Dataset, source: str | None) -> Sequence[SourceMapping]:
    """The mappings of `dataset` from `source`, or all: those whose rows may be looked at.

    Raises:
        Fault: ``rows.derived``, ``rows.counted``, ``rows.no_source``.
    """
    place = Place(dataset=dataset.contract.id)
    if dataset.derived_from:
        raise Fault(
            "rows.derived",
            _("It is derived from {input} and reads no source."),
            remedy=_("Look at rows of {input}, or run this one: dungchung run {dataset}"),
            place=place,
            input=", ".join(dataset.derived_from),
            dataset=dataset.contract.id,
        )
    if dataset.aggregate:
        raise Fault(
            "rows.counted",
            _("Its rows are counted inside a run, and nobody may see them."),
            remedy=_("Run it and read the counts: dungchung run {dataset}"),
            place=place,
            dataset=dataset.contract.id,
        )
    chosen = [m for m in dataset.mappings if source in (None, m.source, m.name)]
    if not chosen:
        raise Fault(
            "rows.no_source",
            _("It has no mapping from the source {source}."),
            remedy=_("Its sources are: {names}."),
            place=place,
            source=source,
            names=", ".join(mapping.source for mapping in dataset.mappings),
        )
    return chosen
