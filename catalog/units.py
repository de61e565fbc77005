"""``GET /api/1/units``: what a unit's code or name meant on a day, and what it became.

Finding units is `lakehouse.units`; this is its form over HTTP. Everything is public.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from catalog.actions.schemas import TEXT, listed, record
from catalog.context import CatalogContext
from catalog.errors import ActionError, NotFoundError, ValidationError
from catalog.finding import find_release
from catalog.wire import json_response, refusal_response
from lakehouse.units import CROSSWALK, UNITS, Candidate, Link, Unit, find_units

_LONGEST = 200  # characters of a name
_UNIT = record(
    {
        "code_system": TEXT,
        "code": TEXT,
        "name": TEXT,
        "full_name": TEXT,
        "parents": {"type": "array"},
        "split": {"type": "boolean"},
        "now": {"type": ["object", "null"]},
        "became": {"type": "array"},
        "made_from": {"type": "array"},
    }
)
_ANSWER = record(
    {
        "success": {"const": True},
        "result": record({"releases": {"type": "object"}, "candidates": listed(_UNIT)}),
    }
)
_DESCRIPTION = {
    "operationId": "units",
    "summary": "What an administrative unit's code or name meant on a day, and what it became.",
    "parameters": [
        {"name": name, "in": "query", "description": text, "schema": TEXT}
        for name, text in (
            ("code", "its code; a code or a name must be given"),
            ("name", "its name, marks optional"),
            ("on", "the day, such as 2025-06-30; default: any"),
        )
    ],
    "responses": {
        "200": {
            "description": "Every unit that it can have been.",
            "content": {"application/json": {"schema": _ANSWER}},
        },
        "404": {"$ref": "#/components/responses/NotFound"},
        "409": {"$ref": "#/components/responses/Refused"},
    },
}


def units_router(context: CatalogContext) -> APIRouter:
    """The one route."""
    router = APIRouter()

    async def units(request: Request) -> Response:
        asked = {name: request.query_params.get(name, "") for name in ("code", "name", "on")}
        return await run_in_threadpool(_answer, context, asked)

    router.add_api_route("/api/1/units", units, methods=["GET", "HEAD"], openapi_extra=_DESCRIPTION)
    return router


def _answer(context: CatalogContext, asked: dict[str, str]) -> Response:
    try:
        return json_response({"success": True, "result": _result(context, asked)}, 200)
    except ActionError as error:
        return refusal_response(error)


def _result(context: CatalogContext, asked: dict[str, str]) -> dict[str, Any]:
    code, name = asked["code"].strip(), asked["name"].strip()
    if not code and not name:
        raise ValidationError({"code": ["Give a code or a name"]})
    if max(len(code), len(name)) > _LONGEST:
        raise ValidationError({"name": ["Too long"]})
    try:
        day = date.fromisoformat(asked["on"]) if asked["on"] else None
    except ValueError:
        raise ValidationError({"on": ["Must be a day such as 2025-06-30"]}) from None
    units, crosswalk = find_release(context, UNITS), find_release(context, CROSSWALK)
    if not (units.open and crosswalk.open):
        raise NotFoundError("The administrative units are not open.")
    candidates = find_units(
        context.rows(units.release),
        context.rows(crosswalk.release),
        code=code or None,
        name=name or None,
        on=day,
    )
    return {
        "releases": {UNITS: units.release.release, CROSSWALK: crosswalk.release.release},
        "candidates": [_candidate(candidate) for candidate in candidates],
    }


def _candidate(candidate: Candidate) -> dict[str, Any]:
    now = candidate.now
    return {
        **_unit(candidate.unit),
        "split": candidate.split,
        "now": _link(now) if now else None,
        "became": [_link(link) for link in candidate.became],
        "made_from": [_link(link) for link in candidate.made_from],
    }


def _unit(unit: Unit) -> dict[str, Any]:
    return {
        "code_system": unit.code_system,
        "code": unit.code,
        "level": unit.level,
        "unit_type": unit.unit_type,
        "name": unit.name,
        "full_name": unit.full_name,
        "parents": list(unit.parents),
        "valid_from": unit.valid_from,
        "valid_to": unit.valid_to,
        "legal_act": unit.legal_act,
        "area_km2": unit.area_km2,
    }


def _link(link: Link) -> dict[str, Any]:
    return {
        "code_system": link.code_system,
        "code": link.code,
        "name": link.unit.full_name if link.unit else None,
        "parents": list(link.unit.parents) if link.unit else [],
        "relation": link.relation,
        "part_basis": link.part_basis,
        "share": link.share,
        "effective_date": link.effective_date,
        "ground": link.ground,
    }
