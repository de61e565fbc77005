"""Persons: their identity numbers, names and pseudonyms. All of it is personal data.

A pseudonym is still personal data and never leaves the shared zone.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping

from contracts.errors import Fault
from contracts.i18n import _
from contracts.quoting import literal
from standardization.functions.spec import (
    CHANGED_TEXT,
    LOST_ZERO,
    Helper,
    SqlFunction,
    let,
    usually,
)
from standardization.functions.syllables import UNICODE
from standardization.functions.text import clean_unless_lost

# The 63 codes of birth registration of TT 07/2016/TT-BCA: never mapped to the 34 provinces.
PROVINCES_OF_BIRTH = (
    "01 02 04 06 08 10 11 12 14 15 17 19 20 22 24 25 26 27 30 31 33 34 35 36 37 38 40 42 44 45 "
    "46 48 49 51 52 54 56 58 60 62 64 66 67 68 70 72 74 75 77 79 80 82 83 84 86 87 89 91 92 93 "
    "94 95 96"
)
_BLOCK = 64
_KEY_BYTES = 32
_INNER_PAD, _OUTER_PAD = "_inner_pad", "_outer_pad"
# The key is in no SQL text, plan or error of the engine: each query asks Python for its pads, once.
# The hashing itself would keep all threads but one waiting there.
_PSEUDONYM = (
    f"substr(sha256((SELECT {_OUTER_PAD}()) || unhex("
    f"sha256((SELECT {_INNER_PAD}()) || encode(x::VARCHAR)))), 1, 32)"
)
_ADDRESSED = r"(?:ông|bà|anh|chị)"
_SALUTATIONS = re.compile(
    rf"(?:{_ADDRESSED}(?: ?[/(] ?{_ADDRESSED}\)?)?(?:: ?| )"
    r"|(?:ô|b|mr|mrs|ms|bs|ths|ts|gs|pgs)(?:\. ?|: ?)|(?:mr|mrs|ms|đ/c|đồng chí)[:.]? )+",
    re.IGNORECASE,
)
_NAME_PART = re.compile("[^ '’-]+")
# A name as it should be: a word of one capital and small letters (else the name may be all
# capitals), further words of letters and figures, and no form of address in front.
_UPPER, _LOWER = (
    "".join(sorted({case(letter) for letter in UNICODE})) for case in (str.upper, str.lower)
)
_USUAL_NAME = literal(f"[A-Z{_UPPER}][a-z{_LOWER}]+(?: [0-9A-Za-z{_UPPER}{_LOWER}]+)+")
_ADDRESSED_FIRST = " OR ".join(
    f"starts_with(x_, '{form} ')" for form in ("Ông", "Bà", "Anh", "Chị", "Mr", "Mrs", "Ms", "Đồng")
)
_DIGITS_12 = literal(r"0(?:" + PROVINCES_OF_BIRTH.replace(" ", "|") + r")\d{9}|[1-3]\d{11}")


def pads(key: bytes | None) -> Mapping[str, Callable[[], bytes]]:
    """The functions that ``pseudonym`` asks for the two blocks of 64 bytes which HMAC-SHA256
    (RFC 2104) hashes before its texts. Without a key they raise ``pseudonym.key``.

    Raises:
        Fault: ``pseudonym.key`` when the key has fewer than 32 bytes.
    """
    if key is None:
        return {_INNER_PAD: _no_pad, _OUTER_PAD: _no_pad}
    if len(key) < _KEY_BYTES:
        raise Fault(
            "pseudonym.key",
            _("The pseudonym key is shorter than {bytes} bytes."),
            remedy=_("Remove the secret so that a new one is generated, or set a longer one."),
            bytes=_KEY_BYTES,
        )
    block = (hashlib.sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
    inner, outer = (bytes(byte ^ mask for byte in block) for mask in (0x36, 0x5C))
    return {_INNER_PAD: lambda: inner, _OUTER_PAD: lambda: outer}


def _no_pad() -> bytes:
    raise Fault(
        "pseudonym.key",
        _("This mapping makes pseudonyms, but no pseudonym key is set."),
        remedy=_("Start through the command line, which generates the key at first start."),
    )


def _read_name(text: str) -> str | None:
    """Without forms of address, while two words remain: "Anh Thư" is a name, not Mr Thư."""
    text = clean_unless_lost(text) or ""
    greeted = _SALUTATIONS.match(text)
    if greeted and " " in text[greeted.end() :]:
        text = text[greeted.end() :]
    if not any(letter.isalpha() for letter in text):
        return None
    if text == text.upper():
        text = _NAME_PART.sub(lambda part: part[0][:1] + part[0][1:].lower(), text)
    return unicodedata.normalize("NFC", text)


HELPERS = (
    Helper("_read_name", ("x",), read=_read_name),
    Helper(
        "_personal_id_slow",
        ("x",),
        macro=let(
            "d_",
            "regexp_replace(_clean(x), '\\.0$|[ .-]', '', 'g')",
            f"CASE WHEN regexp_full_match(d_, {_DIGITS_12}) THEN d_ "
            "WHEN regexp_full_match(d_, '[0-3]\\d{8}') THEN d_ "
            f"WHEN strlen(d_) IN (10, 11) AND regexp_full_match(lpad(d_, 12, '0'), {_DIGITS_12}) "
            "AND d_[1] <> '0' THEN lpad(d_, 12, '0') "
            "WHEN regexp_full_match(d_, '[1-9]\\d{7}') THEN '0' || d_ END",
        ),
    ),
)

FUNCTIONS = (
    SqlFunction(
        "personal_id",
        ("x",),
        "VARCHAR",
        {
            "vi": "Số định danh cá nhân (12 số) hoặc chứng minh nhân dân (9 số), viết liền, bù số "
            "0 đầu bị mất.",
            "en": "Personal identity number (12 digits) or old identity card number (9 digits), "
            "without spaces, lost leading zeros restored.",
        },
        "TT 07/2016/TT-BCA art. 7; cleaning rules: CCCD, CMND",
        (
            (("082 190 012345",), "082190012345"),
            ((82190012345,), "082190012345"),
            (("310123456",), "310123456"),
            (("12345678",), "012345678"),
            (("097190012345",), None),
            (("0912345678",), None),
        ),
        macro=usually(
            f"regexp_full_match(x::VARCHAR, {_DIGITS_12})", "x::VARCHAR", "_personal_id_slow(x)"
        ),
        parses=True,
        changed=LOST_ZERO,
    ),
    SqlFunction(
        "person_name",
        ("x",),
        "VARCHAR",
        {
            "vi": "Họ tên đã bỏ lời xưng hô (Ông, Bà, BS., ThS.…); tên viết HOA toàn bộ được viết "
            "lại theo cách thường.",
            "en": "Name without forms of address (Ông, Bà, BS., ThS.…); names all in capitals were "
            "put in title case.",
        },
        "Cleaning rules: names",
        (
            (("Ông Nguyễn Văn An",), "Nguyễn Văn An"),
            (("Ông/Bà: LÊ THỊ BÉ",), "Lê Thị Bé"),
            (("ThS. BS. Trần Hòa",), "Trần Hòa"),
            (("TRẦN  THỊ BƯỞI",), "Trần Thị Bưởi"),
            (("H'HEN NIÊ",), "H'Hen Niê"),
            (("Anh Thư",), "Anh Thư"),
            (("123",), None),
        ),
        macro=let(
            "x_",
            "x::VARCHAR",
            f"CASE WHEN x_ IS NULL THEN NULL WHEN regexp_full_match(x_, {_USUAL_NAME}) "
            f"AND NOT ({_ADDRESSED_FIRST}) THEN x_ "
            "ELSE _read_name(x_) END",
        ),
        parses=True,
        changed=CHANGED_TEXT,
    ),
    SqlFunction(
        "pseudonym",
        ("x",),
        "VARCHAR",
        {
            "vi": "Thay bằng mã ẩn danh tính bằng khóa bí mật: cùng một người luôn có cùng một mã, "
            "không thể tính ngược.",
            "en": "Replaced by a pseudonym made with a secret key: the same person always has the "
            "same one, and it cannot be turned back.",
        },
        "HMAC-SHA256, 128 bits kept (RFC 2104); Luật 91/2025/QH15: still personal data",
        ((("082190012345",), "31f778c85b98d7c4ccc5024f8ac7abfa"),),
        macro=_PSEUDONYM,
    ),
)
