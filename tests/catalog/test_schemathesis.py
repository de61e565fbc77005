"""Schemathesis over the OpenAPI document: no 5xx, no answer that is not as described.

Every operation, as every kind of asker, with what is there and what is not, on a throwaway
site. A part runs always; ``make test-long`` runs the 5,000 cases.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from math import ceil
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from catalog.access import Role, Scope
from catalog.app import create_app
from catalog.identifiers import resource_id
from tests.catalog.sites import Headers, Site

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
_CSV, _API = resource_id("schools", "csv"), resource_id("cases", "api")
_DATASETS = ["schools", "cases", "secret_plan", "by-hand"]
REAL: dict[str, list[Any]] = {
    "id": [*_DATASETS, _CSV, _API, "h20-5", "gove", "một cửa", "editor"],
    "name": [*_DATASETS, "site_read", "new-one"],
    "resource_id": [_CSV, _API, "_table_metadata"],
    "package_id": _DATASETS,
    "owner_org": ["h20-5", "h20-9"],
    "organization": ["h20-5", "h20-9"],
    "object": _DATASETS,
    "object_type": ["package", "user"],
    "q": ["giáo dục", "*:*", "tags:x OR (", {"code": "0001"}],
    "query": ["format:CSV", "name:x", "một"],
    "sort": ["title asc", "metadata_modified desc", "code", "name desc"],
    "fq": ["organization:h20-5", "name:sch*", "metadata_modified:[2026-01-01T00:00:00Z TO *]"],
    "facet.field": [["tags", "organization"]],
    "permission": ["read", "create_dataset"],
    "state": ["draft", "active", "deleted"],
    "user": ["editor", "admin"],
    "username": ["editor", "member"],
    "role": ["member", "admin"],
    "capacity": ["member", "admin"],
    "dataset": ["cases"],
    "filters": [{"code": ["0001"]}],
    "fields": [["code"]],
    "limit": [0, 1, 5],
}
"""For some parameters, what makes sense; others get `ODD` texts."""

ODD = ["7", "true", "\x00", "'", "", None, 1 << 62, -1, "%", "NFD: a\u0301"]
"""What often breaks things."""


def _askers(site: Site) -> dict[str, Headers]:
    return {
        "anonymous": {},
        "rejected": {"Authorization": "dc_" + "x" * 43},
        "member": site.user("member", role=Role.MEMBER, scopes=[Scope.READ]),
        "editor": site.user("editor"),
        "admin of the agency": site.user("chief", role=Role.ADMIN),
        "editor of another agency": site.user("other", "H20.9"),
        "publisher": site.token("publisher"),
        "admin": site.token("admin"),
    }


@st.composite
def _with_what_is_there(draw: Callable[[Any], Any], cases: st.SearchStrategy[Case]) -> Case:
    """A case in which some parameters name what there is."""
    case: Case = draw(cases)
    for place in (case.query, case.body):
        if isinstance(place, dict):
            for name in list(place):
                if draw(st.integers(0, 3)):
                    known = REAL.get(name, ODD) if draw(st.integers(0, 5)) else ODD
                    place[name] = draw(st.sampled_from(known))
    return case


def _run(site: Site, cases: int) -> Counter[int]:
    """At least `cases` cases over all operations; how often each status was answered."""
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", create_app(site.context))
    operations = [one.ok() for one in schema.get_all_operations()]
    askers = list(_askers(site).items())
    answered: Counter[int] = Counter()
    for operation in operations:
        strategies = [
            operation.as_strategy(generation_mode=mode)
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        ]

        @seed(2026)
        @settings(
            max_examples=ceil(1.2 * cases / len(operations)),
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=_with_what_is_there(st.one_of(strategies)), asker=st.sampled_from(askers))
        def ask(case: Case, asker: tuple[str, Headers]) -> None:
            response = case.call(headers=asker[1])
            answered[response.status_code] += 1
            case.validate_response(response, checks=CHECKS)

        ask()
    return answered


def test_a_part_of_the_cases(site: Site) -> None:
    answered = _run(site, 600)
    assert answered.total() >= 600
    assert {200, 403, 404, 409} <= set(answered)


@pytest.mark.long
def test_five_thousand_cases(site: Site) -> None:
    answered = _run(site, 5000)
    assert answered.total() >= 5000
