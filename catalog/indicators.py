"""``GET /api/1/indicators``: what a dashboard polls.

Which dataset tells of indicators, and by which columns, is said in its manifest
(``metadata.stories.indicators``), never here. Rows are given under the contracts' own column
names. Everything is public; computing indicators is `standardization`'s.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from catalog.access import ANONYMOUS
from catalog.actions.schemas import TEXT, listed, record
from catalog.context import CatalogContext, View
from catalog.errors import ActionError, NotFoundError, ValidationError
from catalog.finding import find_release
from catalog.search.request import SearchRequest
from catalog.wire import json_response, refusal_response
from contracts.model import Classification
from contracts.releases import Release

MOST_OBSERVATIONS = 32_000
_MOST_INDICATORS = 10_000
_LONGEST = 100  # characters of a parameter
Row = dict[str, Any]


@dataclass(frozen=True)
class IndicatorStory:
    """The columns that tell of indicators: of the observations `code` (also the key of the
    `catalogue` dataset), `unit`, `basis` (the boundaries that the unit's code is of), `period`,
    `vintage`, `value`, `status`; of the catalogue `domain`, `name`, `name_en`, `measure`,
    `measure_en`, `direction`, `good`, `warning`. `whole`: the code of the unit that is the whole
    province."""

    catalogue: str
    code: str
    unit: str
    whole: str
    basis: str
    period: str
    vintage: str
    value: str
    status: str
    domain: str
    name: str
    name_en: str
    measure: str
    measure_en: str
    direction: str
    good: str
    warning: str

    @staticmethod
    def of(release: Release) -> IndicatorStory | None:
        """The story that `release` tells, or None."""
        stories = release.metadata.get("stories")
        told = stories.get("indicators") if isinstance(stories, Mapping) else None
        if not isinstance(told, Mapping):
            return None
        return IndicatorStory(
            **{field.name: str(told[field.name]) for field in fields(IndicatorStory)}
        )


@dataclass(frozen=True)
class Told:
    """The newest open releases of the observations and of their catalogue."""

    observations: Release
    catalogue: Release
    story: IndicatorStory


@dataclass(frozen=True)
class Asked:
    """What is asked for; empty means all. `all_vintages`: also what newer values replaced."""

    domain: str = ""
    unit: str = ""
    boundary: str = ""
    since: str = ""
    period: str = ""
    indicator: str = ""
    all_vintages: bool = False


def told_by(context: CatalogContext, view: View) -> Told | None:
    """The first dataset by name that tells of indicators; None while there is none."""
    found = view.search(SearchRequest(fq=("extras_stories:*indicators*",), sort="name asc", rows=1))
    for package in found.packages:
        try:
            observations = find_release(context, str(package["name"]))
            story = IndicatorStory.of(observations.release)
            if story is None or not observations.open:
                continue
            catalogue = find_release(context, story.catalogue)
        except NotFoundError:
            continue
        if catalogue.open:
            return Told(observations.release, catalogue.release, story)
    return None


def indicators(context: CatalogContext, told: Told, asked: Asked) -> list[Row]:
    """The rows of the catalogue that are asked for, each with its ``observations``, oldest
    period first.

    Raises:
        ValidationError: more than `MOST_OBSERVATIONS` would be given.
    """
    story = told.story
    wanted = {story.domain: asked.domain, story.code: asked.indicator}
    known = context.rows(told.catalogue).search(
        filters={column: value for column, value in wanted.items() if value},
        sort=f'"{story.code}"',
        limit=_MOST_INDICATORS,
        fields=_columns(told.catalogue),
        include_total=False,
    )
    observed = _observations(context, told, asked, [row[story.code] for row in known.rows])
    return [{**row, "observations": observed.get(row[story.code], [])} for row in known.rows]


def _refuse_unknown(context: CatalogContext, told: Told, asked: Asked) -> None:
    """A dashboard that asks for what is called otherwise would stay empty for ever.

    Raises:
        ValidationError: no such domain or indicator, with those that there are.
    """
    story = told.story
    named = {"domain": (story.domain, asked.domain), "indicator": (story.code, asked.indicator)}
    page = context.rows(told.catalogue).search(
        fields=[story.domain, story.code], limit=_MOST_INDICATORS, include_total=False
    )
    for parameter, (column, value) in named.items():
        there = sorted({str(row[column]) for row in page.rows})
        if value and value not in there:
            raise ValidationError({parameter: [f"Unknown; there are: {', '.join(there)}"]})


def _observations(
    context: CatalogContext, told: Told, asked: Asked, codes: Sequence[object]
) -> dict[object, list[Row]]:
    story = told.story
    filters: dict[str, object] = {story.code: list(codes)}
    if asked.unit:
        filters[story.unit] = asked.unit
    if asked.boundary:
        filters[story.basis] = asked.boundary
    if asked.period:
        filters[story.period] = asked.period
    elif asked.since:
        filters[story.period] = {"gte": asked.since}
    if not codes:
        return {}
    page = context.rows(told.observations).search(
        filters=filters,
        sort=f'"{story.code}", "{story.unit}", "{story.period}", "{story.vintage}"',
        limit=MOST_OBSERVATIONS,
        fields=_columns(told.observations),
    )
    if page.total is not None and page.total > MOST_OBSERVATIONS:
        problem = f"More than {MOST_OBSERVATIONS} observations; name a unit, an indicator or since"
        raise ValidationError({"unit": [problem]})
    rows = [dict(row) for row in page.rows if _first_month(row[story.period]) >= asked.since]
    kept = rows if asked.all_vintages else _newest(rows, told)
    grouped: dict[object, list[Row]] = {}
    for row in kept:
        grouped.setdefault(row[story.code], []).append(row)
    return grouped


def _first_month(period: object) -> str:
    """Where a period stands among months: a quarter (``2026-Q3``) where it begins."""
    year, quarter, number = str(period).partition("-Q")
    return f"{year}-{3 * int(number) - 2:02}" if quarter else year


def _newest(rows: Sequence[Row], told: Told) -> list[Row]:
    """Of each observation its last vintage; `rows` are sorted by it."""
    key = told.observations.metadata.get("primary_key")
    names = [str(name) for name in key] if isinstance(key, (list, tuple)) else []
    newest: dict[tuple[object, ...], Row] = {}
    for row in rows:
        newest[tuple(row[name] for name in names if name != told.story.vintage)] = row
    return list(newest.values())


def _columns(release: Release) -> list[str]:
    return [
        column.name for column in release.schema if column.classification == Classification.PUBLIC
    ]


_PARAMETERS = (
    ("domain", "code of a domain of the operations centre, such as hieu_qua_chinh_quyen"),
    ("unit", "code of a commune, or of the province"),
    ("boundary", "code of the boundaries that codes of units are of, such as new_boundary"),
    ("since", "first period, such as 2026-01"),
    ("period", "one period"),
    ("indicator", "code of one indicator"),
    ("vintage", "“all” for every vintage; default: the newest of each observation"),
)
_ANSWER = record(
    {
        "success": {"const": True},
        "result": record(
            {
                "releases": {"type": "object"},
                "indicators": listed(record({"observations": {"type": "array"}})),
            }
        ),
    }
)
_DESCRIPTION = {
    "operationId": "indicators",
    "summary": "Indicators with their observations, under the columns of their contracts.",
    "parameters": [
        {"name": name, "in": "query", "description": text, "schema": TEXT}
        for name, text in _PARAMETERS
    ],
    "responses": {
        "200": {
            "description": "Every indicator asked for; an ETag tells whether anything is new.",
            "content": {"application/json": {"schema": _ANSWER}},
        },
        "304": {"description": "Nothing is new since the ETag sent in If-None-Match."},
        "404": {"$ref": "#/components/responses/NotFound"},
        "409": {"$ref": "#/components/responses/Refused"},
    },
}


def indicators_router(context: CatalogContext) -> APIRouter:
    """The one route."""
    router = APIRouter()

    async def answer(request: Request) -> Response:
        asked = {name: request.query_params.get(name, "") for name, _text in _PARAMETERS}
        known = request.headers.get("if-none-match", "")
        return await run_in_threadpool(_answer, context, asked, known)

    router.add_api_route(
        "/api/1/indicators", answer, methods=["GET", "HEAD"], openapi_extra=_DESCRIPTION
    )
    return router


def _answer(context: CatalogContext, asked: dict[str, str], known: str) -> Response:
    try:
        wanted = _read(asked)
        told = told_by(context, context.view(ANONYMOUS))
        if told is None:
            raise NotFoundError("No indicators have been released.")
        tag = _etag(told, asked)
        if tag in known:
            return Response(status_code=304, headers={"ETag": tag})
        found = indicators(context, told, wanted)
        if not found:
            _refuse_unknown(context, told, wanted)
        result = {
            "releases": {one.dataset: one.release for one in (told.catalogue, told.observations)},
            "indicators": found,
        }
    except ActionError as error:
        return refusal_response(error)
    response = json_response({"success": True, "result": result}, 200)
    response.headers["ETag"] = tag
    return response


def _read(asked: Mapping[str, str]) -> Asked:
    for name, value in asked.items():
        if len(value) > _LONGEST:
            raise ValidationError({name: ["Too long"]})
    if asked["vintage"] not in ("", "all"):
        raise ValidationError({"vintage": ["Must be “all”, or left out"]})
    return Asked(
        **{name: value.strip() for name, value in asked.items() if name != "vintage"},
        all_vintages=asked["vintage"] == "all",
    )


def _etag(told: Told, asked: Mapping[str, str]) -> str:
    parts = [told.observations.content_hash, told.catalogue.content_hash, *map(repr, asked.items())]
    return f'"{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:32]}"'
