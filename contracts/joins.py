"""Tables under an alias and look-ups between them, as frozen types.

What `from` and `join` of mappings and formulas say; reading their grammar is
`contracts.loading_mapping`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TableUse:
    """A landed table (or reference dataset) under an alias. `dataset` is True for
    ``ref.<dataset>``: the served rows of another dataset, pinned to its release."""

    table: str
    alias: str
    dataset: bool = False


@dataclass(frozen=True)
class Join:
    """A look-up with at most one match per row of the key table, checked at run time."""

    use: TableUse
    on: str
    line: int = 0
