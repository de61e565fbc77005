"""The cleaning functions that iGate's mapping calls, as an analyst ordinarily writes them.

Methods of pandas over the whole column wherever it has them, `Series.map` of a function over the
cells where it has none: identity numbers, pseudonyms, names, telephone numbers, money, text in
a broken encoding, and the dates that `pandas.to_datetime` cannot read. Code lists are mapped by
their distinct words. The functions of one text are those of `standardization.functions`, so
that both rivals and ours mean the same by them.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping

import ftfy
import pandas as pd

from benchmarks.pandas_tuned import CASE, HELPERS, PERSONAL_ID, VIETNAM, Text, from_qcvn102
from contracts.text import match_key
from standardization.functions import text

_BROKEN = re.compile("[\u00c2-\u00c6\u00e1\u00e2][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
_INVISIBLE = "[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]+"
_SPACES = "[\x01-\x20\x7f\x85\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+"
_LOST = "[\x80-\x84\x86-\x9f\ue000-\uf8ff\ufdd0-\ufdef\ufffd-\uffff]"
_MISPLACED = "[\u0302\u0306]"
_IDENTITY = re.compile(PERSONAL_ID, re.ASCII)
_CARD = re.compile(r"[0-3]\d{8}", re.ASCII)
_SHORT_CARD = re.compile(r"[1-9]\d{7}", re.ASCII)
_IDENTITY_MARKS = re.compile(r"\.0$|[ .-]")


def _clean(cells: Text) -> Text:
    cleaned = cells.str.replace(_INVISIBLE, "", regex=True).str.replace(_SPACES, " ", regex=True)
    cleaned = cleaned.str.normalize("NFC").str.strip(" ")
    odd = cleaned.str.contains(_MISPLACED, na=False)
    cleaned[odd] = cleaned[odd].map(text.clean)
    return cleaned.mask(cleaned == "")


def clean_text(cells: Text) -> Text:
    """Unicode form, spaces, invisible characters; lost text is none."""
    cleaned = _clean(cells)
    return cleaned.mask(cleaned.str.contains(_LOST, na=False))


def null_word(cells: Text) -> Text:
    """None for the words that say there is nothing."""
    cleaned = _clean(cells)
    return cleaned.mask(cleaned.str.lower().isin(text.NULL_WORDS))


def _fix_encoding(cell: str) -> str:
    return ftfy.fix_encoding(cell) if _BROKEN.search(cell) else cell


def fix_mojibake(cells: Text) -> Text:
    """UTF-8 read as Windows-1252, repaired."""
    return cells.map(_fix_encoding, na_action="ignore").astype("str")


def lookup(table: Mapping[str, str], cells: Text) -> Text:
    """Codes of a value map; texts are matched without case, marks and spaces."""
    codes = {match_key(word): code for word, code in table.items()}
    words = cells.dropna().unique()
    return cells.map({word: codes.get(match_key(text.clean(word) or "")) for word in words}).astype(
        "str"
    )


def _code(cells: Text) -> Text:
    upper = _clean(cells).str.upper()
    return upper.str.replace("[‐‑–—]", "-", regex=True).str.replace(" ", "")


def case_number(cells: Text) -> Text:
    """A case number of the old or the new form."""
    codes = _code(cells)
    return codes.where(codes.str.fullmatch(CASE))


def procedure_code(cells: Text) -> Text:
    """The national code without the agency's suffix."""
    pattern = r"^(\d\.\d{6})(?:\.(?:(?:000\.00\.00\.)?H\d{2}))?$"
    return _code(cells).str.extract(pattern, expand=False)


def agency_code(cells: Text) -> Text:
    """Today's form of the code of an agency."""
    codes = _code(cells)
    return codes.where(codes.str.fullmatch(r"[A-Z]\d{2}(?:\.[0-9A-Z]+)*") & (codes.str.len() <= 35))


def agency_code_from_qcvn102(cells: Text) -> Text:
    """Today's form of the code, from the former one."""
    codes = _code(cells)
    return codes.map({code: from_qcvn102(code) for code in codes.dropna().unique()}).astype("str")


def person_name(cells: Text) -> Text:
    """Names without forms of address, not in capitals."""
    return cells.map(HELPERS["_read_name"], na_action="ignore").astype("str")


def _read_identity(cell: str) -> str | None:
    digits = _IDENTITY_MARKS.sub("", text.clean(cell) or "")
    if _IDENTITY.fullmatch(digits) or _CARD.fullmatch(digits):
        return digits
    restored = digits.zfill(12)
    if len(digits) in (10, 11) and not digits.startswith("0") and _IDENTITY.fullmatch(restored):
        return restored
    return f"0{digits}" if _SHORT_CARD.fullmatch(digits) else None


def personal_id(cells: Text) -> Text:
    """Twelve or nine digits."""
    return cells.map(_read_identity, na_action="ignore").astype("str")


def pseudonym(key: bytes, cells: Text) -> Text:
    """Keyed hashes."""

    def keyed(cell: str) -> str:
        return hmac.digest(key, cell.encode(), "sha256").hex()[:32]

    return cells.map(keyed, na_action="ignore").astype("str")


def phone_e164(cells: Text) -> Text:
    """International form of the number of today."""
    return cells.map(HELPERS["_read_phone"], na_action="ignore").astype("str")


def commune_code(cells: Text) -> Text:
    """Five digits, lost zeros restored."""
    digits = _clean(cells).str.replace(r"\.0$", "", regex=True)
    usual = digits.str.fullmatch(r"0*[1-9]\d*") & (digits.str.len() <= 5)
    return digits.where(usual).str.zfill(5)


def parse_timestamp(cells: Text) -> pd.Series:
    """Instants in Vietnam's time: the usual form by pandas, what it cannot read by hand."""
    walls = pd.to_datetime(cells, format="%Y-%m-%d %H:%M:%S", errors="coerce")
    walls = walls.where(walls.dt.year.between(1800, 2399))
    rest = walls.isna() & cells.notna()
    read = cells[rest].map(HELPERS["_read_wall"]).astype("str")
    walls[rest] = pd.to_datetime(read, format="ISO8601", errors="coerce")
    return walls.dt.tz_localize(VIETNAM)


def money_vnd(cells: Text) -> pd.Series:
    """Whole đồng."""
    amounts = cells.map(HELPERS["_read_money"], na_action="ignore")
    return pd.to_numeric(amounts, errors="coerce").astype("Int64")
