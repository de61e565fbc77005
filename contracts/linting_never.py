"""Whether a mapping names what must never be read: a table, or a column of one.

Every place that reads the source is looked at: ``from``, ``join``, ``key``, ``watermark``,
``order``, conditions, columns, and the SELECT of a shape.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import traverse_scope

from contracts.documents import Document, Path_
from contracts.errors import Fault
from contracts.i18n import _
from contracts.loading_mapping import key_table, read_joins
from contracts.loading_sources import never_of
from contracts.mappings import Never
from contracts.never import forbidden
from contracts.problems import Problem
from contracts.profile.mapping import MappingShape, SourceShape
from contracts.sql import columns_of, parse_any


def lint_never(
    document: Document,
    shape: MappingShape,
    select: str | None,
    sources: Mapping[str, SourceShape],
) -> Iterator[Problem]:
    """A problem for each forbidden table or column that the mapping names."""
    never = never_of(sources[shape.source]) if shape.source in sources else ()
    if not never:
        return
    key, joins = key_table(document, shape), read_joins(document, shape.join)
    tables = {key.alias.casefold(): key.table} if select is None else {}
    yield from _table(document, ("from",), key.table, never)
    for number, join in enumerate(joins):
        if not join.use.dataset:
            tables[join.use.alias.casefold()] = join.use.table
            yield from _table(document, ("join", number), join.use.table, never)
    for where, text in (*_texts(shape), *((("join", n), j.on) for n, j in enumerate(joins))):
        for alias, column in sorted(_columns(text)):
            if alias.casefold() in tables:
                yield from _column(document, where, tables[alias.casefold()], column, never)
    if select is not None:
        yield from _select(document, select, never)


def _texts(shape: MappingShape) -> Iterator[tuple[Path_, str]]:
    yield ("key",), shape.key
    if shape.watermark:
        yield ("watermark", "column"), shape.watermark.column
    if shape.order:
        yield ("order",), shape.order
    for group in ("exclude", "fixed", "doubt"):
        for name, condition in getattr(shape, group).items():
            yield (group, name), condition.when
    for name, text in shape.columns.items():
        yield ("columns", name), text


def _columns(text: str) -> frozenset[tuple[str, str]]:
    try:
        return columns_of(parse_any(text))
    except Fault:
        return frozenset()  # not valid SQL: that is another problem, and told


def _select(document: Document, select: str, never: tuple[Never, ...]) -> Iterator[Problem]:
    try:
        scopes = traverse_scope(parse_any(select))
    except (Fault, SqlglotError):
        return  # told where the shape is checked
    for scope in scopes:
        tables = {
            name: source
            for name, source in scope.sources.items()
            if isinstance(source, exp.Table) and not source.db
        }
        for table in tables.values():
            yield from _table(document, ("from",), table.name, never)
        for column in scope.columns:
            for name, table in tables.items():
                if column.table.casefold() in ("", name.casefold()):
                    yield from _column(document, ("from",), table.name, column.name, never)


def _table(
    document: Document, where: Path_, table: str, never: tuple[Never, ...]
) -> Iterator[Problem]:
    entry = forbidden(never, table)
    if entry:
        yield document.problem(
            where,
            "mapping.never",
            _("The table {table} must never be read: {why}"),
            _("Take it out of the mapping; sources.yaml says what is not read under never."),
            table=table,
            why=f"{entry.why.vi} / {entry.why.en}",
        )


def _column(
    document: Document, where: Path_, table: str, column: str, never: tuple[Never, ...]
) -> Iterator[Problem]:
    entry = forbidden(never, table, column)
    if entry and entry.columns:
        yield document.problem(
            where,
            "mapping.never",
            _("The column {column} of {table} must never be read: {why}"),
            _("Take it out of the mapping; sources.yaml says what is not read under never."),
            column=column,
            table=table,
            why=f"{entry.why.vi} / {entry.why.en}",
        )
