"""The agriculture department's crop report: a CSV file that a spreadsheet saved, UTF-8.

Title lines stand above the header, numbers are Vietnamese, and the total of the province follows
the communes of each season and crop. The file of households lies beside it because the real
report has that annex; nothing of the platform may read it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random

import numpy as np

from demo import canaries
from demo.people import draw_people
from demo.planting import Fault, Planted, Span, becomes
from demo.sectors import dirt
from demo.sectors.lists import left_out, plant
from demo.store import Cell, Row
from demo.system import Place, System, World
from demo.truth import Outcome, PlantedFault

NAME, TABLE, HOUSEHOLDS = "trong_trot", "san_xuat", "ho_san_xuat"
PLANTED, HARVESTED = "DT gieo trồng (ha)", "DT thu hoạch (ha)"
YIELD, PRODUCTION = "Năng suất (tạ/ha)", "Sản lượng (tấn)"
_NUMBERS = (PLANTED, HARVESTED, YIELD, PRODUCTION)
_TITLES = ("SỞ NÔNG NGHIỆP VÀ MÔI TRƯỜNG TỈNH ĐỒNG THÁP", "KẾT QUẢ SẢN XUẤT TRỒNG TRỌT", "")
# Name, hectares in a commune of usual size, usual yield in tạ a hectare.
_FIELD_CROPS = (("Lúa", 420, 64.0), ("Bắp", 24, 58.0), ("Rau màu các loại", 60, 190.0))
_ORCHARD = (("Thanh long", 45, 260.0), ("Sầu riêng", 80, 180.0), ("Xoài", 70, 120.0),
            ("Mít", 40, 210.0), ("Dừa", 55, 95.0))  # fmt: skip
# In the order of time; the first harvest is of before the merger.
_SEASONS = (
    ("Đông Xuân 2024-2025", "2025-05-12", _FIELD_CROPS),
    ("Hè Thu 2025", "2025-10-10", _FIELD_CROPS),
    ("Thu Đông 2025", "2026-01-09", _FIELD_CROPS),
    ("Cả năm 2025", "2026-01-20", _ORCHARD),
    ("Đông Xuân 2025-2026", "2026-05-11", _FIELD_CROPS),
    ("Hè Thu 2026", "2026-10-09", _FIELD_CROPS),
)


def make(world: World, place: Place) -> int:
    """Write both files; gives the number of their rows."""
    details = list(_details(world))
    before = sum(row["Vụ"] == _SEASONS[0][0] for row in details)
    rows, truths = plant(world, NAME, TABLE, "Mã xã", details, faults(world), before=before)
    totals = list(_totals(details))
    households = _households(world, [str(row["Mã xã"]) for row in details])
    with place.folder() as folder:
        _write(folder / f"{TABLE}.csv", [*rows, *totals])
        _write(folder / f"{HOUSEHOLDS}.csv", households)
    place.tell(truths)
    place.tell(map(_left_out, totals))
    return len(rows) + len(totals) + len(households)


def _write(path: Path, rows: Sequence[Row]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerows([title] for title in _TITLES)
        writer.writerow("TT" if name == "ID" else name for name in rows[0])
        writer.writerows(row.values() for row in rows)


def _details(world: World) -> Iterator[Row]:
    """A row a season, crop and commune, in the order of time."""
    rng, number = world.rng(NAME, 1), 0
    old = {commune.code: commune.name for commune in world.units.old}
    for season, reported, crops in _SEASONS:
        communes = old if number == 0 else dict(world.units.current)
        for crop, usual, tạ in crops:
            size = len(communes)
            planted = np.round(usual * rng.uniform(0.3, 1.8, size), 1)
            harvested = np.round(planted * rng.uniform(0.9, 1.0, size), 1)
            yields = np.round(tạ * rng.uniform(0.85, 1.15, size), 1)
            made = np.round(harvested * yields / 10, 1)
            numbers = (column.tolist() for column in (planted, harvested, yields, made))
            for (code, name), *cells in zip(communes.items(), *numbers, strict=True):
                number += 1
                yield {
                    "ID": number,
                    "Vụ": season,
                    "Mã xã": code,
                    "Xã, phường": name,
                    "Cây trồng": crop,
                    **dict(zip(_NUMBERS, map(_vi, cells), strict=True)),
                    "Tình trạng": "Sơ bộ" if season.endswith("2026") else "Chính thức",
                    "Người lập": canaries.NAME,
                    "Ngày cập nhật": f"{reported} 09:00:00",
                }


def _vi(number: float) -> str:
    """One decimal, as Vietnamese clerks write: ``1.234,5``."""
    return f"{number:,.1f}".replace(",", " ").replace(".", ",").replace(" ", ".")


def _number(text: Cell) -> float:
    return float(str(text).replace(".", "").replace(",", "."))


def _totals(details: Iterable[Row]) -> Iterator[Row]:
    """The total of the province below each season and crop: no number, no commune."""
    sums: dict[tuple[Cell, Cell], list[float]] = {}
    for row in details:
        total = sums.setdefault((row["Vụ"], row["Cây trồng"]), [0.0, 0.0, 0.0])
        for at, column in enumerate((PLANTED, HARVESTED, PRODUCTION)):
            total[at] += _number(row[column])
    for (season, crop), (planted, harvested, made) in sums.items():
        yield {
            **dict.fromkeys(("ID", "Vụ", "Mã xã"), ""),
            "Vụ": season,
            "Xã, phường": "Cộng toàn tỉnh",
            "Cây trồng": crop,
            PLANTED: _vi(planted),
            HARVESTED: _vi(harvested),
            YIELD: _vi(made * 10 / harvested),
            PRODUCTION: _vi(made),
            **dict.fromkeys(("Tình trạng", "Người lập", "Ngày cập nhật"), ""),
        }


def _left_out(total: Row) -> PlantedFault:
    key = f"Cộng {total['Vụ']} {total['Cây trồng']}"
    return left_out(NAME, TABLE, key, "province_total", "Xã, phường")


def _households(world: World, communes: Sequence[str]) -> list[Row]:
    """Some of those who farm, with a canary first, so that a reading of them shows."""
    rng, size = world.rng(NAME, 2), world.size(400, least=40)
    people = draw_people(rng, np.zeros(size, dtype=np.int64), 87, old_cards=0.0)
    rows: list[Row] = [
        {
            "ID": n + 1,
            "Chủ hộ": people.names[n],
            "Số định danh": people.personal_ids[n],
            "Mã xã": communes[n % len(communes)],
            "Diện tích (công)": n % 30 + 1,
        }
        for n in range(size)
    ]
    rows[0]["Chủ hộ"] = canaries.NAME
    return rows


def _in_cong(row: Row, rng: Random) -> Planted:
    """The harvested area in công, of which a hectare has ten."""
    del rng
    hectares = _number(row[HARVESTED])
    row[HARVESTED] = f"{round(hectares * 10)} công"
    return becomes(HARVESTED, "harvested_ha", f"{hectares:.2f}")


def _in_tonnes(row: Row, rng: Random) -> Planted:
    """The yield in tonnes a hectare, of which one is ten tạ."""
    del rng
    tạ = _number(row[YIELD])
    row[YIELD] = f"{tạ / 10:.2f} tấn/ha".replace(".", ",")
    return becomes(YIELD, "yield_ta_ha", f"{tạ:.2f}")


def _short_season(row: Row, rng: Random) -> Planted:
    del rng
    row.update({"Vụ": "ĐX 2025-2026", "Cây trồng": "Khoai lang"})
    return becomes("Vụ", "season", "dong_xuan")


def _misplaced_comma(row: Row, rng: Random) -> Planted:
    row[PRODUCTION] = _vi(_number(row[PRODUCTION]) * rng.choice([10, 100]) + 60)
    return Planted(PRODUCTION, "production_t")


def _more_harvested(row: Row, rng: Random) -> Planted:
    row[PLANTED] = _vi(_number(row[HARVESTED]) * rng.uniform(0.2, 0.7))
    return Planted(HARVESTED, "harvested_ha")


def _record_yield(row: Row, rng: Random) -> Planted:
    """A harvest twice as good as any, area and production in agreement."""
    tạ = 2 * _number(row[YIELD]) + rng.randrange(10, 50)
    row.update({YIELD: _vi(tạ), PRODUCTION: _vi(_number(row[HARVESTED]) * tạ / 10)})
    return Planted(YIELD, "yield_ta_ha")


def faults(world: World) -> tuple[Fault, ...]:
    """Every fault of the report."""
    fixed, refused, excluded = Outcome.FIXED, Outcome.QUARANTINED, Outcome.EXCLUDED
    place, retired = ("Mã xã", "admin_unit_code"), world.units.retired[1]
    after = Span.AFTER_MERGER
    reference = "admin_unit_code.reference"
    return (
        *dirt.faults(_anywhere(), Span.ANY),
        *dirt.faults(
            (
                ("area_in_cong", 0.004, fixed, "quantity", _in_cong),
                ("yield_in_tonnes", 0.004, fixed, "yield_in_tonnes", _in_tonnes),
                ("retired_commune", 0.002, refused, reference, dirt.set_to(*place, retired)),
                ("record_yield", 0.002, Outcome.SUSPECT, "yield_high", _record_yield),
                ("planned", 0.002, excluded, "planned", dirt.set_to("Tình trạng", "", "Kế hoạch")),
                ("short_season", 0.0, Outcome.KEPT, "", _short_season),
            ),
            after,
        ),
    )


def _anywhere() -> tuple[dirt.Listed, ...]:
    fixed, refused = Outcome.FIXED, Outcome.QUARANTINED
    crop = ("Cây trồng", "crop_code")
    return (
        ("loose_spaces", 0.004, fixed, "clean_text", dirt.loose(*crop, CROP_CODES)),
        ("null_word", 0.003, fixed, "null_word", dirt.null_word(PLANTED, "planted_ha")),
        ("unknown_crop", 0.001, refused, "crop_code.readable", dirt.set_to(*crop, "Cây khác")),
        ("unknown_season", 0.001, refused, "season.readable",
         dirt.set_to("Vụ", "season", "Vụ ba 2025")),
        ("formula_error", 0.002, refused, "yield_ta_ha.readable",
         dirt.set_to(YIELD, "yield_ta_ha", "#DIV/0!", "#REF!")),
        ("missing_production", 0.001, refused, "production_t.required",
         dirt.set_to(PRODUCTION, "production_t", "")),
        ("negative_area", 0.001, refused, "harvested_ha.range",
         dirt.set_to(HARVESTED, "harvested_ha", "-12,5")),
        ("unknown_commune", 0.001, refused, "admin_unit_code.reference",
         dirt.set_to("Mã xã", "admin_unit_code", "99999")),
        ("misplaced_comma", 0.003, refused, "production_fits", _misplaced_comma),
        ("more_harvested", 0.002, refused, "harvested_within_planted", _more_harvested),
        ("duplicate_key", 0.002, refused, "primary_key.unique",
         dirt.older_copy("Mã xã", "admin_unit_code", **{"Ngày cập nhật": "2025-01-01 00:00:00"})),
    )  # fmt: skip


CROP_CODES = {
    "Lúa": "lua", "Bắp": "bap", "Rau màu các loại": "rau_mau", "Thanh long": "thanh_long",
    "Sầu riêng": "sau_rieng", "Xoài": "xoai", "Mít": "mit", "Dừa": "dua",
}  # fmt: skip

SYSTEM = System(NAME, make, database=False)
