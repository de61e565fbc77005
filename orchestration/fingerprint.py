"""The fingerprint of a run: what went in. An unchanged fingerprint does nothing.

Nothing here reads rows; inputs come with their own hashes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from importlib import metadata
from pathlib import Path

from contracts.mappings import Dataset
from contracts.model import Calendar
from contracts.releases import InputSnapshot

_ROOMS_THAT_CHANGE_ROWS = ("contracts", "lakehouse", "standardization", "quality")


@cache
def code_version() -> str:
    """Version of the package and a short hash of what can change rows or their hashes: the rooms'
    code, and DuckDB."""
    digest = hashlib.sha256(metadata.version("duckdb").encode())
    root = Path(__file__).resolve().parent.parent
    for room in _ROOMS_THAT_CHANGE_ROWS:
        for path in sorted((root / room).rglob("*.py")):
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(path.read_bytes())
    return f"{metadata.version('dungchung')}+{digest.hexdigest()[:12]}"


def dataset_version(dataset: Dataset) -> str:
    """Hash of the contract with its mappings: Dagster's ``code_version``."""
    return _hash(
        [dataset.contract.hash]
        + [mapping.hash for mapping in dataset.mappings]
        + ([dataset.derivation.hash] if dataset.derivation else [])
        + ([dataset.observation.hash] if dataset.observation else [])
    )


def last_closed_day(calendar: Calendar, today: date) -> str | None:
    """The day up to which periods can be closed, as far as it changes what is shown.

    Periods are months, so this changes once a month.
    """
    if calendar.period_column is None:
        return None
    return (today - calendar.closes_after).strftime("%Y-%m")


def fingerprint(
    dataset: Dataset,
    inputs: Iterable[InputSnapshot],
    references: Mapping[str, str],
    today: date,
) -> str:
    """SHA-256 over inputs, contract, mappings, content of reference datasets and code.

    Args:
        dataset: what is run.
        inputs: the snapshots that were read.
        references: dataset id → content hash of the release that is read.
        today: the day in Vietnam, for calendars.
    """
    return _hash(
        [
            dataset_version(dataset),
            code_version(),
            *sorted(f"{item.source}={item.hash}" for item in inputs),
            *sorted(f"{name}@{content}" for name, content in references.items()),
            last_closed_day(dataset.contract.calendar, today) or "",
        ]
    )


def remembered(home: Path, dataset: str) -> str | None:
    """The fingerprint of the last run that found nothing to release; None if there is none.

    A hint that saves work: losing it costs one run that ends the same.
    """
    try:
        return (home / "fingerprints" / dataset).read_text(encoding="ascii")
    except FileNotFoundError:
        return None


def remember(home: Path, dataset: str, fresh: str) -> None:
    """Keep `fresh` for `remembered`."""
    folder = home / "fingerprints"
    folder.mkdir(exist_ok=True)
    (folder / dataset).write_text(fresh, encoding="ascii")


def _hash(parts: list[str]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
