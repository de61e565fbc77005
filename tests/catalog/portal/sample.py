"""A small province in a folder: real stores, manifests and registry, as ``serve`` finds them.

It holds lists of units with a split commune and a code used twice, statistics that tell a
story, a dataset on request, one that was withdrawn, and canaries in titles and cells.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from catalog.config import CatalogConfig
from contracts.releases import FileEntry, InputSnapshot, Release
from lakehouse.releases import Releases
from lakehouse.stores import ObjectStore, Zone
from tests.catalog.portal.factory import CANARY, column, metadata, release

UNITS = """
SELECT * FROM (VALUES
 ('QD124_2004', '82', 'province', 'tinh', 'Tiền Giang', 'Tỉnh Tiền Giang', NULL),
 ('QD124_2004', '815', 'district', 'thanh_pho', 'Mỹ Tho', 'Thành phố Mỹ Tho', '82'),
 ('QD124_2004', '816', 'district', 'huyen', 'Châu Thành', 'Huyện Châu Thành', '82'),
 ('QD124_2004', '28249', 'commune', 'phuong', '5', 'Phường 5', '815'),
 ('QD124_2004', '28270', 'commune', 'phuong', 'Đạo Thạnh', 'Phường Đạo Thạnh', '815'),
 ('QD124_2004', '28300', 'commune', 'xa', 'Phú Mỹ', 'Xã Phú Mỹ', '815'),
 ('QD124_2004', '28301', 'commune', 'xa', 'Phú Mỹ', 'Xã Phú Mỹ', '816'),
 ('QD19_2025', '82', 'province', 'tinh', 'Đồng Tháp', 'Tỉnh Đồng Tháp', NULL),
 ('QD19_2025', '28249', 'commune', 'phuong', 'Đạo Thạnh', 'Phường Đạo Thạnh', '82'),
 ('QD19_2025', '28400', 'commune', 'xa', 'Tân Phú', 'Xã Tân Phú', '82')
) AS u(code_system, unit_code, level, unit_type, name, full_name, parent_code)
"""
CROSSWALK = """
SELECT *, NULL::VARCHAR AS part_basis, DATE '2025-07-01' AS effective_date,
  NULL::VARCHAR AS note_raw FROM (VALUES
 ('QD124_2004', '28249', 'QD19_2025', '28249', 'whole', 1.0),
 ('QD124_2004', '28270', 'QD19_2025', '28249', 'whole', 1.0),
 ('QD124_2004', '28300', 'QD19_2025', '28249', 'part', 0.4),
 ('QD124_2004', '28300', 'QD19_2025', '28400', 'part', NULL)
) AS c(old_system, old_code, new_system, new_code, relation, share)
"""
FIGURES = """
SELECT * FROM (VALUES
 ('28249', '2026-01', '_T', 120, 30), ('28249', '2026-02', '_T', 60, NULL),
 ('28249', '2026-03', '_T', NULL, NULL), ('28249', '2026-01', '1.000001', 20, 10),
 ('28400', '2026-01', '_T', 45, 10), ('_U', '2026-01', '_T', 15, 10)
) AS f(place, month, procedure, all_cases, late_cases)
"""
STORY = {
    "place": {
        "unit": "place",
        "period": "month",
        "total": "all_cases",
        "part": "late_cases",
        "where": {"procedure": "_T"},
    }
}
DISCLOSURE = {
    "threshold": 10,
    "round_to": 5,
    "total": "all_cases",
    "parts": ["late_cases"],
    "minimum_share": 0.8,
}


def build(home: Path) -> CatalogConfig:
    """Publish everything below `home`; the configuration to serve it with."""
    config = CatalogConfig(home=home, store_url=f"file://{home / 'store'}")
    stores = config.open_agency()
    stores.ensure()
    releases = Releases(stores)
    for made in (*_units(stores[Zone.OPEN]), *_cases(stores[Zone.OPEN]), *_odd(stores[Zone.OPEN])):
        releases.publish(made)
    return config


def _units(store: ObjectStore) -> Sequence[Release]:
    dated = f"""
    SELECT *, replace(lower(strip_accents(full_name)), ' ', '') AS match_key,
      NULL::VARCHAR AS legal_act, NULL::DECIMAL(10, 3) AS area_km2,
      CASE code_system WHEN 'QD19_2025' THEN DATE '2025-07-01' ELSE DATE '2004-07-08' END
        AS valid_from,
      CASE code_system WHEN 'QD124_2004' THEN DATE '2025-07-01' END AS valid_to
    FROM ({UNITS})"""
    said = metadata("Danh mục đơn vị hành chính", "Administrative units", theme="regi")
    linked = metadata(
        "Bảng chuyển đổi", "Crosswalk", theme="regi", requires=["administrative_unit"]
    )
    return (
        _open(store, "administrative_unit", 1, dated, said),
        _open(store, "administrative_unit_crosswalk", 1, CROSSWALK, linked),
    )


def _cases(store: ObjectStore) -> Sequence[Release]:
    said = metadata("Hồ sơ thủ tục hành chính", "Service cases")
    told = metadata(
        "Thống kê hồ sơ",
        "Case statistics",
        stories=STORY,
        disclosure=DISCLOSURE,
        requires=["service_case"],
    )
    people = (column("case_no", classification="personal"), column("kind", code_list="kind"))
    cases = release("service_case", 1, said, access="on_request", schema=people)
    first = _open(store, "statistics", 1, FIGURES, told)
    second = _open(store, "statistics", 2, f"{FIGURES} WHERE place = '28249'", told)
    return (cases, first, second)


def _odd(store: ObjectStore) -> Sequence[Release]:
    rows = f"""
    SELECT '{CANARY}' AS code, 'a' AS kind, 2024 AS size, DATE '2026-01-02' AS on_day, TRUE AS is_so
    """
    said = metadata(
        f"Tên {CANARY}", f"Title {CANARY}", tags=["lạ"], theme="tran", legal_basis=[CANARY]
    )
    said["rules"] = {"soft_deleted": {"vi": CANARY, "en": CANARY}}
    gone = metadata("Đã thu hồi", "Withdrawn")
    published = _open(store, "gone", 1, "SELECT 1 AS size", gone)
    withdrawn = replace(
        published, release=2, files=(), withdrawn=f"Sai số liệu {CANARY}", accounts=()
    )
    odd = _open(store, "odd", 1, rows, said)
    looked_up = InputSnapshot("ref.gone", "b" * 64, "2026-11-01T01:00:00+00:00", 1, release=1)
    return (replace(odd, inputs=(*odd.inputs, looked_up)), published, withdrawn)


def _open(
    store: ObjectStore, dataset: str, number: int, select: str, said: dict[str, Any]
) -> Release:
    """An open release with its Parquet and CSV files stored."""
    with duckdb.connect() as connection, TemporaryDirectory() as folder:
        rows = connection.sql(select)
        count = len(rows)
        schema = tuple(
            column(
                name,
                "integer" if str(kind) == "INTEGER" else "string",
                code_list="kind" if name == "kind" else None,
            )
            for name, kind in zip(rows.columns, rows.types, strict=True)
        )
        files = []
        for form in ("parquet", "csv"):
            path = Path(folder) / f"{dataset}.{form}"
            connection.execute(f"COPY ({select}) TO '{path}' (FORMAT {form})")
            key = f"{dataset}/{number:06d}/{path.name}"
            store.put(key, path)
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            size = path.stat().st_size
            files.append(FileEntry(key, form, f"application/{form}", size, digest, count))
    return release(
        dataset, number, said, schema=schema, files=tuple(files), rows=count, open_rows=count
    )
