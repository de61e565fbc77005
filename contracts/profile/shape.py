"""The base of every shape, lists of custom properties as one typed object, and its checking.

Here belongs turning pydantic's errors into `Problem` with a line. No shape of a particular
file belongs here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, TypeVar, cast

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StringConstraints,
    ValidationError,
)
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema, ErrorDetails

from contracts.documents import Document, Path_
from contracts.i18n import _
from contracts.problems import Problem, nearest

Shape_ = TypeVar("Shape_", bound=BaseModel)
Part = TypeVar("Part")


class Shape(BaseModel):
    """An object of the profile: unknown keys refused, nothing coerced, camelCase keys."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, alias_generator=to_camel, populate_by_name=True
    )


Listed = Annotated[list[Part], Field(default_factory=list)]
"""A list that may be left out."""
Keyed = Annotated[dict[str, Part], Field(default_factory=dict)]
"""An object with free keys that may be left out."""
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=63)]
"""A name of ours: dataset, column, list, rule."""


_WANTED = (
    ("bool", _("{key} must be true or false.")),
    ("int", _("{key} must be a whole number.")),
    ("float", _("{key} must be a number.")),
    ("string_type", _("{key} must be text; put it in quotes.")),
    ("string_too_short", _("{key} is empty.")),
    ("string_too_long", _("{key} is too long.")),
    ("string_pattern", _("{key} is not written as it must be.")),
    ("list", _("{key} must be a list.")),
    ("too_short", _("{key} has too few entries.")),
    ("too_long", _("{key} has too many entries.")),
    ("dict", _("{key} must hold keys of its own.")),
    ("model", _("{key} must hold keys of its own.")),
    ("greater", _("{key} is too small.")),
    ("less", _("{key} is too large.")),
    ("value_error", _("{key} must be a list of property and value, each property once.")),
)
"""What to say for pydantic's error types, by how they begin."""


def _fold(value: object) -> object:
    """``[{property: a, value: 1}]`` as ``{a: 1}``; anything else as it is, to be refused."""
    if not isinstance(value, list):
        return value
    if not all(isinstance(item, dict) and "property" in item for item in value):
        raise ValueError("custom_properties")
    names = [item["property"] for item in value]
    if len(set(map(str, names))) < len(names):
        raise ValueError("custom_properties")
    return {str(item["property"]): item.get("value") for item in value}


class _AsList:
    """JSON Schema of a folded list: an array of ``{property, value}`` objects."""

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        shape = handler.resolve_ref_schema(handler(core))
        entries = [
            {
                "type": "object",
                "properties": {"property": {"const": name}, "value": value},
                "required": ["property", "value"],
            }
            for name, value in shape["properties"].items()
        ]
        required = [
            {"contains": {"properties": {"property": {"const": name}}}}
            for name in shape.get("required", ())
        ]
        listed: dict[str, Any] = {"type": "array", "items": {"anyOf": entries}}
        return listed | ({"allOf": required} if required else {})


Custom = Annotated[Shape_, BeforeValidator(_fold), _AsList()]
"""ODCS ``customProperties``, read as one object with a field for each property."""


def check_shape(
    model: type[Shape_], document: Document, *, base: Path_ = (), data: object = None
) -> tuple[Shape_ | None, tuple[Problem, ...]]:
    """Read `data` (default: the whole document) as `model`; the problems when it is not one."""
    try:
        return model.model_validate(document.data if data is None else data), ()
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=True, include_input=False)
        problems = [_problem(model, document, base, detail) for detail in found]
        meant = {problem.values.get("meant") for problem in problems}
        return None, tuple(  # a misspelt key is one problem, not also a missing one
            problem
            for problem in problems
            if problem.check != "profile.missing_key" or problem.values["key"] not in meant
        )


def _problem(
    model: type[BaseModel], document: Document, base: Path_, detail: ErrorDetails
) -> Problem:
    where = base + _position(document, base, detail["loc"])
    kind = detail["type"]
    context = detail.get("ctx", {})
    name = str(detail["loc"][-1]) if detail["loc"] else document.file
    if kind == "extra_forbidden":
        known = tuple(_known(model.model_json_schema(), detail["loc"][:-1]))
        return _unknown(document, where, name, known)
    if kind == "union_tag_invalid":
        tags = tuple(tag.strip(" '") for tag in str(context["expected_tags"]).split(","))
        return _unknown(document, where, str(context["tag"]), tags)
    if kind in ("missing", "union_tag_not_found"):
        key = name if kind == "missing" else str(context["discriminator"]).strip("'")
        return document.problem(
            where,
            "profile.missing_key",
            _("{key} is missing here."),
            _("Add it; docs/contracts.md says what it holds."),
            key=key,
        )
    if kind in ("literal_error", "enum"):
        return document.problem(
            where,
            "profile.not_one_of",
            _("{key} must be one of: {choices}."),
            _("Write one of these."),
            key=name,
            choices=str(context["expected"]).replace("'", "").replace(" or ", ", "),
        )
    wanted = next((text for start, text in _WANTED if kind.startswith(start)), None)
    key = next((str(step) for step in reversed(where) if isinstance(step, str)), name)
    return document.problem(
        where,
        "profile.wrong_value",
        wanted or _("{key} does not hold what it should."),
        _("docs/contracts.md says what {key} holds, with an example."),
        key=key,
    )


def _unknown(document: Document, where: Path_, name: str, known: Sequence[str]) -> Problem:
    meant = nearest(name, known)
    if meant:
        return document.problem(
            where,
            "profile.unknown_key",
            _("{key} is not known here. Did you mean {meant}?"),
            _("Correct the name or remove it."),
            key=name,
            meant=meant,
        )
    return document.problem(
        where,
        "profile.unknown_key",
        _("{key} is not known here."),
        _("Remove it, or use one of: {known}."),
        key=name,
        known=", ".join(sorted(known)),
    )


def _position(document: Document, base: Path_, loc: Sequence[str | int]) -> Path_:
    """`loc` of pydantic as a path of the file: without union tags, lists unfolded."""
    data = document.at(base)
    where: list[str | int] = []
    for step in loc:
        listed = isinstance(data, list) and isinstance(step, int) and step < len(data)
        if listed or (isinstance(data, dict) and step in data):
            where.append(step)
            data = cast("Any", data)[step]
        elif isinstance(data, list):
            place = [n for n, item in enumerate(data) if _property(item) == step]
            if place:
                where.append(place[0])
                data = cast("dict[str, object]", data[place[0]]).get("value")
    return tuple(where)


def _property(item: object) -> object:
    return item.get("property") if isinstance(item, dict) else None


def _known(schema: Mapping[str, Any], loc: Sequence[str | int]) -> Iterator[str]:
    """Keys that the JSON Schema knows at `loc`; union tags in `loc` narrow nothing."""
    definitions = schema.get("$defs", {})
    nodes: list[Mapping[str, Any]] = [schema]
    for step in [*loc, None]:
        nodes = [alternative for node in nodes for alternative in _alternatives(node, definitions)]
        if step is None:
            break
        below = [child for node in nodes for child in _children(node, step)]
        nodes = below or nodes
    for node in nodes:
        yield from node.get("properties", ())


def _alternatives(
    node: Mapping[str, Any], definitions: Mapping[str, Any]
) -> Iterator[Mapping[str, Any]]:
    if "$ref" in node:
        yield from _alternatives(definitions[node["$ref"].rsplit("/", 1)[-1]], definitions)
        return
    choices = [*node.get("anyOf", ()), *node.get("oneOf", ())]
    for choice in choices:
        yield from _alternatives(choice, definitions)
    if not choices:
        yield node


def _children(node: Mapping[str, Any], step: str | int) -> Iterator[Mapping[str, Any]]:
    if step in node.get("properties", ()):
        yield node["properties"][step]
    elif isinstance(step, int) and "items" in node:
        yield node["items"]
    elif isinstance(node.get("additionalProperties"), dict):
        yield node["additionalProperties"]
    elif "items" in node:  # a folded list of custom properties
        for entry in node["items"].get("anyOf", ()):
            if entry.get("properties", {}).get("property", {}).get("const") == step:
                yield entry["properties"]["value"]
