"""Where the communes of the sample lie, for systems that keep coordinates.

The centres are those of the package ``vietnamadminunits``, read where it is installed and never
copied into the repository (see `demo.units`).
"""

from __future__ import annotations

import math
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from demo.units import OldCommune, Units

_SPREAD = 0.008  # degrees: within a kilometre of the centre
_AGREE_KM, _KM_PER_DEGREE = 6.0, 111.0


@dataclass(frozen=True)
class Spot:
    """A commune of before the merger that became one of today, with the centre of it."""

    commune: OldCommune
    now: str
    latitude: float
    longitude: float

    def point(self, rng: np.random.Generator) -> tuple[float, float]:
        """Latitude and longitude of somewhere near the centre, to five digits."""
        across, along = rng.uniform(-_SPREAD, _SPREAD, 2).tolist()
        return round(self.latitude + across, 5), round(self.longitude + along, 5)


def spots(units: Units) -> tuple[Spot, ...]:
    """The communes whose centre the package has near that of the commune they became."""
    old, new = _centres("admin_units_legacy"), _centres("admin_units")
    return tuple(
        Spot(commune, commune.current, *old[commune.code])
        for commune in units.old
        if commune.current and _kilometres(old[commune.code], new[commune.current]) < _AGREE_KM
    )


def far_from(latitude: float, longitude: float) -> tuple[float, float]:
    """A point at the other end of the province."""
    return latitude, 105.33 if longitude > 106 else 106.71


def _kilometres(here: tuple[float, float], there: tuple[float, float]) -> float:
    return math.dist(here, there) * _KM_PER_DEGREE


def _centres(table: str) -> dict[str, tuple[float, float]]:
    spec = find_spec("vietnamadminunits")
    if spec is None or not spec.submodule_search_locations:
        raise LookupError("the package vietnamadminunits is not installed")
    path = Path(spec.submodule_search_locations[0]) / "data" / "dataset.db"
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as db:
        rows = db.execute(f"SELECT wardCode, wardLat, wardLon FROM {table}").fetchall()
    return {str(code): (lat, lon) for code, lat, lon in rows if lat is not None}
