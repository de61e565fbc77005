"""Contract + mapping → one SELECT that yields the batch relation.

Here belong what a mapping reads and how its tables are joined. The columns of the SELECT are
written by `standardization.selecting`; running it is `standardization.engine`; judging its
rows is `quality`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlglot import exp

from contracts.errors import Fault, Place
from contracts.i18n import _
from contracts.joins import Join, TableUse
from contracts.mappings import SourceMapping
from contracts.model import Contract
from contracts.quoting import quoted
from contracts.sql import REFERENCE, parse_expression, to_sql
from standardization.explain import How, explain, lineage
from standardization.expressions import Rewriter
from standardization.functions import FUNCTIONS
from standardization.selecting import BatchSelect, raw_names
from standardization.shape import RAW_PREFIX, Shape, compile_shape

_COMPARISONS = (exp.EQ, exp.LT, exp.LTE, exp.GT, exp.GTE)
"""What a hash join of DuckDB can hold beside its equalities."""


@dataclass(frozen=True)
class CompiledMapping:
    """The SQL of a mapping. `sql` reads relations ``raw_<table>`` and ``ref_<dataset>`` and
    gives the batch relation: the contract's columns, ``source_key``, ``quality_flag`` and the
    control columns, all but `constants` (column → SQL of its value). `landed_sql` gives the raw
    values behind them, named ``alias.column``, by ``_landing_id``; `reads` tells which of these
    each column is made of.

    `needed`: table → the columns to land, as the mapping spells them. The rows of
    `key_relation` are counted; with a shape, `shape_sql` must be made that relation first.
    `joins` are the FROM clauses after each further join, to find the one that multiplies
    rows. `lineage`: column → ``table.column``s, `how`: column → one sentence (vi, en).
    """

    mapping: SourceMapping
    sql: str
    constants: Mapping[str, str]
    landed_sql: str
    needed: Mapping[str, tuple[str, ...]]
    key_relation: str
    shape_sql: str | None
    joins: tuple[tuple[Join, str], ...]
    lineage: Mapping[str, tuple[str, ...]]
    how: Mapping[str, tuple[str, str]]
    reads: Mapping[str, tuple[str, ...]]


def compile_mapping(contract: Contract, mapping: SourceMapping) -> CompiledMapping:
    """Compile one mapping of `contract`.

    Raises:
        Fault: ``mapping.missing_column``, where an expression is not allow-listed SQL (from
            `contracts.sql`), or a shape cannot be traced.
    """
    _refuse_missing(contract, mapping)
    shape = compile_shape(mapping) if mapping.shape else None
    rewriter = Rewriter(mapping.lookups)
    key_use = mapping.uses[0]
    key_relation = f"shape_{mapping.name}" if shape else RAW_PREFIX + key_use.table
    froms = _froms(mapping, key_use, key_relation)
    parsed = {c.name: _parse(mapping.columns[c.name]) for c in contract.columns}
    select = BatchSelect(contract, mapping, rewriter, parsed)
    sql, landed = select.sql(froms[-1], key_use.alias)
    uses = _uses(mapping)
    how = How(mapping.source, uses, shape.origins if shape else {})
    return CompiledMapping(
        mapping=mapping,
        sql=sql,
        constants=select.constants,
        landed_sql=landed,
        needed=_needed(mapping, shape, rewriter, uses),
        key_relation=key_relation,
        shape_sql=shape.sql if shape else None,
        joins=tuple(zip(mapping.joins, froms[1:], strict=True)),
        lineage={name: lineage(how, tree) for name, tree in parsed.items()},
        how={name: explain(how, tree) for name, tree in parsed.items()},
        reads={name: raw_names(rewriter, tree) for name, tree in parsed.items()},
    )


def _refuse_missing(contract: Contract, mapping: SourceMapping) -> None:
    for column in contract.columns:
        if column.name not in mapping.columns:
            raise Fault(
                "mapping.missing_column",
                _("The column {name} of the contract is missing here."),
                remedy=_("Add {name}: with an SQL expression, or NULL where the source has none."),
                place=Place(dataset=contract.id, source=mapping.source, file=mapping.path.name),
                name=column.name,
            )


def _parse(text: str) -> exp.Expr:
    return parse_expression(text, frozenset(FUNCTIONS))


def _uses(mapping: SourceMapping) -> dict[str, TableUse]:
    """Every alias, case folded as DuckDB folds it."""
    every = (*mapping.uses, *(join.use for join in mapping.joins))
    return {use.alias.casefold(): use for use in every}


def _froms(mapping: SourceMapping, key_use: TableUse, key_relation: str) -> list[str]:
    """FROM clauses: of the key table alone, then with each further join."""
    clauses = [f"FROM {quoted(key_relation)} AS {quoted(key_use.alias)}"]
    for join in mapping.joins:
        prefix = REFERENCE if join.use.dataset else RAW_PREFIX
        on, alias = _parse(join.on), quoted(join.use.alias)
        use = f"{quoted(prefix + join.use.table)} AS {alias}"
        if _hashable(on, join.use.alias):
            clauses.append(f"{clauses[-1]}\nLEFT JOIN {use} ON {to_sql(on)}")
        else:
            # DuckDB compares every pair of rows where an outer join has such a condition;
            # inside a lateral one it hashes what can be hashed and filters the rest, but
            # keeps every row of the tables before it.
            matching = f"SELECT {alias}.* FROM {use} WHERE {to_sql(on)}"
            clauses.append(f"{clauses[-1]}\nLEFT JOIN LATERAL ({matching}) AS {alias} ON true")
    return clauses


def _conjuncts(tree: exp.Expr) -> Iterable[exp.Expr]:
    return tree.flatten() if isinstance(tree, exp.And) else (tree,)


def _hashable(on: exp.Expr, alias: str) -> bool:
    """Whether an outer join on `on` can be hashed: comparisons between the joined table and
    the tables before it, an equality among them, and conditions on the joined table alone."""

    def sides(tree: exp.Expr) -> set[bool]:
        return {c.parts[0].name.casefold() == alias.casefold() for c in tree.find_all(exp.Column)}

    crossing = [part for part in _conjuncts(on) if sides(part) != {True}]
    return all(
        isinstance(part, _COMPARISONS)
        and [sides(part.left), sides(part.right)] in ([{True}, {False}], [{False}, {True}])
        for part in crossing
    ) and (not crossing or any(isinstance(part, exp.EQ) for part in crossing))


def _needed(
    mapping: SourceMapping, shape: Shape | None, rewriter: Rewriter, uses: Mapping[str, TableUse]
) -> dict[str, tuple[str, ...]]:
    """Columns to land. A table that is only joined to still needs one column per use."""
    needed: dict[str, dict[str, str]] = {}
    for table, columns in (shape.needed if shape else {}).items():
        needed[table] = {column.casefold(): column for column in columns}
    read = list(rewriter.columns.values())
    for join in mapping.joins:
        read.extend((c.table, c.name) for c in _parse(join.on).find_all(exp.Column))
    if mapping.watermark and not shape:
        alias, _dot, column = mapping.watermark.column.rpartition(".")
        read.append((alias or mapping.uses[0].alias, column))
    for alias, column in read:
        use = uses[alias.casefold()]
        if use.dataset or (shape and use is mapping.uses[0]):
            continue
        needed.setdefault(use.table, {}).setdefault(column.casefold(), column)
    return {table: tuple(columns.values()) for table, columns in needed.items()}
