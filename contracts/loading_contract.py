"""A contract's file as the frozen `Contract`.

Here belongs reading out a shape that is already valid. What a contract may say is
`contracts.profile`, whether it makes sense `contracts.linting_contract`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from contracts.deriving import derive_checks
from contracts.documents import Document, Path_
from contracts.errors import Fault
from contracts.folder import ContractFile, Folder, digest
from contracts.model import (
    Access,
    Breakdown,
    Calendar,
    Classification,
    CodeList,
    Column,
    Contract,
    Coverage,
    Disclosure,
    Licence,
    Localized,
    NearDuplicates,
    Reference,
    key_columns,
)
from contracts.profile.contract import (
    ColumnShape,
    ContractProperties,
    ContractShape,
    FrequencyShape,
    LatencyShape,
    RelationshipShape,
)
from contracts.sql import parse_expression, to_sql

SQL_TYPES = {
    "string": "VARCHAR",
    "date": "DATE",
    "timestamp": "TIMESTAMP WITH TIME ZONE",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "object": "VARCHAR",
}
"""The DuckDB type of a logical type without ``physicalType``."""
_ALIASES = {"TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE"}
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def build_contract(file: ContractFile, folder: Folder, functions: frozenset[str]) -> Contract:
    """Make the `Contract`; Faults of `contracts.sql` when a rule's SQL is not allowed."""
    shape, document = file.shape, file.document
    table, custom = shape.schema_[0], shape.custom_properties
    columns = tuple(_columns(document, shape, functions))
    lists = _lists(shape, folder)
    paths = [folder.root / owner / "lists" / f"{name}.csv" for owner, name in _list_keys(shape)]
    return Contract(
        id=shape.id,
        version=shape.version,
        status=shape.status,
        title=Localized(shape.name, custom.name_en),
        description=Localized(
            shape.description.purpose, shape.description.custom_properties.purpose_en
        ),
        access=Access(custom.access),
        owner_agency=custom.owner_agency,
        owner_title=Localized(shape.team.name, custom.owner_agency_en),
        steward=next((m.username for m in shape.team.members if m.role == "steward"), ""),
        legal_basis=tuple(custom.legal_basis),
        licence=Licence(
            custom.licence.id,
            Localized(custom.licence.title, custom.licence.title_en),
            custom.licence.url,
        ),
        theme=shape.domain,
        tags=tuple(shape.tags),
        grain=Localized(table.data_granularity_description, table.custom_properties.grain_en),
        columns=columns,
        code_lists=lists,
        checks=derive_checks(document, table, columns, lists, functions),
        tolerance=custom.tolerance,
        calendar=_calendar(shape),
        breakdowns=tuple(
            Breakdown(b.name, tuple(b.by), Localized(b.title, b.title_en))
            for b in custom.breakdowns
        ),
        disclosure=_disclosure(custom),
        sort=tuple(custom.sort) or tuple(column.name for column in key_columns(columns)),
        stories=custom.stories,
        path=document.path,
        hash=digest(document.path.read_bytes(), *(path.read_bytes() for path in paths)),
        coverage=_coverage(custom),
        near_duplicates=_near_duplicates(custom),
        settled_by=custom.settled_by,
    )


def list_key(dataset: str, written: str) -> tuple[str, str]:
    """(dataset, list) of a ``codeList`` as written: ``status`` or ``service_case.status``."""
    owner, dot, name = written.partition(".")
    return (owner, name) if dot else (dataset, owner)


def sql_type(shape: ColumnShape) -> str:
    """The DuckDB type of a column, spelled one way."""
    if shape.logical_type == "array":
        return SQL_TYPES[shape.items.logical_type if shape.items else "string"] + "[]"
    written = (shape.physical_type or SQL_TYPES[shape.logical_type]).upper()
    written = written.replace(", ", ",")
    return _ALIASES.get(written, written)


def _list_keys(shape: ContractShape) -> tuple[tuple[str, str], ...]:
    written = {
        column.custom_properties.code_list
        for column in shape.schema_[0].properties
        if column.custom_properties.code_list
    }
    return tuple(sorted(list_key(shape.id, name) for name in written))


def _lists(shape: ContractShape, folder: Folder) -> dict[str, CodeList]:
    return {key[1]: folder.lists[key] for key in _list_keys(shape)}


def _columns(
    document: Document, shape: ContractShape, functions: frozenset[str]
) -> Iterator[Column]:
    position = 0
    for number, column in enumerate(shape.schema_[0].properties):
        custom = column.custom_properties
        if column.primary_key:
            position += 1
        where = ("schema", 0, "properties", number, "relationships")
        references = [
            _reference(document, where, relation, functions) for relation in column.relationships
        ]
        yield Column(
            name=column.name,
            logical_type=column.logical_type,
            sql_type=sql_type(column),
            title=Localized(column.business_name, custom.business_name_en),
            description=Localized(column.description, custom.description_en),
            classification=Classification(column.classification),
            required=column.required,
            primary_key_position=(
                column.primary_key_position or position if column.primary_key else None
            ),
            code_list=custom.code_list.rpartition(".")[2] if custom.code_list else None,
            reference=references[0] if references else None,
            unit=custom.unit,
        )


def _reference(
    document: Document, where: Path_, relation: RelationshipShape, functions: frozenset[str]
) -> Reference:
    dataset, name = relation.to.split(".")
    custom = relation.custom_properties
    valid_on = None
    if custom.valid_on is not None:
        try:
            valid_on = to_sql(parse_expression(custom.valid_on, functions))
        except Fault as fault:
            raise document.located(where, fault).fault() from None
    return Reference(dataset, name, valid_on, tuple(custom.with_.items()))


def _calendar(shape: ContractShape) -> Calendar:
    cron, fresh = None, None
    for level in shape.sla_properties:
        if isinstance(level, FrequencyShape):
            cron = level.schedule
        elif isinstance(level, LatencyShape):
            fresh = timedelta(**{_UNITS[level.unit[0]]: level.value})
    calendar = shape.custom_properties.release_calendar
    if calendar is None:
        return Calendar(cron, fresh)
    closes_after = timedelta(days=calendar.closes_after_days)
    return Calendar(cron, fresh, calendar.period_column, closes_after)


def _disclosure(custom: ContractProperties) -> Disclosure | None:
    rule = custom.disclosure
    if rule is None:
        return None
    return Disclosure(
        rule.threshold, rule.round_to, rule.minimum_share, rule.total, tuple(rule.parts)
    )


def _near_duplicates(custom: ContractProperties) -> NearDuplicates | None:
    said = custom.near_duplicates
    if said is None:
        return None
    return NearDuplicates(
        column=said.column,
        at=said.at,
        days=said.days,
        same=tuple(said.same),
        alike=tuple(said.alike),
        likeness=said.likeness,
        title=Localized(said.title, said.title_en),
    )


def _coverage(custom: ContractProperties) -> Coverage | None:
    said = custom.coverage
    return None if said is None else Coverage(said.time, said.until, said.place)
