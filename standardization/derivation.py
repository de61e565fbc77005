"""A dataset derived from rows that are standardised already: compiled and run.

Here belong the kinds of derivation as one compiled form, writing the batch relation, and
reconciling it with the input. The SQL of the kinds is `standardization.grouping` and
`standardization.row_derivation`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

from contracts.errors import Place
from contracts.joins import TableUse
from contracts.mappings import Derivation
from contracts.model import Contract
from contracts.quoting import quoted
from contracts.releases import Reconciliation
from contracts.sql import REFERENCE
from standardization.disclosure import BreakdownShare, refuse_nested, shares
from standardization.explain import (
    How,
    explain_derived_row,
    explain_dimension,
    explain_measure,
    origins,
)
from standardization.faults import failed
from standardization.grouping import INPUT_ALIAS, Grouping, parse
from standardization.row_derivation import rows_measure_sql, rows_sql
from standardization.staging import write_batch

ROWS = "rows"
"""What reconciles where rows are made from rows: their number."""


@dataclass(frozen=True)
class CompiledDerivation:
    """The SQL of a derivation over the rows of its input.

    `sql` gives the batch relation; `measure_sql` one row (breakdown, derived, expected) per
    breakdown, before suppression and whatever the period (made from rows, it reads
    ``batch``); `report_sql` is what `disclosure_report` runs (None without disclosure
    control). `lineage` and `how` as of a mapping.
    """

    derivation: Derivation
    sql: str
    measure_sql: str
    report_sql: str | None
    lineage: Mapping[str, tuple[str, ...]]
    how: Mapping[str, tuple[str, str]]


def compile_derivation(
    contract: Contract, derivation: Derivation, *, today: date, relation: str | None = None
) -> CompiledDerivation:
    """Compile the derivation of `contract`.

    Args:
        contract: of the derived dataset.
        derivation: from its folder.
        today: the day on which periods count as closed or not.
        relation: the rows it reads; ``ref_<input>`` if not given.

    Raises:
        Fault: ``disclosure.nested``, or from `contracts.sql` where an expression is not
            allow-listed.
    """
    rows = quoted(relation or REFERENCE + derivation.input)
    how = How(
        derivation.input, {INPUT_ALIAS: TableUse(derivation.input, INPUT_ALIAS, dataset=True)}
    )
    lineage = {name: origins(how, parse(text)) for name, text in derivation.expressions.items()}
    if derivation.by_row:
        return CompiledDerivation(
            derivation=derivation,
            sql=rows_sql(contract, derivation, rows),
            measure_sql=rows_measure_sql(derivation, rows),
            report_sql=None,
            lineage=lineage,
            how={
                name: explain_derived_row(how, parse(text))
                for name, text in derivation.rows.items()
            },
        )
    if contract.disclosure:
        refuse_nested(contract)
    grouping = Grouping(contract, derivation, rows)
    rule, guarded = contract.disclosure, grouping.guarded
    return CompiledDerivation(
        derivation=derivation,
        sql=grouping.batch_sql(today),
        measure_sql=grouping.measure_sql(),
        report_sql=grouping.report_sql(rule, today) if rule else None,
        lineage=lineage,
        how={name: explain_dimension(how, tree) for name, tree in grouping.dimensions.items()}
        | {
            name: explain_measure(how, tree, guarded.get(name))
            for name, tree in grouping.measures.items()
        },
    )


def derive(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    compiled: CompiledDerivation,
    out: Path,
) -> int:
    """Write the batch relation to the Parquet file `out`; gives the rows written.

    Raises:
        Fault: ``standardise.failed``.
    """
    try:
        return write_batch(connection, compiled.sql, out)
    except duckdb.Error as error:
        raise failed(error, _place(contract, compiled)) from None


def reconcile(
    connection: duckdb.DuckDBPyConnection, contract: Contract, compiled: CompiledDerivation
) -> Reconciliation:
    """The derived total against the input's: that of the first breakdown where they differ,
    else of the last."""
    measure = compiled.derivation.reconcile or ROWS
    found = Reconciliation(measure, 0, 0)
    try:
        rows = connection.execute(compiled.measure_sql).fetchall()
    except duckdb.Error as error:
        raise failed(error, _place(contract, compiled)) from None
    for _name, derived, expected in rows:
        found = Reconciliation(measure, _plain(derived), _plain(expected))
        if not found.passed:
            break
    return found


def disclosure_report(
    connection: duckdb.DuckDBPyConnection, contract: Contract, compiled: CompiledDerivation
) -> tuple[BreakdownShare, ...]:
    """What each breakdown shows of its closed periods; empty without disclosure control."""
    if compiled.report_sql is None:
        return ()
    try:
        return shares(connection, compiled.report_sql)
    except duckdb.Error as error:
        raise failed(error, _place(contract, compiled)) from None


def _plain(value: Decimal | int) -> int | float:
    """A whole number where it is one."""
    return int(value) if value == int(value) else float(value)


def _place(contract: Contract, compiled: CompiledDerivation) -> Place:
    return Place(dataset=contract.id, file=compiled.derivation.path.name)
