"""The truth table: what was planted where, and what must become of it.

Its file lies beside the sample systems and is never declared as a source.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import astuple, dataclass, fields
from enum import StrEnum
from pathlib import Path


class Outcome(StrEnum):
    """What must become of the row. KEPT: accepted as it is (a formula-looking cell, text that
    only looks legacy, a canary person)."""

    FIXED = "fixed"
    QUARANTINED = "quarantined"
    EXCLUDED = "excluded"
    SUSPECT = "suspect"
    KEPT = "kept"


@dataclass(frozen=True)
class PlantedFault:
    """One row of the truth table.

    `key` is the technical ``ID`` of the row as text, `business_key` its number or code as
    stored. `expected_rule` names the rule in the manner of `Check.id`, or the exclusion, fix
    or doubt. `column_hint` is the column of the source, `target` the column of the contract,
    `expected_value` what the standardised cell must hold, as text (None for null, and where
    `states_value` is False because the truth says nothing about it).
    """

    system: str
    table_name: str
    key: str
    business_key: str
    fault: str
    expected_outcome: Outcome
    expected_rule: str
    column_hint: str
    target: str
    states_value: bool
    expected_value: str | None


@dataclass(frozen=True)
class Made:
    """What the sample was made from, and how many rows each system got."""

    version: int
    cases: int
    seed: int
    kind: str
    rows: Mapping[str, int]


_COLUMNS = tuple(item.name for item in fields(PlantedFault))


def create_truth(db: sqlite3.Connection) -> None:
    """Make the empty tables."""
    db.execute(f"CREATE TABLE truth ({', '.join(_COLUMNS)})")
    db.execute("CREATE TABLE made (version, cases, seed, kind, rows)")


def add_truth(db: sqlite3.Connection, rows: Iterable[PlantedFault]) -> None:
    """Add rows."""
    marks = ", ".join("?" * len(_COLUMNS))
    db.executemany(f"INSERT INTO truth VALUES ({marks})", map(_stored, rows))


def _stored(row: PlantedFault) -> tuple[object, ...]:
    return tuple(str(v) if isinstance(v, Outcome) else v for v in astuple(row))


def record_made(db: sqlite3.Connection, made: Made) -> None:
    """Record what the sample was made from."""
    values = (made.version, made.cases, made.seed, made.kind, json.dumps(dict(made.rows)))
    db.execute("INSERT INTO made VALUES (?, ?, ?, ?, ?)", values)


def read_made(path: Path) -> Made | None:
    """What the sample beside this truth table was made from; None when there is none whole."""
    if not path.is_file():
        return None
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
            found = db.execute("SELECT version, cases, seed, kind, rows FROM made").fetchone()
        if not found:
            return None
        version, cases, seed, kind, rows = found
        return Made(version, cases, seed, kind, json.loads(rows))
    # Damaged, or written by another version with other columns: not a sample of this one.
    except (sqlite3.DatabaseError, TypeError, ValueError):
        return None


def read_truth(path: Path) -> Iterator[PlantedFault]:
    """The truth table's rows, in the order they were planted."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
        for row in db.execute(f"SELECT {', '.join(_COLUMNS)} FROM truth ORDER BY rowid"):
            stored = dict(zip(_COLUMNS, row, strict=True))
            stored["expected_outcome"] = Outcome(stored["expected_outcome"])
            stored["states_value"] = bool(stored["states_value"])
            yield PlantedFault(**stored)
