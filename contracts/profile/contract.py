"""The shape of ``contract.odcs.yaml``: the part of ODCS v3.2 that this platform reads.

What the profile does not name is refused, so that no line of a contract is without effect.
Whether what stands there makes sense is `contracts.linting_contract`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from contracts.profile.rules import RuleShape, Share
from contracts.profile.shape import Custom, Keyed, Listed, Name, Shape, Text

Cron = Annotated[str, Field(description="Five fields: minute hour day month weekday.")]


class LicenceShape(Shape):
    """``licence``: `id` as CKAN's licence list knows it."""

    id: Text
    title: Text
    title_en: Text
    url: Annotated[str, Field(pattern=r"^https://")]


class BreakdownShape(Shape):
    """One of ``breakdowns``: an open statistic by the columns `by`."""

    name: Name
    by: Annotated[list[Name], Field(min_length=1)]
    title: Text
    title_en: Text


class DisclosureShape(Shape):
    """``disclosure``: how small counts are hidden."""

    threshold: Annotated[int, Field(ge=2)]
    round_to: Annotated[int, Field(ge=1)]
    minimum_share: Share
    total: Name
    parts: list[Name]


class ReleaseCalendarShape(Shape):
    """``releaseCalendar``: only periods that ended long enough ago are shown."""

    period_column: Name
    closes_after_days: Annotated[int, Field(ge=0)]


class CoverageShape(Shape):
    """``coverage``: the columns that say what time and which communes the rows are about."""

    time: Name | None = None
    until: Name | None = None
    place: Name | None = None


class NearDuplicatesShape(Shape):
    """``nearDuplicates``: when two rows of whatever sources tell of one thing."""

    column: Name
    at: Name
    days: Annotated[int, Field(ge=1, le=366)]
    same: Annotated[list[Name], Field(min_length=1)]
    alike: Annotated[list[Name], Field(min_length=1)]
    likeness: Annotated[float, Field(ge=0.5, le=1)]
    title: Text
    title_en: Text


class ContractProperties(Shape):
    """Top-level ``customProperties``."""

    name_en: Text
    access: Literal["open", "shared", "on_request"]
    owner_agency: Text
    owner_agency_en: Text
    legal_basis: Annotated[list[Text], Field(min_length=1)]
    licence: LicenceShape
    tolerance: Share = 0.0
    breakdowns: Listed[BreakdownShape]
    disclosure: DisclosureShape | None = None
    release_calendar: ReleaseCalendarShape | None = None
    coverage: CoverageShape | None = None
    near_duplicates: NearDuplicatesShape | None = None
    settled_by: Name | None = None
    sort: Listed[Name]
    stories: Keyed[object]


class PurposeProperties(Shape):
    """``description.customProperties``."""

    purpose_en: Text


class DescriptionShape(Shape):
    """``description``: what the dataset is for."""

    purpose: Text
    custom_properties: Custom[PurposeProperties]


class MemberShape(Shape):
    """A member of the team; one has the role ``steward``."""

    username: Text
    role: Text
    name: Text | None = None


class TeamShape(Shape):
    """``team``: `name` is the owner agency as people call it."""

    name: Text
    members: Annotated[list[MemberShape], Field(min_length=1)]


class OptionsShape(Shape):
    """``logicalTypeOptions``; a day or a time is written as ISO text."""

    pattern: Text | None = None
    min_length: Annotated[int, Field(ge=0)] | None = None
    max_length: Annotated[int, Field(ge=0)] | None = None
    min_items: Annotated[int, Field(ge=0)] | None = None
    max_items: Annotated[int, Field(ge=0)] | None = None
    minimum: int | float | Text | None = None
    maximum: int | float | Text | None = None
    exclusive_minimum: int | float | Text | None = None
    exclusive_maximum: int | float | Text | None = None


class RelationshipProperties(Shape):
    """``customProperties`` of a relationship."""

    valid_on: Text | None = None
    with_: Annotated[dict[Name, Name], Field(alias="with", default_factory=dict)]


class RelationshipShape(Shape):
    """The column names a row of another dataset: ``dataset.column``."""

    to: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]
    custom_properties: Custom[RelationshipProperties] = RelationshipProperties()


class ColumnProperties(Shape):
    """``customProperties`` of a column."""

    business_name_en: Text
    description_en: Text
    code_list: Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]*\.)?[a-z][a-z0-9_]*$")] | None = None
    unit: Text | None = None


class EnumValueShape(Shape):
    """One allowed value of a column without a code list of its own."""

    value: Text


class ItemsShape(Shape):
    """``items`` of an array column."""

    logical_type: Literal["string", "integer", "date"]


class ColumnShape(Shape):
    """One of ``properties``: a column."""

    name: Name
    business_name: Text
    description: Text
    logical_type: Literal[
        "string", "date", "timestamp", "integer", "number", "boolean", "array", "object"
    ]
    physical_type: Text | None = None
    items: ItemsShape | None = None
    primary_key: bool = False
    primary_key_position: Annotated[int, Field(ge=1)] | None = None
    required: bool = False
    classification: Literal["public", "internal", "personal", "sensitive"]
    logical_type_options: OptionsShape = OptionsShape()
    enum: Listed[EnumValueShape]
    relationships: Annotated[Listed[RelationshipShape], Field(max_length=1)]
    quality: Listed[RuleShape]
    examples: Listed[Text]
    custom_properties: Custom[ColumnProperties]


class TableProperties(Shape):
    """``customProperties`` of the schema object."""

    grain_en: Text


class TableShape(Shape):
    """The one element of ``schema``; its name is the contract's id."""

    name: Name
    data_granularity_description: Text
    custom_properties: Custom[TableProperties]
    properties: Annotated[list[ColumnShape], Field(min_length=1)]
    quality: Listed[RuleShape]


class FrequencyShape(Shape):
    """``frequency``: how often the dataset is made; `schedule` in Asia/Ho_Chi_Minh."""

    property: Literal["frequency"]
    value: int | Text
    unit: Text | None = None
    scheduler: Literal["cron"]
    schedule: Cron


class LatencyShape(Shape):
    """``latency``: how old the latest release may be."""

    property: Literal["latency"]
    value: Annotated[int, Field(ge=1)]
    unit: Literal["m", "minute", "minutes", "h", "hour", "hours", "d", "day", "days"]


ServiceLevelShape = Annotated[FrequencyShape | LatencyShape, Field(discriminator="property")]


class ContractShape(Shape):
    """A whole ``contract.odcs.yaml``."""

    api_version: Literal["v3.2.0"]
    kind: Literal["DataContract"]
    id: Name
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    status: Literal["draft", "active"]
    name: Text
    domain: Annotated[str, Field(pattern=r"^[a-z0-9_-]{2,100}$")]
    tags: Listed[Text]
    description: DescriptionShape
    team: TeamShape
    schema_: Annotated[list[TableShape], Field(alias="schema", min_length=1, max_length=1)]
    sla_properties: Listed[ServiceLevelShape]
    custom_properties: Custom[ContractProperties]
