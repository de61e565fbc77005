"""Reading an action's parameters: typed, whichever way they came.

A GET gives texts and repeated keys, a POST gives JSON; both mean the same here. Anything
wrong is a `ValidationError` that names the parameter.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.actions.declaring import Parameter
from catalog.errors import ValidationError
from catalog.json_text import read_json

_TRUE = {"true", "yes", "t", "y", "1", "on"}
_LARGEST = 1 << 62
"""Bounds whole numbers, so that nothing behind overflows."""


class Parameters:
    """The parameters of one call. What was sent and is not `declared` is ignored; what is
    read and not declared is a mistake of the action, told by `LookupError`.

    `data` is everything that was sent: for actions that take a whole record.
    """

    def __init__(self, data: Mapping[str, Any], declared: Mapping[str, Parameter]) -> None:
        self.data = dict(data)
        self._declared = declared

    def text(self, name: str, default: str = "") -> str:
        """A text; of a repeated key the last."""
        value = self._last(name, "string")
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

    def integer(self, name: str, default: int, least: int = 0, most: int = _LARGEST) -> int:
        """A whole number, at least `least`; more than `most` is read as `most`."""
        value = self._last(name, "integer")
        if value in (None, ""):
            return default
        try:
            number = int(str(value))
        except ValueError:
            raise ValidationError({name: ["Invalid integer"]}) from None
        if number < least:
            raise ValidationError({name: ["Must be a natural number"]})
        return min(number, most)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A yes or no."""
        value = self._last(name, "boolean")
        if value in (None, ""):
            return default
        return value if isinstance(value, bool) else str(value).strip().lower() in _TRUE

    def json(self, name: str) -> Any:
        """A value that a GET writes as JSON text; plain text stays as it is."""
        return _parsed(self._value(name))

    def mapping(self, name: str) -> dict[str, Any]:
        """A JSON object."""
        value = _parsed(self._value(name, "object"))
        if value in (None, ""):
            return {}
        if not isinstance(value, dict):
            raise ValidationError({name: ["Must be a JSON object"]})
        return value

    def listing(self, name: str) -> list[str]:
        """A list of texts: a JSON list, a repeated key, or words between commas."""
        sent = self._value(name, "list")
        if sent in (None, ""):
            return []
        value = _parsed(sent)
        if isinstance(value, dict):
            raise ValidationError({name: ["Must be a list"]})
        if not isinstance(value, list):
            return [word.strip() for word in str(sent).split(",") if word.strip()]
        if any(isinstance(item, (dict, list)) or item is None for item in value):
            raise ValidationError({name: ["Must be a list of texts"]})
        return [str(item) for item in value]

    def array(self, name: str) -> list[Any]:
        """A JSON array of anything."""
        value = _parsed(self._value(name, "array"))
        if value in (None, ""):
            return []
        if not isinstance(value, list):
            raise ValidationError({name: ["Must be a list"]})
        return value

    def _last(self, name: str, kind: str) -> Any:
        value = self._value(name, kind)
        return value[-1] if isinstance(value, list) and value else value

    def _value(self, name: str, kind: str | None = None) -> Any:
        parameter = self._declared.get(name)
        if parameter is None or (kind is not None and kind not in parameter.types):
            raise LookupError(f"the parameter {name} is read as {kind} and not declared so")
        return self.data.get(name)


def _parsed(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return read_json(value)
    except ValueError:
        return value
