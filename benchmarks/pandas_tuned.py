"""The cleaning functions that iGate's mapping calls, tuned for pandas to the last column.

Each reads the usual form of all cells at once (regular expressions run in Arrow) and hands only
the rest, each distinct text once, to Python. How a rare form is read is not written twice: the
Python helpers of `standardization.functions` do it for both sides.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, TypeAlias

import pandas as pd
import pyarrow as pa

from contracts.text import match_key
from standardization.functions import dates, encodings, numbers, persons, phones, text
from standardization.functions.spec import TextFunction

Text: TypeAlias = "pd.Series[Any]"
VIETNAM = timezone(timedelta(hours=7))

HELPERS: dict[str, TextFunction] = {
    helper.name: helper.read
    for module in (encodings, numbers, persons, phones, text)
    for helper in module.HELPERS
    if helper.read
}
HELPERS["_read_wall"] = dates.wall_reader(datetime.now(UTC).year)

_CLEAN = text.CLEAN[1:-1]
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]+")
_SPACES = re.compile("[\x00-\x20\x7f\x85\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_LOST = re.compile("[\x80-\x84\x86-\x9f\ue000-\uf8ff\ufdd0-\ufdef\ufffd-\uffff]")
_MISPLACED = re.compile("([aeoAEO]\u0323?)([\u0300\u0301\u0303\u0309])([\u0302\u0306])")
_BROKEN = "[\u00c2-\u00c6\u00e1\u00e2][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
_ADDRESSED = ("Ông ", "Bà ", "Anh ", "Chị ", "Mr ", "Mrs ", "Ms ", "Đồng ")
_LETTERS = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ"
_NAME = f"[A-Z{_LETTERS.upper()}][a-z{_LETTERS}]+(?: [A-Z{_LETTERS.upper()}][a-z{_LETTERS}]*)+"
_MOBILE = r"0(?:3[2-9]|5[25689]|7[06-9]|8[1-9]|9[0-9])\d{7}"
PERSONAL_ID = rf"0(?:{persons.PROVINCES_OF_BIRTH.replace(' ', '|')})\d{{9}}|[1-3]\d{{11}}"
_TIMESTAMP = r"(?:18|19|20|21|22|23)\d\d-\d\d-\d\d \d\d:\d\d:\d\d"
CASE = r"(?:000\.\d\d\.\d\d\.H\d\d|H\d\d(?:\.\d+)*)-\d{6}-\d{4,6}"


def _rare(name: str, cells: Text) -> Text:
    """The helper `name` over `cells`, which are few."""
    return _distinct(cells, HELPERS[name])


def _distinct(cells: Text, read: Callable[[str], str | None]) -> Text:
    """`read` of each distinct text."""
    return cells.map({value: read(value) for value in cells.dropna().unique()}).astype("str")


def _unless(usual: Text, cells: Text, read: Callable[[Text], Text]) -> Text:
    """`cells` where they are `usual`, else what `read` makes of them."""
    rest = cells.notna() & ~usual
    done = cells.copy()
    if rest.any():
        done[rest] = read(cells[rest])
    return done


def _clean_slowly(cell: str) -> str | None:
    cell = _SPACES.sub(" ", _INVISIBLE.sub("", cell))
    cell = unicodedata.normalize("NFC", cell).strip(" ")
    if "\u0302" in cell or "\u0306" in cell:
        decomposed = unicodedata.normalize("NFD", cell)
        cell = unicodedata.normalize("NFC", _MISPLACED.sub(r"\1\3\2", decomposed))
    return cell or None


def _clean(cells: Text) -> Text:
    return _unless(cells.str.fullmatch(_CLEAN), cells, lambda rest: _distinct(rest, _clean_slowly))


def clean_text(cells: Text) -> Text:
    """Unicode form, spaces, invisible characters; lost text is none."""

    def slowly(cell: str) -> str | None:
        cleaned = _clean_slowly(cell)
        return None if cleaned is None or _LOST.search(cleaned) else cleaned

    return _unless(cells.str.fullmatch(_CLEAN), cells, lambda rest: _distinct(rest, slowly))


def null_word(cells: Text) -> Text:
    """None for the words that say there is nothing."""
    cleaned = _clean(cells)
    return cleaned.mask(cleaned.str.lower().isin(text.NULL_WORDS))


def fix_mojibake(cells: Text) -> Text:
    """UTF-8 read as Windows-1252, repaired."""
    return _unless(~cells.str.contains(_BROKEN), cells, lambda rest: _rare("_fix_encoding", rest))


def lookup(table: Mapping[str, str], cells: Text) -> Text:
    """Codes of a value map; texts are matched without case, marks and spaces."""
    codes = {match_key(word): code for word, code in table.items()}
    return _distinct(cells, lambda cell: codes.get(match_key(_clean_slowly(cell) or "")))


def code(cells: Text) -> Text:
    """Capitals, plain hyphens, no spaces."""
    upper = _clean(cells).str.upper()
    return upper.str.replace("[‐‑–—]", "-", regex=True).str.replace(" ", "")


def case_number(cells: Text) -> Text:
    """A case number of the old or the new form."""
    codes = code(cells)
    return codes.where(codes.str.fullmatch(CASE))


def procedure_code(cells: Text) -> Text:
    """The national code without the agency's suffix."""
    pattern = r"^(\d\.\d{6})(?:\.(?:(?:000\.00\.00\.)?H\d{2}))?$"
    return code(cells).str.extract(pattern, expand=False)


def agency_code(cells: Text) -> Text:
    """Today's form of the code of an agency."""
    codes = code(cells)
    return codes.where(codes.str.fullmatch(r"[A-Z]\d{2}(?:\.[0-9A-Z]+)*") & (codes.str.len() <= 35))


def agency_code_from_qcvn102(cells: Text) -> Text:
    """Today's form of the code, from the former one."""
    return _distinct(code(cells), from_qcvn102)


def from_qcvn102(former: str) -> str | None:
    """Today's form of one code of the former; None where it is none."""
    found = re.fullmatch(r"(\d{3})\.(\d{2})\.(\d{2})\.([A-Z]\d{2})", former, re.ASCII)
    if not found:
        return None
    fourth, third, second, first = found.groups()
    if (fourth != "000" and "00" in (third, second)) or (third != "00" and second == "00"):
        return None
    levels = (level.lstrip("0") for level in (second, third, fourth))
    return ".".join((first, *(level for level in levels if level)))


def person_name(cells: Text) -> Text:
    """Names without forms of address, not in capitals."""
    usual = cells.str.fullmatch(_NAME) & ~cells.str.startswith(_ADDRESSED)
    return _unless(usual, cells, lambda rest: _rare("_read_name", clean_text(rest)))


def personal_id(cells: Text) -> Text:
    """Twelve or nine digits."""

    def slowly(rest: Text) -> Text:
        digits = _clean(rest).str.replace(r"\.0$|[ .-]", "", regex=True)
        lost = digits.str.zfill(12).where(
            digits.str.len().isin((10, 11)) & ~digits.str.startswith("0")
        )
        nine = digits.where(digits.str.fullmatch(r"[0-3]\d{8}"))
        eight = ("0" + digits).where(digits.str.fullmatch(r"[1-9]\d{7}"))
        twelve = digits.where(digits.str.fullmatch(PERSONAL_ID))
        restored = lost.where(lost.str.fullmatch(PERSONAL_ID))
        return twelve.fillna(nine).fillna(restored).fillna(eight)

    return _unless(cells.str.fullmatch(PERSONAL_ID), cells, slowly)


def pseudonym(key: bytes, cells: Text) -> Text:
    """Keyed hashes: both pads are hashed once and copied for each cell, which halves the cost."""
    inner, outer = (hashlib.sha256(pad()) for pad in persons.pads(key).values())

    def keyed(cell: bytes) -> str:
        first, second = inner.copy(), outer.copy()
        first.update(cell)
        second.update(first.digest())
        return second.hexdigest()[:32]

    texts = pa.array(cells, pa.string(), from_pandas=True).cast(pa.binary()).to_pylist()
    made = pa.array([None if cell is None else keyed(cell) for cell in texts], pa.string())
    return pd.Series(made.to_pandas().array, cells.index, dtype="str")


def phone_e164(cells: Text) -> Text:
    """International form of the number of today."""
    usual = cells.str.fullmatch(_MOBILE)
    numbers_ = _unless(usual, cells, lambda rest: _rare("_read_phone", _clean(rest)))
    return numbers_.where(~usual.fillna(value=False), "+84" + numbers_.str[1:])


def commune_code(cells: Text) -> Text:
    """Five digits, lost zeros restored."""
    digits = _clean(cells).str.replace(r"\.0$", "", regex=True)
    usual = digits.str.fullmatch(r"0*[1-9]\d*") & (digits.str.len() <= 5)
    return digits.where(usual).str.zfill(5)


def parse_timestamp(cells: Text) -> pd.Series:
    """Instants in Vietnam's time."""
    usual = cells.str.fullmatch(_TIMESTAMP)
    iso = _unless(usual, cells, lambda rest: _rare("_read_wall", _clean(rest)))
    walls = pd.to_datetime(iso, format="%Y-%m-%d %H:%M:%S", errors="coerce")
    rest = walls.isna() & iso.notna()
    walls[rest] = pd.to_datetime(iso[rest], format="ISO8601", errors="coerce")
    return walls.dt.tz_localize(VIETNAM)


def money_vnd(cells: Text) -> pd.Series:
    """Whole đồng."""
    usual = cells.str.fullmatch(r"\d{1,18}")
    plain = _unless(usual, cells, lambda rest: _rare("_read_money", _clean(rest)))
    return pd.to_numeric(plain, errors="coerce").astype("Int64")
