"""Communes as a filter: the name of a code, and the codes that a typed name may mean.

Which unit a name means is `lakehouse.units`; an old name leads to the communes of today,
since those are what datasets say they cover.
"""

from __future__ import annotations

from dataclasses import dataclass

from catalog.portal.unit_lookup import UnitSource
from contracts.errors import Fault

_COMMUNE = "commune"
_SHOWN = 12


@dataclass(frozen=True)
class Meant:
    """A commune of today that a typed name may mean."""

    code: str
    name: str
    where: str


def name_of(source: UnitSource, code: str) -> str:
    """The full name of the commune of this code, today's before an older one's; else empty.

    Also where the units cannot be read just now: a name missing in a list of other datasets
    is no reason to show none of it.
    """
    try:
        found = source.find(code=code)
    except Fault:
        return ""
    today = [one for one in found if one.unit.valid_to is None]
    return next((one.unit.full_name for one in (*today, *found)), "")


def meant_by(source: UnitSource, typed: str) -> tuple[Meant, ...]:
    """The communes of today that a name or code, old or new, may mean: the first few."""
    coded = typed.isascii() and typed.isdigit()
    found: dict[str, Meant] = {}
    for candidate in source.find(code=typed) if coded else source.find(name=typed):
        ends = [link.unit for link in candidate.became] if candidate.unit.valid_to else []
        for unit in (candidate.unit, *ends):
            if unit and unit.valid_to is None and unit.level == _COMMUNE:
                found[unit.code] = Meant(unit.code, unit.full_name, ", ".join(unit.parents))
    return tuple(found.values())[:_SHOWN]
