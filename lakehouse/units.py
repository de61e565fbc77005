"""Administrative units by code and day: what a code meant, and what it became.

1,788 commune codes of 2025 were an older commune's code for a different place, so a code says
nothing without a day or a code system. A commune that was split is never resolved by guess.
`lakehouse.unit_sql` does the same for whole tables. Outside ``datasets/`` only these two and
`standardization.finding` know the columns of the two unit datasets.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from contracts.text import match_key
from lakehouse.rows import RowReader

UNITS = "administrative_unit"
CROSSWALK = "administrative_unit_crosswalk"
_LIMIT = 200
_LEVELS = 3
_ABBREVIATED = {
    "p": "phường",
    "x": "xã",
    "tt": "thị trấn",
    "q": "quận",
    "h": "huyện",
    "tx": "thị xã",
    "tp": "thành phố",
    "t": "tỉnh",
}
_KIND = re.compile(
    rf"({'|'.join([*_ABBREVIATED.values(), 'đặc khu', *_ABBREVIATED])})[.\s]+", re.IGNORECASE
)


@dataclass(frozen=True)
class Unit:
    """One unit in one period of validity; `parents` are names from the nearest to the
    province, which tell units of the same name apart."""

    code_system: str
    code: str
    level: str
    unit_type: str
    name: str
    full_name: str
    valid_from: date
    valid_to: date | None
    legal_act: str | None
    area_km2: Decimal | None
    parents: tuple[str, ...]


@dataclass(frozen=True)
class Link:
    """One line of the crosswalk, seen from either end: `unit` is the other end (None if the
    unit dataset lacks it), `code` its code. `share` (0..1) of the old unit, None if unknown;
    `ground` is what the source says, as printed."""

    code_system: str
    code: str
    unit: Unit | None
    relation: str
    part_basis: str | None
    share: Decimal | None
    effective_date: date | None
    ground: str | None


@dataclass(frozen=True)
class Candidate:
    """A unit that was asked for, what it became and what it was made from."""

    unit: Unit
    became: tuple[Link, ...]
    made_from: tuple[Link, ...]

    @property
    def split(self) -> bool:
        """Whether it went to several units, so that no single one is its successor."""
        return any(link.relation == "part" for link in self.became) or len(self.became) > 1

    @property
    def now(self) -> Link | None:
        """Its only successor; None if it was split, has none, or still exists."""
        return self.became[0] if len(self.became) == 1 and not self.split else None


def find_units(
    units: RowReader,
    crosswalk: RowReader,
    *,
    code: str | None = None,
    name: str | None = None,
    on: date | None = None,
) -> list[Candidate]:
    """All units that a code or a name may mean, with what each became and on what ground.

    Args:
        units, crosswalk: readers of the two unit datasets; both are read whole at the first
            call (some ten thousand rows) and kept while they are in use.
        code: exact, with its leading zeros.
        name: with or without the kind of unit ("Xã …"), marks or spaces. A unit of this very
            spelling comes first; where nothing has the name, units that contain it.
        on: only units valid on that day; None means on any day.

    Returns:
        At most 200 candidates; none when neither code nor name is given.
    """
    index = _index(units, crosswalk)
    found = index.named(name) if name and not code else index.coded(code or "")
    candidates = [index.candidate(row) for row in found if on is None or _valid(row, on)]
    spelled = (name or "").casefold().strip()
    candidates.sort(
        key=lambda c: (
            spelled not in (c.unit.full_name.casefold(), c.unit.name.casefold()),
            c.unit.valid_to is not None,
            c.unit.parents[::-1],
            c.unit.code,
        )
    )
    return candidates[:_LIMIT]


_Row = Mapping[str, Any]


@lru_cache(maxsize=2)
def _index(units: RowReader, crosswalk: RowReader) -> _Index:
    return _Index(_everything(units), _everything(crosswalk))


def _everything(reader: RowReader) -> tuple[_Row, ...]:
    return reader.search(limit=1_000_000, include_total=False).rows


class _Index:
    """Both unit datasets in memory, by what they are looked up by."""

    def __init__(self, units: Iterable[_Row], crosswalk: Iterable[_Row]) -> None:
        self._by_code: dict[str, list[_Row]] = defaultdict(list)
        self._by_key: dict[str, list[_Row]] = defaultdict(list)
        self._names: dict[str, list[_Row]] = defaultdict(list)
        self._old: dict[tuple[str, str], list[_Row]] = defaultdict(list)
        self._new: dict[tuple[str, str], list[_Row]] = defaultdict(list)
        for row in units:
            self._by_code[row["unit_code"]].append(row)
            proper = match_key(row["name"])
            self._names[proper].append(row)
            for key in {match_key(row["full_name"]), proper}:
                self._by_key[key].append(row)
        for row in crosswalk:
            self._old[row["old_system"], row["old_code"]].append(row)
            self._new[row["new_system"], row["new_code"]].append(row)

    def coded(self, code: str) -> list[_Row]:
        """Units of this code."""
        return self._by_code.get(code.strip(), [])

    def named(self, name: str) -> list[_Row]:
        """Units of this name; else of the name without the kind that was typed before it,
        since the kind may have changed; else all whose name contains it."""
        kind, bare = _apart(name)
        for key in (match_key(name), match_key(kind + bare), match_key(bare)):
            if key in self._by_key:
                return self._by_key[key]
        # By its proper name: "xã" is in the full name of most. Shortest first, as the nearest.
        part = match_key(bare)
        near = sorted((key for key in self._names if part and part in key), key=_nearness(part))
        return [row for key in near[:_LIMIT] for row in self._names[key]][:_LIMIT]

    def candidate(self, row: _Row) -> Candidate:
        """The unit of `row` with its lines of the crosswalk."""
        here = row["code_system"], row["unit_code"]
        return Candidate(
            self._unit(row),
            tuple(self._link(line, "new", line["effective_date"]) for line in self._old[here]),
            tuple(
                self._link(line, "old", line["effective_date"] - timedelta(days=1))
                for line in self._new[here]
            ),
        )

    def _link(self, line: _Row, end: str, day: date) -> Link:
        system, code = line[f"{end}_system"], line[f"{end}_code"]
        row = self._row(system, code, day)
        return Link(
            code_system=system,
            code=code,
            unit=self._unit(row) if row else None,
            relation=line["relation"],
            part_basis=line["part_basis"],
            share=line["share"],
            effective_date=line["effective_date"],
            ground=line["note_raw"],
        )

    def _row(self, system: str, code: str | None, day: date) -> _Row | None:
        for row in self._by_code.get(code or "", ()):
            if row["code_system"] == system and _valid(row, day):
                return row
        return None

    def _unit(self, row: _Row) -> Unit:
        parents: list[str] = []
        above = self._row(row["code_system"], row["parent_code"], row["valid_from"])
        while above is not None and len(parents) < _LEVELS:
            parents.append(above["full_name"])
            above = self._row(row["code_system"], above["parent_code"], row["valid_from"])
        return Unit(
            code_system=row["code_system"],
            code=row["unit_code"],
            level=row["level"],
            unit_type=row["unit_type"],
            name=row["name"],
            full_name=row["full_name"],
            valid_from=row["valid_from"],
            valid_to=row["valid_to"],
            legal_act=row["legal_act"],
            area_km2=row["area_km2"],
            parents=tuple(parents),
        )


def _valid(row: _Row, day: date) -> bool:
    until = row["valid_to"]
    return bool(row["valid_from"] <= day and (until is None or day < until))


def _apart(name: str) -> tuple[str, str]:
    """The kind of unit that was typed before the name, written out, and the name."""
    kind = _KIND.match(name.strip())
    if kind is None:
        return "", name
    return _ABBREVIATED.get(kind[1].casefold(), kind[1]), name.strip()[kind.end() :]


def _nearness(part: str) -> Callable[[str], tuple[bool, int, str]]:
    return lambda key: (not key.startswith(part), len(key), key)
