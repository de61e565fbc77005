"""Reading JSON that strangers send: what it may hold, so that nothing behind has to fear it."""

from __future__ import annotations

import json
from typing import Any, NoReturn

DEEPEST = 50
"""Levels of nesting; more than any record has."""


def read_json(text: str | bytes) -> Any:
    """The value of a JSON text.

    Raises:
        ValueError: it is not JSON (``NaN`` is not), is nested deeper than `DEEPEST`, or holds
            what no database or answer can: half a surrogate pair, or a null character.
    """
    try:
        value = json.loads(text, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deep") from None
    _check(value)
    return value


def sound(text: str) -> bool:
    """Whether a text can be stored and sent: no null character, no half surrogate pair."""
    if "\0" in text:
        return False
    if text.isascii():
        return True
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _check(value: Any) -> None:
    """One look at every part, without recursion."""
    level = [value]
    for _depth in range(DEEPEST + 1):
        below: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                below += one
                below += one.values()
            elif isinstance(one, list):
                below += one
            elif isinstance(one, str) and not sound(one):
                raise ValueError("a character that cannot be kept")
            elif isinstance(one, float) and one in (float("inf"), float("-inf")):
                raise ValueError("a number that cannot be kept")
        if not below:
            return
        level = below
    raise ValueError("nested too deep")
