"""JSON against the classes that OpenLineage generates from its own JSON schemas.

No package holds the schema files themselves (the Java archive has classes only too). Building
the classes checks less than it seems: they convert nothing and look at few values. So every
member is compared here with what its class declares: none unknown, none missing, each of its type.
"""

from __future__ import annotations

import importlib
import pkgutil
import types
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

import attr
from openlineage.client import generated
from openlineage.client.generated.base import BaseFacet, RunEvent


def built(event: object) -> RunEvent:
    """The RunEvent that `event` is. AssertionError naming the member that does not fit."""
    made: RunEvent = _built(RunEvent, event, "event")
    assert isinstance(event, dict)
    assert event["schemaURL"] == made.schemaURL
    return made


def _built(kind: Any, value: object, at: str) -> Any:
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        if value is None:
            assert type(None) in inner, f"{at} must not be null"
            return None
        [only] = [part for part in inner if part is not type(None)]
        return _built(only, value, at)
    if origin is list:
        assert isinstance(value, list), f"{at} must be a list"
        return [_built(inner[0], item, f"{at}[{i}]") for i, item in enumerate(value)]
    if origin is dict:
        assert isinstance(value, dict), f"{at} must be an object"
        return {name: _built(inner[1], item, f"{at}.{name}") for name, item in value.items()}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    if attr.has(kind):
        return _object(kind, value, at)
    exact = isinstance(value, kind) and isinstance(value, bool) <= (kind is bool)
    assert exact, f"{at} must be {kind.__name__}"
    return value


def _object(kind: Any, value: object, at: str) -> Any:
    assert isinstance(value, dict), f"{at} must be an object"
    if issubclass(kind, BaseFacet):
        url = value.get("_schemaURL")
        assert url in facets(), f"{at} has a _schemaURL that is not the current one: {url}"
        assert issubclass(facets()[url], kind), f"{at} is no {kind.__name__}"
        kind = facets()[url]
    members, hints = attr.fields_dict(kind), get_type_hints(kind)
    unknown = value.keys() - members.keys()
    assert not unknown, f"{at} has {sorted(unknown)}, which {kind.__name__} does not know"
    made = {}
    for name, member in members.items():
        if name in value:
            found = _built(hints[name], value[name], f"{at}.{name}")
            if member.init:
                made[member.alias] = found
        else:
            assert member.default is not attr.NOTHING, f"{at} lacks {name}"
    assert not {"_producer", "producer"} & members.keys() - value.keys(), f"{at} lacks a producer"
    return kind(**made)


@cache
def facets() -> dict[str, type[BaseFacet]]:
    """Every facet of the specification by its `_schemaURL`."""
    for module in pkgutil.iter_modules(generated.__path__):
        importlib.import_module(f"{generated.__name__}.{module.name}")
    found, waiting = {}, [BaseFacet]
    while waiting:
        kind = waiting.pop()
        found[kind._get_schema()] = kind
        waiting += kind.__subclasses__()
    return found
