"""The checks that follow from a contract: one for each promise it makes about rows.

Here belongs *what* is asserted, as `Check`. How it is evaluated is the quality room's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from contracts.checks import Check, CheckKind, Severity
from contracts.documents import Document, Path_
from contracts.errors import Fault
from contracts.i18n import _, translate
from contracts.model import CodeList, Column, Localized, Reference, key_columns
from contracts.profile.contract import ColumnShape, OptionsShape, TableShape
from contracts.profile.rules import MetricRuleShape, RowRuleShape, RuleShape, TableRuleShape
from contracts.quoting import literal, quoted
from contracts.sql import (
    columns_of,
    name_references,
    parse_expression,
    parse_select,
    to_sql,
)

_BOUNDS = (
    ("minimum", ">="),
    ("exclusive_minimum", ">"),
    ("maximum", "<="),
    ("exclusive_maximum", "<"),
)


def derive_checks(
    document: Document,
    table: TableShape,
    columns: tuple[Column, ...],
    lists: Mapping[str, CodeList],
    functions: frozenset[str],
) -> tuple[Check, ...]:
    """All checks of a contract in the order in which people read them.

    Readable, required, pattern, length, range, values and references of all columns, the
    primary key, then the contract's own row rules and table rules. `functions` are the
    cleaning functions that the contract's own SQL may call (Faults of `contracts.sql`, with
    their line in `document`).
    """
    pairs = tuple(zip(table.properties, columns, strict=True))
    derived = [check for shape, column in pairs for check in _of_column(shape, column, lists)]
    kinds = list(CheckKind)
    derived.sort(key=lambda check: kinds.index(check.kind))  # stable: contract order within
    own = []
    for where, rule, column in rules_of(table):
        try:
            own.append(_own(rule, column, functions))
        except Fault as fault:
            raise document.located(where, fault).fault() from None
    key = _primary_key(columns)
    return (
        *derived,
        *((key,) if key else ()),
        *(check for check in own if check.kind.of_rows),
        *(check for check in own if not check.kind.of_rows),
    )


def rules_of(table: TableShape) -> Iterator[tuple[Path_, RuleShape, str | None]]:
    """The contract's own rules: where each stands, the rule, and the column it stands under."""
    for n, column in enumerate(table.properties):
        for m, rule in enumerate(column.quality):
            yield ("schema", 0, "properties", n, "quality", m), rule, column.name
    for m, rule in enumerate(table.quality):
        yield ("schema", 0, "quality", m), rule, None


def column_title(message: str, title: Localized, **values: object) -> tuple[str, str]:
    """The title (vi, en) of a check about the column called `title`."""
    return (
        translate(message, "vi").format(column=title.vi, **values),
        translate(message, "en").format(column=title.en, **values),
    )


def _of_column(
    shape: ColumnShape, column: Column, lists: Mapping[str, CodeList]
) -> Iterator[Check]:
    name, title, options = column.name, column.title, shape.logical_type_options

    def check(kind: CheckKind, message: str, predicate: str | None, **arguments: object) -> Check:
        return Check(
            f"{name}.{kind}",
            kind,
            (name,),
            column_title(message, title),
            predicate=predicate,
            arguments=arguments,
        )

    yield check(CheckKind.READABLE, _("{column}: the value could be read"), None)
    if column.required:
        yield check(CheckKind.REQUIRED, _("{column} is filled in"), f"{quoted(name)} IS NOT NULL")
    if options.pattern is not None:
        predicate = f"regexp_matches({quoted(name)}, {literal(options.pattern)})"
        message = _("{column} has the required form")
        yield check(CheckKind.PATTERN, message, predicate, pattern=options.pattern)
    length = _length(options)
    if length:
        predicate = _bounded(f"len({quoted(name)})", length, "BIGINT")
        yield check(CheckKind.LENGTH, _("{column} has the required length"), predicate, **length)
    bounds = _range(options)
    if bounds:
        predicate = _bounded(quoted(name), bounds, column.sql_type)
        yield check(CheckKind.RANGE, _("{column} lies within its limits"), predicate, **bounds)
    values = allowed_values(shape, lists.get(column.code_list or ""))
    if values is not None:
        listed = ", ".join(literal(value) for value in values)
        predicate = f"{quoted(name)} IN ({listed})"
        if column.sql_type.endswith("[]"):
            predicate = f"list_has_all([{listed}], {quoted(name)})"
        yield check(CheckKind.VALUES, _("{column} is in its list"), predicate, values=values)
    if isinstance(column.reference, Reference):
        message = _("{column} names something that exists on that day")
        yield check(CheckKind.REFERENCE, message, None, reference=column.reference)
    if column.logical_type == "object":
        yield check(
            CheckKind.EXPRESSION, _("{column} is valid JSON"), f"json_valid({quoted(name)})"
        )


def allowed_values(shape: ColumnShape, code_list: CodeList | None) -> tuple[str, ...] | None:
    """The values a column may hold: its own ``enum``, else its code list, else any (None)."""
    if shape.enum:
        return tuple(value.value for value in shape.enum)
    return tuple(code.code for code in code_list.codes) if code_list else None


def _length(options: OptionsShape) -> dict[str, object]:
    least = options.min_length if options.min_length is not None else options.min_items
    most = options.max_length if options.max_length is not None else options.max_items
    return {
        name: value for name, value in (("minimum", least), ("maximum", most)) if value is not None
    }


def _range(options: OptionsShape) -> dict[str, object]:
    values = {name: getattr(options, name) for name, _sign in _BOUNDS}
    return {name: value for name, value in values.items() if value is not None}


def _bounded(subject: str, bounds: Mapping[str, object], sql_type: str) -> str:
    return " AND ".join(
        f"{subject} {sign} {literal(bounds[name], sql_type)}"
        for name, sign in _BOUNDS
        if name in bounds
    )


def _primary_key(columns: tuple[Column, ...]) -> Check | None:
    keyed = key_columns(columns)
    if not keyed:
        return None
    title = Localized(
        ", ".join(column.title.vi for column in keyed),
        ", ".join(column.title.en for column in keyed),
    )
    return Check(
        "primary_key.unique",
        CheckKind.UNIQUE,
        tuple(column.name for column in keyed),
        column_title(_("{column}: each occurs once"), title),
    )


def _own(rule: RuleShape, column: str | None, functions: frozenset[str]) -> Check:
    kind, predicate, query = CheckKind.TABLE, None, None
    columns: tuple[str, ...] = ()
    arguments: dict[str, object] = {}
    if isinstance(rule, RowRuleShape):
        kind = CheckKind.EXPRESSION
        tree = parse_expression(rule.implementation, functions)
        predicate = to_sql(tree)
        columns = tuple(sorted({name for _alias, name in columns_of(tree)}))
    else:
        arguments = bounds_of(rule)
        if isinstance(rule, TableRuleShape):
            query = _query(rule.query, functions)
        elif rule.metric == "rowCount":
            kind = CheckKind.ROW_COUNT
        else:
            columns = metric_columns(rule, column)
            query = _metric(rule, columns)
    return Check(
        rule.id,
        kind,
        columns,
        (rule.description, rule.custom_properties.description_en),
        Severity(rule.severity),
        predicate,
        query,
        arguments,
        rule.custom_properties.tolerance,
    )


def bounds_of(rule: TableRuleShape | MetricRuleShape) -> dict[str, object]:
    """ODCS's comparison of a rule as the bounds of `contracts.checks.within`."""
    low, high = rule.must_be_between or (None, None)
    bounds = (
        ("minimum", (rule.must_be, rule.must_be_greater_or_equal_to, low)),
        ("maximum", (rule.must_be, rule.must_be_less_or_equal_to, high)),
        ("exclusive_minimum", (rule.must_be_greater_than,)),
        ("exclusive_maximum", (rule.must_be_less_than,)),
    )
    return {name: value for name, values in bounds for value in values if value is not None}


def metric_columns(rule: MetricRuleShape, column: str | None) -> tuple[str, ...]:
    """The columns a metric counts: its arguments, else the column it stands under."""
    if rule.arguments:
        return tuple(rule.arguments.properties)
    return (column,) if column else ()


def _metric(rule: MetricRuleShape, columns: tuple[str, ...]) -> str:
    names = ", ".join(quoted(name) for name in columns)
    if rule.metric == "duplicateValues":
        count = f"count(*) - count(DISTINCT ({names}))"
    else:
        missing = " OR ".join(f"{quoted(name)} IS NULL" for name in columns)
        count = f"count(*) FILTER (WHERE {missing})"
    if rule.unit == "percent":
        count = f"100.0 * ({count}) / greatest(count(*), 1)"
    return f"SELECT {count} FROM candidate"


def _query(text: str, functions: frozenset[str]) -> str:
    tree = parse_select(text, functions)
    name_references(tree)
    return to_sql(tree)
