"""Reading a manifest's ``metadata``, which is plain data: pairs of languages, objects, lists.

Only reading; what is made of it is `catalog.records`.
"""

from __future__ import annotations

from collections.abc import Mapping


def pair(value: object) -> tuple[str, str]:
    """The Vietnamese and the English text of ``{"vi", "en"}``."""
    both = mapping(value)
    return str(both["vi"]), str(both["en"])


def mapping(value: object) -> Mapping[str, object]:
    """An object; TypeError when it is none."""
    if not isinstance(value, Mapping):
        raise TypeError("the manifest's metadata has another shape")
    return value


def listed(value: object) -> list[object]:
    """A list; empty where there is none."""
    return list(value) if isinstance(value, (list, tuple)) else []
