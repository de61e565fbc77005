"""Whether a mapping makes sense: its source, tables, columns and conditions.

Whether the source really has those tables is found when it is read. Look-ups are in
`contracts.linting_lookups`, derivations in `contracts.linting_derivation`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp

from contracts.documents import Document, Path_, unknown
from contracts.errors import Fault
from contracts.folder import ContractFile, MappingFile
from contracts.i18n import _
from contracts.joins import Join, TableUse
from contracts.linting_contract import repeated
from contracts.linting_lookups import lint_calls, lint_lookups
from contracts.linting_never import lint_never
from contracts.linting_tools import (
    Surroundings,
    no_aggregate,
    no_clock,
    read_sql,
)
from contracts.loading_mapping import key_table, read_joins
from contracts.problems import Problem, problem_of
from contracts.profile.mapping import ConditionShape, MappingShape
from contracts.sql import columns_of, parse_select


@dataclass(frozen=True)
class _Mapping:
    document: Document
    shape: MappingShape
    around: Surroundings
    aliases: Mapping[str, frozenset[str] | None]
    """Columns by alias; None where only the source knows them."""


def lint_mapping(
    dataset: str, file: MappingFile, contract: ContractFile, around: Surroundings
) -> Iterator[Problem]:
    """Everything wrong in one mapping of the dataset."""
    document, shape = file.document, file.shape
    if not isinstance(shape, MappingShape):
        raise TypeError(document.file)
    yield from _source(document, shape, around)
    if shape.aggregate is None:  # else the columns are those of the rows that are counted
        yield from lint_columns(document, ("columns",), shape.columns, contract)
    try:
        key, joins = key_table(document, shape), read_joins(document, shape.join)
    except Fault as fault:
        yield problem_of(fault)
        return
    aliases: dict[str, frozenset[str] | None] = {key.alias: None}
    if file.select is not None:
        names, problems = _shape_columns(document, file.select, around)
        yield from problems
        aliases[key.alias] = names
    yield from _tables(document, joins, around)
    for join in joins:
        known = around.types.get(join.use.table) if join.use.dataset else None
        aliases[join.use.alias] = frozenset(known) if known else None
    mapping = _Mapping(document, shape, around, aliases)
    yield from _aliases(document, key, joins)
    yield from _expressions(mapping, joins)
    yield from _watermark(mapping, key, reads_shape=file.select is not None)
    yield from lint_lookups(dataset, document, shape, contract, around)
    yield from _lenient(document, shape, contract)
    for number, name in enumerate(shape.habits):
        if name not in around.functions:
            yield unknown(
                document, ("habits", number), "mapping.unknown_habit", name, around.functions
            )
    yield from lint_never(document, shape, file.select, around.folder.source_shapes)
    yield from lint_conditions(
        document, {"exclude": shape.exclude, "fixed": shape.fixed, "doubt": shape.doubt}
    )


def _source(document: Document, shape: MappingShape, around: Surroundings) -> Iterator[Problem]:
    known = around.folder.source_shapes
    if around.folder.sources is not None and shape.source not in known:
        yield unknown(document, ("source",), "mapping.unknown_source", shape.source, known)


def lint_columns(
    document: Document, where: Path_, written: Mapping[str, str], contract: ContractFile
) -> Iterator[Problem]:
    """Every contract column once, and no other; a required one is not always NULL."""
    columns = {column.name: column for column in contract.shape.schema_[0].properties}
    for name, expression in written.items():
        if name not in columns:
            yield unknown(document, (*where, name), "mapping.unknown_column", name, columns)
        elif columns[name].required and expression.strip().upper() == "NULL":
            yield document.problem(
                (*where, name),
                "mapping.required_null",
                _("{name} is required, yet it is always NULL here."),
                _("Say how it is made, or take required out of the contract."),
                name=name,
            )
    for name in columns:
        if name not in written:
            yield document.problem(
                where,
                "mapping.missing_column",
                _("The column {name} of the contract is missing here."),
                _("Add {name}: with an SQL expression, or NULL where the source has none."),
                name=name,
            )


def lint_conditions(
    document: Document, groups: Mapping[str, Mapping[str, ConditionShape]]
) -> Iterator[Problem]:
    """Names of conditions are what people count by, so each is used once."""
    names = [((group, name), name) for group, shapes in groups.items() for name in shapes]
    yield from repeated(document, names, "mapping.duplicate_name")


def _shape_columns(
    document: Document, select: str, around: Surroundings
) -> tuple[frozenset[str] | None, tuple[Problem, ...]]:
    try:
        tree = parse_select(select, around.functions)
    except Fault as fault:
        return None, (document.located(("from",), fault),)
    problems = tuple(
        unknown(document, ("from",), "mapping.unknown_dataset", table.name, around.names)
        for table in tree.find_all(exp.Table)
        if table.db and table.name not in around.names
    )
    return frozenset(tree.named_selects), problems


def _tables(document: Document, joins: tuple[Join, ...], around: Surroundings) -> Iterator[Problem]:
    for number, join in enumerate(joins):
        if join.use.dataset and join.use.table not in around.names:
            yield unknown(
                document,
                ("join", number),
                "mapping.unknown_dataset",
                join.use.table,
                around.names,
            )


def _aliases(document: Document, key: TableUse, joins: tuple[Join, ...]) -> Iterator[Problem]:
    used: list[tuple[Path_, str]] = [(("from",), key.alias.lower())]
    used += [(("join", number), join.use.alias.lower()) for number, join in enumerate(joins)]
    yield from repeated(document, used, "mapping.duplicate_alias")


def _expressions(mapping: _Mapping, joins: tuple[Join, ...]) -> Iterator[Problem]:
    shape = mapping.shape
    lasting: list[tuple[Path_, str]] = [(("key",), shape.key)]
    lasting += [(("columns", name), text) for name, text in shape.columns.items()]
    lasting += [(("order",), shape.order)] if shape.order else []
    lasting += [(("join", number), join.on) for number, join in enumerate(joins)]
    for where, text in lasting:
        yield from _expression(mapping, where, text, clock=False)
    for group in ("exclude", "fixed", "doubt"):
        for name, condition in getattr(shape, group).items():
            yield from _expression(mapping, (group, name), condition.when, clock=True)


def _expression(mapping: _Mapping, where: Path_, text: str, *, clock: bool) -> Iterator[Problem]:
    document = mapping.document
    tree, problems = read_sql(document, where, text, mapping.around.functions)
    yield from problems
    if tree is None:
        return
    yield from no_aggregate(document, where, tree)
    if not clock:
        yield from no_clock(document, where, tree)
    yield from lint_names(document, where, tree, mapping.aliases)
    yield from lint_calls(document, where, tree, mapping.shape.lookups)


def lint_names(
    document: Document,
    where: Path_,
    tree: exp.Expression,
    aliases: Mapping[str, frozenset[str] | None],
) -> Iterator[Problem]:
    """Every column is qualified by an alias that exists, and exists where that is known."""
    folded = {alias.lower(): columns for alias, columns in aliases.items()}
    for alias, column in sorted(columns_of(tree)):
        if not alias:
            yield document.problem(
                where,
                "mapping.unqualified",
                _("The column {column} does not say which table it is from."),
                _("Write it with its alias: {alias}.{column}."),
                column=column,
                alias=next(iter(aliases)),
            )
        elif alias.lower() not in folded:
            yield unknown(document, where, "mapping.unknown_alias", alias, aliases)
        else:
            known = folded[alias.lower()]
            if known is not None and column not in known:
                yield unknown(document, where, "mapping.unknown_input", column, known)


def _watermark(mapping: _Mapping, key: TableUse, *, reads_shape: bool) -> Iterator[Problem]:
    watermark = mapping.shape.watermark
    if watermark is None:
        return
    alias, dot, column = watermark.column.partition(".")
    if reads_shape or key.dataset or not dot or not column.isidentifier() or alias != key.alias:
        yield mapping.document.problem(
            ("watermark", "column"),
            "mapping.watermark",
            _("The watermark must be a column of the key table, such as {alias}.NgayCapNhat."),
            _("Name it with the alias of from; a shape can only be read whole."),
            alias=key.alias,
        )


def _lenient(document: Document, shape: MappingShape, contract: ContractFile) -> Iterator[Problem]:
    columns = {c.name: c.required for c in contract.shape.schema_[0].properties}
    if shape.aggregate:
        columns = {name: name in shape.aggregate.required for name in shape.columns}
    for number, name in enumerate(shape.lenient):
        if name not in columns:
            yield unknown(document, ("lenient", number), "mapping.unknown_column", name, columns)
        elif columns[name]:
            yield document.problem(
                ("lenient", number),
                "mapping.lenient_required",
                _("{name} is required and so cannot be lenient."),
                _("Take it out of lenient, or required out of the contract."),
                name=name,
            )
