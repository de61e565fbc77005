"""Whether a source still has what a mapping names.

Here belongs matching the mapping's tables and columns with the live schema. A source that
drifted stops itself, with the column named; other sources of the dataset go on.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

from contracts.errors import Fault, Place
from contracts.i18n import _
from contracts.mappings import SourceMapping
from contracts.text import match_key
from standardization.sources.reader import Reader

_LIKE = 0.6


def resolve_columns(
    reader: Reader, mapping: SourceMapping, needed: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, dict[str, str]]]:
    """For each needed table its name in the source, and for each needed column its.

    Databases fold case differently, so a name that differs by case alone is the same name.

    Raises:
        Fault: ``source.table_missing``, ``source.schema_drift`` (names the column, and the
            one it may be called now).
    """
    resolved = {}
    for table, columns in needed.items():
        actual = _pick(table, reader.tables())
        if actual is None:
            raise _table_missing(reader, mapping, table)
        names = reader.schema(actual).names
        picked = {}
        for column in columns:
            found = _pick(column, names)
            if found is None:
                raise _column_missing(mapping, table, column, names)
            picked[column] = found
        resolved[table] = (actual, picked)
    return resolved


def _pick(wanted: str, names: Sequence[str]) -> str | None:
    if wanted in names:
        return wanted
    return next((name for name in names if name.casefold() == wanted.casefold()), None)


def _nearest(wanted: str, names: Sequence[str]) -> str | None:
    keys = {match_key(name): name for name in names}
    close = difflib.get_close_matches(match_key(wanted), list(keys), n=1, cutoff=_LIKE)
    return keys[close[0]] if close else None


def _table_missing(reader: Reader, mapping: SourceMapping, table: str) -> Fault:
    place = Place(
        dataset=mapping.dataset, source=mapping.source, table=table, file=mapping.path.name
    )
    near = _nearest(table, reader.tables())
    if near:
        return Fault(
            "source.table_missing",
            _("The source has no table {table} any more; it has {near}."),
            remedy=_("Ask its owner whether it was renamed, and correct the mapping."),
            place=place,
            table=table,
            near=near,
        )
    return Fault(
        "source.table_missing",
        _("The source has no table {table}."),
        remedy=_("Ask its owner what became of it, and correct the mapping."),
        place=place,
        table=table,
    )


def _column_missing(mapping: SourceMapping, table: str, column: str, names: Sequence[str]) -> Fault:
    place = Place(
        dataset=mapping.dataset,
        source=mapping.source,
        table=table,
        file=mapping.path.name,
        line=_line(mapping, column),
        column=column,
    )
    near = _nearest(column, names)
    if near:
        return Fault(
            "source.schema_drift",
            _("The table {table} has no column {column} any more; it has {near}."),
            remedy=_("Ask its owner whether it was renamed, and correct the mapping."),
            place=place,
            table=table,
            column=column,
            near=near,
        )
    return Fault(
        "source.schema_drift",
        _("The table {table} has no column {column}."),
        remedy=_("Ask its owner what became of it, and correct the mapping."),
        place=place,
        table=table,
        column=column,
    )


def _line(mapping: SourceMapping, column: str) -> int | None:
    """The first line of the mapping whose expression names the column."""
    for name, expression in mapping.columns.items():
        if f".{column}".casefold() in expression.replace('"', "").casefold():
            return mapping.lines.get(name)
    return None
