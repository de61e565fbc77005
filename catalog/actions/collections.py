"""Actions that read organisations and groups (themes)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from catalog.access import Permission
from catalog.actions.registry import Call, action
from catalog.context import Record
from catalog.errors import NotFoundError, ValidationError
from catalog.search.index import MOST_ROWS
from catalog.search.request import SearchRequest

_SORTS = {"name": "name", "title": "title", "package_count": "package_count"}


@action(Permission.READ_RECORDS)
def organization_list(call: Call) -> list[Any]:
    """Return the agencies that own datasets.

    :param all_fields: dictionaries instead of names; with ``include_extras`` their extras
    :param organizations: only these names
    :param sort: ``name``, ``title`` or ``package_count``, with ``asc`` or ``desc``
    :param limit: at most so many, ``offset`` after leaving out so many
    """
    return _listed(call, call.view.records.organizations(), "organizations")


@action(Permission.READ_RECORDS)
def group_list(call: Call) -> list[Any]:
    """Return the themes.

    :param all_fields: dictionaries instead of names; with ``include_extras`` their extras
    :param groups: only these names
    :param sort: ``name``, ``title`` or ``package_count``, with ``asc`` or ``desc``
    :param limit: at most so many, ``offset`` after leaving out so many
    """
    return _listed(call, call.view.records.groups(), "groups")


@action(Permission.READ_RECORDS)
def organization_show(call: Call) -> dict[str, Any]:
    """Return an agency.

    :param id: its id or name
    :param include_datasets: its datasets too (default false, at most 1000)
    """
    found = call.view.records.organization(call.parameters.required("id"))
    if found is None:
        raise NotFoundError("Organization was not found.")
    return _shown(call, found, "organization")


@action(Permission.READ_RECORDS)
def group_show(call: Call) -> dict[str, Any]:
    """Return a theme.

    :param id: its id or name
    :param include_datasets: its datasets too (default false, at most 1000)
    """
    found = call.view.records.group(call.parameters.required("id"))
    if found is None:
        raise NotFoundError("Group was not found.")
    return _shown(call, found, "groups")


@action(Permission.READ_RECORDS)
def group_package_show(call: Call) -> Sequence[Record]:
    """Return the datasets of a theme.

    :param id: its id or name
    :param limit: at most so many (most 1000)
    """
    found = call.view.records.group(call.parameters.required("id"))
    if found is None:
        raise NotFoundError("Group was not found.")
    return _packages(call, found, "groups", call.parameters.integer("limit", MOST_ROWS))


def _listed(call: Call, records: Sequence[Record], names: str) -> list[Any]:
    parameters = call.parameters
    wanted = parameters.listing(names)
    chosen = [one for one in records if not wanted or one["name"] in wanted or one["id"] in wanted]
    field, _space, direction = parameters.text("sort", "title asc").partition(" ")
    if field not in _SORTS or direction.strip().lower() not in ("", "asc", "desc"):
        raise ValidationError({"sort": ["Cannot sort by field or in this direction"]})
    chosen.sort(key=lambda one: one[field], reverse=direction.strip().lower() == "desc")
    offset = parameters.integer("offset", 0)
    page = chosen[offset : offset + parameters.integer("limit", len(chosen) or 1)]
    if not parameters.flag("all_fields"):
        return [one["name"] for one in page]
    left_out = {"users", "groups", "tags"}
    if not parameters.flag("include_extras"):
        left_out.add("extras")
    return [{key: one[key] for key in one if key not in left_out} for one in page]


def _shown(call: Call, found: Record, field: str) -> dict[str, Any]:
    shown = dict(found)
    if call.parameters.flag("include_datasets"):
        shown["packages"] = _packages(call, found, field, MOST_ROWS)
    return shown


def _packages(call: Call, found: Record, field: str, most: int) -> Sequence[Record]:
    request = SearchRequest(fq=(f'{field}:"{found["name"]}"',), rows=most)
    return call.view.records.packages(call.view.search(request).ids)
