"""Whether a column of a contract makes sense: its type, its limits, its list, its reference.

What concerns several columns at once is in `contracts.linting_contract`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache

import duckdb

from contracts.documents import Document, Path_, unknown
from contracts.i18n import _
from contracts.linting_tools import Surroundings, no_aggregate, no_lookup, read_sql, unknown_columns
from contracts.loading_contract import list_key, sql_type
from contracts.problems import Problem
from contracts.profile.contract import ColumnShape, OptionsShape
from contracts.quoting import literal
from contracts.sql import columns_of

_DECIMAL = re.compile(r"DECIMAL\((\d{1,2}),(\d{1,2})\)")
_PHYSICAL = {
    "string": {"VARCHAR"},
    "date": {"DATE"},
    "timestamp": {"TIMESTAMP WITH TIME ZONE"},
    "integer": {"TINYINT", "SMALLINT", "INTEGER", "BIGINT"},
    "boolean": {"BOOLEAN"},
    "object": {"VARCHAR"},
    "array": {"VARCHAR[]", "BIGINT[]", "DATE[]"},
}
_LIMITS = {"minimum", "maximum", "exclusive_minimum", "exclusive_maximum"}
_OPTIONS = {
    "string": {"pattern", "min_length", "max_length"},
    "array": {"min_items", "max_items"},
    "date": _LIMITS,
    "timestamp": _LIMITS,
    "integer": _LIMITS,
    "number": _LIMITS,
}


def lint_column(
    document: Document, where: Path_, column: ColumnShape, dataset: str, around: Surroundings
) -> Iterator[Problem]:
    """Everything wrong in one column of the contract called `dataset`."""
    yield from _type(document, where, column)
    yield from _options(document, where, column)
    yield from _values(document, where, column, dataset, around)
    yield from _reference(document, where, column, dataset, around)


def _type(document: Document, where: Path_, column: ColumnShape) -> Iterator[Problem]:
    written = sql_type(column)
    if column.logical_type == "number":
        right = column.physical_type is not None and _is_number(written)
    else:
        right = written in _PHYSICAL[column.logical_type]
    if not right:
        yield document.problem(
            (*where, "physicalType"),
            "contract.physical_type",
            _("{name}: the physical type does not go with logicalType {type}."),
            _("A number needs physicalType DECIMAL(p,s) or DOUBLE; others can leave it out."),
            name=column.name,
            type=column.logical_type,
        )
    if column.items is not None and column.logical_type != "array":
        yield document.problem(
            (*where, "items"),
            "contract.items",
            _("{name}: items goes with logicalType array alone."),
            _("Remove items, or write logicalType: array."),
            name=column.name,
        )


def _is_number(written: str) -> bool:
    match = _DECIMAL.fullmatch(written)
    decimal = match is not None and int(match[2]) <= int(match[1]) <= 38
    return decimal or written == "DOUBLE"


def _options(document: Document, where: Path_, column: ColumnShape) -> Iterator[Problem]:
    options = column.logical_type_options
    where = (*where, "logicalTypeOptions")
    fields = OptionsShape.model_fields
    for name in sorted(options.model_fields_set - _OPTIONS.get(column.logical_type, set())):
        yield document.problem(
            where,
            "contract.option",
            _("{option} does not go with logicalType {type}."),
            _("Remove it, or correct the type."),
            option=fields[name].alias or name,
            type=column.logical_type,
        )
    if options.pattern is not None and not is_pattern(options.pattern):
        yield document.problem(
            where,
            "contract.pattern",
            _("{name}: the pattern is not a regular expression that can be used."),
            _("Use RE2 syntax: no look-around and no back references."),
            name=column.name,
        )
    bounds = [
        (options.minimum, options.maximum),
        (options.exclusive_minimum, options.exclusive_maximum),
        (options.min_length, options.max_length),
        (options.min_items, options.max_items),
    ]
    for low, high in bounds:
        if not all(_is_bound(value, column.logical_type) for value in (low, high)) or (
            low is not None and high is not None and _order(low) > _order(high)
        ):
            yield document.problem(
                where,
                "contract.bounds",
                _("{name}: a limit does not go with the type, or the limits cross."),
                _("Numbers for numbers, '2025-07-01' for days; the smaller one first."),
                name=column.name,
            )


@cache
def is_pattern(pattern: str) -> bool:
    """Whether DuckDB's regular expressions (RE2) take a pattern."""
    with duckdb.connect(config={"enable_external_access": False}) as connection:
        try:
            # A literal: binding a parameter would import pandas.
            connection.execute(f"SELECT regexp_matches('', {literal(pattern)})").fetchall()
        except duckdb.Error:
            return False
    return True


def _is_bound(value: object, logical_type: str) -> bool:
    if value is None:
        return True
    if logical_type not in ("date", "timestamp"):
        return isinstance(value, int | float)
    try:
        (date if logical_type == "date" else datetime).fromisoformat(str(value))
    except ValueError:
        return False
    return True


def _order(value: object) -> tuple[float, str]:
    return (float(value), "") if isinstance(value, int | float) else (0.0, str(value))


def _values(
    document: Document, where: Path_, column: ColumnShape, dataset: str, around: Surroundings
) -> Iterator[Problem]:
    written = column.custom_properties.code_list
    listed = document.custom(where, "codeList")
    if (written or column.enum) and column.logical_type not in ("string", "array"):
        yield document.problem(
            listed if written else (*where, "enum"),
            "contract.list_type",
            _("{name} holds codes and so must be text."),
            _("Write logicalType: string."),
            name=column.name,
        )
    if not written:
        return
    key = list_key(dataset, written)
    found = around.folder.lists.get(key)
    if found is None:
        known = [name for owner, name in around.folder.lists if owner == key[0]]
        yield unknown(document, listed, "contract.unknown_list", key[1], known)
        return
    codes = [code.code for code in found.codes]
    for value in column.enum:
        if value.value not in codes:
            yield unknown(document, (*where, "enum"), "contract.unknown_code", value.value, codes)


def _reference(
    document: Document, where: Path_, column: ColumnShape, dataset: str, around: Surroundings
) -> Iterator[Problem]:
    for relation in column.relationships:
        place = (*where, "relationships", 0)
        target, name = relation.to.split(".")
        custom = relation.custom_properties
        own = around.types[dataset]
        if custom.valid_on is not None:
            tree, problems = read_sql(document, place, custom.valid_on, around.functions)
            yield from problems
            if tree is not None:
                yield from no_aggregate(document, place, tree)
                yield from no_lookup(document, place, tree)
                read = [right for _left, right in columns_of(tree)]
                yield from unknown_columns(document, place, read, own)
        yield from unknown_columns(document, place, custom.with_, own)
        if target not in around.names:
            yield unknown(document, place, "contract.unknown_dataset", target, around.names)
            continue
        other = around.types.get(target)
        if other is None:
            continue
        yield from unknown_columns(document, place, (name, *custom.with_.values()), other)
        if name in other and other[name] != own[column.name]:
            yield document.problem(
                place,
                "contract.reference_type",
                _("{name} and {target} have different types."),
                _("Give both the same type."),
                name=column.name,
                target=relation.to,
            )
