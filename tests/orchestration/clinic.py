"""A small folder of datasets for the kinds of derivation, and the database they come from."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

VISITS = "clinic_visits"
_HEAD = """\
apiVersion: v3.2.0
kind: DataContract
id: {name}
version: 1.0.0
status: active
name: {name}
domain: heal
description:
  purpose: Thử
  customProperties: [{{property: purposeEn, value: Trial}}]
team:
  name: Sở Y tế
  members: [{{username: dulieu@example.vn, role: steward}}]
schema:
  - name: {name}
    dataGranularityDescription: Một dòng
    customProperties: [{{property: grainEn, value: One row}}]
    properties:
{columns}
slaProperties:
  - {{property: frequency, value: 1, unit: d, scheduler: cron, schedule: "0 5 * * *"}}
customProperties:
  - {{property: nameEn, value: Trial}}
  - {{property: access, value: {access}}}
  - {{property: ownerAgency, value: H20.11}}
  - {{property: ownerAgencyEn, value: Department of Health}}
  - {{property: legalBasis, value: [Luật Thống kê]}}
  - property: licence
    value: {{id: cc-by, title: CC BY, titleEn: CC BY, url: "https://creativecommons.org/licenses/by/4.0/"}}
{more}"""
_COLUMN = """\
      - name: {name}
        businessName: {name}
        description: {name}
        logicalType: {kind}
        classification: {classification}
{more}        customProperties:
          - {{property: businessNameEn, value: {name}}}
          - {{property: descriptionEn, value: {name}}}
"""
STATISTIC = """\
  - property: breakdowns
    value:
      - {name: place_month, by: [month, place], title: Nơi, titleEn: Place}
      - {name: kind_month, by: [month, kind], title: Loại, titleEn: Kind}
  - property: disclosure
    value: {threshold: 10, roundTo: 5, minimumShare: 0.5, total: visits, parts: []}
"""
SOURCES = """\
his:
  title: Hệ thống bệnh viện
  titleEn: Hospital system
  ownerAgency: H20.11
  connection: DUNGCHUNG_SOURCE_HIS
  default: "sqlite:///{home}/his.db"
"""
COUNTED = """\
source: his
from: VISIT v
key: v.ID
exclude:
  trial:
    when: v.NAME = 'TEST'
    title: {vi: Thử, en: Trial}
columns:
  visited_on: parse_date(v.DAY)
  place: v.PLACE
  kind: v.KIND
  cost: parse_number(v.COST)
aggregate:
  types: {visited_on: date, cost: "decimal(18,2)"}
  required: [visited_on]
  tolerance: 0.5
  rules:
    cost_possible:
      holds: i.cost >= 0
      title: {vi: Chi phí không âm, en: Cost is not negative}
  dimensions:
    month: strftime(i.visited_on, '%Y-%m')
    place: i.place
    kind: i.kind
  measures:
    visits: count(*)
    mean_cost: avg(i.cost)
  reconcile: visits
"""


def contract(
    name: str, columns: Mapping[str, str], key: Sequence[str], more: str = "", access: str = "open"
) -> str:
    """The text of a contract with `columns` (name → logical type)."""
    made = "".join(
        _COLUMN.format(
            name=column,
            kind=kind,
            classification="public",
            more=("        physicalType: DOUBLE\n" if kind == "number" else "")
            + (
                f"        primaryKey: true\n        primaryKeyPosition: {key.index(column) + 1}\n"
                "        required: true\n"
                if column in key
                else ""
            ),
        )
        for column, kind in columns.items()
    )
    return _HEAD.format(name=name, columns=made.rstrip("\n"), access=access, more=more)


def write(root: Path, name: str, contract_text: str, mapping: str, file: str = "his") -> None:
    """One dataset's folder."""
    folder = root / name
    (folder / "from").mkdir(parents=True)
    (folder / "contract.odcs.yaml").write_text(contract_text, encoding="utf-8")
    (folder / "from" / f"{file}.yaml").write_text(mapping, encoding="utf-8")


def clinic(root: Path, mapping: str = COUNTED) -> Path:
    """``datasets/`` with statistics counted from visits."""
    columns = {
        "month": "string",
        "place": "string",
        "kind": "string",
        "visits": "integer",
        "mean_cost": "number",
    }
    key = ("month", "place", "kind")
    write(root, VISITS, contract(VISITS, columns, key, STATISTIC), mapping)
    (root / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    return root


def visits(home: Path, rows: Sequence[tuple[object, ...]]) -> None:
    """The hospital's database: (ID, NAME, DAY, PLACE, KIND, COST)."""
    home.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(home / "his.db")) as connection, connection:
        connection.execute("DROP TABLE IF EXISTS VISIT")
        connection.execute(
            "CREATE TABLE VISIT (ID TEXT, NAME TEXT, DAY TEXT, PLACE TEXT, KIND TEXT, COST TEXT)"
        )
        connection.executemany("INSERT INTO VISIT VALUES (?, ?, ?, ?, ?, ?)", rows)
