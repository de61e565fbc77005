"""The shapes of ``from/<name>.yaml`` (mapping or derivation) and of ``sources.yaml``.

Every scalar arrives as text; only an unquoted ``NULL`` arrives as None.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, RootModel

from contracts.profile.shape import Keyed, Listed, Name, Shape, Text


def _null(value: object) -> object:
    return "NULL" if value is None else value


Sql = Annotated[Text, BeforeValidator(_null)]
"""A DuckDB SQL expression; YAML's null means SQL's NULL."""
Alias = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]


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
    columns: dict[Name, Sql]


class DerivationShape(Shape):
    """How the dataset is derived from another."""

    derive: Name
    exclude: Annotated[dict[Name, ConditionShape], Field(default_factory=dict)]
    dimensions: Annotated[dict[Name, Sql], Field(min_length=1)]
    measures: Annotated[dict[Name, Sql], Field(min_length=1)]
    reconcile: Name


class SourceShape(Shape):
    """One sector database."""

    title: Text
    title_en: Text
    owner_agency: Text
    connection: Annotated[str, Field(pattern=r"^DUNGCHUNG_SOURCE_[A-Z0-9_]+$")]
    default: Text | None = None
    schema_: Annotated[Text | None, Field(alias="schema")] = None
    tables: Keyed[Text]


class SourcesShape(RootModel[dict[Name, SourceShape]]):
    """The whole ``sources.yaml``: sources by name."""
