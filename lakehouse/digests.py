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


@dataclass(frozen=True)
class ContentSums:
    """What a content hash is made of: the number of rows and the sums of their two hashes. The
    sums of two disjoint sets of rows add up to those of both together.

    They tell of single rows once two states are known, so they are kept where the rows are.
    """

    rows: int
    first: int
    second: int

    def __add__(self, other: ContentSums) -> ContentSums:
        return ContentSums(
            self.rows + other.rows, self.first + other.first, self.second + other.second
        )

    def __sub__(self, other: ContentSums) -> ContentSums:
        return ContentSums(
            self.rows - other.rows, self.first - other.first, self.second - other.second
        )

    def hash(self, columns: Sequence[str]) -> str:
        """SHA-256 (hex) of the rows these are sums of, whose columns are `columns`."""
        sums = (
            self.rows,
            *(str(half) if self.rows else None for half in (self.first, self.second)),
        )
        return hashlib.sha256(repr((tuple(columns), sums)).encode()).hexdigest()

    def to_text(self) -> str:
        """As `from_text` reads it."""
        return f"{self.rows} {self.first} {self.second}"

    @staticmethod
    def from_text(text: str) -> ContentSums:
        """The sums as `to_text` wrote them; ValueError where it did not."""
        rows, first, second = map(int, text.split())
        return ContentSums(rows, first, second)


def content_hash(
    connection: duckdb.DuckDBPyConnection, select_sql: str, columns: Sequence[str]
) -> str:
    """SHA-256 (hex) over `columns` of all rows of `select_sql`, in any order of rows."""
    return content_sums(connection, select_sql, columns).hash(columns)


def content_sums(
    connection: duckdb.DuckDBPyConnection, select_sql: str, columns: Sequence[str]
) -> ContentSums:
    """The sums over `columns` of all rows of `select_sql`.

    Each row has a 64-bit hash by DuckDB, in which types and nulls count, time zone and threads do
    not, and the hash of that. They are summed over all rows in 128 bits, where 2**63 rows fit.
    Sums, not exclusive-or: two equal rows would cancel out there and their number would not count.
    Two sums, since many rows could make up for one another in one.

    DuckDB's own hash, since it takes a fifth of the time of MD5 over a text of each row. It may be
    another in another version of DuckDB: `orchestration.fingerprint` sees to it that everything is
    read anew then, and released once more. This tells apart honest states of a dataset; against
    tampering there is the SHA-256 of each published file.
    """
    values = ", ".join(map(quoted, columns))
    sums = connection.execute(
        "SELECT count(*), sum(h)::VARCHAR, sum(hash(h))::VARCHAR"
        f" FROM (SELECT hash({values}) AS h FROM ({select_sql}))"
    ).fetchone()
    return ContentSums(*(int(value or 0) for value in sums or (0, 0, 0)))
