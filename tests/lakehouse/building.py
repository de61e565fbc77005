"""Small releases for tests, made from frozen types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb

from contracts.checks import Verdict
from contracts.model import (
    Access,
    Calendar,
    Classification,
    Column,
    Contract,
    Licence,
    Localized,
)
from contracts.releases import ColumnSchema, FileEntry, Release, TableVersion
from lakehouse.exports import write_open_files
from lakehouse.stores import Stores, Zone

_TITLE = Localized("Tiêu đề", "Title")


def contract(
    columns: Sequence[tuple[str, str]],
    key: Sequence[str],
    *,
    sort: Sequence[str] = (),
    dataset: str = "sample",
) -> Contract:
    """A contract with these columns (name, DuckDB type), all public."""
    return Contract(
        id=dataset,
        version="1.0.0",
        status="active",
        title=_TITLE,
        description=_TITLE,
        access=Access.OPEN,
        owner_agency="H20",
        owner_title=_TITLE,
        steward="steward@example.vn",
        legal_basis=(),
        licence=Licence("cc-by", _TITLE, "https://example.vn"),
        theme="gove",
        tags=(),
        grain=_TITLE,
        columns=tuple(
            Column(
                name,
                "string",
                kind,
                _TITLE,
                _TITLE,
                Classification.PUBLIC,
                primary_key_position=key.index(name) + 1 if name in key else None,
            )
            for name, kind in columns
        ),
        code_lists={},
        checks=(),
        tolerance=0.1,
        calendar=Calendar(None, timedelta(days=1)),
        breakdowns=(),
        disclosure=None,
        sort=tuple(sort),
        stories={},
        path=Path("contract.odcs.yaml"),
        hash="0" * 64,
    )


def release(
    dataset: str = "sample",
    number: int = 1,
    *,
    files: tuple[FileEntry, ...] = (),
    tables: tuple[TableVersion, ...] = (),
    columns: Sequence[tuple[str, str]] = (),
    created_at: str = "2026-03-01T08:00:00+07:00",
    **more: Any,
) -> Release:
    """A manifest."""
    rows = files[0].rows if files else 0
    schema = tuple(
        ColumnSchema(name, kind, "string", ("a", "a"), ("b", "b"), "public")
        for name, kind in columns
    )
    made = Release(
        dataset=dataset,
        release=number,
        access="open",
        created_at=created_at,
        contract_version="1.0.0",
        contract_hash="c",
        code_version="v",
        fingerprint="f",
        content_hash="h",
        rows=rows,
        open_rows=rows,
        inputs=(),
        tables=tables,
        files=files,
        verdict=Verdict(True, (), "test"),
        accounts=(),
        schema=schema,
        metadata={"status": "active"},
    )
    return replace(made, **more)


def published(
    connection: duckdb.DuckDBPyConnection,
    stores: Stores,
    select: str,
    key: Sequence[str],
    *,
    dataset: str = "sample",
    sort: Sequence[str] = (),
) -> Release:
    """A release whose open files hold the rows of `select`."""
    columns = [
        (str(name), str(kind))
        for name, kind, *_ in connection.execute(f"DESCRIBE ({select})").fetchall()
    ]
    made = contract(columns, key, sort=sort, dataset=dataset)
    files = write_open_files(connection, select, made, 1, stores[Zone.OPEN])
    return release(dataset, files=files, columns=columns)
