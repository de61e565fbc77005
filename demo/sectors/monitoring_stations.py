"""The monitoring network: stations, what each measures, and the faults of the station list.

Faults befall only stations that do not measure yet, so that no reading loses its station.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import numpy as np
import numpy.typing as npt

from demo import text_dirt
from demo.planting import Fault, Planted, becomes
from demo.sectors import dirt
from demo.sectors.lists import plant_quiet
from demo.sectors.places import Spot, far_from, spots
from demo.store import Row
from demo.system import World
from demo.truth import Outcome, PlantedFault
from demo.workdays import FIRST_DAY, NOW

NAME = "monitoring"
TABLE = "stations"
Instants = npt.NDArray[np.datetime64]


@dataclass(frozen=True)
class Parameter:
    """How one parameter runs through the year: around `mean`, `swing` higher in its dry-season
    peak, with `noise`, never outside `low` to `high`. `unit` as the system writes it."""

    name: str
    unit: str | None
    mean: float
    swing: float
    noise: float
    low: float
    high: float


_AIR = (
    Parameter("PM2.5", "µg/m3", 24.0, 12.0, 7.0, 3.0, 90.0),
    Parameter("PM10", "µg/m3", 45.0, 18.0, 12.0, 6.0, 180.0),
    Parameter("NO2", "µg/m3", 28.0, 6.0, 8.0, 2.0, 150.0),
    Parameter("O3", "µg/m3", 62.0, 15.0, 18.0, 4.0, 190.0),
)
_WATER = (
    Parameter("pH", None, 7.1, 0.1, 0.2, 6.2, 8.3),
    Parameter("DO", "mg/l", 5.6, -0.4, 0.6, 3.2, 8.5),
    Parameter("COD", "mg/l", 11.0, 2.0, 2.5, 3.0, 28.0),
    Parameter("TSS", "mg/l", 48.0, -12.0, 14.0, 8.0, 130.0),
)
_SALT = (
    Parameter("Độ mặn", "g/l", 3.2, 3.6, 1.1, 0.05, 18.0),
    Parameter("Nhiệt độ nước", "°C", 28.4, -0.8, 0.9, 24.0, 33.0),
)
_KINDS = (("Không khí", "KK", _AIR, 12), ("Nước mặt", "NM", _WATER, 16), ("Mặn", "MA", _SALT, 12))
_QUIET = 15
_WATERS = ("Sông Tiền", "Sông Vàm Cỏ", "Kênh Chợ Gạo", "Rạch Bảo Định", "Kênh Nguyễn Văn Tiếp",
           "Sông Cái Cối", "Kênh Lấp Vò", "Cửa Tiểu")  # fmt: skip


@dataclass(frozen=True)
class Station:
    """A station that measures `parameters` at the instants `times`."""

    code: str
    parameters: tuple[Parameter, ...]
    times: Instants


def stations(world: World) -> tuple[list[Row], list[PlantedFault], list[Station]]:
    """Rows of the list, the truth about them, and the stations that measure."""
    rng = world.rng(NAME, 1)
    rows: list[Row] = []
    measuring: list[Station] = []
    times, places = _times(world.scale), spots(world.units)
    for kind, short, parameters, count in _KINDS:
        for n in range(1, count + 1):
            code = f"{short}-{n:02}"
            rows.append(_row(world, places, len(rows) + 1, code, kind, rng))
            measuring.append(Station(code, parameters, times[rng.random(len(times)) > 0.03]))
    first = len(rows)
    for n in range(_QUIET):
        kind, short, _parameters, count = _KINDS[n % len(_KINDS)]
        row = _row(world, places, len(rows) + 1, f"{short}-{count + n + 1:02}", kind, rng)
        rows.append(row | {"TinhTrang": "Đang lắp đặt"})
    quiet = range(first, len(rows))
    truths = plant_quiet(world, NAME, TABLE, ("MaTram", "NgayLapDat"), rows, quiet, faults(world))
    return rows, truths, measuring


def _times(scale: float) -> Instants:
    """Evenly spread hourly means: one a day at scale 1, more a day above, fewer below."""
    if scale >= 1:
        step = max(1, round(24 / scale))
        first, end = FIRST_DAY.astype("datetime64[h]"), (NOW + 1).astype("datetime64[h]")
        return np.arange(first + 7, end + 7, step).astype("datetime64[s]")
    days = np.arange(FIRST_DAY, NOW, min(60, round(1 / scale)))
    return (days.astype("datetime64[h]") + 7).astype("datetime64[s]")


def _row(
    world: World,
    places: tuple[Spot, ...],
    number: int,
    code: str,
    kind: str,
    rng: np.random.Generator,
) -> Row:
    spot = places[int(rng.integers(len(places)))]
    name = world.units.current[spot.now]
    latitude, longitude = spot.point(rng)
    water = _WATERS[int(rng.integers(len(_WATERS)))]
    return {
        "ID": number,
        "MaTram": code,
        "TenTram": f"Trạm {kind.lower()} {name.split(' ', 1)[1]} {number}",
        "LoaiTram": kind,
        "NguonNuoc": None if kind == "Không khí" else water,
        "MaXa": spot.now,
        "ViDo": latitude,
        "KinhDo": longitude,
        "NgayLapDat": str(FIRST_DAY - int(rng.integers(40, 2500))),
        "TinhTrang": "Hoạt động",
        "DaXoa": False,
        "CapNhat": "2025-07-05T08:00:00+07:00",
    }


def _date(row: Row, rng: Random) -> Planted:
    del rng
    clean = str(row["NgayLapDat"])
    year, month, day = clean.split("-")
    row["NgayLapDat"] = f"{day}/{month}/{year}"
    return becomes("NgayLapDat", "installed_on", clean)


def _no_point(row: Row, rng: Random) -> Planted:
    del rng
    row["ViDo"] = row["KinhDo"] = None
    return Planted("ViDo", "latitude")


def _far(row: Row, rng: Random) -> Planted:
    del rng
    row["ViDo"], row["KinhDo"] = far_from(float(row["ViDo"] or 0), float(row["KinhDo"] or 0))
    return Planted("KinhDo", "longitude")


def faults(world: World) -> tuple[Fault, ...]:
    """Every fault of the list, each once."""
    fixed, refused, suspect = Outcome.FIXED, Outcome.QUARANTINED, Outcome.SUSPECT
    name = ("TenTram", "name")
    return dirt.faults(
        (
            ("loose_spaces", 0, fixed, "clean_text", dirt.mutated(*name, text_dirt.loose_spaces)),
            ("nfd", 0, fixed, "clean_text", dirt.mutated(*name, text_dirt.decomposed)),
            ("swapped_coordinates", 0, fixed, "coordinate", dirt.swapped("ViDo", "KinhDo")),
            ("date_vietnamese", 0, fixed, "parse_date", _date),
            ("null_word", 0, fixed, "null_word", dirt.null_word("NguonNuoc", "water_body")),
            ("retired_commune", 0, refused, "admin_unit_code.reference",
             dirt.set_to("MaXa", "admin_unit_code", world.units.retired[1])),
            ("unknown_kind", 0, refused, "station_kind.readable",
             dirt.set_to("LoaiTram", "station_kind", "Tiếng ồn")),
            ("outside_vietnam", 0, refused, "longitude.readable",
             dirt.set_to("KinhDo", "longitude", 16.5)),
            ("impossible_date", 0, refused, "installed_on.readable",
             dirt.set_to("NgayLapDat", "installed_on", "2024-02-31")),
            ("duplicate_key", 0, refused, "primary_key.unique",
             dirt.older_copy("MaTram", "station_id", CapNhat="2024-01-05T08:00:00+07:00")),
            ("soft_deleted", 0, Outcome.EXCLUDED, "soft_deleted",
             dirt.set_to("DaXoa", "", True)),
            ("no_coordinates", 0, suspect, "no_coordinates", _no_point),
            ("far_from_commune", 0, suspect, "far_from_commune", _far),
        )
    )  # fmt: skip
