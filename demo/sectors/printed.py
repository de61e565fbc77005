"""Sheets of an XLSX workbook as people print them: titles above, a header of two merged rows.

What stands in the rows is in the module of the system.
"""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.worksheet.worksheet import Worksheet


def head(
    sheet: Worksheet,
    titles: tuple[str, str, str],
    header: Sequence[tuple[str, str]],
    merged: Sequence[str],
) -> None:
    """Three title rows, a blank one, the header's upper and lower names in rows 5 and 6 with the
    cells that are `merged` (``B5:C5``), and a row of column numbers."""
    for title in titles:
        sheet.append([title])
    sheet.append([])
    sheet.append([upper for upper, _lower in header])
    sheet.append([lower for _upper, lower in header])
    for cells in merged:
        sheet.merge_cells(cells)
    sheet.append([f"({n})" for n in range(1, len(header) + 1)])
