"""Whether answers are what the OpenAPI document says of them.

`conforms` is hung on the test clients of `tests.catalog.sites`: every answer of an action in
any test is held against its schema.
"""

from __future__ import annotations

import json
from functools import cache
from types import SimpleNamespace
from typing import Any, cast

import httpx
import jsonschema_rs

from catalog.actions import ACTIONS
from catalog.context import CatalogContext
from catalog.openapi import document

_PREFIXES = ("/api/3/action/", "/api/action/")


@cache
def description() -> dict[str, Any]:
    """The document, without the routes that are not actions."""
    context = SimpleNamespace(language="en", title="Tests", public_url="http://data.example")
    return document(cast("CatalogContext", context), [])


@cache
def _validator(name: str, status: int) -> jsonschema_rs.Draft202012Validator:
    whole = description()
    responses = whole["paths"][f"/api/3/action/{name}"]["post"]["responses"]
    if str(status) not in responses:
        raise AssertionError(f"{name} answered {status}, which its description does not know")
    response = responses[str(status)]
    if "$ref" in response:
        response = whole["components"]["responses"][response["$ref"].rpartition("/")[2]]
    schema = response["content"]["application/json"]["schema"]
    return jsonschema_rs.Draft202012Validator({**schema, "components": whole["components"]})


def conforms(response: httpx.Response) -> None:
    """Raise `AssertionError` when an action's answer is not as described."""
    path = response.request.url.path
    name = next((path.removeprefix(one) for one in _PREFIXES if path.startswith(one)), "")
    if name not in ACTIONS or response.request.method == "HEAD":
        return
    response.read()
    check = _validator(name, response.status_code)
    problems = [
        f"{'/'.join(map(str, error.instance_path))}: {error.message[:200]}"
        for error in check.iter_errors(json.loads(response.content))
    ]
    assert not problems, f"{name} {response.status_code}: {problems[:3]}"
