"""What of a source must never be read: matching a table or a column with its `never` list.

Names are compared without case and in NFC, as databases fold them differently. Refusing a
mapping is `contracts.linting_never`; readers give nothing of it (`standardization.sources`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from contracts.mappings import Never

EVERY = "*"


def forbidden(never: Iterable[Never], table: str, column: str | None = None) -> Never | None:
    """The entry that forbids the whole of `table`, or `column` of it; None where none does."""
    for entry in never:
        if entry.table != EVERY and folded(entry.table) != folded(table):
            continue
        if not entry.columns:
            return entry
        if column is not None and folded(column) in map(folded, entry.columns):
            return entry
    return None


def folded(name: str) -> str:
    """A name as databases compare it at their most tolerant."""
    return unicodedata.normalize("NFC", name).strip().casefold()
