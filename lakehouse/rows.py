"""Reading the rows of one release: pages for the row API and the portal.

Straight from the release's Parquet files, by a DuckDB that can open these files and nothing
else. What may be asked is `lakehouse.questions`; who may ask is `catalog`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from threading import Lock
from typing import Any

import duckdb

from contracts.errors import Fault, Place
from contracts.i18n import _
from contracts.quoting import literal
from contracts.releases import Release
from contracts.times import TIME_ZONE, VIETNAM
from lakehouse.parts import ROW, Parts, parts_of
from lakehouse.questions import MOMENT, Asking, Field, Question
from lakehouse.stores import Stores, Zone
from lakehouse.versions import describe

__all__ = ["ROW", "Field", "Page", "RowReader"]

_TYPES = {
    "BOOLEAN": "bool",
    "DATE": "date",
    "DOUBLE": "float8",
    "FLOAT": "float4",
    "BIGINT": "int8",
    "INTEGER": "int4",
    "SMALLINT": "int2",
    "TINYINT": "int2",
    "TIME": "time",
    "TIMESTAMP": "timestamp",
    MOMENT: "timestamptz",
}


@dataclass(frozen=True)
class Page:
    """Rows of one answer, by column name; `total` of all pages, None if it was not asked.

    Values are `str`, `int`, `float`, `Decimal`, `bool`, `date`, `datetime` (of a moment: at
    +07:00), `list` or None.
    """

    rows: tuple[dict[str, object], ...]
    total: int | None
    fields: tuple[Field, ...]


class RowReader:
    """The rows of one release, for many readers at once; make it once and keep it.

    Args:
        release: whose rows. Its verdict and withdrawal are the caller's to look at.
        zone: `Zone.OPEN`, or `Zone.SHARED` for readers with a grant.
        columns: those that may be seen, in this order; None means all there are.
        memory_limit: DuckDB's own, of one release; nothing is ever spilled to disk.

    Raises:
        Fault: ``rows.none``, or what the store refuses.
    """

    def __init__(
        self,
        release: Release,
        stores: Stores,
        *,
        zone: Zone = Zone.OPEN,
        columns: Sequence[str] | None = None,
        memory_limit: str = "512MB",
        threads: int = 2,
    ) -> None:
        self.release = release
        self._locate: Callable[[], Parts] = partial(parts_of, release, stores, zone)
        self._parts = self._locate()
        self._lock = Lock()
        self._connection = _confined(self._parts, memory_limit, threads)
        there = describe(self._connection, "FROM rows")
        chosen = [name for name in columns if name in there] if columns is not None else list(there)
        self._asking = Asking(
            release.dataset,
            (
                Field(ROW, "int", "BIGINT"),
                *(Field(name, _type(there[name]), there[name]) for name in chosen if name != ROW),
            ),
        )

    def fields(self) -> tuple[Field, ...]:
        """The columns there are, the row number `ROW` first."""
        return self._asking.columns

    def search(
        self,
        *,
        filters: Mapping[str, object] | None = None,
        q: str | Mapping[str, str] | None = None,
        sort: str | None = None,
        limit: int = 100,
        offset: int = 0,
        fields: Sequence[str] | None = None,
        distinct: bool = False,
        include_total: bool = True,
    ) -> Page:
        """One page of rows.

        Args:
            filters: column → value, or list of values of which one must match; None matches
                empty cells.
            q: words that must all occur in text columns, or column → words; marks and case
                do not matter.
            sort: ``a desc, b``; without it rows come in file order. An upper bound of
                `limit` is the caller's rule.
            distinct: each combination of `fields` once.

        Raises:
            Fault: ``rows.unknown_field``, ``rows.bad_value``, ``rows.bad_sort``,
                ``rows.bad_page``, ``rows.too_heavy`` or ``rows.failed``.
        """
        question = self._asking.question(
            filters, q, sort, fields, limit=limit, offset=offset, distinct=distinct
        )
        with self._lock:
            cursor = self._connection.cursor()
        try:
            self._present()
            for column, misfit in self._asking.misfits(filters or {}):
                if cursor.execute(misfit).fetchone() != (False,):
                    raise self._asking.bad_value(column)
            found, total = self._answer(cursor, question, counted=include_total)
        except duckdb.OutOfMemoryException:
            raise self._refusal("rows.too_heavy") from None
        except duckdb.Error:
            raise self._refusal("rows.failed") from None
        finally:
            cursor.close()
        names = [column.name for column in question.fields]
        moments = {c.name for c in question.fields if c.sql_type == MOMENT}
        rows = tuple(_row(names, values, moments) for values in found)
        return Page(rows, total if include_total else None, question.fields)

    def _answer(
        self, cursor: duckdb.DuckDBPyConnection, question: Question, *, counted: bool
    ) -> tuple[list[Any], int]:
        """The values of the page's rows, and the number of all rows if it was asked for."""
        if question.order:
            found = cursor.execute(question.page).fetchall()
            return found, self._total(cursor, question) if counted else 0
        if not question.narrowed:
            first = min(question.offset, self._parts.rows)
            found = cursor.execute(question.between(first + 1, first + question.limit)).fetchall()
            return found, self._parts.rows
        # First which rows, from the columns asked about alone, then these rows: all columns of
        # every match would be read otherwise to keep a hundred of them.
        total, numbers = cursor.execute(question.numbers).fetchone() or (0, None)
        if not numbers:
            return [], total
        return cursor.execute(question.between(numbers[0], numbers[-1])).fetchall(), total

    def _total(self, cursor: duckdb.DuckDBPyConnection, question: Question) -> int:
        if not question.narrowed and not question.distinct:
            return self._parts.rows
        counted = cursor.execute(question.count).fetchone()
        return int(counted[0]) if counted else 0

    def _present(self) -> None:
        """Fetch the files again if the cache has let them go."""
        if not all(part.path.exists() for part in self._parts.files):
            self._locate()

    def _refusal(self, check: str) -> Fault:
        return Fault(
            check,
            _("The question could not be answered."),
            remedy=_("Ask for fewer columns or rows, or download the whole file."),
            place=Place(dataset=self.release.dataset),
        )


def _confined(parts: Parts, memory_limit: str, threads: int) -> duckdb.DuckDBPyConnection:
    """A connection with the relation ``rows`` that can reach the files of `parts` alone."""
    connection = duckdb.connect(
        config={
            "memory_limit": memory_limit,
            "threads": str(threads),
            "temp_directory": "",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "python_enable_replacements": "false",
        }
    )
    allowed = ", ".join(literal(str(part.path)) for part in parts.files)
    connection.execute(f"SET GLOBAL TimeZone = {literal(TIME_ZONE)}")
    connection.execute(f"CREATE VIEW rows AS {parts.select}")
    connection.execute(f"SET allowed_paths = [{allowed}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def _type(sql_type: str) -> str:
    if sql_type.endswith("[]"):
        return "_" + _type(sql_type.removesuffix("[]"))
    if sql_type.startswith("DECIMAL"):
        return "numeric"
    return _TYPES.get(sql_type, "text")


def _row(names: Sequence[str], values: Sequence[object], moments: set[str]) -> dict[str, object]:
    """The row by name; moments come as UTC without saying so (`Field.value`)."""
    row = dict(zip(names, values, strict=True))
    for name in moments:
        moment = row[name]
        if isinstance(moment, datetime):
            row[name] = moment.replace(tzinfo=UTC).astimezone(VIETNAM)
    return row
