"""A first mapping from a live table's schema, for a person to complete.

Here belongs guessing which source column is which contract column, by name only. Nothing
here reads a row.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from contracts.i18n import Language, _, translate
from contracts.mappings import Source
from contracts.model import Column, Contract
from contracts.text import match_key

ALIAS = "t"
_CERTAIN = 0.93
_SUGGESTIONS = 4
_WORDS = re.compile(r"[A-ZĐ]+(?![a-zđ])|[A-ZĐ]?[^\W\d_A-ZĐ]+|\d+")
# What Vietnamese systems abbreviate column names to; each may stand for several words.
_ABBREVIATIONS = {
    "cccd": "socancuoccongdan",
    "cmnd": "sochungminhnhandan",
    "dc": "diachi",
    "dt": "dienthoai",
    "dv": "donvi",
    "dvhc": "donvihanhchinh",
    "gt": "gioitinh",
    "hs": "hoso",
    "kq": "ketqua",
    "lv": "linhvuc",
    "mst": "masothue",
    "ngsinh": "ngaysinh",
    "px": "phuongxa",
    "qd": "quyetdinh",
    "qh": "quanhuyen",
    "sdt": "sodienthoai",
    "sl": "soluong",
    "tg": "thoigian",
    "tt": "thutuc",
    "tthc": "thutuchanhchinh",
    "ttp": "tinhthanhpho",
}
_READERS = {
    "date": "parse_date({})",
    "timestamp": "parse_timestamp({})",
    "integer": "parse_number({})",
    "number": "parse_number({})",
    "boolean": "yes_no({})",
    "string": "clean_text({})",
}


def mapping_yaml(
    contract: Contract, source: Source, table: str, schema: pa.Schema, language: Language = "vi"
) -> str:
    """The text of ``from/<source>.yaml`` for `table`, ready to edit.

    Columns are matched where the names agree once case, separators, marks and common
    abbreviations are folded away (exactly, else at 93 % or more and without a rival); every
    other column is NULL with the likeliest names beside it.
    """
    matched = match_columns(contract, schema.names)
    free = [name for name in schema.names if name not in matched.values()]
    key = [matched[name] for name in contract.primary_key if name in matched]
    lines = [
        f"source: {source.name}",
        f"from: {_scalar(f'{_identifier(table)} {ALIAS}')}",
        f"key: {_scalar(_column((key or schema.names)[0]))}",
        "columns:",
    ]
    for column in contract.columns:
        found = matched.get(column.name)
        if found:
            lines.append(f"  {column.name}: {_scalar(_expression(column, schema.field(found)))}")
        else:
            hint = translate(_("choose: {columns}"), language)
            names = ", ".join(_column(name) for name in _likely(column, free))
            lines.append(f'  {column.name}: "NULL"  # <- {hint.format(columns=names)}')
    lists = {c.code_list for c in contract.columns if c.code_list and c.name in matched}
    lines.extend(_lookups(contract, sorted(lists)))
    return "\n".join(lines) + "\n"


def match_columns(contract: Contract, names: Sequence[str]) -> dict[str, str]:
    """Contract column → source column, for those that can be told by name."""
    forms = {name: set(_forms(name)) for name in names}
    matched: dict[str, str] = {}
    for column in contract.columns:
        wanted = _wanted(column)
        exact = [name for name, found in forms.items() if found & wanted]
        if len(exact) == 1:
            matched[column.name] = exact[0]
    for column in contract.columns:
        if column.name in matched:
            continue
        rest = [name for name in names if name not in matched.values()]
        close = [name for name in rest if _likeness(_wanted(column), forms[name]) >= _CERTAIN]
        if len(close) == 1:
            matched[column.name] = close[0]
    return matched


def _wanted(column: Column) -> set[str]:
    texts = (column.name, column.title.vi, column.title.en)
    return {form for text in texts for form in _forms(text)}


def _forms(name: str) -> Iterator[str]:
    """The ways in which a name can be compared: as written, and abbreviations spelled out."""
    words = [match_key(word) for word in _WORDS.findall(name)] or [match_key(name)]
    yield "".join(words)
    yield "".join(_ABBREVIATIONS.get(word, word) for word in words)


def _likeness(some: set[str], others: set[str]) -> float:
    pairs = ((one, other) for one in some for other in others)
    return max((difflib.SequenceMatcher(None, *pair).ratio() for pair in pairs), default=0.0)


def _likely(column: Column, names: Sequence[str]) -> list[str]:
    wanted = _wanted(column)
    ranked = sorted(names, key=lambda name: -_likeness(wanted, set(_forms(name))))
    return ranked[:_SUGGESTIONS]


def _expression(column: Column, field: pa.Field[Any]) -> str:
    name = _column(field.name)
    if column.code_list:
        return f"lookup('{column.code_list}', {name})"
    if pa.types.is_string(field.type) and column.logical_type in _READERS:
        return _READERS[column.logical_type].format(name)
    return name


def _lookups(contract: Contract, names: Sequence[str]) -> Iterator[str]:
    """Value maps that start from the titles of the codes."""
    if names:
        yield "lookups:"
    for name in names:
        yield f"  {name}:"
        for code in contract.code_lists[name].codes:
            yield f"    {_scalar(code.title.vi)}: {_scalar(code.code)}"


def _column(name: str) -> str:
    return f"{ALIAS}.{_identifier(name)}"


def _identifier(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII) else f'"{name}"'


def _scalar(text: str) -> str:
    """`text` as a YAML scalar; quoted unless it is plainly a name or a call."""
    if re.fullmatch(r"[A-Za-z_][\w.()]*( \w+)?", text, re.ASCII):
        return text
    if '"' in text:
        return "'" + text.replace("'", "''") + "'"
    return '"' + text.replace("\\", "\\\\") + '"'
