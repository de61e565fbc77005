"""Reading an action's parameters: typed, whichever way they came.

A GET gives texts and repeated keys, a POST gives JSON; both mean the same here. Anything
wrong is a `ValidationError` that names the parameter.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from catalog.errors import ValidationError

_TRUE = {"true", "yes", "t", "y", "1", "on"}


class Parameters:
    """The parameters of one call. Unknown ones are ignored."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = dict(data)

    def text(self, name: str, default: str = "") -> str:
        """A text; of a repeated key the last."""
        value = self.data.get(name)
        if isinstance(value, list) and value:
            value = value[-1]
        if value is None:
            return default
        if isinstance(value, (dict, list)):
            raise ValidationError({name: ["Must be a text"]})
        return str(value)

    def required(self, *names: str) -> str:
        """The first of `names` that is given."""
        for name in names:
            if value := self.text(name).strip():
                return value
        raise ValidationError({names[0]: ["Missing value"]})

    def integer(self, name: str, default: int, least: int = 0, most: int | None = None) -> int:
        """A whole number, at least `least`; more than `most` is read as `most`."""
        value = self.data.get(name)
        if value in (None, ""):
            return default
        try:
            number = int(str(value[-1] if isinstance(value, list) else value))
        except ValueError:
            raise ValidationError({name: ["Invalid integer"]}) from None
        if number < least:
            raise ValidationError({name: ["Must be a natural number"]})
        return number if most is None else min(number, most)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A yes or no."""
        value = self.data.get(name)
        if value in (None, ""):
            return default
        return value if isinstance(value, bool) else self.text(name).lower() in _TRUE

    def json(self, name: str) -> Any:
        """A value that a GET writes as JSON text; plain text stays as it is."""
        value = self.data.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            return value

    def mapping(self, name: str) -> dict[str, Any]:
        """A JSON object."""
        value = self.json(name)
        if value in (None, ""):
            return {}
        if not isinstance(value, dict):
            raise ValidationError({name: ["Must be a JSON object"]})
        return value

    def listing(self, name: str) -> list[str]:
        """A list of texts: a JSON list, a repeated key, or words between commas."""
        value = self.json(name)
        if value in (None, ""):
            return []
        if isinstance(value, list):
            return [str(item) for item in value]
        if isinstance(value, dict):
            raise ValidationError({name: ["Must be a list"]})
        return [word.strip() for word in str(value).split(",") if word.strip()]
