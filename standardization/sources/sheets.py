"""Finding the table in a sheet that people laid out: titles above, headers merged, rows hidden.

Here belong header and data rows of a grid of texts, whatever file it came from. Reading XLSX
is `standardization.sources.xlsx`, legacy XLS `standardization.sources.xls`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from contracts.mappings import Sheet

Cells = Sequence[str | None]
_LOOKED_AT = 60
_NUMBERED = re.compile(r"\(\s*\w{1,3}\s*\)(\s*=.*)?|\(\s*\d+\s*=.*\)")


@dataclass(frozen=True)
class Merge:
    """Merged cells: first and last row and column, counted from 0, both inclusive."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Grid:
    """A sheet as texts. `rows` starts over at the first row each time it is called."""

    rows: Callable[[], Iterator[Cells]]
    merges: tuple[Merge, ...] = ()
    hidden_columns: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Header:
    """The header of a table: the name of each column ("" where there is none), the 0-based
    positions of its first and last row."""

    names: tuple[str, ...]
    first: int
    last: int


def find_header(grid: Grid, sheet: Sheet) -> Header | None:
    """The header of the table in `grid`: the rows that `sheet` says, else those found.

    Found is the first row with at least two filled cells and at least half as many as the
    fullest of the first rows, and below it as many rows as its merged cells reach. None where
    no cell is filled.
    """
    rows = [list(row) for row in islice(grid.rows(), max(_LOOKED_AT, sheet.header_last or 0))]
    if sheet.header_first and sheet.header_last:
        first, last = sheet.header_first - 1, sheet.header_last - 1
    else:
        found = _first_header_row(rows)
        if found is None:
            return None
        first, last = found, _last_header_row(grid, found)
    return Header(_names(grid, rows, first, last), first, last)


def data_rows(grid: Grid, header: Header, sheet: Sheet) -> Iterator[tuple[str | None, Cells]]:
    """The section that each data row stands under (None without `sheet.section`) and its cells.

    Blank rows are left out, and a row of column numbers such as ``(1) (2) (3)`` right below the
    header; with `sheet` also what it skips and everything from the row on where it ends.
    """
    until = re.compile(sheet.until) if sheet.until else None
    skip = re.compile(sheet.skip) if sheet.skip else None
    section: str | None = None
    fresh = True
    for cells in islice(grid.rows(), header.last + 1, None):
        filled = [cell for cell in cells if cell is not None and cell.strip()]
        if not filled:
            continue
        numbered = fresh and all(_NUMBERED.fullmatch(cell.strip()) for cell in filled)
        fresh = False
        first = unicodedata.normalize("NFC", filled[0]).strip()
        if until and until.search(first):
            return
        if numbered or (skip and skip.search(first)):
            continue
        if sheet.section and len(filled) == 1:
            section = first
            continue
        yield section, cells


def unique_names(names: Sequence[str]) -> tuple[str, ...]:
    """`names` with ``(2)``, ``(3)`` … after those that stand again; empty ones stay empty."""
    seen: dict[str, int] = {}
    made = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        made.append(f"{name} ({seen[name]})" if name and seen[name] > 1 else name)
    return tuple(made)


def label(text: str | None) -> str:
    """The text of a header cell as a name: NFC, on one line, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text or "").replace("\ufeff", "").split())


def _first_header_row(rows: Sequence[Cells]) -> int | None:
    widths = [sum(1 for cell in row if label(cell)) for row in rows]
    widest = max(widths, default=0)
    if widest == 0:
        return None
    enough = max(2, (widest + 1) // 2) if widest > 1 else 1
    return next(number for number, width in enumerate(widths) if width >= enough)


def _last_header_row(grid: Grid, first: int) -> int:
    last = row = first
    while row <= last:
        for merge in grid.merges:
            if merge.top == row:
                below = 1 if merge.right > merge.left else 0
                last = max(last, merge.bottom + below)
        row += 1
    return last


def _names(grid: Grid, rows: Sequence[Cells], first: int, last: int) -> tuple[str, ...]:
    header = [list(row) for row in rows[first : last + 1]]
    width = max((len(row) for row in header), default=0)
    for row in header:
        row.extend([None] * (width - len(row)))
    for merge in grid.merges:
        if first <= merge.top <= last and merge.left < width:
            text = header[merge.top - first][merge.left]
            for row in header[merge.top - first : merge.bottom - first + 1]:
                stop = min(merge.right + 1, width)
                row[merge.left : stop] = [text] * (stop - merge.left)
    names = []
    for column in range(width):
        parts = [label(row[column]) for row in header]
        shown = dict.fromkeys(part for part in parts if part)
        names.append("" if column in grid.hidden_columns else " / ".join(shown))
    return unique_names(names)
