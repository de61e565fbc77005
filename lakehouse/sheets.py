"""Rows as one sheet of an XLSX file.

Here belongs what openpyxl is needed for; which values stand in the cells is `lakehouse.formats`,
which imports this only to write such a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet


def write(header: Iterable[str], rows: Iterable[Sequence[object]], path: Path) -> None:
    """Write `rows` below `header`; texts are text cells whatever they begin with."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("data")
    sheet.freeze_panes = "A2"
    sheet.append([_text_cell(sheet, name, bold=True) for name in header])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    book.save(path)


def _cell(sheet: WriteOnlyWorksheet, value: object) -> object:
    if isinstance(value, str):
        plain = ILLEGAL_CHARACTERS_RE.sub("", value)
        # openpyxl takes "=" for a formula and "#N/A" for an error; only those need a cell
        # of their own, which costs three times a plain one.
        return _text_cell(sheet, plain) if plain.startswith(("=", "#")) else plain
    return value


def _text_cell(sheet: WriteOnlyWorksheet, text: str, *, bold: bool = False) -> Cell:
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell
