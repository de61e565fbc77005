"""The infrastructure GIS: one GeoJSON file per layer, two of them restricted.

The restricted layers are there because the real system has them; nothing of the platform may
read them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from demo import canaries
from demo.planting import Fault, Planted, becomes
from demo.sectors import dirt
from demo.sectors.lists import plant
from demo.store import Row
from demo.system import Place, System, World
from demo.truth import Outcome, PlantedFault
from demo.units import Units, commune_centres
from demo.workdays import FIRST_DAY, MERGER, NOW

NAME = "gis"
RESTRICTED = ("quoc_phong", "vien_thong_ngam")
_PLACED = ("lat", "lon")
_GOOD, _FAIR, _POOR = "Tốt", "Trung bình", "Hư hỏng"
_PER_LAYER = 10_000_000
# About 500 m, less than any commune reaches from its centre.
_AROUND = 0.004


@dataclass(frozen=True)
class Layer:
    """A layer: `code` begins its assets' codes, `usual` is their number at scale 1, `named`
    how they are called, `length` the metres of the usual one (0: a point)."""

    file: str
    code: str
    usual: int
    named: str | None
    length: int


LAYERS = (
    Layer("duong", "DG", 800, "Đường số", 1800),
    Layer("cau", "CA", 400, "Cầu Kênh", 45),
    Layer("thoat_nuoc", "TN", 600, "Tuyến thoát nước", 600),
    Layer("chieu_sang", "CS", 2000, None, 0),
    Layer("cay_xanh", "CX", 2000, None, 0),
)


@dataclass(frozen=True)
class _Spot:
    """A commune in its validity, its centre, and the agency in charge there."""

    code: str
    latitude: float
    longitude: float
    agency: str


def make(world: World, place: Place) -> int:
    """Write every layer; gives the number of features."""
    before, now = _spots(world.units)
    count = 0
    with place.folder() as folder:
        for number, layer in enumerate(LAYERS):
            rows, truths = _layer(world, layer, number, before, now)
            _write(folder / f"{layer.file}.geojson", layer, rows)
            place.tell(truths)
            count += len(rows)
        for name in RESTRICTED:
            hidden = [_secret(n, now[n % len(now)]) for n in range(1, 21)]
            hidden[0]["ten"] = canaries.NAME
            _write(folder / f"{name}.geojson", LAYERS[-1], hidden)
            count += len(hidden)
    return count


def _spots(units: Units) -> tuple[list[_Spot], list[_Spot]]:
    """The communes of before the merger and those of today whose centre is known."""
    old_centres, centres = commune_centres()
    roots = {"82": "H58", "87": "H20"}
    before = [
        _Spot(old.code, *old_centres[old.code], f"{roots[old.province_code]}.7")
        for old in units.old
        if old.code in old_centres
    ]
    return before, [_Spot(c, *centres[c], "H20.7") for c in units.current if c in centres]


def _layer(
    world: World, layer: Layer, number: int, before: Sequence[_Spot], now: Sequence[_Spot]
) -> tuple[list[Row], list[PlantedFault]]:
    """Features of one layer and the truth about them, numbered apart from other layers'."""
    rows = list(_assets(world, layer, number, before, now))
    rows, truths = plant(world, NAME, layer.file, "ma_ts", rows, faults())
    first = _PER_LAYER * (number + 1)
    for row in rows:
        row["ID"] = first + int(row["ID"] or 0)
    return rows, [replace(told, key=str(first + int(told.key))) for told in truths]


def _assets(
    world: World, layer: Layer, number: int, before: Sequence[_Spot], now: Sequence[_Spot]
) -> Iterator[Row]:
    rng = world.rng(NAME, number)
    size = world.size(layer.usual, least=120)
    days = FIRST_DAY + rng.integers(0, int((NOW - FIRST_DAY).astype(int)), size)
    picks = rng.integers(0, 10**6, size).tolist()
    offsets = rng.uniform(-_AROUND, _AROUND, (size, 2)).tolist()
    conditions = rng.choice([_GOOD, _FAIR, _POOR], size, p=[0.6, 0.3, 0.1]).tolist()
    years = rng.integers(1985, 2025, size).tolist()
    lengths = (layer.length * rng.uniform(0.4, 2.0, size)).astype(int).tolist()
    for n, (day, pick, (north, east)) in enumerate(zip(days, picks, offsets, strict=True)):
        spots = before if day < MERGER else now
        spot = spots[pick % len(spots)]
        yield {
            "ID": n + 1,
            "ma_ts": f"{layer.code}-{n + 1:06}",
            "ten": f"{layer.named} {n + 1}" if layer.named else None,
            "ma_xa": spot.code,
            "tinh_trang": conditions[n],
            "nam_xd": years[n],
            "chieu_dai": lengths[n] or None,
            "don_vi_ql": spot.agency,
            "ngay_ks": str(day),
            "trang_thai": "Đang khai thác",
            "han_che": "Không",
            "cap_nhat": f"{day}T17:00:00",
            "lat": round(spot.latitude + north, 6),
            "lon": round(spot.longitude + east, 6),
        }


def _secret(number: int, spot: _Spot) -> Row:
    place: Row = {"lat": spot.latitude, "lon": spot.longitude}
    return {"ID": number, "ten": f"Công trình {number}", **place}


def _write(path: Path, layer: Layer, rows: Sequence[Row]) -> None:
    features = [
        {"type": "Feature", "properties": _properties(row), "geometry": _geometry(layer, row)}
        for row in rows
    ]
    document = {"type": "FeatureCollection", "name": path.stem, "features": features}
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def _properties(row: Row) -> Row:
    rest = {name: cell for name, cell in row.items() if name not in ("ID", *_PLACED)}
    return {"gid": row["ID"], **rest}


def _geometry(layer: Layer, row: Row) -> Mapping[str, object]:
    east, north = float(row["lon"] or 0), float(row["lat"] or 0)
    if not layer.length:
        return {"type": "Point", "coordinates": [east, north]}
    ends = [[east - 0.001, north - 0.0005], [east + 0.001, north + 0.0005]]
    return {"type": "LineString", "coordinates": ends}


def _swapped(row: Row, rng: Random) -> Planted:
    del rng
    row["lat"], row["lon"] = row["lon"], row["lat"]
    return Planted("geometry", "latitude")


def _moved(row: Row, rng: Random) -> Planted:
    """Moved to the coast, 80 km or more from where the province's communes are."""
    row["lat"], row["lon"] = 9.3 + rng.random() / 100, 105.0
    return Planted("geometry", "latitude")


def _nowhere(row: Row, rng: Random) -> Planted:
    del rng
    row["lat"], row["lon"] = 0, 0
    return Planted("geometry", "latitude")


def _vietnamese_date(row: Row, rng: Random) -> Planted:
    del rng
    clean = str(row["ngay_ks"])
    row["ngay_ks"] = f"{clean[8:]}/{clean[5:7]}/{clean[:4]}"
    return becomes("ngay_ks", "surveyed_on", clean)


def faults() -> tuple[Fault, ...]:
    """Every fault of a layer."""
    fixed, refused, excluded = Outcome.FIXED, Outcome.QUARANTINED, Outcome.EXCLUDED
    return dirt.faults(
        (
            ("loose_spaces", 0.004, fixed, "clean_text", dirt.loose("ma_ts", "asset_id")),
            ("swapped", 0.004, fixed, "coordinate", _swapped),
            ("null_word", 0.004, fixed, "null_word", dirt.null_word("nam_xd", "built_year")),
            ("date_vietnamese", 0.004, fixed, "parse_date", _vietnamese_date),
            ("unknown_commune", 0.002, refused, "admin_unit_code.reference",
             dirt.set_to("ma_xa", "admin_unit_code", "99999")),
            ("impossible_date", 0.002, refused, "surveyed_on.readable",
             dirt.set_to("ngay_ks", "surveyed_on", "31/02/2026")),
            ("impossible_year", 0.002, refused, "built_year.range",
             dirt.set_to("nam_xd", "built_year", 20150, 205)),
            ("unknown_condition", 0.002, refused, "condition.readable",
             dirt.set_to("tinh_trang", "condition", "Loại 9")),
            ("no_length", 0.002, refused, "length_m.range",
             dirt.set_to("chieu_dai", "length_m", 0, -12)),
            ("unknown_agency", 0.002, refused, "managing_agency.reference",
             dirt.set_to("don_vi_ql", "managing_agency", "H20.999")),
            ("nowhere", 0.002, refused, "latitude.readable", _nowhere),
            ("duplicate_key", 0.002, refused, "primary_key.unique",
             dirt.older_copy("ma_ts", "asset_id", cap_nhat="2025-01-01T00:00:00")),
            ("far_from_commune", 0.004, Outcome.SUSPECT, "far_from_commune", _moved),
            ("restricted", 0.004, excluded, "restricted", dirt.set_to("han_che", "", "Có")),
            ("disposed", 0.004, excluded, "disposed", dirt.set_to("trang_thai", "", "Đã thanh lý")),
        )
    )  # fmt: skip


SYSTEM = System(NAME, make, database=False)
