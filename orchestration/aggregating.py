"""Rows that are counted inside a run and never leave it: standardised, judged, grouped.

Sequence only, as in `orchestration.batches`. The rows live in a database of their own in the
run's scratch; what leaves it are cells, counts, and of refused rows the source key and rules.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb

from contracts.mappings import Aggregate, Dataset
from contracts.model import Contract
from contracts.quoting import literal, quoted
from lakehouse.tables import empty
from orchestration.batches import Batch, CountedRows, Standardised
from orchestration.benches import open_bench
from orchestration.platform import Platform
from quality.gate import run_gate
from standardization.compiler import CompiledMapping
from standardization.derivation import CompiledDerivation, compile_derivation, derive, reconcile
from standardization.engine import stage_batch, standardise

Register = Callable[[duckdb.DuckDBPyConnection], None]
"""Makes the relations of the datasets that the mapping reads."""


def count_batch(
    platform: Platform,
    connection: duckdb.DuckDBPyConnection,
    dataset: Dataset,
    batch: Batch,
    scratch: Path,
    register: Register,
) -> Standardised:
    """Leave the cells of the only mapping of `dataset` as the relation ``batch``.

    Its rows are standardised and judged by the contract of rows in a database of their own,
    which is closed and removed before this returns; rows that it accepts are counted.

    Raises:
        Fault: from `standardization` and `quality`.
    """
    ((mapping, compiled, landing),) = batch.landings
    contract, aggregate = dataset.contract, aggregate_of(dataset)
    cells, refused, inside = scratch / "cells.parquet", scratch / "refused.parquet", scratch / "in"
    grouping = compile_derivation(
        contract, aggregate.grouping, today=platform.today, relation="accepted"
    )
    rows = open_bench(platform, inside)
    try:
        register(rows)
        staged = inside / "rows.parquet"
        standardise(rows, aggregate.row, compiled, landing, staged)
        stage_batch(rows, aggregate.row, [staged])
        columns = [(column.name, column.sql_type) for column in aggregate.row.served_columns]
        rows.execute(f"CREATE VIEW served AS {empty(columns, placed=True)}")
        sources = frozenset((mapping.source,))
        gate = run_gate(rows, aggregate.row, full_sources=sources, references={})
        derive(rows, contract, grouping, cells)
        _write_refused(rows, refused)
        reconciliation = reconcile(rows, contract, grouping)
    finally:
        rows.close()
        for file in inside.glob("*.*"):
            file.unlink()
    stage_batch(connection, contract, [cells])
    return Standardised(
        full_sources=sources,
        how={name: {mapping.name: text} for name, text in grouping.how.items()},
        lineage=_lineage(mapping.source, aggregate, compiled, grouping),
        reconciliation=reconciliation,
        rows=CountedRows(aggregate.row, gate.verdict, tuple(gate.accounts.values()), refused),
    )


def aggregate_of(dataset: Dataset) -> Aggregate:
    """The aggregate of a dataset that has one; anything else is a fault of the caller."""
    if dataset.aggregate is None:
        message = f"{dataset.contract.id} counts no rows"
        raise TypeError(message)
    return dataset.aggregate


def tell_refused(connection: duckdb.DuckDBPyConnection, contract: Contract, refused: Path) -> None:
    """Add the refused rows to the relation ``quarantine`` of the cells' gate: source key and
    rules, every column empty."""
    nothing = ", ".join(
        f"CAST(NULL AS {column.sql_type}) AS {quoted(column.name)}" for column in contract.columns
    )
    connection.execute(
        f"INSERT INTO quarantine BY NAME SELECT {nothing}, *, []::VARCHAR[] AS _unreadable "
        f"FROM read_parquet({literal(str(refused))})"
    )


def _write_refused(rows: duckdb.DuckDBPyConnection, refused: Path) -> None:
    rows.execute(
        "COPY (SELECT source_system, source_key, _mapping, _landing_id, _rules FROM quarantine) "
        f"TO {literal(str(refused))} (FORMAT parquet)"
    )


def _lineage(
    source: str, aggregate: Aggregate, compiled: CompiledMapping, grouping: CompiledDerivation
) -> dict[str, tuple[str, ...]]:
    """Cell's column → ``source table.column``, through the columns of the rows."""
    found: dict[str, tuple[str, ...]] = {}
    inner = f"ref.{aggregate.grouping.input}."
    for name, origins in grouping.lineage.items():
        read: dict[str, None] = {}
        for origin in origins:
            for below in compiled.lineage.get(origin.removeprefix(inner), ()):
                read[below if below.startswith("ref.") else f"{source}.{below}"] = None
        found[name] = tuple(read)
    return found
