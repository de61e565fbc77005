"""Contracts, mappings and sources for the tests, built from the frozen types directly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from contracts.joins import Join, TableUse
from contracts.mappings import NamedCondition, Source, SourceMapping
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
)

BOTH = Localized("vi", "en")
KEY = b"a key that is only used in tests"


def contract(
    columns: Mapping[str, str],
    *,
    key: Sequence[str] = (),
    breakdowns: Mapping[str, Sequence[str]] | None = None,
    disclosure: Disclosure | None = None,
    calendar: Calendar | None = None,
    dataset: str = "things",
) -> Contract:
    """A contract with `columns` (name → DuckDB type)."""
    made = tuple(
        Column(
            name=name,
            logical_type="string",
            sql_type=kind,
            title=Localized(f"cột {name}", f"column {name}"),
            description=BOTH,
            classification=Classification.PUBLIC,
            primary_key_position=list(key).index(name) + 1 if name in key else None,
        )
        for name, kind in columns.items()
    )
    return Contract(
        id=dataset,
        version="1.0.0",
        status="active",
        title=BOTH,
        description=BOTH,
        access=Access.OPEN,
        owner_agency="H20",
        owner_title=BOTH,
        steward="steward@example.vn",
        legal_basis=(),
        licence=Licence("cc-by", BOTH, "https://creativecommons.org/licenses/by/4.0/"),
        theme="theme",
        tags=(),
        grain=BOTH,
        columns=made,
        code_lists={},
        checks=(),
        tolerance=0.1,
        calendar=calendar or Calendar(None, None),
        breakdowns=tuple(Breakdown(n, tuple(by), BOTH) for n, by in (breakdowns or {}).items()),
        disclosure=disclosure,
        sort=(),
        stories={},
        path=Path("contract.odcs.yaml"),
        hash="",
    )


def conditions(**named: str) -> tuple[NamedCondition, ...]:
    """Named conditions."""
    return tuple(NamedCondition(name, text, BOTH) for name, text in named.items())


def mapping(columns: Mapping[str, str], **more: Any) -> SourceMapping:
    """A mapping whose key table is ``CASES c`` unless `table` says otherwise."""
    joins = tuple(
        Join(TableUse(table, alias, dataset), on, line=5)
        for table, alias, dataset, on in more.pop("joins", ())
    )
    key_use = TableUse(more.pop("table", "CASES"), more.pop("alias", "c"))
    settings: dict[str, Any] = {
        "name": "office",
        "dataset": "things",
        "source": "office",
        "path": Path("office.yaml"),
        "key": "c.ID",
        "lines": {name: 10 + line for line, name in enumerate(columns)},
    }
    settings |= more
    return SourceMapping(
        uses=(key_use, *(join.use for join in joins)), joins=joins, columns=columns, **settings
    )


def source(**more: Any) -> Source:
    """A source called ``office``."""
    settings: dict[str, Any] = {
        "name": "office",
        "title": Localized("Một cửa", "One-stop shop"),
        "owner_agency": "H20",
        "connection": "DUNGCHUNG_SOURCE_OFFICE",
        "default": None,
    }
    return Source(**(settings | more))


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The rows of a Parquet file by landing id."""
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return sorted(rows, key=lambda row: row["_landing_id"])


def days(number: int) -> timedelta:
    """A number of days."""
    return timedelta(days=number)
