"""`from/<mapping>.sql`: the SELECT that yields the key table where columns cannot say it.

Here belong what a shape reads (tables and columns), the same SELECT over landed tables, and
where each of its columns comes from. What a shape may hold is `contracts.sql`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, build_scope

from contracts.errors import Fault, Place
from contracts.i18n import _
from contracts.mappings import SourceMapping
from contracts.quoting import quoted
from contracts.sql import REFERENCE, parse_select, to_sql
from standardization.functions import FUNCTIONS

RAW_PREFIX = "raw_"


@dataclass(frozen=True)
class Shape:
    """A compiled shape. `sql` reads ``raw_<table>`` relations; `needed` gives the columns of
    each table; `origins` maps an output column to its ``table.column``s
    (``ref.<dataset>.column`` for another dataset's)."""

    sql: str
    needed: dict[str, tuple[str, ...]]
    origins: dict[str, tuple[str, ...]]


def compile_shape(mapping: SourceMapping) -> Shape:
    """The shape of `mapping` (which must have one).

    Raises:
        Fault: ``mapping.shape`` where a column cannot be traced to one table.
    """
    tree = parse_select(mapping.shape or "", frozenset(FUNCTIONS))
    root = build_scope(tree)
    if root is None:
        raise _fault(mapping, "?")
    needed: dict[str, dict[str, None]] = {}
    for scope in root.traverse():
        for column in scope.columns:
            source = _source(scope, column, mapping)
            if isinstance(source, exp.Table) and not source.db:
                needed.setdefault(source.name, {})[column.name] = None
    names = [select.alias_or_name for select in _selected(root)]
    origins = {
        name: tuple(dict.fromkeys(_origins(root, position, mapping)))
        for position, name in enumerate(names)
    }
    tables = list(_tables(root))
    for table in tables:
        alias = table.alias or table.name
        prefix = REFERENCE if table.db else RAW_PREFIX
        table.set("this", exp.to_identifier(prefix + table.name, quoted=True))
        table.set("db", None)
        table.set("alias", exp.TableAlias(this=exp.to_identifier(alias, quoted=True)))
    # Numbered in the order of their content, so that a rerun gives a row the same number.
    order = ", ".join(quoted(name) for name in names)
    sql = f"SELECT row_number() OVER (ORDER BY {order}) AS _landing_id, * FROM ({to_sql(tree)})"
    landed = {table: tuple(columns) for table, columns in needed.items()}
    return Shape(sql, landed, origins)


def _selected(scope: Scope) -> list[exp.Expr]:
    """What the SELECT of a scope gives, in order."""
    query = scope.expression
    return list(query.selects) if isinstance(query, exp.Query) else []


def _tables(root: Scope) -> Iterator[exp.Table]:
    for scope in root.traverse():
        for source in scope.sources.values():
            if isinstance(source, exp.Table):
                yield source


def _source(scope: Scope, column: exp.Column, mapping: SourceMapping) -> exp.Table | Scope:
    if column.table and column.table in scope.sources:
        return scope.sources[column.table]
    if not column.table and len(scope.sources) == 1:
        return next(iter(scope.sources.values()))
    raise _fault(mapping, to_sql(column))


def _origins(scope: Scope, position: int, mapping: SourceMapping) -> Iterator[str]:
    if scope.set_operation_scopes:
        for part in scope.set_operation_scopes:
            yield from _origins(part, position, mapping)
        return
    for column in _selected(scope)[position].find_all(exp.Column):
        source = _source(scope, column, mapping)
        if isinstance(source, exp.Table):
            yield f"{'ref.' if source.db else ''}{source.name}.{column.name}"
            continue
        inner = [select.alias_or_name for select in _selected(source)]
        if column.name in inner:
            yield from _origins(source, inner.index(column.name), mapping)


def _fault(mapping: SourceMapping, column: str) -> Fault:
    return Fault(
        "mapping.shape",
        _("The column {shape_column} cannot be traced to one table."),
        remedy=_("Qualify it with the alias of its table."),
        place=Place(dataset=mapping.dataset, source=mapping.source, file=mapping.path.name),
        shape_column=column,
    )
