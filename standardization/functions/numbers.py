"""Numbers and amounts of money as Vietnamese and English systems write them, and yes or no.

Units other than money's own do not belong here: a number with a unit is unreadable, so that
"1,2 triệu" never becomes 1.2.
"""

import re
from decimal import Decimal
from fractions import Fraction

from standardization.functions.spec import Helper, SqlFunction, let, word_list
from standardization.functions.text import clean

_NUMERIC_TYPES = (
    "('TINYINT','SMALLINT','INTEGER','BIGINT','HUGEINT','UTINYINT','USMALLINT','UINTEGER',"
    "'UBIGINT','FLOAT','DOUBLE')"
)
DECIMAL = "_decimal"
"""Macro: text of a plain decimal as DECIMAL(20, 4), NULL where it has no room."""
NUMERIC = f"(typeof(x_) IN {_NUMERIC_TYPES} OR starts_with(typeof(x_), 'DECIMAL'))"
"""SQL: whether ``x_`` has a numeric type."""
_YES = ("có", "c", "yes", "y", "true", "t", "1", "x", "đúng", "✓", "✔")
_NO = ("không", "k", "no", "n", "false", "f", "0", "sai")
_FREE = ("miễn phí", "không thu phí", "không thu", "không thu lệ phí", "không mất phí", "không")

# Thousands in groups, at least two of them or one and a decimal part, so that the separators
# cannot mean anything else; then the forms with one separator.
_VIETNAMESE = re.compile(r"[+-]?[1-9]\d{0,2}(?:(?:\.\d{3}){2,}(?:,\d+)?|\.\d{3},\d+)", re.ASCII)
_ENGLISH = re.compile(r"[+-]?[1-9]\d{0,2}(?:(?:,\d{3}){2,}(?:\.\d+)?|,\d{3}\.\d+)", re.ASCII)
_ONE_GROUP = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?\d+(?:[.,]\d+)?", re.ASCII)
_SPACED = re.compile(r"[+-]?\d{1,3}(?: \d{3})+(?!\d)", re.ASCII)
_MONEY = re.compile(
    r"([+-]?\d[\d.,]*) ?(nghìn|ngàn|k|triệu|tr|tỷ|tỉ|)\.? ?(?:đồng|đ|vnđ|vnd|₫|)\.?", re.ASCII
)
_FACTORS = {"": 1, "nghìn": 10**3, "ngàn": 10**3, "k": 10**3, "triệu": 10**6, "tr": 10**6}
_BILLION = 10**9


def plain_number(text: str) -> str | None:
    """Digits, dots and commas as a plain decimal; None where they can be read in two ways."""
    if _VIETNAMESE.fullmatch(text):
        return text.replace(".", "").replace(",", ".")
    if _ENGLISH.fullmatch(text):
        return text.replace(",", "")
    if _ONE_GROUP.fullmatch(text) or not _DECIMAL.fullmatch(text):
        return None
    return text.replace(",", ".")


def _ungrouped(text: str) -> str:
    """Without the spaces that part thousands and with the plain minus sign."""
    text = text.replace("−", "-")
    grouped = _SPACED.match(text)
    return grouped[0].replace(" ", "") + text[grouped.end() :] if grouped else text


def _read_number(text: str) -> str | None:
    return plain_number(_ungrouped(clean(text) or ""))


def _read_money(text: str) -> str | None:
    """Whole đồng; one separator before three digits parts thousands, as đồng have no fractions.

    Before a unit only the dot does: "1,234 triệu" can be read in two ways.
    """
    text = _ungrouped((clean(text) or "").lower())
    if text in _FREE:
        return "0"
    found = _MONEY.fullmatch(text)
    if not found:
        return None
    number, unit = found[1], found[2]
    if _ONE_GROUP.fullmatch(number) and ("." in number or not unit):
        plain: str | None = number.replace(".", "").replace(",", "")
    else:
        plain = plain_number(number)
    if plain is None:
        return None
    amount = Fraction(plain) * _FACTORS.get(unit, _BILLION)
    return str(amount) if amount.denominator == 1 else None


HELPERS = (
    Helper("_read_number", ("x",), read=_read_number),
    Helper(
        DECIMAL,
        ("x",),
        macro=let(
            "n_",
            "x",
            "coalesce(try_cast(n_ AS DECIMAL(18, 4))::DECIMAL(20, 4), "
            "try_cast(n_ AS DECIMAL(20, 4)))",
        ),
    ),
    Helper("_read_money", ("x",), read=_read_money),
    Helper(
        "_whole",
        ("x",),
        macro=let("w_", "x", "CASE WHEN w_ = trunc(w_) THEN try_cast(w_ AS BIGINT) END"),
    ),
)

FUNCTIONS = (
    SqlFunction(
        "parse_number",
        ("x",),
        "DECIMAL(20,4)",
        {
            "vi": "Đọc số viết kiểu Việt Nam (1.234.567,89) hoặc kiểu Anh (1,234,567.89); số không "
            "thể biết chắc như 1.234 thì không đoán.",
            "en": "Read numbers in Vietnamese (1.234.567,89) or English form (1,234,567.89); one "
            "that could be either, such as 1.234, is not guessed.",
        },
        "Cleaning rules: numbers; at most four decimals are kept",
        (
            (("1.234.567,89",), Decimal("1234567.8900")),
            (("1,234,567.89",), Decimal("1234567.8900")),
            (("1.234,5",), Decimal("1234.5000")),
            (("11,7",), Decimal("11.7000")),
            (("0.125",), Decimal("0.1250")),
            (("-12",), Decimal("-12.0000")),
            (("1 234 567",), Decimal("1234567.0000")),
            ((1.234,), Decimal("1.2340")),
            (("1.234",), None),
            (("1,234",), None),
            (("11.7 km/h",), None),
        ),
        macro=let(
            "x_",
            "x",
            f"CASE WHEN x_ IS NULL THEN NULL WHEN {NUMERIC} THEN try_cast(x_ AS DECIMAL(20, 4)) "
            # One or two digits after the separator are decimals in both forms. Text to a
            # decimal of 18 digits is fifty times quicker than to one of 20.
            "WHEN regexp_full_match(x_::VARCHAR, '-?\\d{1,14}(?:[.,]\\d{1,2})?') "
            "THEN try_cast(replace(x_::VARCHAR, ',', '.') AS DECIMAL(18, 4))::DECIMAL(20, 4) "
            f"ELSE {DECIMAL}(_read_number(x_::VARCHAR)) END",
        ),
        parses=True,
        changed="try_cast({x} AS DOUBLE) IS NULL",
    ),
    SqlFunction(
        "money_vnd",
        ("x",),
        "BIGINT",
        {
            "vi": "Đọc số tiền (1.234.567 đ, 1,2 triệu, miễn phí…) thành số đồng nguyên.",
            "en": "Read amounts of money (1.234.567 đ, 1,2 triệu, miễn phí…) as whole đồng.",
        },
        "Cleaning rules: money, numbers; integer đồng, so 1.234 is one thousand two hundred",
        (
            (("1.234.567 đ",), 1234567),
            (("1,2 triệu",), 1200000),
            (("1.234",), 1234),
            (("150,000 VNĐ",), 150000),
            (("150k",), 150000),
            (("2 tỷ đồng",), 2000000000),
            (("Miễn phí",), 0),
            (("15000.00",), 15000),
            (("1.500,50 đ",), None),
            (("15.000 đ/bản",), None),
        ),
        macro=let(
            "x_",
            "x",
            "CASE WHEN x_ IS NULL THEN NULL "
            f"WHEN {NUMERIC} THEN _whole(try_cast(x_ AS DECIMAL(38, 4))) "
            "WHEN regexp_full_match(x_::VARCHAR, '\\d{1,18}') THEN try_cast(x_ AS BIGINT) "
            "ELSE try_cast(_read_money(x_::VARCHAR) AS BIGINT) END",
        ),
        parses=True,
        # "1.234" is a number as it stands, yet another one.
        changed="coalesce(try_cast({x} AS DOUBLE) <> {made}, true)",
    ),
    SqlFunction(
        "yes_no",
        ("x",),
        "BOOLEAN",
        {
            "vi": "Đọc các cách viết có/không (x, 1, đúng, true… / 0, sai, false…) thành "
            "đúng hoặc sai.",
            "en": "Read the ways of writing yes or no (x, 1, đúng, true… / 0, sai, false…) as true "
            "or false.",
        },
        "Cleaning rules: null words; words of one-stop systems",
        (
            (("Có",), True),
            (("x",), True),
            ((1,), True),
            ((False,), False),
            (("C",), True),
            (("KHÔNG",), False),
            (("K",), False),
            (("chưa rõ",), None),
        ),
        macro=let(
            "b_",
            "lower(_clean(x))",
            f"CASE WHEN b_ IN {word_list(_YES)} THEN true "
            f"WHEN b_ IN {word_list(_NO)} THEN false END",
        ),
        parses=True,
    ),
)
