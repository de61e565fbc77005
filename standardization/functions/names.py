"""Names of agencies, addresses and titles, brought to the keys by which they are found.

Only text is handled here; which agency or commune a key means on a day is asked of the
reference datasets in `standardization.finding`.
"""

from __future__ import annotations

import re
from itertools import pairwise

from contracts.text import match_key, spelled_key
from standardization.functions.spec import Helper, SqlFunction, let
from standardization.functions.text import clean

SEPARATOR = "\x1f"
_INITIALS = {
    "ubnd": "ủy ban nhân dân",
    "hđnd": "hội đồng nhân dân",
    "vp": "văn phòng",
    "tt&tt": "thông tin và truyền thông",
    "kh&cn": "khoa học và công nghệ",
    "kh&đt": "kế hoạch và đầu tư",
    "gd&đt": "giáo dục và đào tạo",
    "gdđt": "giáo dục và đào tạo",
    "tn&mt": "tài nguyên và môi trường",
    "nn&mt": "nông nghiệp và môi trường",
    "nn&ptnt": "nông nghiệp và phát triển nông thôn",
    "lđ-tb&xh": "lao động - thương binh và xã hội",
    "lđtb&xh": "lao động - thương binh và xã hội",
    "vh,tt&dl": "văn hóa, thể thao và du lịch",
    "vhtt&dl": "văn hóa, thể thao và du lịch",
    "gtvt": "giao thông vận tải",
}
_INITIAL = re.compile(
    rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(_INITIALS, key=len, reverse=True)))})(?!\w)"
)
_OF_PROVINCE = re.compile(r",? tỉnh \S.*$")
_COMMITTEE = "ủy ban nhân dân tỉnh"
_KINDS = {
    "p": "phường",
    "x": "xã",
    "tt": "thị trấn",
    "q": "quận",
    "h": "huyện",
    "tx": "thị xã",
    "tp": "thành phố",
    "t": "tỉnh",
}
_KIND = re.compile(rf"^({'|'.join(sorted(_KINDS, key=len, reverse=True))})(?:\. ?| |(?=\d))")
_KIND_WORDS = "|".join([*_KINDS.values(), *(re.escape(f"{short}.") for short in _KINDS)])
_WRITTEN_KIND = re.compile(rf" (?=(?:{_KIND_WORDS}) ?\S)")
_SHORT = {"tg": "tiền giang", "đt": "đồng tháp", "hcm": "hồ chí minh", "hn": "hà nội"}
_COUNTRY = {"việt nam", "vn", "viet nam"}
_HAMLET = re.compile(r"(?:ấp|khu phố|kp\.?|khóm|thôn|tổ dân phố|bản|buôn)\b", re.IGNORECASE)


def agency_key(text: str) -> str | None:
    """The key of an agency's name, its initials written out, without "tỉnh <province>"."""
    return match_key(_agency_name(text)) or None


def agency_spelling(text: str) -> str | None:
    """As `agency_key`, with the marks it is spelled with."""
    return spelled_key(_agency_name(text)) or None


def _agency_name(text: str) -> str:
    name = (clean(text) or "").lower().replace("uỷ", "ủy").replace(" & ", "&")
    name = re.sub(r"\bp\. ?", "phòng ", name)
    name = _INITIAL.sub(lambda found: _INITIALS[found[0]], name)
    name = re.sub(
        r"\b(x|tt|h|tx|tp)\. ?", lambda found: _KINDS[found[1]] + " ", name.replace("&", " và ")
    )
    committee = _COMMITTEE in name
    return _OF_PROVINCE.sub(" tỉnh" if committee else "", name)


def _level_name(token: str) -> str:
    """One part of an address, its kind written out: "P. 01" is "phường 1"."""
    token = token.lower().strip(" .")
    kind = _KIND.match(token)
    if kind:
        token = f"{_KINDS[kind[1]]} {token[kind.end() :].strip()}"
    head, _space, last = token.rpartition(" ")
    token = f"{head} {_SHORT.get(last, last)}".strip()
    return re.sub(r"\b0+(?=\d)", "", token)


def read_address(text: str) -> str | None:
    """Keys of the last three, two and one parts, and what is left of each as street and hamlet.

    Gives ``key3 key2 key1 street3 hamlet3 … street0 hamlet0 spelling3 spelling2 spelling1``
    parted by U+001F: keys without marks, spellings with those of their first part; both are empty
    where the address has fewer parts.
    """
    address = clean(text)
    if not address:
        return None
    parts = address.split(",") if "," in address else _parted_by_kind(address)
    parts = [part.strip() for part in parts if part.strip(" .")]
    while parts and parts[-1].lower() in _COUNTRY:
        parts.pop()
    if not parts:
        return None
    names = [_level_name(part) for part in parts[-3:]]
    keys = [match_key(name) for name in names]
    tails = [keys[-count:] if len(keys) >= count else [] for count in (3, 2, 1)]
    found = ["|".join(tail) for tail in tails]
    for count in (3, 2, 1, 0):
        found += _street_and_hamlet(parts[: max(len(parts) - count, 0)])
    for tail in tails:
        first = spelled_key(names[-len(tail)]) if tail else ""
        found.append("|".join((first, *tail[1:])))
    return SEPARATOR.join(found)


def _parted_by_kind(address: str) -> list[str]:
    """An address without commas, parted before each kind of unit or at its dashes."""
    lowered = address.lower()
    starts = [found.start() for found in _WRITTEN_KIND.finditer(lowered)]
    if len(lowered) != len(address) or not starts:
        return address.split(" - ")
    return [address[start:end] for start, end in pairwise([0, *starts, len(address)])]


def _street_and_hamlet(parts: list[str]) -> tuple[str, str]:
    hamlets = [part for part in parts if _HAMLET.match(part)]
    street = ", ".join(part for part in parts if part not in hamlets)
    return street, hamlets[-1] if hamlets else ""


HELPERS = (
    Helper("_agency_key", ("x",), read=agency_key),
    Helper("_agency_spelling", ("x",), read=agency_spelling),
    Helper("_spelled_key", ("x",), read=lambda text: spelled_key(text) or None),
    Helper("_read_address", ("x",), read=read_address),
    Helper(
        "_address",
        ("x",),
        macro=let("ad_", "_read_address(x::VARCHAR)", f"string_split(ad_, '{SEPARATOR}')"),
    ),
)

FUNCTIONS = (
    SqlFunction(
        "words_key",
        ("x",),
        "VARCHAR",
        {
            "vi": "Khóa của các từ trong văn bản: chữ thường, không dấu, không dấu câu, mỗi từ một "
            "lần, theo thứ tự chữ cái.",
            "en": "Key of a text's words: lower case, without marks and punctuation, each word "
            "once, in alphabetical order.",
        },
        "Cleaning rules: near-duplicates of feedback. Partition a shape's window by it, and "
        "compare the days: docs/contracts.md",
        (
            (("Ngập nước đường Lê Lợi!",), "duong le loi ngap nuoc"),
            (("đường LÊ LỢI - ngập nước",), "duong le loi ngap nuoc"),
            (("…",), None),
        ),
        macro=let(
            "words_",
            "trim(regexp_replace(replace(strip_accents(lower(_clean(x))), 'đ', 'd'), "
            "'[^a-z0-9]+', ' ', 'g'))",
            "CASE WHEN words_ <> '' "
            "THEN array_to_string(list_sort(list_distinct(string_split(words_, ' '))), ' ') END",
        ),
    ),
)
