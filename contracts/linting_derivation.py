"""Whether a derivation makes sense: its input, columns, breakdowns, and what cells may tell.

Here belong datasets derived from others, row by row or grouped, and mappings whose rows are
counted. Mappings as such are in `contracts.linting_mapping`; circles of datasets are found in
loading.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp

from contracts.documents import Document, Path_, unknown
from contracts.folder import ContractFile, MappingFile
from contracts.i18n import _
from contracts.linting_contract import repeated
from contracts.linting_mapping import lint_columns, lint_conditions, lint_names
from contracts.linting_tools import Surroundings, no_aggregate, no_clock, no_lookup, read_sql
from contracts.loading_derivation import ROW_KEY
from contracts.problems import Problem
from contracts.profile.mapping import (
    AggregateShape,
    DerivationShape,
    GroupingShape,
    MappingShape,
    RowDerivationShape,
)
from contracts.sql import aggregates

_FIGURES = (exp.Sum, exp.Avg, exp.Median, exp.Quantile, exp.PercentileCont)
"""What may be told of a protected cell beside its counts: nothing that is one case's value."""
_CONDITIONS = (exp.Filter, exp.Case, exp.If, exp.Nullif, exp.Distinct, exp.Predicate)
"""What would make a figure one of fewer cases than its cell has."""


@dataclass(frozen=True)
class Over:
    """Where the expressions of `document` read their input: `aliases` as `lint_names` takes
    them."""

    document: Document
    aliases: Mapping[str, frozenset[str] | None]
    around: Surroundings

    def row(self, where: Path_, text: str) -> Iterator[Problem]:
        """An expression over the input that sees one row."""
        tree, problems = read_sql(self.document, where, text, self.around.functions)
        yield from problems
        if tree is not None:
            yield from self._everywhere(where, tree)
            yield from no_aggregate(self.document, where, tree)

    def measure(self, where: Path_, text: str) -> Iterator[Problem]:
        """An expression over the input that aggregates."""
        tree, problems = read_sql(self.document, where, text, self.around.functions)
        yield from problems
        if tree is None:
            return
        yield from self._everywhere(where, tree)
        if not aggregates(tree):
            yield self.document.problem(
                where,
                "derivation.not_aggregate",
                _("A measure must aggregate, e.g. count(*)."),
                _("Use an aggregate, or make it a dimension."),
            )

    def _everywhere(self, where: Path_, tree: exp.Expression) -> Iterator[Problem]:
        yield from no_clock(self.document, where, tree)
        yield from no_lookup(self.document, where, tree)
        yield from lint_names(self.document, where, tree, self.aliases)


def lint_derivation(
    file: MappingFile, contract: ContractFile, around: Surroundings
) -> Iterator[Problem]:
    """Everything wrong in one derivation."""
    document, shape = file.document, file.shape
    if not isinstance(shape, DerivationShape | RowDerivationShape):
        raise TypeError(document.file)
    if shape.derive not in around.names:
        yield unknown(
            document, ("derive",), "derivation.unknown_dataset", shape.derive, around.names
        )
    columns = around.types.get(shape.derive)
    over = Over(document, {"i": frozenset(columns) if columns else None}, around)
    for name, condition in shape.exclude.items():
        yield from over.row(("exclude", name), condition.when)
    yield from lint_conditions(document, {"exclude": shape.exclude})
    if isinstance(shape, RowDerivationShape):
        yield from _rows(over, shape, contract)
    else:
        yield from _grouping(over, (), shape, contract)


def lint_aggregate(
    file: MappingFile, contract: ContractFile, around: Surroundings
) -> Iterator[Problem]:
    """Everything wrong in the ``aggregate`` of a mapping; nothing where there is none."""
    document, mapping = file.document, file.shape
    if not isinstance(mapping, MappingShape) or mapping.aggregate is None:
        return
    shape, where = mapping.aggregate, ("aggregate",)
    known = frozenset(mapping.columns)
    if ROW_KEY in known:
        yield document.problem(
            ("columns", ROW_KEY),
            "aggregate.row_key",
            _("{name} is what the key of the counted rows is called."),
            _("Call the column otherwise."),
            name=ROW_KEY,
        )
    if mapping.watermark:
        yield document.problem(
            ("watermark",),
            "aggregate.watermark",
            _("Rows that are counted must be read whole, so there can be no watermark."),
            _("Remove it."),
        )
    named: list[tuple[Path_, str]] = [((*where, "types", name), name) for name in shape.types]
    named += [((*where, "required", at), name) for at, name in enumerate(shape.required)]
    for place, name in named:
        if name not in known:
            yield unknown(document, place, "mapping.unknown_column", name, known)
    over = Over(document, {"i": known}, around)
    for name, rule in shape.rules.items():
        place = (*where, "rules", name)
        yield from over.row(place, rule.holds)
    rules: list[tuple[Path_, str]] = [((*where, "rules", name), name) for name in shape.rules]
    rules += [(("exclude", name), name) for name in mapping.exclude]
    yield from repeated(document, rules, "mapping.duplicate_name")
    yield from _grouping(over, where, shape, contract)


def _rows(over: Over, shape: RowDerivationShape, contract: ContractFile) -> Iterator[Problem]:
    document = over.document
    yield from lint_columns(document, ("rows",), shape.rows, contract)
    texts: list[tuple[Path_, str]] = [(("rows", name), text) for name, text in shape.rows.items()]
    for where, text in (*texts, (("key",), shape.key)):
        yield from over.row(where, text)
    properties = contract.shape.custom_properties
    for name in ("disclosure", "breakdowns"):
        if getattr(properties, name):
            yield document.problem(
                ("rows",),
                "derivation.rows_of_statistics",
                _("{name} is for statistics, and this dataset is made row by row."),
                _("Remove it from the contract, or group with dimensions and measures."),
                name=name,
            )


def _grouping(
    over: Over, below: Path_, shape: GroupingShape, contract: ContractFile
) -> Iterator[Problem]:
    document = over.document
    written = {**shape.measures, **shape.dimensions}
    yield from lint_columns(document, (*below, "dimensions"), written, contract)
    both: list[tuple[Path_, str]] = [((*below, "dimensions", n), n) for n in shape.dimensions]
    both += [((*below, "measures", n), n) for n in shape.measures]
    yield from repeated(document, both, "derivation.duplicate_column")
    for name, text in shape.dimensions.items():
        yield from over.row((*below, "dimensions", name), text)
    measures: list[tuple[Path_, str]] = [
        ((*below, "measures", name), text) for name, text in shape.measures.items()
    ]
    measure = shape.reconcile
    if not isinstance(measure, str):
        measures.append(((*below, "reconcile", "equals"), measure.equals))
        measure = measure.measure
    if measure not in shape.measures:
        where = (*below, "reconcile")
        yield unknown(document, where, "derivation.reconcile", measure, shape.measures)
    for where, text in measures:
        yield from over.measure(where, text)
    yield from _statistics(shape, contract)
    yield from _figures(over, below, shape, contract)


def _statistics(shape: GroupingShape, contract: ContractFile) -> Iterator[Problem]:
    document, custom = contract.document, contract.shape.custom_properties
    where = document.custom((), "breakdowns")
    for number, breakdown in enumerate(custom.breakdowns):
        for name in breakdown.by:
            if name not in shape.dimensions:
                place = (*where, "value", number)
                yield unknown(document, place, "contract.breakdown", name, shape.dimensions)
    rule = custom.disclosure
    for name in (rule.total, *rule.parts) if rule else ():
        if name not in shape.measures:
            place = document.custom((), "disclosure")
            yield unknown(document, place, "contract.disclosure", name, shape.measures)


def _figures(
    over: Over, below: Path_, shape: GroupingShape, contract: ContractFile
) -> Iterator[Problem]:
    """Under disclosure control a measure that is no count is a sum, mean or quantile of all
    cases of its cell: a maximum is one case's value, a filtered mean that of a few."""
    rule = contract.shape.custom_properties.disclosure
    if rule is None:
        if isinstance(shape, AggregateShape):
            yield contract.document.problem(
                contract.document.custom((), "breakdowns"),
                "aggregate.no_disclosure",
                _("Rows that are counted and not kept are of persons; cells need disclosure."),
                _("Declare disclosure in the contract; threshold 10 or more."),
            )
        return
    for name, text in shape.measures.items():
        if name in (rule.total, *rule.parts):
            continue
        where = (*below, "measures", name)
        tree, _problems = read_sql(over.document, where, text, over.around.functions)
        if tree is None:
            continue
        called = list(tree.find_all(exp.AggFunc))
        if any(not isinstance(one, _FIGURES) for one in called) or tree.find(*_CONDITIONS):
            yield over.document.problem(
                where,
                "derivation.figure",
                _("{name} could tell the value of a single case."),
                _(
                    "Of protected cells only sum, avg, median and quantile_cont of all their "
                    "cases may be shown; a count belongs among the parts of disclosure."
                ),
                name=name,
            )
