"""Whether a contract makes sense: names, keys, types, classification, openness, calendar.

Rules of SQL and quality are in `contracts.linting_rules`; the shape of the file has been
checked before.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from contracts.documents import Document, Path_, unknown
from contracts.folder import ContractFile
from contracts.i18n import _
from contracts.linting_columns import lint_column
from contracts.linting_tools import SERVED, Surroundings, unknown_columns
from contracts.loading_contract import list_key
from contracts.model import nested
from contracts.problems import Problem
from contracts.profile.contract import ContractShape, FrequencyShape
from contracts.themes import THEMES

TABLE: Path_ = ("schema", 0)
_CRON_LIMITS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_CRON_PART = re.compile(r"(\*|\d{1,2}(?:-\d{1,2})?)(?:/(\d{1,2}))?")


def lint_contract(name: str, file: ContractFile, surroundings: Surroundings) -> Iterator[Problem]:
    """Everything wrong in one contract apart from its rules; `name` is that of the folder."""
    document, shape = file.document, file.shape
    yield from _identity(document, shape)
    yield from _lists_of_names(document, shape)
    yield from _key(document, shape)
    for number, column in enumerate(shape.schema_[0].properties):
        where = (*TABLE, "properties", number)
        yield from lint_column(document, where, column, name, surroundings)
    yield from _openness(document, shape)
    yield from _statistics(document, shape)
    yield from _calendar(document, shape)
    yield from _settling(document, shape)


def _identity(document: Document, shape: ContractShape) -> Iterator[Problem]:
    if shape.domain not in THEMES:
        yield unknown(document, ("domain",), "contract.unknown_theme", shape.domain, THEMES)
    if not any(member.role == "steward" for member in shape.team.members):
        yield document.problem(
            ("team", "members"),
            "contract.no_steward",
            _("Nobody in the team has the role steward."),
            _("Give the role to the person who answers for the data."),
        )


def repeated(
    document: Document, entries: Iterable[tuple[Path_, str]], check: str
) -> Iterator[Problem]:
    """A problem for each name that stands a second time."""
    seen: Counter[str] = Counter()
    for where, name in entries:
        seen[name] += 1
        if seen[name] == 2:
            yield document.problem(
                where,
                check,
                _("The name {name} is used twice."),
                _("Rename one of them."),
                name=name,
            )


def _lists_of_names(document: Document, shape: ContractShape) -> Iterator[Problem]:
    columns = [
        ((*TABLE, "properties", number), column.name)
        for number, column in enumerate(shape.schema_[0].properties)
    ]
    yield from repeated(document, columns, "contract.duplicate_column")
    for where, name in columns:
        if name in SERVED:
            yield document.problem(
                where,
                "contract.reserved_column",
                _("{name} is a column that the platform adds itself."),
                _("Choose another name."),
                name=name,
            )
    breakdowns = document.custom((), "breakdowns")
    entries = [
        ((*breakdowns, "value", number), breakdown.name)
        for number, breakdown in enumerate(shape.custom_properties.breakdowns)
    ]
    yield from repeated(document, entries, "contract.duplicate_breakdown")
    levels = [
        (("slaProperties", number), level.property)
        for number, level in enumerate(shape.sla_properties)
    ]
    yield from repeated(document, levels, "contract.duplicate_sla")
    lists: dict[str, tuple[str, str]] = {}
    for number, column in enumerate(shape.schema_[0].properties):
        written = column.custom_properties.code_list
        if not written:
            continue
        key = list_key(shape.id, written)
        if lists.setdefault(key[1], key) != key:
            yield document.problem(
                (*TABLE, "properties", number),
                "contract.ambiguous_list",
                _("Two different code lists are called {name}."),
                _("Rename one of the lists."),
                name=key[1],
            )


def _key(document: Document, shape: ContractShape) -> Iterator[Problem]:
    columns = shape.schema_[0].properties
    keyed = [column for column in columns if column.primary_key]
    if not keyed:
        yield document.problem(
            (*TABLE, "properties"),
            "contract.no_primary_key",
            _("The dataset has no primary key."),
            _("Mark the columns that together name a row with primaryKey: true."),
        )
    for number, column in enumerate(columns):
        where = (*TABLE, "properties", number)
        if column.primary_key and not column.required:
            yield document.problem(
                where,
                "contract.key_not_required",
                _("{name} is part of the primary key and so must be required."),
                _("Add required: true."),
                name=column.name,
            )
    given = [column.primary_key_position for column in keyed]
    wanted = [None] * len(keyed) if not any(given) else list(range(1, len(keyed) + 1))
    for number, column in enumerate(columns):
        position = column.primary_key_position
        alone = position is not None and not column.primary_key
        if (
            alone
            or (column.primary_key and position not in wanted)
            or (position is not None and given.count(position) > 1)
        ):
            yield document.problem(
                (*TABLE, "properties", number, "primaryKeyPosition"),
                "contract.key_position",
                _("The positions of the primary key must be 1, 2, 3 … on its columns alone."),
                _("Number the columns with primaryKey: true, or leave every position out."),
                name=column.name,
            )


def _openness(document: Document, shape: ContractShape) -> Iterator[Problem]:
    """Personal columns stay out of the open projection; sensitive ones out of open datasets."""
    if shape.custom_properties.access != "open":
        return
    for number, column in enumerate(shape.schema_[0].properties):
        where = (*TABLE, "properties", number)
        if column.classification == "sensitive":
            yield document.problem(
                (*where, "classification"),
                "contract.sensitive_in_open",
                _("{name} is sensitive, and the dataset is open."),
                _("Make it a dataset on request, and derive open statistics from it."),
                name=column.name,
            )
        counted = bool(shape.custom_properties.disclosure)
        if column.classification != "public" and (column.primary_key or counted):
            yield document.problem(
                (*where, "classification"),
                "contract.key_not_public",
                _("{name} is not public, yet an open dataset cannot do without it."),
                _("Keys, and all columns of statistics, must be classified public."),
                name=column.name,
            )


def _statistics(document: Document, shape: ContractShape) -> Iterator[Problem]:
    properties = shape.custom_properties
    types = {column.name: column.logical_type for column in shape.schema_[0].properties}
    yield from unknown_columns(document, document.custom((), "sort"), properties.sort, types)
    where = document.custom((), "breakdowns")
    for number, breakdown in enumerate(properties.breakdowns):
        yield from unknown_columns(document, (*where, "value", number), breakdown.by, types)
    if properties.release_calendar:
        column = properties.release_calendar.period_column
        where = document.custom((), "releaseCalendar")
        yield from unknown_columns(document, where, (column,), types)
    rule = properties.disclosure
    if not rule:
        return
    where = document.custom((), "disclosure")
    if not properties.breakdowns:
        yield document.problem(
            where,
            "contract.disclosure_without_breakdown",
            _("disclosure protects breakdowns, and none is declared."),
            _("Declare breakdowns, or remove disclosure."),
        )
    calendar = properties.release_calendar
    breakdowns = {one.name: one.by for one in properties.breakdowns}
    for fine, coarse in nested(breakdowns, calendar.period_column if calendar else None):
        yield document.problem(
            document.custom((), "breakdowns"),
            "contract.nested_breakdowns",
            _("The breakdown {fine} adds up to the breakdown {coarse}."),
            _("Take one of them out: together they would tell hidden cells."),
            fine=fine,
            coarse=coarse,
        )
    for name in (rule.total, *rule.parts):
        if name not in types:
            yield unknown(document, where, "contract.unknown_column", name, types)
        elif types[name] != "integer":
            yield document.problem(
                where,
                "contract.count_type",
                _("{name} is a count and so must be an integer column."),
                _("Write logicalType: integer."),
                name=name,
            )


def _calendar(document: Document, shape: ContractShape) -> Iterator[Problem]:
    for number, level in enumerate(shape.sla_properties):
        if isinstance(level, FrequencyShape) and not is_cron(level.schedule):
            yield document.problem(
                ("slaProperties", number, "schedule"),
                "contract.cron",
                _("The schedule is not a cron line."),
                _("Write five fields, e.g. 0 2 * * 1 for every Monday at two."),
            )


def _settling(document: Document, shape: ContractShape) -> Iterator[Problem]:
    name = shape.custom_properties.settled_by
    if name is None:
        return
    where = document.custom((), "settledBy")
    required = {column.name: column.required for column in shape.schema_[0].properties}
    yield from unknown_columns(document, where, (name,), required)
    if required.get(name):
        yield document.problem(
            where,
            "contract.settled_by_required",
            _("{name} is required, so that it never says that a row may still change."),
            _("Name a column that is empty until nothing of the row changes any more."),
            name=name,
        )


def is_cron(line: str) -> bool:
    """Whether a line has the five numeric fields of cron: lists, ranges and steps allowed."""
    fields = line.split()
    if len(fields) != len(_CRON_LIMITS):
        return False
    return all(
        _cron_part(part, *limits)
        for field, limits in zip(fields, _CRON_LIMITS, strict=True)
        for part in field.split(",")
    )


def _cron_part(part: str, least: int, most: int) -> bool:
    match = _CRON_PART.fullmatch(part)
    if match is None or match[2] == "0":
        return False
    bounds = [int(number) for number in re.findall(r"\d+", match[1])]
    return bounds == sorted(bounds) and all(least <= number <= most for number in bounds)
