"""Rows as text: the forms besides JSON objects, for one answer or as a stream.

Spreadsheets run cells that begin like a formula, so text cells are made harmless wherever
the answer is a table that people open. Forms as CKAN's DataStore writes them.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

from catalog.values import plain

Row = Mapping[str, object]

BOM = "\ufeff"
_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
# The same as in the CSV files that `lakehouse.formats` writes.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold."""


@dataclass(frozen=True)
class TextForm:
    """A form that a stream of rows is written in: what comes first, each piece of rows, what
    stands between two pieces, the end."""

    extension: str
    media_type: str
    head: Callable[[Sequence[Mapping[str, object]]], str]
    piece: Callable[[Sequence[Row], Sequence[str]], str]
    between: str = ""
    tail: str = ""

    def write(
        self, pieces: Iterable[Sequence[Row]], fields: Sequence[Mapping[str, object]], *, bom: bool
    ) -> Iterator[bytes]:
        """All of it as UTF-8. `fields`: what is told of each column, with its ``id``."""
        names = [str(field["id"]) for field in fields]
        yield ((BOM if bom else "") + self.head(fields)).encode()
        between = ""
        for rows in pieces:
            if rows:
                yield (between + self.piece(rows, names)).encode("utf-8", "replace")
                between = self.between
        yield self.tail.encode()


def delimited(rows: Iterable[Row], names: Sequence[str], separator: str = ",") -> str:
    """Rows as CSV (or TSV) without a header, lines ended as RFC 4180 has it."""
    text = io.StringIO()
    # With "\n" alone Python before 3.13 leaves a cell that holds "\r" without quotes.
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    writer.writerows([cell(row[name]) for name in names] for row in rows)
    return text.getvalue()


def cell(value: object) -> object:
    """A value as a cell: empty for none, text never a formula."""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_STARTS) else value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (int, float, Decimal)):
        return value
    return cell(str(value))


def finite(value: object) -> object:
    """The value; none instead of a number that JSON has no form for."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _delimited_form(extension: str, media_type: str, separator: str) -> TextForm:
    def head(fields: Sequence[Mapping[str, object]]) -> str:
        names = {str(field["id"]): str(field["id"]) for field in fields}
        return delimited([names], list(names), separator)

    def piece(rows: Sequence[Row], names: Sequence[str]) -> str:
        return delimited(rows, names, separator)

    return TextForm(extension, media_type, head, piece)


def _json_head(fields: Sequence[Mapping[str, object]]) -> str:
    told = json.dumps(list(fields), ensure_ascii=False, separators=(",", ":"))
    return f'{{\n  "fields": {told},\n  "records": ['


def _json_piece(rows: Sequence[Row], names: Sequence[str]) -> str:
    lists = (
        json.dumps(
            [finite(row[name]) for name in names],
            ensure_ascii=False,
            separators=(",", ":"),
            default=plain,
        )
        for row in rows
    )
    return "\n    " + ",\n    ".join(lists)


def _xml_piece(rows: Sequence[Row], names: Sequence[str]) -> str:
    numbered = names[:1] == ["_id"]
    made = []
    for row in rows:
        number = f" _id={quoteattr(str(row['_id']))}" if numbered else ""
        cells = "".join(_element(name, row[name]) for name in names[numbered:])
        made.append(f"<row{number}>{cells}</row>\n")
    return "".join(made)


def _element(name: str, value: object, key: str = "") -> str:
    if value is None:
        return f'<{name}{key} xsi:nil="true" />'
    if isinstance(value, list | tuple):
        inner = "".join(
            _element("value", one, f' key="{number}"') for number, one in enumerate(value)
        )
        return f"<{name}{key}>{inner}</{name}>"
    shown = cell(value) if isinstance(value, bool | date) else value
    return f"<{name}{key}>{escape(_NO_XML.sub('', str(shown)))}</{name}>"


FORMS: Mapping[str, TextForm] = {
    "csv": _delimited_form("csv", "text/csv; charset=utf-8", ","),
    "tsv": _delimited_form("tsv", "text/tab-separated-values; charset=utf-8", "\t"),
    "json": TextForm(
        "json", "application/json; charset=utf-8", _json_head, _json_piece, ",", "\n]}\n"
    ),
    "xml": TextForm(
        "xml",
        "text/xml; charset=utf-8",
        lambda _fields: '<data xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n',
        _xml_piece,
        tail="</data>\n",
    ),
}
"""The forms of ``/datastore/dump``."""
