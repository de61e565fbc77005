"""Numbers of a column whose way of writing is known, and numbers with their unit.

A number alone can be read in two ways ("1.234"): the mapping says by its choice of function
which way the column writes. Money belongs in ``numbers``.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

from standardization.functions.numbers import DECIMAL, NUMERIC, plain_number
from standardization.functions.spec import Helper, SqlFunction, let
from standardization.functions.text import clean

_VI = re.compile(r"[+-]?(?:\d{1,3}(?:[. ]\d{3})+|\d+)(?:,\d+)?", re.ASCII)
_EN = re.compile(r"[+-]?(?:\d{1,3}(?:[, ]\d{3})+|\d+)(?:\.\d+)?", re.ASCII)
_SEPARATOR = "\x1f"
_COUNTS = {"": 1, "nghìn": 10**3, "ngàn": 10**3, "k": 10**3, "triệu": 10**6, "tr": 10**6}
_COUNTS |= {"tỷ": 10**9, "tỉ": 10**9}
# Each family in its own smallest part; 1 công is 1,000 m² in the Mekong delta.
_FAMILIES: tuple[dict[str, Fraction], ...] = (
    {"%": Fraction(1), "phần trăm": Fraction(1), "‰": Fraction(1, 10)},
    {
        "m2": Fraction(1),
        "m²": Fraction(1),
        "mét vuông": Fraction(1),
        "công": Fraction(1000),
        "ha": Fraction(10_000),
        "hecta": Fraction(10_000),
        "héc-ta": Fraction(10_000),
        "km2": Fraction(10**6),
        "km²": Fraction(10**6),
    },
    {
        "g": Fraction(1),
        "kg": Fraction(1000),
        "yến": Fraction(10_000),
        "tạ": Fraction(100_000),
        "tấn": Fraction(10**6),
        "t": Fraction(10**6),
    },
    {"mm": Fraction(1), "cm": Fraction(10), "m": Fraction(1000), "km": Fraction(10**6)},
    {"ml": Fraction(1), "l": Fraction(1000), "lít": Fraction(1000), "m3": Fraction(10**6)},
    {"µg/m3": Fraction(1), "μg/m3": Fraction(1), "ug/m3": Fraction(1), "mg/m3": Fraction(1000)},
    {"mg/l": Fraction(1), "g/l": Fraction(1000), "‰ mặn": Fraction(1000)},
    {"°c": Fraction(1), "độ c": Fraction(1), "oc": Fraction(1), "℃": Fraction(1)},
    {"km/h": Fraction(1), "m/s": Fraction(18, 5)},
)
_QUANTITY = re.compile(r"([+-]?\d[\d.,]*(?: \d{3})*(?:,\d+)?) ?(.*)", re.ASCII)


def _read_vi(text: str) -> str | None:
    text = (clean(text) or "").replace("−", "-")
    if not _VI.fullmatch(text):
        return None
    return text.replace(".", "").replace(" ", "").replace(",", ".")


def _read_en(text: str) -> str | None:
    text = (clean(text) or "").replace("−", "-")
    return text.replace(",", "").replace(" ", "") if _EN.fullmatch(text) else None


def _factor(written: str, wanted: str) -> Fraction | None:
    """What a number in `written` is multiplied with for `wanted`; None if they do not fit."""
    for count, factor in _COUNTS.items():
        rest = written.removeprefix(count).strip() if count else written
        if (count and not written.startswith(count)) or (count and rest and rest == written):
            continue
        if rest in ("", wanted):
            return Fraction(factor)
        for family in _FAMILIES:
            if rest in family and wanted in family:
                return Fraction(factor) * family[rest] / family[wanted]
    return None


def _read_quantity(text: str) -> str | None:
    """Decimal text of ``value<US>unit``; a number without a unit is in the unit asked for."""
    value, _sep, unit = text.rpartition(_SEPARATOR)
    found = _QUANTITY.fullmatch((clean(value) or "").lower().replace("−", "-"))
    if not found:
        return None
    plain = plain_number(found[1])
    factor = _factor(found[2].rstrip("."), unit.strip().lower())
    if plain is None or factor is None:
        return None
    made = Fraction(plain) * factor
    return str(Decimal(made.numerator) / Decimal(made.denominator))


def _column(
    name: str, helper: str, title: dict[str, str], examples: tuple[str, str]
) -> SqlFunction:
    ambiguous, unreadable = examples
    return SqlFunction(
        name,
        ("x",),
        "DECIMAL(20,4)",
        title,
        "Cleaning rules: numbers, decided per column; at most four decimals are kept",
        (
            ((ambiguous,), Decimal("1234.0000")),
            (("-12",), Decimal("-12.0000")),
            ((1.5,), Decimal("1.5000")),
            ((unreadable,), None),
        ),
        macro=let(
            "x_",
            "x",
            f"CASE WHEN x_ IS NULL THEN NULL WHEN {NUMERIC} THEN try_cast(x_ AS DECIMAL(20, 4)) "
            f"ELSE {DECIMAL}({helper}(x_::VARCHAR)) END",
        ),
        parses=True,
        changed="coalesce(try_cast({x} AS DOUBLE) <> {made}::DOUBLE, true)",
    )


HELPERS = (
    Helper("_read_vi", ("x",), read=_read_vi),
    Helper("_read_en", ("x",), read=_read_en),
    Helper("_read_quantity", ("x",), read=_read_quantity),
)

FUNCTIONS = (
    _column(
        "number_vi",
        "_read_vi",
        {
            "vi": "Đọc số của cột viết kiểu Việt Nam: chấm ngăn hàng nghìn, phẩy là thập phân.",
            "en": "Read numbers of a column in Vietnamese form: dots part thousands, the comma "
            "decimals.",
        },
        ("1.234", "1,234.5"),
    ),
    _column(
        "number_en",
        "_read_en",
        {
            "vi": "Đọc số của cột viết kiểu Anh: phẩy ngăn hàng nghìn, chấm là thập phân.",
            "en": "Read numbers of a column in English form: commas part thousands, the dot "
            "decimals.",
        },
        ("1,234", "1.234,5"),
    ),
    SqlFunction(
        "quantity",
        ("x", "unit"),
        "DECIMAL(20,4)",
        {
            "vi": "Đọc số có đơn vị (2,5 triệu tấn; 5 công; 88%…) và đổi sang đơn vị của cột.",
            "en": "Read numbers with a unit (2,5 triệu tấn; 5 công; 88%…) and converted them to "
            "the column's unit.",
        },
        "Cleaning rules: numbers; 1 công is 1,000 m². A number without a unit is in the column's",
        (
            (("5 công", "ha"), Decimal("0.5000")),
            (("2,5 triệu tấn", "tấn"), Decimal("2500000.0000")),
            (("88%", "%"), Decimal("88.0000")),
            (("11.7 km/h", "km/h"), Decimal("11.7000")),
            (("27.8°C", "°c"), Decimal("27.8000")),
            (("12,5", "ha"), Decimal("12.5000")),
            (("5 công", "tấn"), None),
            (("1.234 ha", "ha"), None),
        ),
        macro=let(
            "x_",
            "x",
            f"CASE WHEN x_ IS NULL THEN NULL WHEN {NUMERIC} THEN try_cast(x_ AS DECIMAL(20, 4)) "
            "WHEN regexp_full_match(x_::VARCHAR, '-?\\d{1,14}(?:[.,]\\d{1,2})?') "
            "THEN try_cast(replace(x_::VARCHAR, ',', '.') AS DECIMAL(18, 4))::DECIMAL(20, 4) "
            f"ELSE {DECIMAL}(_read_quantity(x_::VARCHAR || '{_SEPARATOR}' || unit)) END",
        ),
        parses=True,
        changed="try_cast({x} AS DOUBLE) IS NULL",
    ),
)
