"""Derivations, and mappings whose rows are counted, as their frozen types.

Here belong the grouping of rows, rows made from rows, and the contract of rows that never
leave a run. Whether they make sense is `contracts.linting_derivation`; compiling them is
`standardization.derivation`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from contracts.checks import Check, CheckKind
from contracts.deriving import column_title
from contracts.documents import Path_
from contracts.errors import Fault
from contracts.folder import MappingFile, digest
from contracts.i18n import _
from contracts.loading_mapping import conditions, read_joins
from contracts.mappings import Aggregate, Derivation, SourceMapping
from contracts.model import (
    Access,
    Calendar,
    Classification,
    Column,
    Contract,
    Localized,
)
from contracts.observations import Formula, Observation, ObservationColumns
from contracts.profile.mapping import (
    AggregateShape,
    DerivationShape,
    GroupingShape,
    MappingShape,
    ObservationShape,
    RowDerivationShape,
)
from contracts.quoting import quoted
from contracts.sql import parse_expression, to_sql, unqualified

ROW_KEY = "row_key"
"""The column of counted rows that holds the mapping's `key`."""
_TYPES = {
    "integer": "BIGINT",
    "double": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP WITH TIME ZONE",
}


def build_derivation(dataset: str, file: MappingFile) -> Derivation:
    """Make the `Derivation`; the hash is over the file."""
    shape, document = file.shape, file.document
    if isinstance(shape, RowDerivationShape):
        made = Derivation(
            name=file.name,
            dataset=dataset,
            input=shape.derive,
            path=document.path,
            rows=shape.rows,
            key=shape.key,
            lines={name: document.line(("rows", name)) for name in shape.rows},
        )
    elif isinstance(shape, DerivationShape):
        made = _grouping(dataset, file, shape, shape.derive)
    else:
        raise TypeError(document.file)
    return replace(
        made,
        exclusions=conditions(document, "exclude", shape.exclude),
        hash=digest(document.path.read_bytes()),
    )


def build_observation(dataset: str, file: MappingFile) -> Observation:
    """Make the `Observation`; the hash is over the file."""
    shape, document = file.shape, file.document
    if not isinstance(shape, ObservationShape):
        raise TypeError(document.file)
    formulas = tuple(
        Formula(
            name=name,
            input=formula.from_,
            where=formula.where,
            by=formula.by,
            numerator=formula.numerator,
            denominator=formula.denominator,
            scale=formula.scale,
            digits=formula.digits,
            partial=formula.partial,
            joins=read_joins(document, formula.join, ("observe", name)),
        )
        for name, formula in shape.observe.items()
    )
    return Observation(
        name=file.name,
        dataset=dataset,
        path=document.path,
        formulas=formulas,
        columns=ObservationColumns(**shape.columns.model_dump()),
        lines={name: document.line(("observe", name)) for name in shape.observe},
        hash=digest(document.path.read_bytes()),
    )


def with_aggregate(
    contract: Contract, file: MappingFile, mapping: SourceMapping, functions: frozenset[str]
) -> SourceMapping:
    """`mapping` with its `Aggregate`; as it is where its rows are served.

    `functions` are the cleaning functions that rules may call (Faults of `contracts.sql`).
    """
    shape = file.shape.aggregate if isinstance(file.shape, MappingShape) else None
    if shape is None:
        return mapping
    columns = {ROW_KEY: mapping.key, **mapping.columns}
    return replace(
        mapping,
        columns=columns,
        aggregate=Aggregate(
            row=_row_contract(contract, file, shape, tuple(columns), functions),
            grouping=_grouping(contract.id, file, shape, mapping.source, below=("aggregate",)),
        ),
    )


def _grouping(
    dataset: str, file: MappingFile, shape: GroupingShape, input_: str, *, below: Path_ = ()
) -> Derivation:
    groups = (("dimensions", shape.dimensions), ("measures", shape.measures))
    reconcile = shape.reconcile
    return Derivation(
        name=file.name,
        dataset=dataset,
        input=input_,
        path=file.document.path,
        dimensions=shape.dimensions,
        measures=shape.measures,
        reconcile=reconcile if isinstance(reconcile, str) else reconcile.measure,
        expected="count(*)" if isinstance(reconcile, str) else reconcile.equals,
        lines={
            name: file.document.line((*below, part, name))
            for part, expressions in groups
            for name in expressions
        },
    )


def _row_contract(
    contract: Contract,
    file: MappingFile,
    shape: AggregateShape,
    names: tuple[str, ...],
    functions: frozenset[str],
) -> Contract:
    """What a row must be that is counted: nobody ever reads it, so it is on request at most."""
    columns = tuple(_column(name, shape.types, required=name in shape.required) for name in names)
    return replace(
        contract,
        access=Access.ON_REQUEST,
        columns=columns,
        code_lists={},
        checks=tuple(_checks(file, shape, columns, functions)),
        tolerance=shape.tolerance,
        calendar=Calendar(None, None),
        breakdowns=(),
        disclosure=None,
        sort=(ROW_KEY,),
        stories={},
    )


def _column(name: str, types: Mapping[str, str], *, required: bool) -> Column:
    kind = types.get(name, "string")
    title = Localized(name, name)
    return Column(
        name=name,
        logical_type=kind.partition("(")[0],
        sql_type=_TYPES.get(kind, "VARCHAR" if kind == "string" else kind.upper()),
        title=title,
        description=title,
        classification=Classification.SENSITIVE,
        required=required,
        primary_key_position=1 if name == ROW_KEY else None,
    )


def _checks(
    file: MappingFile,
    shape: AggregateShape,
    columns: tuple[Column, ...],
    functions: frozenset[str],
) -> Iterator[Check]:
    """Readable, required, each key once, then the rules of the mapping."""
    for column in columns:
        title = column_title(_("{column}: the value could be read"), column.title)
        yield Check(f"{column.name}.readable", CheckKind.READABLE, (column.name,), title)
    for column in columns:
        if column.required:
            title = column_title(_("{column} is filled in"), column.title)
            yield Check(
                f"{column.name}.required",
                CheckKind.REQUIRED,
                (column.name,),
                title,
                predicate=f"{quoted(column.name)} IS NOT NULL",
            )
    title = column_title(_("{column}: each occurs once"), columns[0].title)
    yield Check("primary_key.unique", CheckKind.UNIQUE, (ROW_KEY,), title)
    for name, rule in shape.rules.items():
        try:
            tree = parse_expression(rule.holds, functions)
        except Fault as fault:
            where = ("aggregate", "rules", name)
            raise file.document.located(where, fault).fault() from None
        yield Check(
            name,
            CheckKind.EXPRESSION,
            (),
            (rule.title.vi, rule.title.en),
            predicate=to_sql(unqualified(tree)),
        )
