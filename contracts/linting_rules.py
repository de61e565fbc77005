"""Whether a contract's own quality rules make sense: their SQL, their bounds, their names.

What the contract promises without a rule is checked in `contracts.linting_contract`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify

from contracts.checks import OVERALL
from contracts.deriving import bounds_of, metric_columns, rules_of
from contracts.documents import Document, Path_, unknown
from contracts.errors import Fault
from contracts.folder import ContractFile
from contracts.i18n import _
from contracts.linting_contract import repeated
from contracts.linting_tools import (
    Surroundings,
    no_aggregate,
    no_lookup,
    read_sql,
    unknown_columns,
)
from contracts.problems import Problem
from contracts.profile.rules import MetricRuleShape, RowRuleShape, TableRuleShape
from contracts.sql import REFERENCE, columns_of, name_references, parse_select

_NAMED = re.compile(r"(?:Column '|Unknown column: )\"?([A-Za-z_]\w*)")


def lint_rules(name: str, file: ContractFile, around: Surroundings) -> Iterator[Problem]:
    """Everything wrong in the quality rules of the contract called `name`."""
    document, table = file.document, file.shape.schema_[0]
    own = [column.name for column in table.properties]
    rules = list(rules_of(table))
    yield from repeated(
        document, ((where, rule.id) for where, rule, _column in rules), "contract.duplicate_rule"
    )
    for where, rule, column in rules:
        if rule.id == OVERALL:
            yield document.problem(
                (*where, "id"),
                "contract.reserved_rule",
                _("{name} is a check that the platform makes itself."),
                _("Choose another name."),
                name=rule.id,
            )
        if isinstance(rule, RowRuleShape):
            yield from _row_rule(document, where, rule, own, around)
            continue
        yield from _bounds(document, where, rule)
        if rule.custom_properties.tolerance is not None:
            yield document.problem(
                where,
                "contract.rule_tolerance",
                _("A rule about the whole table has no tolerance of rows."),
                _("Remove tolerance; the comparison (mustBe…) says what is allowed."),
            )
        if isinstance(rule, TableRuleShape):
            yield from _query(document, (*where, "query"), rule.query, name, around)
        else:
            yield from _metric(document, where, rule, column, own)


def _row_rule(
    document: Document, where: Path_, rule: RowRuleShape, own: list[str], around: Surroundings
) -> Iterator[Problem]:
    where = (*where, "implementation")
    tree, problems = read_sql(document, where, rule.implementation, around.functions)
    yield from problems
    if tree is None:
        return
    yield from no_aggregate(document, where, tree)
    yield from no_lookup(document, where, tree)
    read = columns_of(tree)
    for alias, column in sorted(read):
        if alias and column not in own:
            yield unknown(document, where, "contract.unknown_column", f"{alias}.{column}", own)
    yield from unknown_columns(document, where, sorted(c for a, c in read if not a), own)
    if not read:
        yield document.problem(
            where,
            "contract.rule_without_column",
            _("This rule reads no column."),
            _("A rule about a row must name at least one of its columns."),
        )


def _bounds(
    document: Document, where: Path_, rule: TableRuleShape | MetricRuleShape
) -> Iterator[Problem]:
    written = [name for name in type(rule).model_fields if name.startswith("must")]
    given = [name for name in written if getattr(rule, name) is not None]
    bounds = bounds_of(rule)
    crossed = rule.must_be_between is not None and rule.must_be_between[0] > rule.must_be_between[1]
    if len(given) != 1 or not bounds or crossed:
        yield document.problem(
            where,
            "contract.rule_bounds",
            _("The rule needs exactly one comparison, such as mustBe or mustBeBetween."),
            _("Write one; the smaller number of mustBeBetween comes first."),
        )


def _query(
    document: Document, where: Path_, text: str, name: str, around: Surroundings
) -> Iterator[Problem]:
    try:
        tree = parse_select(text, around.functions)
    except Fault as fault:
        yield document.located(where, fault)
        return
    if len(tree.selects) != 1:
        yield document.problem(
            where,
            "contract.rule_query",
            _("The query of a rule gives one number, in one column."),
            _("Select a single count or share."),
        )
    schema = {"candidate": {**around.types[name]}}
    schema["candidate"].pop("ingested_at")
    made = {clause.alias for clause in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        if table.db:
            if table.name not in around.names:
                yield unknown(document, where, "contract.unknown_dataset", table.name, around.names)
                return
            schema[REFERENCE + table.name] = {**around.types.get(table.name, {})}
        elif table.name not in {"candidate", *made}:
            known = {"candidate", *made}
            yield unknown(document, where, "contract.unknown_table", table.name, known)
            return
    name_references(tree)
    yield from _columns_exist(document, where, tree, schema)


def _columns_exist(
    document: Document, where: Path_, tree: exp.Query, schema: Mapping[str, Mapping[str, str]]
) -> Iterator[Problem]:
    if not all(schema.values()):
        return  # a contract that could not be read: its columns are not known
    try:
        qualify(tree, schema={**schema}, dialect="duckdb")
    except SqlglotError as error:
        named = _NAMED.search(str(error))
        known = {column for columns in schema.values() for column in columns}
        name = named[1] if named else "?"
        yield unknown(document, where, "contract.unknown_column", name, known)


def _metric(
    document: Document,
    where: Path_,
    rule: MetricRuleShape,
    column: str | None,
    own: list[str],
) -> Iterator[Problem]:
    columns = metric_columns(rule, column)
    yield from unknown_columns(document, where, columns, own)
    counts_rows = rule.metric == "rowCount"
    if counts_rows and (columns or rule.unit == "percent"):
        yield document.problem(
            where,
            "contract.rule_metric",
            _("rowCount counts the rows of the whole table."),
            _("Write it under the schema, without arguments and without unit: percent."),
        )
    if not counts_rows and not columns:
        yield document.problem(
            where,
            "contract.rule_metric",
            _("{metric} needs the columns it counts."),
            _("Write it under a column, or give arguments: {{properties: [column]}}."),
            metric=rule.metric,
        )
