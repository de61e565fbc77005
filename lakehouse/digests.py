"""The content hash of a dataset: the same rows give the same hash, however they are kept.

Only the hash. Which columns count is the caller's choice (`ingested_at` does not), and the
SHA-256 of files is made where files are written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from contracts.quoting import quoted
from lakehouse.versions import describe


@dataclass(frozen=True)
class ContentSums:
    """What a content hash is made of: the number of rows and the sums of both halves of their
    digests. The sums of two disjoint sets of rows add up to those of both together.

    They tell of single rows once two states are known, so they are kept where the rows are.
    """

    rows: int
    low: int
    high: int

    def __add__(self, other: ContentSums) -> ContentSums:
        return ContentSums(self.rows + other.rows, self.low + other.low, self.high + other.high)

    def __sub__(self, other: ContentSums) -> ContentSums:
        return ContentSums(self.rows - other.rows, self.low - other.low, self.high - other.high)

    def hash(self, columns: Sequence[str]) -> str:
        """SHA-256 (hex) of the rows these are sums of, whose columns are `columns`."""
        sums = (self.rows, *(str(half) if self.rows else None for half in (self.low, self.high)))
        return hashlib.sha256(repr((tuple(columns), sums)).encode()).hexdigest()

    def to_text(self) -> str:
        """As `from_text` reads it."""
        return f"{self.rows} {self.low} {self.high}"

    @staticmethod
    def from_text(text: str) -> ContentSums:
        """The sums as `to_text` wrote them; ValueError where it did not."""
        rows, low, high = map(int, text.split())
        return ContentSums(rows, low, high)


def content_hash(
    connection: duckdb.DuckDBPyConnection, select_sql: str, columns: Sequence[str]
) -> str:
    """SHA-256 (hex) over `columns` of all rows of `select_sql`, in any order of rows."""
    return content_sums(connection, select_sql, columns).hash(columns)


def content_sums(
    connection: duckdb.DuckDBPyConnection, select_sql: str, columns: Sequence[str]
) -> ContentSums:
    """The sums over `columns` of all rows of `select_sql`.

    Each row becomes a text that no other row gives (lengths before texts, moments as
    microseconds since 1970 so that no time zone matters); its MD5 is split in two 64-bit
    halves, and the halves are summed over all rows in 128 bits, where 2**63 rows fit. Sums,
    not exclusive-or: two equal rows would cancel out there and their number would not count.
    MD5, since this tells apart honest states of a dataset; against tampering there is the
    SHA-256 of each published file.
    """
    types = describe(connection, select_sql)
    parts = [part for name in columns for part in _canonical(quoted(name), types[name])]
    sums = connection.execute(
        f"""
        SELECT count(*),
               sum((digest & 18446744073709551615::UHUGEINT)::UBIGINT)::VARCHAR,
               sum((digest >> 64)::UBIGINT)::VARCHAR
        FROM (SELECT md5_number(concat({", ".join(parts)})) AS digest FROM ({select_sql}))
        """
    ).fetchone()
    return ContentSums(*(int(value or 0) for value in sums or (0, 0, 0)))


def _canonical(column: str, kind: str) -> tuple[str, ...]:
    """Arguments of ``concat`` (which skips NULL) that give one text per value.

    A NULL text is ``:``, an empty one ``0:``; a NULL of another type is ``|`` alone, which no
    value of those types holds.
    """
    if kind == "TIMESTAMP WITH TIME ZONE":
        return (f"epoch_us({column})", "'|'")
    if kind == "VARCHAR":
        return (f"strlen({column})", "':'", column)
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP")):
        return (f"strlen({column}::VARCHAR)", "':'", f"{column}::VARCHAR")
    return (column, "'|'")
