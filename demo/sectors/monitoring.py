"""The monitoring network's API, recorded: pages of stations and of hourly means.

Pages are JSON files named by their number, each telling the number of all rows as the API
does. Status codes of readings are those of Circular 10/2021/TT-BTNMT: 00 measuring, 01
calibrating, 02 device fault.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random

import numpy as np

from demo.planting import Fault, Planted, Planter, becomes
from demo.sectors import dirt
from demo.sectors.monitoring_stations import NAME, TABLE, Parameter, Station, stations
from demo.store import Cell, Row
from demo.system import Place, System, World
from demo.truth import Outcome, PlantedFault

READINGS = "observations"
_PAGE = 1000
_STUCK, _STUCK_EVERY = 4, 3  # equal readings in a row; stations that get such a run
_DUPLICATES = 0.001
_STATUSES = ("00", "01", "02")


def make(world: World, place: Place) -> int:
    """Write all pages; gives the number of rows."""
    rows, truths, measuring = stations(world)
    place.tell(truths)
    cases = sum(len(station.times) * len(station.parameters) for station in measuring)
    total = cases + _copies(cases)
    planter = Planter(NAME, READINGS, "MaTram", faults(), world.seed, cases=cases, before=0)
    with place.folder() as folder:
        _write(folder / TABLE, rows, len(rows), place.progress)
        readings = _readings(world, measuring, planter, place.tell)
        _write(folder / READINGS, readings, total, place.progress)
    return len(rows) + total


def _copies(cases: int) -> int:
    return max(1, round(_DUPLICATES * cases))


def _write(folder: Path, rows: Iterable[Row], total: int, progress: Callable[[int], None]) -> None:
    folder.mkdir()
    left = iter(rows)
    for page in range(1, -(-total // _PAGE) + 1):
        body = {"meta": {"total": total, "page": page}, "data": list(islice(left, _PAGE))}
        text = json.dumps(body, ensure_ascii=False)
        (folder / f"{page:06}.json").write_text(text, encoding="utf-8")
        progress(min(total, page * _PAGE))


def _readings(
    world: World,
    measuring: list[Station],
    planter: Planter,
    tell: Callable[[Iterable[PlantedFault]], None],
) -> Iterator[Row]:
    first, extras = 0, list[Row]()
    for number, station in enumerate(measuring):
        columns = _columns(station, first + 1, world.rng(NAME, 2, number))
        truths, more = planter.plant(columns, first)
        tell(truths)
        if number % _STUCK_EVERY == 0:
            tell(_stick(columns, {truth.key for truth in truths}, len(station.times)))
        extras += more
        names = tuple(columns)
        for cells in zip(*columns.values(), strict=True):
            yield dict(zip(names, cells, strict=True))
        first += len(columns["ID"])
    yield from extras


def _columns(station: Station, first: int, rng: np.random.Generator) -> dict[str, list[Cell]]:
    """The readings of one station, one parameter after another, each in the order of time."""
    size, kinds = len(station.times), station.parameters
    texts = [f"{text}+07:00" for text in np.datetime_as_string(station.times, unit="s").tolist()]
    sent = np.datetime_as_string(station.times + np.timedelta64(300, "s"), unit="s").tolist()
    status = rng.choice(len(_STATUSES), size * len(kinds), p=(0.97, 0.015, 0.015)).tolist()
    values = [value for kind in kinds for value in _values(kind, station, rng)]
    return {
        "ID": list(range(first, first + size * len(kinds))),
        "MaTram": [*[station.code] * size * len(kinds)],
        "ThoiGian": [*texts * len(kinds)],
        "ThongSo": [kind.name for kind in kinds for _ in range(size)],
        "GiaTri": [*values],
        "DonVi": [kind.unit for kind in kinds for _ in range(size)],
        "TrangThai": [_STATUSES[n] for n in status],
        "GhiChu": [*[None] * size * len(kinds)],
        "CapNhat": [*[f"{text}+07:00" for text in sent] * len(kinds)],
    }


def _values(kind: Parameter, station: Station, rng: np.random.Generator) -> list[float]:
    day = station.times.astype("datetime64[D]").astype(int)
    season = np.cos(2 * np.pi * (day % 365.25 - 70) / 365.25)  # highest in the middle of March
    noise = kind.noise * rng.standard_normal(len(day))
    # What falls below comes back from the border, so that lows are no run of equal values.
    raw = kind.low + np.abs(kind.mean + kind.swing * season + noise - kind.low)
    values = np.round(np.minimum(raw, kind.high - 0.05 * rng.random(len(day)) * kind.high), 2)
    values[1:] += 0.01 * (values[1:] == values[:-1])
    rounded: list[float] = np.round(values, 2).tolist()
    return rounded


def _stick(columns: dict[str, list[Cell]], planted: set[str], size: int) -> list[PlantedFault]:
    """Let one sensor of the station repeat itself; the last of the run is to be doubted."""
    values, keys = columns["GiaTri"], columns["ID"]
    for first in range(1, size - _STUCK):
        run = range(first, first + _STUCK)
        if any(str(keys[n]) in planted for n in run) or values[run.stop] == values[first]:
            continue
        for n in run:
            values[n] = values[first]
        last = run[-1]
        key, code = str(keys[last]), str(columns["MaTram"][last])
        return [
            PlantedFault(
                *(NAME, READINGS, key, code, "stuck_sensor", Outcome.SUSPECT, "stuck_sensor"),
                *("GiaTri", "value", True, f"{float(values[last] or 0):.4f}"),
            )
        ]
    return []


def _time(form: str, row: Row, rng: Random) -> Planted:
    del rng
    text = str(row["ThoiGian"])[:19]
    when = np.datetime64(text, "s")
    row["ThoiGian"] = {
        "vietnamese": f"{text[8:10]}/{text[5:7]}/{text[:4]} {text[11:16]}",
        "epoch": str(int((when - np.timedelta64(7, "h")).astype(int))),
    }[form]
    return becomes("ThoiGian", "observed_at", text.replace("T", " "))


def _as(name: str, unit: str | None, value: str | float, row: Row, rng: Random) -> Planted:
    """A reading out of turn, between two hours, so that it meets no other of its parameter."""
    when = np.datetime64(str(row["ThoiGian"])[:19], "s") + rng.randrange(60, 3500)
    row.update(ThongSo=name, DonVi=unit, GiaTri=value, ThoiGian=f"{when}+07:00")
    return Planted("GiaTri", "value")


def _other_unit(name: str, unit: str, amounts: range, row: Row, rng: Random) -> Planted:
    """A reading in another unit than the parameter's: mg/l for g/l, or mg/m3, with four
    decimals, for µg/m3."""
    amount = rng.choice(amounts)
    if unit == "mg/l":
        _as(name, unit, amount, row, rng)
        return becomes("GiaTri", "value", f"{amount / 1000:.4f}")
    _as(name, unit, amount / 10_000, row, rng)
    return becomes("GiaTri", "value", f"{amount / 10:.4f}")


def _peak(row: Row, rng: Random) -> Planted:
    value = rng.randrange(1500, 2200) / 10
    _as("PM2.5", "µg/m3", value, row, rng)
    return becomes("GiaTri", "value", f"{value:.4f}")


def faults() -> tuple[Fault, ...]:
    """Every fault of the readings but the stuck sensors, which are runs of rows."""
    fixed, refused, kept = Outcome.FIXED, Outcome.QUARANTINED, Outcome.KEPT
    impossible = "value_possible"
    return dirt.faults(
        (
            ("time_vietnamese", 0.002, fixed, "parse_timestamp", partial(_time, "vietnamese")),
            ("time_epoch", 0.001, fixed, "parse_timestamp", partial(_time, "epoch")),
            ("loose_spaces", 0.002, fixed, "clean_text", dirt.loose("MaTram", "station_id")),
            ("unit_mix", 0.002, fixed, "quantity",
             partial(_other_unit, "PM2.5", "mg/m3", range(201, 700))),
            ("unit_mix", 0.001, fixed, "quantity",
             partial(_other_unit, "Độ mặn", "mg/l", range(400, 9000))),
            ("impossible_ph", 0.001, refused, impossible, partial(_as, "pH", None, 71.2)),
            ("impossible_salinity", 0.001, refused, impossible, partial(_as, "Độ mặn", "g/l", 350)),
            ("sentinel", 0.002, refused, impossible, partial(_as, "DO", "mg/l", -9999)),
            ("missing_value", 0.001, refused, "value.required",
             dirt.set_to("GiaTri", "value", None)),
            ("unit_unknown", 0.001, refused, "value.readable", partial(_as, "COD", "ppm", 12.5)),
            ("unknown_station", 0.001, refused, "station_id.reference",
             dirt.set_to("MaTram", "station_id", "XX-99")),
            ("unknown_parameter", 0.001, refused, "parameter.readable",
             dirt.set_to("ThongSo", "parameter", "Asen")),
            ("impossible_time", 0.001, refused, "observed_at.readable",
             dirt.set_to("ThoiGian", "observed_at", "2026-02-30T07:00:00+07:00")),
            ("future", 0.0005, refused, "observed_not_future",
             dirt.set_to("ThoiGian", "observed_at", "2199-01-01T07:00:00+07:00")),
            ("duplicate_key", _DUPLICATES, refused, "primary_key.unique",
             dirt.older_copy("MaTram", "station_id", CapNhat="2024-12-31T00:00:00+07:00")),
            ("test_record", 0.001, Outcome.EXCLUDED, "test_record",
             dirt.set_to("GhiChu", "", "Chạy thử")),
            ("true_peak", 0.0005, kept, "", _peak),
        )
    )  # fmt: skip


SYSTEM = System(NAME, make, database=False)
