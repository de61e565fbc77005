"""Text as such: Unicode form, spaces, null words and the key that names are matched by.

Legacy encodings belong in ``encodings``; names of persons in ``persons``.
"""

import re
import unicodedata

from contracts.quoting import literal
from standardization.functions.spec import (
    Helper,
    SqlFunction,
    let,
    over_distinct,
    word_list,
)

NULL_WORDS = (
    "-",
    "--",
    "---",
    ".",
    "...",
    "na",
    "n/a",
    "#n/a",
    "nan",
    "null",
    "none",
    "nil",
    "không có",
    "k",
    "trống",
    "(trống)",
    "(null)",
    "\\n",
)
# Already clean: printable ASCII, the Vietnamese letters in NFC, the usual typographic marks,
# single inner spaces. Most cells are, and one pass of a finite automaton tells.
_CLEAN_CHARACTERS = "[!-~À-ÖØ-öø-ÿĂăĐđĨĩŨũƠơƯưẠ-ỹ–—‘’“”…]+"
CLEAN = literal(f"{_CLEAN_CHARACTERS}(?: {_CLEAN_CHARACTERS})*")
# Zero-width characters, soft hyphen, byte order mark and marks of writing direction.
_INVISIBLE = literal(
    r"[\x{ad}\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}\x{2066}-\x{2069}\x{feff}]+"
)
_SPACES = literal(r"[\x00-\x20\x7f\x{85}\p{Z}]+")
# Text that was lost before it reached us: C1 controls, private use, U+FFFD, non-characters and
# the planes without any character. Other code points are left to the reader's fonts: refusing
# the not yet assigned ones would make the result depend on the age of a Unicode table.
_LOST = literal(
    r"[\x{80}-\x{84}\x{86}-\x{9f}\x{e000}-\x{f8ff}\x{fdd0}-\x{fdef}\x{fffd}-\x{ffff}"
    r"\x{40000}-\x{dffff}\x{f0000}-\x{10ffff}]"
)
_MISPLACED = re.compile("([aeoAEO]\u0323?)([\u0300\u0301\u0303\u0309])([\u0302\u0306])")
_SLOW_CLEAN = let(
    "text_",
    f"trim(nfc_normalize(regexp_replace(regexp_replace(x, {_INVISIBLE}, '', 'g'), "
    f"{_SPACES}, ' ', 'g')))",
    "_unless_empty(CASE WHEN regexp_matches(text_, '[\\x{302}\\x{306}]') "
    "THEN _reorder_marks(text_) ELSE text_ END)",
)


def _reorder_marks(text: str) -> str:
    """Put circumflex and breve before the tone mark, then compose.

    Both have combining class 230, so canonical ordering keeps a wrong order as it stands.
    """
    decomposed = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", _MISPLACED.sub(r"\1\3\2", decomposed))


HELPERS = (
    # NULLIF would compute its first argument twice.
    Helper(
        "_unless_empty",
        ("x",),
        macro=let("full_", "x", "CASE WHEN full_ <> '' THEN full_ END"),
    ),
    Helper("_reorder_marks", ("x",), udf=over_distinct(_reorder_marks)),
    Helper("_clean_slow", ("x",), macro=_SLOW_CLEAN),
    Helper(
        "_clean",
        ("x",),
        macro=let(
            "cell_",
            "x::VARCHAR",
            f"CASE WHEN regexp_full_match(cell_, {CLEAN}) THEN cell_ ELSE _clean_slow(cell_) END",
        ),
    ),
    Helper(
        "_unless_lost",
        ("x",),
        macro=let(
            "kept_", "x", f"CASE WHEN regexp_matches(kept_, {_LOST}) THEN NULL ELSE kept_ END"
        ),
    ),
)

FUNCTIONS = (
    SqlFunction(
        "clean_text",
        ("x",),
        "VARCHAR",
        {
            "vi": "Chuẩn hóa chữ về Unicode dựng sẵn (NFC), bỏ ký tự vô hình, gộp khoảng trắng và "
            "xuống dòng thừa; ô trống thành không có giá trị.",
            "en": "Put the text in Unicode form NFC, removed invisible characters, collapsed "
            "spaces and line breaks; an empty cell became no value.",
        },
        "Cleaning rules: Unicode form, mixed composition; TCVN 6909:2001",
        (
            (("  Xã\u00a0Tân \r\n Phú ",), "Xã Tân Phú"),
            (("Tie\u0302\u0300n Giang",), "Tiền Giang"),
            (("Tie\u0300\u0302n Giang",), "Tiền Giang"),
            (("\ufeffMỹ\u200b Tho\u00ad",), "Mỹ Tho"),
            ((" \u200b ",), None),
            (("Nguy\ufffdn",), None),
        ),
        macro=let(
            "cell_",
            "x::VARCHAR",
            f"CASE WHEN regexp_full_match(cell_, {CLEAN}) THEN cell_ "
            "ELSE _unless_lost(_clean_slow(cell_)) END",
        ),
        parses=True,
    ),
    SqlFunction(
        "null_word",
        ("x",),
        "VARCHAR",
        {
            "vi": "Từ ngữ chỉ việc không có dữ liệu (-, N/A, null, không có…) thành không có "
            "giá trị.",
            "en": "Words that say there is no data (-, N/A, null, không có…) became no value.",
        },
        "Cleaning rules: null words",
        (
            (("N/A",), None),
            (("--",), None),
            ((" Không có ",), None),
            (("#N/A",), None),
            (("0",), "0"),
            (("Kim",), "Kim"),
        ),
        macro=let(
            "word_",
            "_clean(x)",
            f"CASE WHEN lower(word_) IN {word_list(NULL_WORDS)} THEN NULL ELSE word_ END",
        ),
    ),
    SqlFunction(
        "match_key",
        ("x",),
        "VARCHAR",
        {
            "vi": "Khóa so khớp tên: chữ thường, không dấu, không khoảng trắng và dấu nháy.",
            "en": "Key to match names by: lower case, without marks, spaces and apostrophes.",
        },
        "Cleaning rules: tone placement",
        (
            (("Thủy Nguyên",), "thuynguyen"),
            (("Thuỷ Nguyên",), "thuynguyen"),
            (("Ea H’leo",), "eahleo"),
            (("Ea H'Leo",), "eahleo"),
            (("Phường Đạo Thạnh",), "phuongdaothanh"),
            (("Tie\u0300\u0302n Giang",), "tiengiang"),
        ),
        macro=let(
            "key_",
            "replace(strip_accents(lower(_clean(x))), 'đ', 'd')",
            "_unless_empty(replace(replace(replace(replace(replace("
            "key_, ' ', ''), '''', ''), '’', ''), 'ʼ', ''), '`', ''))",
        ),
    ),
)
