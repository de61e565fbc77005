"""Rows as one sheet of an XLSX file.

Here belongs what openpyxl is needed for. Which values stand in the cells is the caller's:
`lakehouse.formats` imports this only to write such a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet


def write(
    header: Iterable[str],
    rows: Iterable[Sequence[object]],
    path: Path,
    *,
    title: str = "data",
    widths: Sequence[int] = (),
) -> None:
    """Write `rows` below `header`; texts are text cells whatever they begin with. `widths` are
    those of the first columns, in characters."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
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
