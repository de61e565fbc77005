"""A record as it is to stand in a CKAN, and whether the one it holds says the same.

Dictionaries only; `catalog.publisher` speaks to the CKAN. A CKAN adds fields of its own,
writes times its own way and spells formats in its own capitals: none of that is a difference.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from catalog.identifiers import naive_utc

Record = dict[str, Any]

_TIMES = {"last_modified", "created"}
_SPELLED_ANEW = {"format"}


def without_flags(wanted: Record) -> Record:
    """Without the flag that a CKAN sets itself where it has loaded a file's rows."""
    resources = [
        {key: value for key, value in one.items() if key != "datastore_active"}
        for one in wanted["resources"]
    ]
    return {**wanted, "resources": resources}


def keeping(wanted: Record, held: Record) -> Record:
    """`wanted` with what their CKAN alone knows about the files: an update without it would
    forget that their rows are loaded."""
    loaded = {one.get("id") for one in held.get("resources") or () if one.get("datastore_active")}
    resources = [
        {**one, "datastore_active": True} if one["id"] in loaded else one
        for one in wanted["resources"]
    ]
    return {**wanted, "resources": resources}


def absolute(package: Record, public_url: str) -> Record:
    """`package` with whole addresses of our files."""
    resources = [
        {**one, "url": f"{public_url}{one['url']}"} if one["url"].startswith("/") else one
        for one in package["resources"]
    ]
    return {**package, "resources": resources}


def differs(wanted: object, held: object, ignoring: Collection[str] = ()) -> bool:
    """Whether `held` lacks something of `wanted`; its own keys in `ignoring` do
    not count, those of its parts do."""
    if isinstance(wanted, dict) and isinstance(held, dict):
        return any(
            _differs_at(key, value, held.get(key))
            for key, value in wanted.items()
            if key not in ignoring
        )
    if isinstance(wanted, list) and isinstance(held, list):
        if len(wanted) != len(held):
            return True
        pairs = zip(sorted(wanted, key=_name), sorted(held, key=_name), strict=True)
        return any(differs(one, other) for one, other in pairs)
    return (wanted or None) != (held or None)


def _differs_at(key: str, wanted: object, held: object) -> bool:
    if key in _TIMES:
        return _time(wanted) != _time(held)
    if key in _SPELLED_ANEW:
        return str(wanted or "").lower() != str(held or "").lower()
    return differs(wanted, held)


def _time(written: object) -> datetime | None:
    try:
        return naive_utc(str(written)) if written else None
    except ValueError:
        return None


def _name(item: Any) -> str:
    return str(item.get("key") or item.get("name") or item.get("id") or "")
