"""How every row of a dataset was judged, beside what the sample's truth table says of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb

from contracts.mappings import Dataset
from contracts.quoting import quoted
from contracts.releases import Release
from contracts.sql import tables_of as shape_tables
from demo.truth import Outcome, PlantedFault
from lakehouse.unit_sql import register_units
from orchestration.batches import land_sources
from orchestration.platform import Platform
from orchestration.references import register_served
from orchestration.refused import refused_keys
from orchestration.workplace import workplace
from standardization.engine import stage_batch, standardise, workbench
from standardization.linking import link
from tests.orchestration.homes import latest, shared_rows

Key = tuple[str, str]
"""Source and key in it."""
Rule = tuple[str, str, str]
"""Source, key in it, and a rule."""


@dataclass(frozen=True)
class Row:
    """How one landed row was judged while it was standardised."""

    excluded: str | None
    fixed: frozenset[str]
    doubts: frozenset[str]


@dataclass(frozen=True)
class Judged:
    """What the truth says of one dataset, and what became of its rows.

    `cells` are the standardised cells that the truth states something about. `flags` are
    those of the served rows; None where the dataset serves counts of its rows only.
    """

    dataset: Dataset
    release: Release
    truth: tuple[PlantedFault, ...]
    landed: dict[Key, Row]
    refused: dict[Key, frozenset[str]]
    cells: dict[Rule, str | None]
    flags: dict[Key, str] | None

    @cached_property
    def accepted(self) -> frozenset[Key]:
        """Rows that were neither excluded nor refused."""
        excluded = {key for key, row in self.landed.items() if row.excluded}
        return frozenset(self.landed.keys() - self.refused.keys() - excluded)

    def planted(self, *outcomes: Outcome) -> list[PlantedFault]:
        """What was planted with one of `outcomes`."""
        return [fault for fault in self.truth if fault.expected_outcome in outcomes]

    def rules(self, *outcomes: Outcome) -> set[Rule]:
        """What was planted, as rows and the rules that must find it."""
        return {(fault.system, fault.key, fault.expected_rule) for fault in self.planted(*outcomes)}

    def keys(self, *outcomes: Outcome) -> set[Key]:
        """The rows in which something was planted."""
        return {(fault.system, fault.key) for fault in self.planted(*outcomes)}


def tables_of(dataset: Dataset) -> set[Key]:
    """Source and table of every row that the truth can tell about: the key tables of the
    mappings, and every table that a shape makes a key table from."""
    return {
        (mapping.source, table)
        for mapping in dataset.mappings
        for table in (
            (name for schema, name in shape_tables(mapping.shape) if not schema)
            if mapping.shape
            else (mapping.uses[0].table,)
        )
    }


def judge(platform: Platform, name: str, truth: Collection[PlantedFault]) -> Judged:
    """Read and standardise a released dataset's sources once more, and look at its release."""
    dataset = platform.dataset(name)
    tables = tables_of(dataset)
    mine = tuple(fault for fault in truth if (fault.system, fault.table_name) in tables)
    landed, cells = _standardised(platform, dataset, mine)
    flags = None
    if not dataset.aggregate:
        with shared_rows(platform, name) as connection:
            rows = connection.execute(
                "SELECT source_system, source_key, quality_flag FROM served"
            ).fetchall()
            cells = _cells(connection, "served", mine)
        flags = {(source, key): flag for source, key, flag in rows}
    return Judged(
        dataset=dataset,
        release=latest(platform, name),
        truth=mine,
        landed=landed,
        refused={
            (row.source, row.key): frozenset(row.rules)
            for row in refused_keys(platform, dataset.contract)
        },
        cells=cells,
        flags=flags,
    )


def _standardised(
    platform: Platform, dataset: Dataset, truth: Collection[PlantedFault]
) -> tuple[dict[Key, Row], dict[Rule, str | None]]:
    """Every row of the sources, as the mappings name what they did to it."""
    name = dataset.contract.id
    with workplace(platform.home, name) as scratch:
        connection = workbench(
            scratch, memory_limit="1GB", threads=2, pseudonym_key=platform.pseudonym_key
        )
        for other in platform.catalogue_of_datasets.requires(name):
            contract = platform.dataset(other).contract
            release = latest(platform, other)
            register_served(connection, f"ref_{other}", platform.stores, release, contract)
        register_units(connection)
        _stage(platform, connection, dataset, scratch)
        rows = connection.execute(
            "SELECT source_system, source_key, _excluded, _fixed, _doubts FROM batch"
        ).fetchall()
        cells = _cells(connection, "batch", truth)
        connection.close()
    landed = {
        (source, key): Row(excluded, frozenset(fixed or ()), frozenset(doubts or ()))
        for source, key, excluded, fixed, doubts in rows
    }
    return landed, cells


def _stage(
    platform: Platform, connection: duckdb.DuckDBPyConnection, dataset: Dataset, scratch: Path
) -> None:
    # Not `standardise_batch`: it counts the rows of a dataset that serves counts only.
    batch = land_sources(platform, dataset, None, scratch, lambda rows: None)
    files = []
    for mapping, compiled, landing in batch.landings:
        file = scratch / f"{mapping.name}.parquet"
        standardise(connection, dataset.row_contract(mapping), compiled, landing, file)
        files.append(file)
    contract = dataset.row_contract(dataset.mappings[0])
    stage_batch(connection, contract, files)
    register_served(connection, "served", platform.stores, None, contract)
    link(connection, contract, frozenset(mapping.source for mapping in dataset.mappings))


def _cells(
    connection: duckdb.DuckDBPyConnection, relation: str, truth: Collection[PlantedFault]
) -> dict[Rule, str | None]:
    return dict(_found(connection, relation, [fault for fault in truth if fault.states_value]))


def _found(
    connection: duckdb.DuckDBPyConnection, relation: str, stated: Collection[PlantedFault]
) -> Iterator[tuple[Rule, str | None]]:
    for target in sorted({fault.target for fault in stated}):
        column = quoted(target)
        keys = [(fault.system, fault.key) for fault in stated if fault.target == target]
        sources, numbers = [source for source, _key in keys], [key for _source, key in keys]
        rows = connection.execute(
            f"SELECT source_system, source_key, CASE typeof({column})"
            f" WHEN 'TIMESTAMP WITH TIME ZONE'"
            f" THEN strftime(CAST({column} AS TIMESTAMP), '%Y-%m-%d %H:%M:%S')"
            f" ELSE CAST({column} AS VARCHAR) END FROM {relation} WHERE (source_system, source_key)"
            " IN (SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[]))",
            [sources, numbers],
        ).fetchall()
        for source, key, value in rows:
            yield (source, key, target), value
