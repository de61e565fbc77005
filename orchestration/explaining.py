"""What became of one row: column by column what was read, what was changed and by which rule.

Sequence only. The row is read from its source as that is now, standardised in scratch, and
compared with what the newest release serves and the quarantine holds. Values of personal and
confidential columns, and raw values that any such column is made of, never leave here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from contracts.errors import Fault, Place
from contracts.i18n import _
from contracts.mappings import Dataset, SourceMapping
from contracts.model import Contract
from contracts.quoting import literal, quoted
from orchestration.batches import at_source
from orchestration.benches import bench, mappings_to_show
from orchestration.platform import Platform
from orchestration.refused import refused_keys
from standardization.compiler import compile_mapping
from standardization.engine import standardise
from standardization.landing import land
from standardization.one_row import ExplainedColumn, explain_columns, leave_only
from standardization.sources import open_reader


@dataclass(frozen=True)
class ExplainedRow:
    """What became of a row of `source`. `refused` are the rules by which the newest run put it
    in quarantine; `release` the newest release and `flag` its quality flag there, None where
    it is not served. `original` is the key of the row that this one tells again, as the run linked
    them over all sources."""

    source: str
    source_key: str
    excluded: str | None
    refused: tuple[str, ...]
    fixed: tuple[str, ...]
    doubts: tuple[str, ...]
    release: int | None
    flag: str | None
    original: str | None
    columns: tuple[ExplainedColumn, ...]


def explain_row(
    platform: Platform, dataset: str, key: str, source: str | None = None
) -> tuple[ExplainedRow, ...]:
    """The rows of `dataset` that `key` names: a primary key (its parts joined by ``/``) or the
    key in a source. One of two sources may hold it too, or have an older copy.

    Raises:
        Fault: ``rows.derived``, ``rows.counted``, ``rows.no_source``, ``explain.not_found``, or
            what source and mapping refuse.
    """
    found = platform.dataset(dataset)
    mappings = mappings_to_show(found, source)
    rows: list[ExplainedRow] = []
    with bench(platform, found, served=True) as (connection, scratch):
        for mapping in mappings:
            try:
                rows += _of_mapping(platform, connection, found, mapping, key, scratch)
            except Fault as fault:
                raise at_source(fault, dataset, mapping.source) from None
    if not rows:
        raise Fault(
            "explain.not_found",
            _("No row of its sources has this key now."),
            remedy=_("Give the primary key (parts joined by /) or the key in the source."),
            place=Place(dataset=dataset),
        )
    return tuple(rows)


def _of_mapping(
    platform: Platform,
    connection: duckdb.DuckDBPyConnection,
    dataset: Dataset,
    mapping: SourceMapping,
    key: str,
    scratch: Path,
) -> list[ExplainedRow]:
    contract = dataset.contract
    compiled = compile_mapping(contract, mapping)
    source = platform.catalogue_of_datasets.sources[mapping.source]
    with open_reader(source, platform.dsn(source.name)) as reader:
        landing = land(
            reader, mapping, compiled.needed, None, scratch / mapping.name, taken_at=platform.now
        )
    staged = scratch / f"{mapping.name}.parquet"
    standardise(connection, contract, compiled, landing, staged)
    keys = ", ".join(f"CAST({quoted(name)} AS VARCHAR)" for name in contract.primary_key)
    rows = connection.execute(
        "SELECT _landing_id, source_key, _excluded, _unreadable, _fixed, _doubts "
        f"FROM read_parquet({literal(str(staged))}) "
        f"WHERE source_key = $key OR concat_ws('/', {keys or 'NULL'}) = $key "
        "ORDER BY _landing_id LIMIT 20",
        {"key": key},
    ).fetchall()
    explained = []
    for landing_id, source_key, excluded, unreadable, fixed, doubts in rows:
        leave_only(connection, compiled, landing, int(landing_id))
        release, flag, original = _served(platform, connection, contract, mapping, source_key)
        columns = explain_columns(connection, contract, compiled, unreadable)
        explained.append(
            ExplainedRow(
                source=mapping.source,
                source_key=source_key,
                excluded=excluded,
                refused=_refused(platform, contract, mapping, source_key),
                fixed=tuple(fixed),
                doubts=tuple(doubts),
                release=release,
                flag=flag,
                original=None if _hidden(contract, columns) else original,
                columns=columns,
            )
        )
    return explained


def _served(
    platform: Platform,
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    mapping: SourceMapping,
    source_key: str,
) -> tuple[int | None, str | None, str | None]:
    release, rule = platform.releases.latest(contract.id), contract.near_duplicates
    row = connection.execute(
        f"SELECT quality_flag, {quoted(rule.column) if rule else 'NULL'} FROM served"
        " WHERE source_system = ? AND source_key = ?",
        [mapping.source, source_key],
    ).fetchone()
    return (release.release, *row) if release and row else (None, None, None)


def _hidden(contract: Contract, columns: Sequence[ExplainedColumn]) -> bool:
    """Whether nobody may see which row is the original."""
    rule = contract.near_duplicates
    return any(column.hidden for column in columns if rule and column.name == rule.column)


def _refused(
    platform: Platform, contract: Contract, mapping: SourceMapping, source_key: str
) -> tuple[str, ...]:
    for row in refused_keys(platform, contract):
        if (row.source, row.key) == (mapping.source, source_key):
            return row.rules
    return ()
