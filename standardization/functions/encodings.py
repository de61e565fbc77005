"""Text that was read in the wrong encoding, or comes from fonts older than Unicode.

The functions here must run before ``clean_text``: TCVN3 writes the letter ư with the byte that
Unicode calls the soft hyphen, which cleaning removes.
"""

import re

import ftfy

from contracts.quoting import literal
from standardization.functions.spec import CHANGED_TEXT, Helper, SqlFunction, let
from standardization.functions.syllables import TCVN3, UNICODE, evidence_pattern

# A lead byte of two- or three-byte UTF-8 seen as a Windows-1252 letter, then a continuation
# byte seen as a Windows-1252 character. Sound Vietnamese has no such pair.
_LOOKS_BROKEN = literal(r"[\x{c2}-\x{c6}\x{e1}\x{e2}][\x{80}-\x{bf}€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
_UNICODE_ONLY = literal("[ĂăĐđĨĩŨũƠơƯưẠ-ỹ\\x{300}-\\x{323}]")

_TO_UNICODE = str.maketrans(TCVN3, UNICODE)
# The pattern is large and a lambda compiles its body again for each batch of rows, so these two
# name their argument several times instead of binding it.
_IS_TCVN3 = (
    "CASE WHEN strlen(x::VARCHAR) = length(x::VARCHAR) "
    f"OR regexp_matches(x::VARCHAR, {_UNICODE_ONLY}) THEN false "
    f"ELSE regexp_matches(x::VARCHAR, {literal(evidence_pattern())}) END"
)


def _from_tcvn3(text: str) -> str:
    """TCVN3 has no accented capitals: a text typed in capitals gets them back."""
    converted = text.translate(_TO_UNICODE)
    plain = "".join(letter for letter in text if letter.isascii())
    shouted = plain.isupper() and re.search("[A-Z]{2}", text) is not None
    return converted.upper() if shouted else converted


HELPERS = (
    Helper("_fix_encoding", ("x",), read=ftfy.fix_encoding),
    Helper("_from_tcvn3", ("x",), read=_from_tcvn3),
)

FUNCTIONS = (
    SqlFunction(
        "fix_mojibake",
        ("x",),
        "VARCHAR",
        {
            "vi": "Sửa chữ bị đọc sai bảng mã (UTF-8 đọc nhầm thành Windows-1252).",
            "en": "Repaired text that had been read in the wrong encoding (UTF-8 as Windows-1252).",
        },
        "Cleaning rules: mojibake; ftfy",
        (
            (("Tá»‰nh Tiá»\u0081n Giang",), "Tỉnh Tiền Giang"),
            (("Tỉnh Tiền Giang",), "Tỉnh Tiền Giang"),
            (("Cà Mau",), "Cà Mau"),
        ),
        macro=let(
            "cell_",
            "x::VARCHAR",
            "CASE WHEN strlen(cell_) = length(cell_) THEN cell_ "
            f"WHEN regexp_matches(cell_, {_LOOKS_BROKEN}) "
            "THEN _fix_encoding(cell_) ELSE cell_ END",
        ),
        changed=CHANGED_TEXT,
    ),
    SqlFunction(
        "is_tcvn3",
        ("x",),
        "BOOLEAN",
        {
            "vi": "Cho biết chữ được gõ bằng phông TCVN3 (ABC).",
            "en": "Tells whether the text was typed in a TCVN3 (ABC) font.",
        },
        "Cleaning rules: TCVN3; TCVN 5712:1993 VN3",
        (
            (("Xin chµo, ®©y lµ tØnh TiÒn Giang",), True),
            (("NguyÔn",), True),
            (("Néi vô",), True),
            (("Long Xuyên",), False),
            (("Công ty ABC®",), False),
            (("Citroën",), False),
        ),
        macro=_IS_TCVN3,
    ),
    SqlFunction(
        "from_tcvn3",
        ("x",),
        "VARCHAR",
        {
            "vi": "Chuyển chữ từ bảng mã TCVN3 (ABC) sang Unicode.",
            "en": "Converted the text from the TCVN3 (ABC) encoding to Unicode.",
        },
        "Cleaning rules: TCVN3; TCVN 5712:1993 VN3",
        (
            (("Xin chµo, ®©y lµ tØnh TiÒn Giang",), "Xin chào, đây là tỉnh Tiền Giang"),
            (("NguyÔn V¨n Ph\u00adîng",), "Nguyễn Văn Phượng"),
            (("NGUYÔN V¡N AN",), "NGUYỄN VĂN AN"),
            (("Đường Lê Lợi",), "Đường Lê Lợi"),
            (("Long Xuyên",), "Long Xuyên"),
        ),
        macro="CASE WHEN is_tcvn3(x) THEN _from_tcvn3(x::VARCHAR) ELSE x::VARCHAR END",
        changed=CHANGED_TEXT,
    ),
    SqlFunction(
        "tcvn3_text",
        ("x",),
        "VARCHAR",
        {
            "vi": "Đọc chữ TCVN3 (ABC) của hệ thống cũ sang Unicode.",
            "en": "Read the old system's TCVN3 (ABC) text as Unicode.",
        },
        "Cleaning rules: TCVN3; TCVN 5712:1993 VN3. For columns known to hold TCVN3: short values "
        "give no evidence of their own",
        (
            (("50.000 ®",), "50.000 đ"),
            (("1265/Q§-UBND",), "1265/QĐ-UBND"),
            (("NguyÔn V¨n Ph\u00adîng",), "Nguyễn Văn Phượng"),
            (("Nguyễn Thị Hiền",), "Nguyễn Thị Hiền"),
        ),
        macro=f"CASE WHEN strlen(x::VARCHAR) = length(x::VARCHAR) "
        f"OR regexp_matches(x::VARCHAR, {_UNICODE_ONLY}) THEN x::VARCHAR "
        "ELSE _from_tcvn3(x::VARCHAR) END",
        changed=CHANGED_TEXT,
    ),
)
