"""The shape of quality rules: about rows, about the table, and by ODCS's metrics.

The rest of a contract is `contracts.profile.contract`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from contracts.profile.shape import Custom, Name, Shape, Text

Share = Annotated[float, Field(ge=0, le=1)]


class RuleProperties(Shape):
    """``customProperties`` of a quality rule."""

    description_en: Text
    tolerance: Share | None = None


class _Rule(Shape):
    id: Name
    description: Text
    custom_properties: Custom[RuleProperties]
    severity: Literal["error", "warning"] = "error"
    dimension: (
        Literal[
            "accuracy",
            "completeness",
            "conformity",
            "consistency",
            "coverage",
            "timeliness",
            "uniqueness",
        ]
        | None
    ) = None


class RowRuleShape(_Rule):
    """A rule about each row: `implementation` is a predicate over the columns."""

    type: Literal["custom"]
    engine: Literal["dungchung"]
    implementation: Text


class _Bounded(_Rule):
    must_be: float | None = None
    must_be_greater_than: float | None = None
    must_be_greater_or_equal_to: float | None = None
    must_be_less_than: float | None = None
    must_be_less_or_equal_to: float | None = None
    must_be_between: Annotated[list[float], Field(min_length=2, max_length=2)] | None = None


class TableRuleShape(_Bounded):
    """A rule about the whole table: `query` gives one number."""

    type: Literal["sql"]
    query: Text


class MetricArguments(Shape):
    """``arguments`` of a metric over several columns."""

    properties: Annotated[list[Name], Field(min_length=1)]


class MetricRuleShape(_Bounded):
    """A rule by one of ODCS's metrics."""

    type: Literal["library"]
    metric: Literal["rowCount", "nullValues", "missingValues", "duplicateValues"]
    unit: Literal["rows", "percent"] = "rows"
    arguments: MetricArguments | None = None


RuleShape = Annotated[RowRuleShape | TableRuleShape | MetricRuleShape, Field(discriminator="type")]
