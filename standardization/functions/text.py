"""Text as such: Unicode form, spaces, null words and the key that names are matched by.

Legacy encodings belong in ``encodings``; names of persons in ``persons``.
"""

import re
import unicodedata

from contracts.quoting import literal
from standardization.functions.spec import (
    CHANGED_TEXT,
    Helper,
    SqlFunction,
    let,
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
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]+")
# The controls that part words and all that Unicode calls a separator.
_SPACES = re.compile("[\x00-\x20\x7f\x85\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
# Text that was lost before it reached us: C1 controls, private use, U+FFFD, non-characters and
# the planes without any character. Other code points are left to the reader's fonts: refusing
# the not yet assigned ones would make the result depend on the age of a Unicode table.
_LOST = re.compile(
    "[\x80-\x84\x86-\x9f\ue000-\uf8ff\ufdd0-\ufdef\ufffd-\uffff"
    "\U00040000-\U000dffff\U000f0000-\U0010ffff]"
)
_MISPLACED = re.compile("([aeoAEO]\u0323?)([\u0300\u0301\u0303\u0309])([\u0302\u0306])")
# No null word is longer, whatever its case: the others need no second look.
_LONGEST_NULL_WORD = max(len(word.encode()) for word in NULL_WORDS)


def _reorder_marks(text: str) -> str:
    """Put circumflex and breve before the tone mark, then compose.

    Both have combining class 230, so canonical ordering keeps a wrong order as it stands.
    """
    decomposed = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", _MISPLACED.sub(r"\1\3\2", decomposed))


def clean(text: str) -> str | None:
    """NFC, without invisible characters and with single inner spaces; None if nothing is left."""
    text = _SPACES.sub(" ", _INVISIBLE.sub("", text))
    text = unicodedata.normalize("NFC", text).strip(" ")
    if "\u0302" in text or "\u0306" in text:
        text = _reorder_marks(text)
    return text or None


def clean_unless_lost(text: str) -> str | None:
    """As `clean`; None also where letters were lost before the text reached us."""
    cleaned = clean(text)
    return None if cleaned is None or _LOST.search(cleaned) else cleaned


def _said(text: str) -> str | None:
    """As the SQL function ``null_word``."""
    cleaned = clean(text)
    return None if cleaned is None or cleaned.lower() in NULL_WORDS else cleaned


def _cleaned_by(slow: str) -> str:
    """SQL that asks the helper `slow` only where a cell is not clean already."""
    return let(
        "cell_",
        "x::VARCHAR",
        "CASE WHEN cell_ IS NULL THEN NULL "
        f"WHEN regexp_full_match(cell_, {CLEAN}) THEN cell_ ELSE {slow}(cell_) END",
    )


HELPERS = (
    # NULLIF would compute its first argument twice.
    Helper(
        "_unless_empty",
        ("x",),
        macro=let("full_", "x", "CASE WHEN full_ <> '' THEN full_ END"),
    ),
    Helper("_clean_slow", ("x",), read=clean),
    Helper("_clean_unless_lost", ("x",), read=clean_unless_lost),
    Helper("_said", ("x",), read=_said),
    Helper("_clean", ("x",), macro=_cleaned_by("_clean_slow")),
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
        macro=_cleaned_by("_clean_unless_lost"),
        parses=True,
        changed=CHANGED_TEXT,
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
            f"CASE WHEN strlen(word_) <= {_LONGEST_NULL_WORD} "
            f"AND lower(word_) IN {word_list(NULL_WORDS)} THEN NULL ELSE word_ END",
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
