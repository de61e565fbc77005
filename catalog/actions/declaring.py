"""Reading what an action takes from its docstring.

    Return the names of the datasets.

    :param integer limit: at most so many (required)

Only this little language belongs here; what parameters hold is `catalog.actions.parameters`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_REQUIRED = "(required)"
_FIELD = re.compile(r":param (?P<types>[a-z|]+) (?P<name>[A-Za-z_][\w.]*): (?P<text>\S.*)")
_SCHEMAS: Mapping[str, Mapping[str, Any]] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "object": {"type": "object"},
    "array": {"type": "array"},
    "list": {"type": "array", "items": {"type": "string"}},
}


@dataclass(frozen=True)
class Parameter:
    """One parameter of an action.

    `types` are words of: ``string``, ``integer``, ``boolean``, ``object``, ``array`` (of
    anything, JSON) and ``list`` (of texts: JSON, a repeated key, or words between commas).
    """

    name: str
    types: tuple[str, ...]
    description: str
    required: bool = False

    @property
    def schema(self) -> dict[str, Any]:
        """Its JSON schema."""
        schemas = [dict(_SCHEMAS[one]) for one in self.types]
        return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def read_docstring(action: str, text: str) -> tuple[str, dict[str, Parameter]]:
    """What the action does, and its parameters by name.

    Raises:
        ValueError: there is no description, or a field that cannot be read.
    """
    description, fields = _parted(text)
    if not description:
        raise ValueError(f"the action {action} says nothing of itself")
    parameters: dict[str, Parameter] = {}
    for field in fields:
        found = _FIELD.fullmatch(field)
        types = tuple(found["types"].split("|")) if found else ()
        if found is None or not set(types) <= set(_SCHEMAS):
            raise ValueError(
                f"the action {action} has “{field}”; write “:param <type> <name>: sentence” "
                f"with a type of {', '.join(_SCHEMAS)}"
            )
        if found["name"] in parameters:
            raise ValueError(f"the action {action} has two parameters {found['name']}")
        required = found["text"].endswith(_REQUIRED)
        sentence = found["text"].removesuffix(_REQUIRED).strip()
        parameters[found["name"]] = Parameter(found["name"], types, sentence, required)
    return description, parameters


def _parted(text: str) -> tuple[str, list[str]]:
    """The description, and each field on one line."""
    description: list[str] = []
    fields: list[str] = []
    for line in text.splitlines():
        if line.startswith(":"):
            fields.append(line.strip())
        elif fields and line.strip():
            fields[-1] += " " + line.strip()
        elif not fields:
            description.append(line)
    return "\n".join(description).strip(), fields
