"""Rows as text for one answer: the forms besides JSON objects.

Spreadsheets run cells that begin like a formula, so text cells are made harmless wherever
the answer is a table that people open.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
# The same as in the CSV files that `lakehouse.formats` writes.


def delimited(
    rows: Iterable[Mapping[str, object]], names: Sequence[str], separator: str = ","
) -> str:
    """Rows as CSV (or TSV) without a header, lines ended as RFC 4180 has it."""
    text = io.StringIO()
    # With "\n" alone Python before 3.13 leaves a cell that holds "\r" without quotes.
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    for row in rows:
        writer.writerow([cell(row[name]) for name in names])
    return text.getvalue()


def cell(value: object) -> object:
    """A value as a cell: empty for none, text never a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (int, float, Decimal)):
        return value
    text = str(value)
    return f"'{text}" if text.startswith(_STARTS) else text
