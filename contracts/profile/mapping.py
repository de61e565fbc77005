"""The shapes of ``from/<name>.yaml`` (mapping or derivation) and of ``sources.yaml``.

Every scalar arrives as text; only an unquoted ``NULL`` arrives as None.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, RootModel

from contracts.profile.shape import Keyed, Listed, Name, Shape, Text


def _null(value: object) -> object:
    return "NULL" if value is None else value


Sql = Annotated[Text, BeforeValidator(_null)]
"""A DuckDB SQL expression; YAML's null means SQL's NULL."""
Alias = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
ROW_TYPES = r"^(integer|double|boolean|date|timestamp|decimal\(\d{1,2},\d{1,2}\))$"


class BothLanguages(Shape):
    """A text in Vietnamese and English."""

    vi: Text
    en: Text


class ConditionShape(Shape):
    """A named exclusion, fix or doubt."""

    when: Sql
    title: BothLanguages


class ShapeShape(Shape):
    """``from`` where a SELECT in a file beside the mapping makes the key table."""

    shape: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+\.sql$")]
    alias: Annotated[Alias, Field(alias="as")]


class WatermarkShape(Shape):
    """``watermark``: read only what changed."""

    column: Text
    lookback: Annotated[str, Field(pattern=r"^\d+ (minute|hour|day|week)s?$")]


class ReconcileShape(Shape):
    """``reconcile`` where a sum, not the number of rows, must agree with the input."""

    measure: Name
    equals: Sql


class GroupingShape(Shape):
    """What rows are grouped by, what is measured, and what must agree."""

    dimensions: Annotated[dict[Name, Sql], Field(min_length=1)]
    measures: Annotated[dict[Name, Sql], Field(min_length=1)]
    reconcile: Name | ReconcileShape


class RuleOfRowShape(Shape):
    """A rule about a row that is counted and not kept."""

    holds: Sql
    title: BothLanguages


class AggregateShape(GroupingShape):
    """``aggregate``: the mapping's rows are counted inside the run, and only cells leave it.

    `types` are those of the rows' columns that are not text.
    """

    types: Keyed[Annotated[str, Field(pattern=ROW_TYPES)]]
    required: Listed[Name]
    rules: Annotated[dict[Name, RuleOfRowShape], Field(default_factory=dict)]
    tolerance: Annotated[float, Field(ge=0, le=1, strict=False)] = 0.0


class MappingShape(Shape):
    """How one source becomes the dataset."""

    source: Name
    from_: Annotated[Text | ShapeShape, Field(alias="from")]
    join: Listed[Text]
    key: Sql
    watermark: WatermarkShape | None = None
    order: Sql | None = None
    precedence: Annotated[int, Field(ge=0, strict=False)] = 0
    exclude: Annotated[dict[Name, ConditionShape], Field(default_factory=dict)]
    fixed: Annotated[dict[Name, ConditionShape], Field(default_factory=dict)]
    doubt: Annotated[dict[Name, ConditionShape], Field(default_factory=dict)]
    lookups: Annotated[dict[Name, dict[str, Text]], Field(default_factory=dict)]
    lenient: Listed[Name]
    habits: Listed[Name]
    columns: dict[Name, Sql]
    aggregate: AggregateShape | None = None


class DerivationShape(GroupingShape):
    """How the dataset is derived from another by grouping its rows."""

    derive: Name
    exclude: Annotated[dict[Name, ConditionShape], Field(default_factory=dict)]


class RowDerivationShape(Shape):
    """How the dataset is derived from another row by row."""

    derive: Name
    exclude: Annotated[dict[Name, ConditionShape], Field(default_factory=dict)]
    key: Sql
    rows: Annotated[dict[Name, Sql], Field(min_length=1)]


class NeverShape(Shape):
    """A table, or columns of one (of every one: ``*``), that must never be read."""

    table: Text
    columns: Annotated[list[Text] | None, Field(min_length=1)] = None
    why: Text
    why_en: Text


class SheetShape(Shape):
    """Where a table stands in a workbook."""

    sheet: Text | None = None
    header: Annotated[str | None, Field(pattern=r"^[1-9]\d{0,3}(-[1-9]\d{0,3})?$")] = None
    until: Text | None = None
    skip: Text | None = None
    section: Text | None = None
    sheet_column: Text | None = None


class PagesShape(Shape):
    """A table of a paged JSON API."""

    path: Annotated[str, Field(pattern=r"^/[^?#\s]*$")]
    rows: Text
    paging: Literal["page", "offset", "cursor", "link"]
    parameter: Text | None = None
    size: Annotated[int, Field(ge=1, le=100_000, strict=False)] = 500
    size_parameter: Text | None = None
    next: Text | None = None
    total: Text | None = None
    since: Text | None = None


class FormulaShape(Shape):
    """One formula of ``observe``: over which rows, by what, and what is divided by what."""

    from_: Annotated[Name, Field(alias="from")]
    join: Listed[Text]
    where: Sql = "true"
    by: Annotated[dict[Name, Sql], Field(min_length=1)]
    numerator: Sql
    denominator: Sql | None = None
    scale: Annotated[float, Field(gt=0, strict=False)] = 1.0
    digits: Annotated[int, Field(ge=0, le=6, strict=False)] = 2
    partial: Annotated[bool, Field(strict=False)] = False


class ObservationColumnsShape(Shape):
    """Which column of the contract holds what of an observation."""

    value: Name
    numerator: Name
    denominator: Name
    status: Name
    vintage: Name
    vintage_on: Name


class ObservationShape(Shape):
    """How observations are computed from other datasets, and kept once they are released."""

    observe: Annotated[dict[Name, FormulaShape], Field(min_length=1)]
    columns: ObservationColumnsShape


class SourceShape(Shape):
    """One sector database."""

    title: Text
    title_en: Text
    owner_agency: Text
    connection: Annotated[str, Field(pattern=r"^DUNGCHUNG_SOURCE_[A-Z0-9_]+$")]
    default: Text | None = None
    schema_: Annotated[Text | None, Field(alias="schema")] = None
    tables: Keyed[Text]
    sheets: Keyed[SheetShape]
    pages: Keyed[PagesShape]
    never: Listed[NeverShape]


class SourcesShape(RootModel[dict[Name, SourceShape]]):
    """The whole ``sources.yaml``: sources by name."""
