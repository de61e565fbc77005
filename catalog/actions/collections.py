"""Actions that read organisations and groups (themes): the same for both.

Who is in them is `catalog.actions.membership`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from catalog.access import Permission
from catalog.actions.membership import users_of
from catalog.actions.packages import MOST, packages_of
from catalog.actions.registry import Call, action
from catalog.actions.schemas import listed, named
from catalog.context import Record
from catalog.documents import Kind
from catalog.errors import NotFoundError, ValidationError
from contracts.text import fold

_SORTS = {
    "name": "name",
    "title": "title",
    "package_count": "package_count",
    "packages": "package_count",
}
_PARTS: Mapping[str, str] = {
    "include_dataset_count": "package_count",
    "include_extras": "extras",
    "include_groups": "groups",
    "include_tags": "tags",
    "include_users": "users",
}
"""Flag of an action → the key that it leaves in or out."""


@action(Permission.READ_CATALOGUE, result=named("Organization"))
def organization_list(call: Call) -> list[Any]:
    """Return the agencies that own datasets.

    :param boolean all_fields: dictionaries instead of names
    :param list organizations: only these, by name or id
    :param string sort: ``name``, ``title`` or ``package_count``, with ``asc`` or ``desc``
    :param string order_by: the same, where no sort is given
    :param integer limit: at most so many
    :param integer offset: after leaving out so many
    :param string type: changes nothing: all are of the type organization
    :param string q: only those in whose name, title or description this text occurs
    :param boolean include_dataset_count: with all fields, ``package_count`` (default true)
    :param boolean include_extras: with all fields, ``extras``
    :param boolean include_groups: with all fields, ``groups``
    :param boolean include_tags: with all fields, ``tags``
    :param boolean include_users: with all fields, ``users`` (see organization_show)
    """
    return _listed(call, call.view.records.organizations(), Kind.ORGANIZATION)


@action(Permission.READ_CATALOGUE, result=named("Group"))
def group_list(call: Call) -> list[Any]:
    """Return the themes.

    :param boolean all_fields: dictionaries instead of names
    :param list groups: only these, by name or id
    :param string sort: ``name``, ``title`` or ``package_count``, with ``asc`` or ``desc``
    :param string order_by: the same, where no sort is given
    :param integer limit: at most so many
    :param integer offset: after leaving out so many
    :param string type: changes nothing: all are of the type group
    :param string q: only those in whose name, title or description this text occurs
    :param boolean include_dataset_count: with all fields, ``package_count`` (default true)
    :param boolean include_extras: with all fields, ``extras``
    :param boolean include_groups: with all fields, ``groups``
    :param boolean include_tags: with all fields, ``tags``
    :param boolean include_users: with all fields, ``users`` (see group_show)
    """
    return _listed(call, call.view.records.groups(), Kind.GROUP)


@action(Permission.READ_CATALOGUE, result="Organization")
def organization_show(call: Call) -> dict[str, Any]:
    """Return an agency.

    :param string id: its id or name (required)
    :param boolean include_datasets: its datasets too (default false, at most 1000)
    :param boolean include_dataset_count: ``package_count`` (default true)
    :param boolean include_extras: ``extras`` (default true)
    :param boolean include_groups: ``groups`` (default true)
    :param boolean include_tags: ``tags`` (default true)
    :param boolean include_users: ``users`` with their capacity, where the asker may see them
        (default true)
    """
    return _shown(call, Kind.ORGANIZATION)


@action(Permission.READ_CATALOGUE, result="Group")
def group_show(call: Call) -> dict[str, Any]:
    """Return a theme.

    :param string id: its id or name (required)
    :param boolean include_datasets: its datasets too (default false, at most 1000)
    :param boolean include_dataset_count: ``package_count`` (default true)
    :param boolean include_extras: ``extras`` (default true)
    :param boolean include_groups: ``groups`` (default true)
    :param boolean include_tags: ``tags`` (default true)
    :param boolean include_users: ``users`` with their capacity, where the asker may see them
        (default true)
    """
    return _shown(call, Kind.GROUP)


@action(Permission.READ_CATALOGUE, result=listed("Package"))
def group_package_show(call: Call) -> Sequence[Record]:
    """Return the datasets of a theme.

    :param string id: the theme's id or name (required)
    :param integer limit: at most so many (default and most 1000)
    """
    found = require_collection(call, Kind.GROUP, call.parameters.required("id"))
    return packages_of(call, Kind.GROUP, found, call.parameters.integer("limit", MOST, most=MOST))


def require_collection(call: Call, kind: Kind, id_or_name: str) -> Record:
    """The organisation or group of this id or name, or `NotFoundError`."""
    records = call.view.records
    organization = kind is Kind.ORGANIZATION
    found = records.organization(id_or_name) if organization else records.group(id_or_name)
    if found is None:
        raise NotFoundError(f"{'Organization' if organization else 'Group'} was not found.")
    return found


def _listed(call: Call, records: Sequence[Record], kind: Kind) -> list[Any]:
    parameters = call.parameters
    names = "organizations" if kind is Kind.ORGANIZATION else "groups"
    wanted = set(parameters.listing(names))
    words = fold(parameters.text("q"))
    chosen = [
        one
        for one in records
        if (not wanted or one["name"] in wanted or one["id"] in wanted)
        and (not words or _mentions(one, words))
    ]
    field, descending = _sort(call)
    chosen.sort(key=lambda one: fold(one[field]) if isinstance(one[field], str) else one[field])
    if descending:
        chosen.reverse()
    offset = parameters.integer("offset", 0)
    page = chosen[offset : offset + parameters.integer("limit", len(chosen))]
    if not parameters.flag("all_fields"):
        return [one["name"] for one in page]
    left_out = {
        key
        for flag, key in _PARTS.items()
        if not parameters.flag(flag, default=flag == "include_dataset_count")
    }
    return [_completed(call, one, left_out) for one in page]


def _mentions(record: Record, words: str) -> bool:
    return any(words in fold(record[key]) for key in ("name", "title", "description"))


def _sort(call: Call) -> tuple[str, bool]:
    """The field to sort by, and whether downwards (by number of datasets that is usual)."""
    text = call.parameters.text("sort") or call.parameters.text("order_by") or "title"
    field, _space, direction = text.strip().lower().partition(" ")
    direction = direction.strip()
    if field not in _SORTS or direction not in ("", "asc", "desc"):
        raise ValidationError({"sort": ["Cannot sort by field or in this direction"]})
    usual = "desc" if _SORTS[field] == "package_count" else "asc"
    return _SORTS[field], (direction or usual) == "desc"


def _shown(call: Call, kind: Kind) -> dict[str, Any]:
    found = require_collection(call, kind, call.parameters.required("id"))
    left_out = {key for flag, key in _PARTS.items() if not call.parameters.flag(flag, default=True)}
    shown = _completed(call, found, left_out)
    if call.parameters.flag("include_datasets"):
        shown["packages"] = packages_of(call, kind, found, MOST)
    return shown


def _completed(call: Call, found: Record, left_out: set[str]) -> dict[str, Any]:
    """The dictionary with the parts that were asked for."""
    shown = {key: value for key, value in found.items() if key not in left_out}
    if "users" not in left_out:
        shown["users"] = users_of(call, found["id"])
    return shown
