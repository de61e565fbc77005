"""Telephone numbers of Vietnam: the renumberings of 2017 and 2018, then E.164.

Conversion comes before validation: a library that validates first refuses numbers that were
right when they were written.
"""

import re

from contracts.quoting import literal
from standardization.functions.spec import Helper, SqlFunction, usually
from standardization.functions.text import clean

# Mobile numbers went from 11 to 10 digits between 15/9 and 14/11/2018.
_MOBILE_RENUMBERED = (
    "0120>070 0121>079 0122>077 0126>076 0128>078 0123>083 0124>084 0125>085 0127>081 "
    "0129>082 0162>032 0163>033 0164>034 0165>035 0166>036 0167>037 0168>038 0169>039 "
    "0186>056 0188>058 0199>059"
)
# Area codes changed in three steps from February to June 2017; Phú Thọ 0210, Vĩnh Phúc 0211,
# Hòa Bình 0218 and Hà Giang 0219 kept theirs.
_AREAS_RENUMBERED = (
    "022>0212 0231>0213 020>0214 0230>0215 029>0216 052>0232 053>0233 054>0234 0510>0235 "
    "0511>0236 037>0237 038>0238 039>0239 033>0203 0240>0204 025>0205 026>0206 027>0207 "
    "0280>0208 0281>0209 0320>0220 0321>0221 0241>0222 031>0225 0351>0226 036>0227 "
    "0350>0228 030>0229 0780>0290 0781>0291 0710>0292 0711>0293 074>0294 076>0296 077>0297 "
    "079>0299 04>024 08>028 061>0251 062>0252 064>0254 055>0255 056>0256 057>0257 058>0258 "
    "068>0259 060>0260 0501>0261 0500>0262 063>0263 059>0269 070>0270 0651>0271 072>0272 "
    "073>0273 0650>0274 075>0275 066>0276 067>0277"
)
_MOBILE_2018 = dict(pair.split(">") for pair in _MOBILE_RENUMBERED.split())
_AREA_2017 = dict(pair.split(">") for pair in _AREAS_RENUMBERED.split())
_AREA_KEPT = ("0210", "0211", "0218", "0219")
_MOBILE = r"0(?:3[2-9]|5[25689]|7[06-9]|8[1-9]|9[0-9])\d{7}"
_AREAS = sorted({*_AREA_2017.values(), *_AREA_KEPT} - {"024", "028"})
_LANDLINE = rf"(?:02[48]\d{{8}}|(?:{'|'.join(_AREAS)})\d{{7}})"
_SHORT = r"(?:1\d{2,3}|1[89]00\d{4,6})"
_READABLE_MOBILE = re.compile(_MOBILE, re.ASCII)
_READABLE = re.compile(f"{_MOBILE}|{_LANDLINE}", re.ASCII)
_KEPT = re.compile(rf"{_SHORT}|\+(?!84)[1-9]\d{{7,14}}", re.ASCII)
_PUNCTUATION = re.compile(r"\.0$|[ .()–/-]")
_COUNTRY = re.compile(r"^(?:\+84|0084|84(?=\d{9,10}$))0?", re.ASCII)
_BRACKETED_AREA = re.compile(r"\(0\d{1,3}\)", re.ASCII)


def _with_present_area(number: str) -> str:
    """A number with an area code of before 2017 as it is dialled now; any other unchanged."""
    for length, total in ((4, 11), (3, 10), (2, 10)):
        if len(number) == total and number[:length] in _AREA_2017:
            return _AREA_2017[number[:length]] + number[length:]
    return number


def _read_phone(text: str) -> str | None:
    """E.164, or a short number as it is; None when no number of today can be made of it.

    Some old area codes are mobile prefixes now, so digits alone are a mobile number if they can
    be; only an area code in brackets says otherwise.
    """
    text = clean(text) or ""
    number = _PUNCTUATION.sub("", text)
    if _KEPT.fullmatch(number):
        return number
    number = _COUNTRY.sub("0", number)
    if len(number) == 9 and _READABLE_MOBILE.fullmatch(f"0{number}"):
        number = f"0{number}"
    elif _BRACKETED_AREA.match(text):
        number = _with_present_area(number)
    elif not _READABLE_MOBILE.fullmatch(number):
        if len(number) == 11 and number[:4] in _MOBILE_2018:
            number = _MOBILE_2018[number[:4]] + number[4:]
        else:
            number = _with_present_area(number)
    return f"+84{number[1:]}" if _READABLE.fullmatch(number) else None


HELPERS = (Helper("_read_phone", ("x",), read=_read_phone),)

FUNCTIONS = (
    SqlFunction(
        "phone_e164",
        ("x",),
        "VARCHAR",
        {
            "vi": "Đổi số điện thoại cũ (di động 11 số, mã vùng trước 2017) sang số đang dùng và "
            "viết "
            "theo chuẩn quốc tế +84…; số ngắn như 1022, 113 giữ nguyên.",
            "en": "Converted old numbers (11-digit mobiles, area codes before 2017) to the present "
            "ones and wrote them internationally as +84…; short numbers such as 1022 stay.",
        },
        "Cleaning rules: phone; renumberings of 2017 and 2018; ITU-T E.164",
        (
            (("0912 345 678",), "+84912345678"),
            (("+84 (0)912.345.678",), "+84912345678"),
            (("84912345678",), "+84912345678"),
            (("01234567890",), "+84834567890"),
            (("(073)3872123",), "+842733872123"),
            (("073.3872123",), "+842733872123"),
            (("067 3851 234",), "+842773851234"),
            (("(076) 3872123",), "+842963872123"),
            (("02733872123",), "+842733872123"),
            (("(04) 3825 1234",), "+842438251234"),
            ((912345678,), "+84912345678"),
            (("1022",), "1022"),
            (("113",), "113"),
            (("0733",), None),
            (("không có số",), None),
        ),
        macro=usually(
            f"regexp_full_match(x::VARCHAR, {literal(_MOBILE)})",
            "'+84' || (x::VARCHAR)[2:]",
            "_read_phone(x::VARCHAR)",
        ),
        parses=True,
        changed="{made} <> '+84' || substr({x}::VARCHAR, 2) "
        "AND (starts_with({made}, '+84') OR {made} <> {x}::VARCHAR)",
    ),
)
