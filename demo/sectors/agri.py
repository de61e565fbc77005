"""The farm information system's weekly price survey: one CSV file in TCVN3 letters.

Prices are those of a kilogram, written as clerks write them; days are dd/mm/yyyy.
"""

from __future__ import annotations

import csv
from pathlib import Path
from random import Random

import numpy as np

from demo import tcvn3, text_dirt
from demo.people import draw_people
from demo.planting import Fault, Planted, Planter, becomes
from demo.sectors import dirt
from demo.sectors.places import spots
from demo.store import Cell, Row
from demo.system import Place, System, World
from demo.truth import Outcome
from demo.workdays import MERGER, NOW

NAME = "agri"
TABLE = "gia_nong_san"
# Name, usual price of a kilogram in đồng, how much higher at the top of its year.
_PRODUCTS = (
    ("Lúa IR 50404", 6_800, 0.1), ("Lúa OM 18", 7_600, 0.1), ("Thanh long ruột đỏ", 19_000, 0.5),
    ("Sầu riêng Ri6", 68_000, 0.45), ("Xoài cát Hòa Lộc", 52_000, 0.4), ("Mít Thái", 17_000, 0.6),
    ("Cá tra", 28_500, 0.12), ("Tôm thẻ chân trắng", 112_000, 0.15), ("Heo hơi", 62_000, 0.12),
    ("Vịt thịt", 48_000, 0.15),
)  # fmt: skip
_CODES = ("lua_ir50404", "lua_om18", "thanh_long", "sau_rieng", "xoai_cat", "mit_thai", "ca_tra",
          "tom_the", "heo_hoi", "vit_thit")  # fmt: skip
_MARKETS = ("Chợ Vĩnh Kim", "Chợ Cái Bè", "Chợ Mỹ Tho", "Chợ Gò Công", "Chợ Cai Lậy", "Chợ Sa Đéc",
            "Chợ Cao Lãnh", "Chợ Hồng Ngự", "Chợ Tân Hiệp", "Chợ Lấp Vò", "Chợ Tháp Mười",
            "Chợ Lai Vung")  # fmt: skip


def make(world: World, place: Place) -> int:
    """Write the survey of every week since the merger; gives the number of its rows."""
    columns = _columns(world)
    size = len(columns["ID"])
    planter = Planter(NAME, TABLE, "MACHO", faults(world), world.seed, cases=size, before=0)
    truths, extras = planter.plant(columns, 0)
    place.tell(truths)
    rows = [*zip(*columns.values(), strict=True), *(tuple(row.values()) for row in extras)]
    with place.folder() as folder:
        _write(folder / f"{TABLE}.csv", list(columns), rows)
    return len(rows)


def _write(path: Path, header: list[str], rows: list[tuple[Cell, ...]]) -> None:
    # TCVN3 is a font over the Western code page: its bytes are written as such.
    with path.open("w", encoding="cp1252", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(header)
        writer.writerows([_encoded(cell) for cell in row] for row in rows)


def _encoded(cell: Cell) -> Cell:
    return tcvn3.encode(cell) if isinstance(cell, str) else cell


def _columns(world: World) -> dict[str, list[Cell]]:
    rng = world.rng(NAME, 1)
    places = spots(world.units)
    homes = [places[int(n)].now for n in rng.integers(0, len(places), len(_MARKETS))]
    weeks = np.arange(MERGER + 1, NOW, 7)
    count = min(len(_MARKETS), world.size(8, least=3))
    grid = [(w, m, p) for w in range(len(weeks)) for m in range(count) for p in range(10)]
    week, market, product = (np.array(part) for part in zip(*grid, strict=True))
    usual = np.array([price for _name, price, _swing in _PRODUCTS])[product]
    swing = np.array([swing for _name, _price, swing in _PRODUCTS])[product]
    year = np.sin(2 * np.pi * (week / 52 + product / 10))
    noise = rng.uniform(0.96, 1.04, len(grid))
    prices = (np.round(usual * (1 + swing * year) * noise / 100) * 100).astype(int).tolist()
    clerk = draw_people(rng, np.zeros(1, dtype=np.int64), 82, old_cards=0.0).names[0]
    days = [str(weeks[n]) for n in week.tolist()]
    return {
        "ID": [*range(1, len(grid) + 1)],
        "NGAY": [_vietnamese(day) for day in days],
        "MACHO": [f"CH{n + 1:02}" for n in market.tolist()],
        "TENCHO": [_MARKETS[n] for n in market.tolist()],
        "MAXA": [homes[n] for n in market.tolist()],
        "MATHANG": [_PRODUCTS[n][0] for n in product.tolist()],
        "DVT": [*["kg"] * len(grid)],
        "GIA": [_money(price, n) for n, price in enumerate(prices)],
        "NGUOINHAP": [*[clerk] * len(grid)],
        "GHICHU": [*[""] * len(grid)],
        "XOA": [*["K"] * len(grid)],
        "NGAYSUA": [f"{day} 15:00:00" for day in days],
    }


def _vietnamese(day: str) -> str:
    return f"{day[8:]}/{day[5:7]}/{day[:4]}"


def _money(price: int, habit: int) -> str:
    dotted = f"{price:,}".replace(",", ".")
    return (str(price), dotted, f"{dotted} đ")[habit % 3]


def _loose_product(row: Row, rng: Random) -> Planted:
    clean = str(row["MATHANG"])
    row["MATHANG"] = text_dirt.loose_spaces(clean, rng).replace("\r\n", "  ").replace("\n", " ")
    if row["MATHANG"] == clean:
        row["MATHANG"] = f" {clean}"
    names = [name for name, _price, _swing in _PRODUCTS]
    return becomes("MATHANG", "product_code", _CODES[names.index(clean)])


def _per_tonne(row: Row, rng: Random) -> Planted:
    price = rng.randrange(60, 90) * 100
    row.update(DVT="tấn", GIA=_money(price * 1000, 1))
    return becomes("GIA", "price_vnd", str(price))


def _formula(row: Row, rng: Random) -> Planted:
    del rng
    row["TENCHO"] = "@ Chợ đầu mối"
    return becomes("TENCHO", "market_name", "@ Chợ đầu mối")


def faults(world: World) -> tuple[Fault, ...]:
    """Every fault of the survey."""
    fixed, refused = Outcome.FIXED, Outcome.QUARANTINED
    return dirt.faults(
        (
            ("loose_spaces", 0.004, fixed, "clean_text", _loose_product),
            ("per_tonne", 0.003, fixed, "per_tonne", _per_tonne),
            ("unknown_product", 0.001, refused, "product_code.readable",
             dirt.set_to("MATHANG", "product_code", "Nông sản khác")),
            ("unknown_unit", 0.001, refused, "price_vnd.readable",
             dirt.set_to("DVT", "price_vnd", "thúng")),
            ("negative_price", 0.001, refused, "price_vnd.range",
             dirt.set_to("GIA", "price_vnd", "-5000")),
            ("price_too_high", 0.001, refused, "price_vnd.range",
             dirt.set_to("GIA", "price_vnd", "99.999.999 đ")),
            ("unreadable_price", 0.001, refused, "price_vnd.readable",
             dirt.set_to("GIA", "price_vnd", "theo thỏa thuận")),
            ("impossible_date", 0.001, refused, "observed_on.readable",
             dirt.set_to("NGAY", "observed_on", "31/02/2026")),
            ("future", 0.0005, refused, "observed_not_future",
             dirt.set_to("NGAY", "observed_on", "01/01/2199")),
            ("retired_commune", 0.001, refused, "admin_unit_code.reference",
             dirt.set_to("MAXA", "admin_unit_code", world.units.retired[2])),
            ("duplicate_key", 0.001, refused, "primary_key.unique",
             dirt.older_copy("MACHO", "market_id", NGAYSUA="2025-01-01 00:00:00")),
            ("soft_deleted", 0.001, Outcome.EXCLUDED, "soft_deleted", dirt.set_to("XOA", "", "C")),
            ("not_verified", 0.002, Outcome.SUSPECT, "not_verified",
             dirt.set_to("GHICHU", "", "Chưa kiểm tra")),
            ("formula_cell", 0.0, Outcome.KEPT, "", _formula),
        )
    )  # fmt: skip


SYSTEM = System(NAME, make, database=False)
