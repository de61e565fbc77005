"""Whether the formulas of observations make sense: inputs, columns, key and statuses.

Derivations of one dataset are in `contracts.linting_derivation`.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from contracts.deriving import allowed_values
from contracts.documents import Path_, unknown
from contracts.folder import ContractFile, MappingFile
from contracts.i18n import _
from contracts.joins import Join
from contracts.linting_derivation import Over
from contracts.linting_mapping import lint_columns
from contracts.linting_tools import Surroundings, read_sql
from contracts.loading_contract import list_key
from contracts.loading_mapping import read_joins
from contracts.observations import OBSERVATION_STATUSES
from contracts.problems import Problem
from contracts.profile.mapping import FormulaShape, ObservationShape


def lint_observation(
    file: MappingFile, contract: ContractFile, around: Surroundings
) -> Iterator[Problem]:
    """Everything wrong in one file of formulas."""
    shape = file.shape
    if not isinstance(shape, ObservationShape):
        raise TypeError(file.document.file)
    for name, formula in shape.observe.items():
        yield from _formula(name, formula, file, contract, around)
    yield from _key(shape, file, contract)
    yield from _statuses(shape, file, contract, around)


def _formula(
    name: str,
    formula: FormulaShape,
    file: MappingFile,
    contract: ContractFile,
    around: Surroundings,
) -> Iterator[Problem]:
    document, shape, where = file.document, file.shape, ("observe", name)
    if not isinstance(shape, ObservationShape):
        raise TypeError(document.file)
    if formula.from_ not in around.names:
        yield unknown(
            document, (*where, "from"), "observation.unknown_dataset", formula.from_, around.names
        )
    columns = around.types.get(formula.from_)
    aliases = {"i": frozenset(columns) if columns else None}
    joined = dict(aliases)
    over, rows = Over(document, aliases, around), Over(document, joined, around)
    for number, join in enumerate(read_joins(document, formula.join, where)):
        known = around.types.get(join.use.table) if join.use.dataset else None
        joined[join.use.alias] = frozenset(known) if known else None
        yield from _join((*where, "join", number), join, rows)
    yield from rows.row((*where, "where"), formula.where)
    for column, text in formula.by.items():
        yield from rows.row((*where, "by", column), text)
    yield from over.measure((*where, "numerator"), formula.numerator)
    if formula.denominator:
        yield from over.measure((*where, "denominator"), formula.denominator)
    filled = dict.fromkeys(shape.columns.model_dump().values(), "1")
    yield from lint_columns(document, (*where, "by"), {**filled, **formula.by}, contract)


def _join(where: Path_, join: Join, over: Over) -> Iterator[Problem]:
    """A joined row is told by its whole primary key: then there is one at most."""
    document, around = over.document, over.around
    if not join.use.dataset or join.use.table not in around.folder.contracts:
        names = [f"ref.{name}" for name in around.names]
        yield unknown(document, where, "observation.unknown_dataset", join.use.table, names)
        return
    yield from over.row(where, join.on)
    tree, _problems = read_sql(document, where, join.on, around.functions)
    equal = {
        side.name
        for test in (tree.flatten() if isinstance(tree, exp.And) else [tree])
        if isinstance(test, exp.EQ)
        for side in (test.left, test.right)
        if isinstance(side, exp.Column) and side.table == join.use.alias
    }
    properties = around.folder.contracts[join.use.table].shape.schema_[0].properties
    for column in properties:
        if column.primary_key and column.name not in equal:
            yield document.problem(
                where,
                "observation.join_key",
                _("The join must say what {name} equals, a column of the primary key."),
                _("Compare every column of the primary key, or several rows may be found."),
                name=f"{join.use.alias}.{column.name}",
            )


def _key(shape: ObservationShape, file: MappingFile, contract: ContractFile) -> Iterator[Problem]:
    """An observation is told by what it is of, and its vintage."""
    key = {c.name for c in contract.shape.schema_[0].properties if c.primary_key}
    for name, formula in shape.observe.items():
        if key != {*formula.by, shape.columns.vintage}:
            yield file.document.problem(
                ("observe", name, "by"),
                "observation.key",
                _("The primary key must be the columns of by, and {vintage}."),
                _("Set primaryKey on these columns of the contract, and on no other."),
                vintage=shape.columns.vintage,
            )


def _statuses(
    shape: ObservationShape, file: MappingFile, contract: ContractFile, around: Surroundings
) -> Iterator[Problem]:
    for column in contract.shape.schema_[0].properties:
        if column.name != shape.columns.status:
            continue
        listed = column.custom_properties.code_list
        key = list_key(contract.shape.id, listed) if listed else ("", "")
        allowed = allowed_values(column, around.folder.lists.get(key))
        for status in OBSERVATION_STATUSES:
            if allowed is not None and status not in allowed:
                yield unknown(
                    file.document, ("columns", "status"), "observation.status", status, allowed
                )
