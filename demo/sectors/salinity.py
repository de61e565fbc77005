"""Salinity that people measure by hand at the mouths of rivers and canals: two CSV files in VNI.

The list of points, and the log of the dry seasons: points by their names, days before months,
hours as ``07h00``, decimal commas, grams a litre or parts per thousand as each writer likes.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random

import numpy as np
import numpy.typing as npt

from demo import canaries, text_dirt, vni
from demo.planting import Fault, Plant, Planted, Planter, becomes
from demo.sectors import dirt
from demo.sectors.lists import day_text, plant_quiet
from demo.sectors.places import far_from, spots
from demo.store import Cell, Row, Table
from demo.system import Place, System, World
from demo.truth import Outcome, PlantedFault
from demo.workdays import FIRST_DAY, NOW

NAME, LOG = "salinity", "so_do_man"
POINTS = Table(
    "diem_do",
    (
        *("ID", "MADIEM", "TENDIEM", "SONG", "MAXA", "VIDO", "KINHDO", "NGAYLAP", "TINHTRANG"),
        *("XOA", "CAPNHAT"),
    ),
)
# Where salt water comes first, and how salty the middle of the dry season is there.
_POINTS = (
    ("Vàm Kênh", 14.0), ("Hòa Bình", 8.5), ("An Định", 3.4), ("Xuân Hòa", 2.6), ("Mỹ Tho", 1.8),
    ("Đồng Tâm", 1.2), ("Vàm Giồng", 6.8), ("Long Hải", 7.5), ("Bình Đông", 9.2),
    ("Kim Sơn", 1.4), ("Song Thuận", 1.1), ("Vĩnh Kim", 0.9), ("Bến Chùa", 0.8),
    ("Cửa Tiểu", 12.5), ("Rạch Bảo Định", 1.6), ("Gò Công", 5.9),
)  # fmt: skip
_QUIET = ("Cống Rạch Mương", "Cống Sơn Quy", "Đập Nguyễn Tấn Thành", "Cống Tân Thạnh",
          "Cống Gò Cát", "Vàm Láng", "Cống Số Ba", "Cống Rạch Lớn", "Vàm Trà Lọt",
          "Cống Vàm Tháp")  # fmt: skip
_RIVERS = ("Sông Tiền", "Sông Cửa Tiểu", "Sông Vàm Cỏ", "Kênh Chợ Gạo")
_DRY_MONTHS, _DUPLICATES = 6, 0.001
_FEWEST_DAYS = 40
Instants = npt.NDArray[np.datetime64]


def make(world: World, place: Place) -> int:
    """Write both files; gives the number of their rows."""
    points, truths = _points(world)
    columns = _log(world)
    size = len(columns["ID"])
    planter = Planter(NAME, LOG, "DIEM", faults(), world.seed, cases=size, before=0)
    told, extras = planter.plant(columns, 0)
    place.tell(truths)
    place.tell(told)
    with place.folder() as folder:
        _write(folder / f"{POINTS.name}.csv", POINTS.columns, POINTS.tuples(points))
        more = (tuple(row.values()) for row in extras)
        _write(folder / f"{LOG}.csv", columns, zip(*columns.values(), strict=True))
        _append(folder / f"{LOG}.csv", more)
    return len(points) + size + len(extras)


def _write(path: Path, header: Iterable[str], rows: Iterable[tuple[Cell, ...]]) -> None:
    with path.open("w", encoding="cp1252", newline="") as file:
        csv.writer(file, delimiter=";").writerow(header)
    _append(path, rows)


def _append(path: Path, rows: Iterable[tuple[Cell, ...]]) -> None:
    # VNI is a font over the Western code page: its bytes are written as such.
    with path.open("a", encoding="cp1252", newline="") as file:
        csv.writer(file, delimiter=";").writerows(map(_encoded, rows))


def _encoded(row: tuple[Cell, ...]) -> list[Cell]:
    return [
        vni.encode(cell) if isinstance(cell, str) and not cell.isascii() else cell for cell in row
    ]


def _points(world: World) -> tuple[list[Row], list[PlantedFault]]:
    """Rows of the list and the truth about them. Faults befall only points where nothing is
    measured yet, so that no measurement loses its point."""
    rng, places = world.rng(NAME, 1), spots(world.units)
    names = (*(name for name, _peak in _POINTS), *_QUIET)
    rows: list[Row] = []
    for number, name in enumerate(names, start=1):
        spot = places[int(rng.integers(len(places)))]
        latitude, longitude = spot.point(rng)
        rows.append(
            {
                "ID": number,
                "MADIEM": f"DM-{number:02}",
                "TENDIEM": f"Điểm đo {name}",
                "SONG": _RIVERS[number % len(_RIVERS)],
                "MAXA": spot.now,
                "VIDO": latitude,
                "KINHDO": longitude,
                "NGAYLAP": day_text(FIRST_DAY - int(rng.integers(400, 6000))),
                "TINHTRANG": "Đang đo" if number <= len(_POINTS) else "Chuẩn bị",
                "XOA": "K",
                "CAPNHAT": "2025-07-08 08:00:00",
            }
        )
    quiet = range(len(_POINTS), len(names))
    columns = ("MADIEM", "NGAYLAP")
    faults = point_faults(world)
    return rows, plant_quiet(world, NAME, POINTS.name, columns, rows, quiet, faults)


def _times(scale: float) -> Instants:
    """When it is measured: in the dry seasons, twice a day at scale 1, at most every hour, and
    on fewer days below."""
    days = np.arange(FIRST_DAY, NOW)
    dry = days[(days.astype("datetime64[M]").astype(int) % 12) < _DRY_MONTHS]
    dry = dry[:: max(1, min(round(1 / scale), len(dry) // _FEWEST_DAYS))]
    hours = np.arange(0, 24, max(1, round(12 / max(1.0, scale)))) + 7
    each: Instants = np.repeat(dry.astype("datetime64[h]"), len(hours))
    times: Instants = each + np.tile(hours, len(dry)).astype("timedelta64[h]")
    return times


def _log(world: World) -> dict[str, list[Cell]]:
    rng, times = world.rng(NAME, 2), _times(world.scale)
    size = len(times) * len(_POINTS)
    day = np.tile(times.astype("datetime64[D]").astype(int), len(_POINTS))
    peaks = np.repeat([peak for _name, peak in _POINTS], len(times))
    season = 0.55 + 0.45 * np.cos(2 * np.pi * (day % 365.25 - 70) / 365.25)
    values = np.round(np.maximum(0.1, peaks * season * rng.uniform(0.75, 1.25, size)), 1)
    texts = np.datetime_as_string(times, unit="h").tolist()
    days = [f"{text[8:10]}/{text[5:7]}/{text[:4]}" for text in texts]
    count = len(_POINTS)
    return {
        "ID": [*range(1, size + 1)],
        "NGAY": [*days * count],
        "GIO": [*[f"{text[11:13]}h00" for text in texts] * count],
        "DIEM": [f"Điểm đo {name}" for name, _peak in _POINTS for _ in times],
        "DOMAN": [str(value).replace(".", ",") for value in values.tolist()],
        "DONVI": [*["g/l"] * size],
        "NGUOIDO": [*[canaries.NAME] * size],
        "GHICHU": [*[""] * size],
        "CAPNHAT": [*[f"{text[:10]} 20:00:00" for text in texts] * count],
    }


def _value(row: Row) -> float:
    return float(str(row["DOMAN"]).replace(",", "."))


def _per_thousand(row: Row, rng: Random) -> Planted:
    """Parts per thousand, which of brackish water are grams a litre."""
    del rng
    row["DONVI"] = "‰"
    return becomes("DONVI", "value", f"{_value(row):.4f}")


def _milligrams(row: Row, rng: Random) -> Planted:
    del rng
    amount = round(_value(row) * 1000)
    row.update(DOMAN=str(amount), DONVI="mg/l")
    return becomes("DOMAN", "value", f"{amount / 1000:.4f}")


def _respelled(mutate: Callable[[str], str]) -> Plant:
    """Another spelling of the point's name that means the same point."""
    names = [f"Điểm đo {name}" for name, _peak in _POINTS]

    def plant_name(row: Row, rng: Random) -> Planted:
        del rng
        number = names.index(str(row["DIEM"])) + 1
        row["DIEM"] = mutate(str(row["DIEM"]))
        return becomes("DIEM", "station_id", f"DM-{number:02}")

    return plant_name


def faults() -> tuple[Fault, ...]:
    """Every fault of the log."""
    fixed, refused, kept = Outcome.FIXED, Outcome.QUARANTINED, Outcome.KEPT
    value = ("DOMAN", "value")
    return dirt.faults(
        (
            ("per_thousand", 0.006, fixed, "per_thousand", _per_thousand),
            ("milligrams", 0.003, fixed, "quantity", _milligrams),
            ("impossible_salinity", 0.001, refused, "value_possible", dirt.set_to(*value, "350")),
            ("missing_value", 0.002, refused, "value.required", dirt.set_to(*value, "", "-")),
            ("unreadable_value", 0.001, refused, "value.readable",
             dirt.set_to(*value, "hỏng máy", "3,5 - 4")),
            ("unknown_unit", 0.001, refused, "value.readable",
             dirt.set_to("DONVI", "value", "ppm")),
            ("unknown_point", 0.001, refused, "station_id.required",
             dirt.set_to("DIEM", "station_id", "Điểm đo Cù Lao Dài")),
            ("impossible_date", 0.001, refused, "observed_at.readable",
             dirt.set_to("NGAY", "observed_at", "31/02/2026")),
            ("future", 0.0005, refused, "observed_not_future",
             dirt.set_to("NGAY", "observed_at", "01/03/2199")),
            ("duplicate_key", _DUPLICATES, refused, "primary_key.unique",
             dirt.older_copy("DIEM", "station_id", CAPNHAT="2024-12-31 20:00:00")),
            ("test_record", 0.001, Outcome.EXCLUDED, "test_record",
             dirt.set_to("GHICHU", "", "Đo thử máy")),
            ("estimated", 0.002, Outcome.SUSPECT, "estimated",
             dirt.set_to("GHICHU", "", "Ước lượng")),
            ("name_in_capitals", 0.002, kept, "", _respelled(str.upper)),
            ("loose_name", 0.002, kept, "", _respelled(" {} ".format)),
        )
    )  # fmt: skip


def _far(row: Row, rng: Random) -> Planted:
    del rng
    row["VIDO"], row["KINHDO"] = far_from(float(row["VIDO"] or 0), float(row["KINHDO"] or 0))
    return Planted("KINHDO", "longitude")


def point_faults(world: World) -> tuple[Fault, ...]:
    """Every fault of the list of points."""
    fixed, refused = Outcome.FIXED, Outcome.QUARANTINED
    retired = world.units.retired[2]
    return dirt.faults(
        (
            ("nbsp", 0.0, fixed, "clean_text",
             dirt.mutated("TENDIEM", "name", text_dirt.no_break_space)),
            ("null_word", 0.0, fixed, "null_word", dirt.null_word("SONG", "water_body")),
            ("swapped_coordinates", 0.0, fixed, "coordinate", dirt.swapped("VIDO", "KINHDO")),
            ("retired_commune", 0.0, refused, "admin_unit_code.reference",
             dirt.set_to("MAXA", "admin_unit_code", retired)),
            ("bad_code", 0.0, refused, "station_id.pattern",
             dirt.set_to("MADIEM", "station_id", "DIEM 7")),
            ("duplicate_key", 0.0, refused, "primary_key.unique",
             dirt.older_copy("MADIEM", "station_id", CAPNHAT="2024-01-05 08:00:00")),
            ("deleted", 0.0, Outcome.EXCLUDED, "deleted", dirt.set_to("XOA", "", "C")),
            ("far_from_commune", 0.0, Outcome.SUSPECT, "far_from_commune", _far),
        )
    )  # fmt: skip


SYSTEM = System(NAME, make, database=False)
