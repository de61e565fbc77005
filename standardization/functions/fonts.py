"""Vietnamese typed before Unicode in other ways than TCVN3: VNI Windows, cp1258 and VIQR.

Like ``tcvn3_text``, each takes the column's word for it that the text is of that kind; a cell
that plainly is not stays as it is. They run before ``clean_text``, which composes the letters.
"""

from __future__ import annotations

import re
import unicodedata

from contracts.quoting import literal
from standardization.functions.spec import CHANGED_TEXT, Helper, SqlFunction

# Letters that no cp1252 text has: a cell with one was typed in Unicode.
_UNICODE_ONLY = literal("[ĂăĐđĨĩŨũƠơƯưẠ-ỹ\\x{300}-\\x{323}]")
_TONES = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_CIRCUMFLEX = {"á": "\u0301", "à": "\u0300", "å": "\u0309", "ã": "\u0303", "ä": "\u0323", "â": ""}
_BREVE = {"é": "\u0301", "è": "\u0300", "ú": "\u0309", "ü": "\u0303", "ë": "\u0323", "ê": ""}
_SINGLE = {"ñ": "đ", "ö": "ư", "ô": "ơ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}


def _vni_table() -> dict[str, str]:
    """What a VNI font shows for each sequence of cp1252 letters, in small letters."""
    table = dict(_SINGLE)
    for base, shown in (*zip("aeouy", "aeouy", strict=True), ("ö", "ư"), ("ô", "ơ")):
        table |= {base + mark: shown + tone for mark, tone in _TONES.items()}
    for base in "aeo":
        table |= {base + mark: f"{base}\u0302{tone}" for mark, tone in _CIRCUMFLEX.items()}
    table |= {"a" + mark: f"a\u0306{tone}" for mark, tone in _BREVE.items()}
    return {written: unicodedata.normalize("NFC", shown) for written, shown in table.items()}


_VNI = _vni_table()
_VNI_WRITTEN = re.compile("|".join(sorted(_VNI, key=len, reverse=True)), re.IGNORECASE)
_VIQR_TONES = {"'": "\u0301", "`": "\u0300", "?": "\u0309", "~": "\u0303", ".": "\u0323"}
_VIQR_MARKS = {"^": "\u0302", "(": "\u0306", "+": "\u031b", "": ""}
_VIQR = re.compile(
    r"\\(?P<kept>.)|(?P<d>dd|DD|Dd)|(?P<base>[aeoAEO](?=\^)|[aA](?=\()|[ouOU](?=\+)|[aeiouyAEIOUY])"
    r"(?P<mark>[\^(+]?)(?P<tone>['`?~.]?)"
)


def _vni(text: str) -> str:
    def shown(found: re.Match[str]) -> str:
        letter = _VNI[found[0].lower()]
        return letter.upper() if found[0][0].isupper() else letter

    return _VNI_WRITTEN.sub(shown, text)


def _cp1258(text: str) -> str:
    try:
        return unicodedata.normalize("NFC", text.encode("cp1252").decode("cp1258"))
    except UnicodeError:
        return text


def _viqr(text: str) -> str:
    def shown(found: re.Match[str]) -> str:
        if found["kept"]:
            return found["kept"]
        if found["d"]:
            return "Đ" if found["d"][0] == "D" else "đ"
        base, mark = found["base"], found["mark"]
        # A bracket or plus after a letter that cannot bear it is punctuation.
        if mark and base.lower() not in {"^": "aeo", "(": "a", "+": "ou"}[mark]:
            return found[0]
        accents = _VIQR_MARKS[mark] + _VIQR_TONES.get(found["tone"], "")
        return unicodedata.normalize("NFC", base + accents)

    return _VIQR.sub(shown, text)


def _unless_unicode(helper: str) -> str:
    """SQL that asks the helper only for cells with letters beyond ASCII that cp1252 has."""
    return (
        "CASE WHEN strlen(x::VARCHAR) = length(x::VARCHAR) "
        f"OR regexp_matches(x::VARCHAR, {_UNICODE_ONLY}) THEN x::VARCHAR "
        f"ELSE {helper}(x::VARCHAR) END"
    )


HELPERS = (
    Helper("_vni", ("x",), read=_vni),
    Helper("_cp1258", ("x",), read=_cp1258),
    Helper("_viqr", ("x",), read=_viqr),
)

FUNCTIONS = (
    SqlFunction(
        "vni_text",
        ("x",),
        "VARCHAR",
        {
            "vi": "Đọc chữ gõ bằng phông VNI Windows của hệ thống cũ sang Unicode.",
            "en": "Read the old system's VNI Windows text as Unicode.",
        },
        "Cleaning rules: VNI Windows, longest match first. For columns known to hold VNI",
        (
            (("Tænh Tieàn Giang",), "Tỉnh Tiền Giang"),
            (("Nguyeãn Vaên Phöôïng",), "Nguyễn Văn Phượng"),
            (("ÑOÀNG THAÙP",), "ĐỒNG THÁP"),
            (("Đồng Tháp",), "Đồng Tháp"),
        ),
        macro=_unless_unicode("_vni"),
        changed=CHANGED_TEXT,
    ),
    SqlFunction(
        "cp1258_text",
        ("x",),
        "VARCHAR",
        {
            "vi": "Đọc chữ Windows-1258 bị đọc nhầm thành Windows-1252 sang Unicode.",
            "en": "Read Windows-1258 text that had been read as Windows-1252 as Unicode.",
        },
        "Cleaning rules: cp1258. For columns known to hold it; a file whose encoding is declared "
        "needs only clean_text",
        (
            (("Ðô\u00ccng Thaìp",), "Đồng Tháp"),
            (("My\u00de Tho",), "Mỹ Tho"),
            (("Đồng Tháp",), "Đồng Tháp"),
        ),
        macro=_unless_unicode("_cp1258"),
        changed=CHANGED_TEXT,
    ),
    SqlFunction(
        "viqr_text",
        ("x",),
        "VARCHAR",
        {
            "vi": "Đọc chữ gõ kiểu VIQR (Tie^`n Giang) sang Unicode.",
            "en": "Read text typed in VIQR (Tie^`n Giang) as Unicode.",
        },
        "Cleaning rules: VIQR; RFC 1456. For columns known to hold it: every dot or question mark "
        "after a vowel is a tone unless it follows a backslash",
        (
            (("Ti?nh Tie^`n Giang",), "Tỉnh Tiền Giang"),
            (("DDu+o+`ng Nguye^~n Hue^.",), "Đường Nguyễn Huệ"),
            (("Co' ai kho^ng\\?",), "Có ai không?"),
            (("Đồng Tháp",), "Đồng Tháp"),
        ),
        macro="CASE WHEN strlen(x::VARCHAR) <> length(x::VARCHAR) THEN x::VARCHAR "
        "WHEN regexp_matches(x::VARCHAR, '[\\\\^(+''`?~.]|[dD][dD]') THEN _viqr(x::VARCHAR) "
        "ELSE x::VARCHAR END",
        changed=CHANGED_TEXT,
    ),
)
