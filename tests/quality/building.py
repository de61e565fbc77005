"""Contracts, batches and gates for the quality tests, built from the frozen types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import duckdb

from contracts.checks import Check, CheckKind, Severity
from contracts.model import (
    Access,
    Breakdown,
    Calendar,
    Classification,
    Column,
    Contract,
    Disclosure,
    Licence,
    Localized,
    Reference,
)

NAME = Localized("Tên", "Name")
CONTROL = """
    source_system VARCHAR, source_key VARCHAR, quality_flag VARCHAR, _landing_id BIGINT,
    _mapping VARCHAR, _excluded VARCHAR, _unreadable VARCHAR[], _fixed VARCHAR[],
    _doubts VARCHAR[], _order BIGINT, _precedence INTEGER
"""


def column(
    name: str,
    sql_type: str = "VARCHAR",
    *,
    key: int | None = None,
    classification: Classification = Classification.PUBLIC,
    code_list: str | None = None,
    reference: Reference | None = None,
) -> Column:
    return Column(
        name,
        "string",
        sql_type,
        NAME,
        NAME,
        classification,
        primary_key_position=key,
        code_list=code_list,
        reference=reference,
    )


def check(
    name: str,
    kind: CheckKind,
    *columns: str,
    predicate: str | None = None,
    query: str | None = None,
    severity: Severity = Severity.ERROR,
    tolerance: float | None = None,
    **arguments: object,
) -> Check:
    return Check(
        name,
        kind,
        columns,
        ("Kiểm tra", "Check"),
        severity,
        predicate,
        query,
        arguments,
        tolerance,
    )


def contract(
    columns: Sequence[Column],
    checks: Sequence[Check],
    *,
    name: str = "ho_so",
    access: Access = Access.SHARED,
    tolerance: float = 0.5,
    breakdowns: Sequence[Breakdown] = (),
    disclosure: Disclosure | None = None,
    period_column: str | None = None,
) -> Contract:
    return Contract(
        id=name,
        version="1.0.0",
        status="active",
        title=NAME,
        description=NAME,
        access=access,
        owner_agency="H20.1",
        owner_title=NAME,
        steward="steward@example.vn",
        legal_basis=(),
        licence=Licence("cc-by", NAME, "https://example.vn"),
        theme="gove",
        tags=(),
        grain=NAME,
        columns=tuple(columns),
        code_lists={},
        checks=tuple(checks),
        tolerance=tolerance,
        calendar=Calendar(None, None, period_column, timedelta(0)),
        breakdowns=tuple(breakdowns),
        disclosure=disclosure,
        sort=(),
        stories={},
        path=Path("datasets") / name,
        hash="0",
    )


def connect(
    dataset: Contract,
    batch: Sequence[Mapping[str, object]],
    served: Sequence[Mapping[str, object]] = (),
) -> duckdb.DuckDBPyConnection:
    """A connection with `batch` and `served`; control columns are filled in where not given."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'Asia/Ho_Chi_Minh'")
    own = ", ".join(f'"{c.name}" {c.sql_type}' for c in dataset.columns)
    connection.execute(f"CREATE TABLE batch({own}, {CONTROL})")
    connection.execute(
        f"CREATE TABLE served({own}, source_system VARCHAR, source_key VARCHAR,"
        " quality_flag VARCHAR, ingested_at TIMESTAMPTZ, _file VARCHAR, _row BIGINT)"
    )
    for number, row in enumerate(batch):
        defaults = {
            "source_system": "igate",
            "source_key": f"k{number}",
            "quality_flag": "ok",
            "_landing_id": number,
            "_mapping": row.get("source_system", "igate"),
            "_unreadable": [],
            "_fixed": [],
            "_doubts": [],
            "_precedence": 1,
        }
        insert(connection, "batch", {**defaults, **row})
    for number, row in enumerate(served):
        defaults = {
            "source_system": "igate",
            "source_key": f"s{number}",
            "quality_flag": "ok",
            # Two files with rows of the same numbers.
            "_file": f"part-{number % 2}.parquet",
            "_row": number // 2,
        }
        insert(connection, "served", {**defaults, **row})
    return connection


def insert(connection: duckdb.DuckDBPyConnection, table: str, row: Mapping[str, object]) -> None:
    names = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join("?" for _ in row)
    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values()))


def values(connection: duckdb.DuckDBPyConnection, sql: str) -> list[object]:
    """The first column of a query, in order of appearance."""
    return [row[0] for row in connection.execute(sql).fetchall()]
