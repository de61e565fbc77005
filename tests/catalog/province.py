"""A small province in a real store: releases written with `lakehouse`, as orchestration does.

Open schools, cases on request with personal columns, a draft, and two small unit datasets.
Column names here are the tests' own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from contracts.checks import Verdict
from contracts.model import Access, Calendar, Classification, Column, Contract, Licence, Localized
from contracts.releases import Account, ColumnSchema, Release, TableVersion
from lakehouse.exports import write_open_files
from lakehouse.releases import Releases
from lakehouse.stores import Stores, StoreSettings, Zone, open_stores
from lakehouse.tables import Wanted, commit
from lakehouse.units import CROSSWALK, UNITS

CANARY = "Canarivi Kiểm Soát"
_DAY = datetime(2026, 3, 1, 2, tzinfo=UTC)
_LOGICAL = {"VARCHAR": "string", "INTEGER": "integer", "DATE": "date", "DECIMAL(9,3)": "number"}


@dataclass(frozen=True)
class Table:
    """A dataset of the tests: its columns as ``name type [class]`` and the SQL of its rows."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: str
    key: tuple[str, ...]
    access: Access = Access.OPEN
    status: str = "active"
    owner: tuple[str, str] = ("H20.5", "Sở Tư pháp")


SCHOOLS = Table(
    "schools",
    "Trường học",
    ("code VARCHAR", "name VARCHAR", "pupils INTEGER", "opened DATE", "head VARCHAR personal"),
    """SELECT format('{:04d}', i) AS code,
           CASE i WHEN 1 THEN 'Trường Giáo dục thường xuyên' WHEN 2 THEN '=HYPERLINK("x")'
                ELSE 'Trường số ' || i END AS name,
           CASE WHEN i % 10 = 0 THEN NULL ELSE i * 7 END::INTEGER AS pupils,
           DATE '2000-01-01' + i::INTEGER AS opened, 'Canarivi Kiểm Soát' AS head
       FROM range(1, 251) t(i)""",
    ("code",),
)
CASES = Table(
    "cases",
    "Hồ sơ",
    (
        "case_no VARCHAR",
        "status VARCHAR internal",
        "applicant VARCHAR personal",
        "illness VARCHAR sensitive",
    ),
    """SELECT 'HS' || i AS case_no, 'received' AS status, 'Canarivi Kiểm Soát' AS applicant,
           'không' AS illness FROM range(1, 31) t(i)""",
    ("case_no",),
    access=Access.ON_REQUEST,
)
DRAFT = Table(
    "secret_plan",
    "Canarivi bản nháp",
    ("code VARCHAR",),
    "SELECT 'x' AS code",
    ("code",),
    status="draft",
    owner=("CANARY.1", "Cơ quan Canarivi"),
)
UNIT_ROWS = Table(
    UNITS,
    "Đơn vị hành chính",
    (
        "code_system VARCHAR",
        "unit_code VARCHAR",
        "level VARCHAR",
        "unit_type VARCHAR",
        "name VARCHAR",
        "full_name VARCHAR",
        "match_key VARCHAR",
        "parent_code VARCHAR",
        "legal_act VARCHAR",
        "area_km2 DECIMAL(9,3)",
        "population INTEGER",
        "population_year INTEGER",
        "valid_from DATE",
        "valid_to DATE",
    ),
    """SELECT * FROM (VALUES
        ('QD124_2004', '28000', 'commune', 'xa', 'Tân Phú', 'Xã Tân Phú', 'tanphu', NULL, NULL,
         NULL::DECIMAL(9,3), NULL::INTEGER, NULL::INTEGER, DATE '2004-07-08', DATE '2025-07-01'),
        ('QD19_2025', '28000', 'commune', 'xa', 'Bình Phú', 'Xã Bình Phú', 'binhphu', NULL, NULL,
         NULL, NULL, NULL, DATE '2025-07-01', NULL),
        ('QD19_2025', '28003', 'commune', 'xa', 'Tân Hương', 'Xã Tân Hương', 'tanhuong', NULL,
         NULL, NULL, NULL, NULL, DATE '2025-07-01', NULL))
       t(code_system, unit_code, level, unit_type, name, full_name, match_key, parent_code,
         legal_act, area_km2, population, population_year, valid_from, valid_to)""",
    ("code_system", "unit_code", "valid_from"),
)
CROSSWALK_ROWS = Table(
    CROSSWALK,
    "Chuyển đổi đơn vị hành chính",
    (
        "old_system VARCHAR",
        "old_code VARCHAR",
        "new_system VARCHAR",
        "new_code VARCHAR",
        "relation VARCHAR",
        "part_basis VARCHAR",
        "share DECIMAL(9,3)",
        "effective_date DATE",
        "note_raw VARCHAR",
    ),
    """SELECT 'QD124_2004' AS old_system, '28000' AS old_code, 'QD19_2025' AS new_system,
           '28003' AS new_code, 'whole' AS relation, NULL::VARCHAR AS part_basis,
           NULL::DECIMAL(9,3) AS share, DATE '2025-07-01' AS effective_date,
           'Nghị quyết' AS note_raw""",
    ("old_system", "old_code", "new_code"),
)
TABLES = (SCHOOLS, CASES, DRAFT, UNIT_ROWS, CROSSWALK_ROWS)


def stores_at(home: Path) -> Stores:
    """The file store of the tests."""
    stores = open_stores(StoreSettings(url=f"file://{home / 'store'}", cache=home / "c"))
    stores.ensure()
    return stores


def make_province(home: Path) -> Stores:
    """All datasets of `TABLES`, one release each."""
    stores = stores_at(home)
    fill(stores)
    return stores


def fill(stores: Stores) -> None:
    """The first release of every dataset."""
    for table in TABLES:
        publish(stores, table)


def publish(
    stores: Stores,
    table: Table,
    number: int = 1,
    rows: str | None = None,
    *,
    stories: Mapping[str, object] | None = None,
) -> Release:
    """Commit the rows, write the open files, then the manifest."""
    with duckdb.connect() as connection:
        served = (
            f"SELECT *, 'igate' AS source_system, 'k' AS source_key, 'ok' AS quality_flag"
            f" FROM ({rows or table.rows})"
        )
        moment = _DAY + timedelta(days=number)
        zone = stores[Zone.SHARED]
        wanted = Wanted(zone, table.name, connection, served, tuple(table.key), moment)
        done = commit(wanted, run_key=f"{table.name}-{number}")
        contract = _contract(table)
        shown = ", ".join([*(column.name for column in contract.open_columns), "quality_flag"])
        files = (
            write_open_files(
                connection, f"SELECT {shown} FROM ({served})", contract, number, stores[Zone.OPEN]
            )
            if table.access is Access.OPEN
            else ()
        )
        counted = connection.execute(f"SELECT count(*) FROM ({served})").fetchone()
    count = int(counted[0]) if counted else 0
    release = Release(
        dataset=table.name,
        release=number,
        access=table.access.value,
        created_at=moment.isoformat(),
        contract_version="1.0.0",
        contract_hash="c" * 64,
        code_version="1",
        fingerprint=f"{number:064x}",
        content_hash=f"{number:064x}",
        rows=count,
        open_rows=count if files else 0,
        inputs=(),
        tables=(TableVersion("shared", table.name, done.version),),
        files=files,
        verdict=Verdict(True, (), "tests"),
        accounts=(Account("igate", count, count, 0, 0),),
        schema=(
            *(_schema(column) for column in contract.columns),
            ColumnSchema("quality_flag", "VARCHAR", "string", ("Cờ", "Flag"), ("", ""), "public"),
        ),
        metadata=_metadata(table) | {"stories": dict(stories or {})},
    )
    Releases(stores).publish(release)
    return release


def withdraw(stores: Stores, dataset: str) -> Release:
    """A withdrawal: a later manifest without files."""
    newest = Releases(stores).latest(dataset)
    assert newest is not None
    gone = replace(
        newest,
        release=newest.release + 1,
        files=(),
        withdrawn="Sai phạm vi",
        created_at=(_DAY + timedelta(days=newest.release + 1)).isoformat(),
    )
    Releases(stores).publish(gone)
    return gone


def _contract(table: Table) -> Contract:
    both = Localized(table.title, table.name)
    return Contract(
        id=table.name,
        version="1.0.0",
        status=table.status,
        title=both,
        description=both,
        access=table.access,
        owner_agency=table.owner[0],
        owner_title=Localized(table.owner[1], "Agency"),
        steward="steward@example.vn",
        legal_basis=(),
        licence=Licence("cc-by", both, "https://creativecommons.org/licenses/by/4.0/"),
        theme="gove",
        tags=(),
        grain=both,
        columns=tuple(_column(text, table.key) for text in table.columns),
        code_lists={},
        checks=(),
        tolerance=0.1,
        calendar=Calendar(None, None),
        breakdowns=(),
        disclosure=None,
        sort=table.key,
        stories={},
        path=Path(table.name),
        hash="c" * 64,
    )


def _column(text: str, key: tuple[str, ...]) -> Column:
    name, kind, *guarded = text.split()
    return Column(
        name=name,
        logical_type=_LOGICAL[kind],
        sql_type=kind,
        title=Localized(f"Cột {name}", f"Column {name}"),
        description=Localized(f"Mô tả {name}", f"About {name}"),
        classification=Classification(guarded[0] if guarded else "public"),
        primary_key_position=key.index(name) + 1 if name in key else None,
    )


def _schema(column: Column) -> ColumnSchema:
    return ColumnSchema(
        name=column.name,
        type=column.sql_type,
        logical_type=column.logical_type,
        title=(column.title.vi, column.title.en),
        description=(column.description.vi, column.description.en),
        classification=column.classification.value,
    )


def _metadata(table: Table) -> dict[str, Any]:
    both = {"vi": table.title, "en": f"English {table.name}"}
    return {
        "title": both,
        "description": {"vi": f"{table.title} của tỉnh.", "en": f"The {table.name}."},
        "grain": both,
        "owner": {"code": table.owner[0], "title": {"vi": table.owner[1], "en": "Agency"}},
        "steward": "steward@example.vn",
        "legal_basis": ["Luật Dữ liệu 60/2024/QH15"],
        "licence": {
            "id": "cc-by",
            "title": {"vi": "Ghi công 4.0", "en": "Attribution 4.0"},
            "url": "https://creativecommons.org/licenses/by/4.0/",
        },
        "theme": "gove",
        "tags": ["một cửa", f"tag {table.title}"],
        "status": table.status,
        "primary_key": list(table.key),
        "code_lists": {},
        "calendar": {"cron": "0 6 * * *", "fresh_within_hours": 48},
        "checks": {},
        "rules": {},
        "sources": {"igate": {"title": {"vi": "iGate", "en": "iGate"}, "owner_agency": "H20"}},
        "stories": {},
        "requires": [],
        "breakdowns": [],
        "disclosure": None,
    }
