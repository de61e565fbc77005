"""Actions that read what was done to packages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from catalog.access import Permission
from catalog.actions.packages import require_package
from catalog.actions.registry import Call, action
from catalog.actions.schemas import listed
from catalog.context import Record
from catalog.search.request import SearchRequest

_USUAL = 31
_MOST = 100


@action(Permission.READ_CATALOGUE, result=listed("Activity"))
def package_activity_list(call: Call) -> list[dict[str, Any]]:
    """Return what was done to a dataset, the newest first; the last 30 doings are kept.

    :param string id: its id or name (required)
    :param integer offset: after leaving out so many
    :param integer limit: at most so many (default 31, most 100)
    :param list activity_types: only these, such as ``changed package``
    :param list exclude_activity_types: none of these
    """
    package = require_package(call, call.parameters.required("id"))
    wanted = call.parameters.listing("activity_types")
    unwanted = call.parameters.listing("exclude_activity_types")
    kept = [
        one
        for one in _activities(call, package)
        if (not wanted or one["activity_type"] in wanted) and one["activity_type"] not in unwanted
    ]
    return _page(call, kept)


@action(Permission.READ_CATALOGUE, result=listed("Activity"))
def recently_changed_packages_activity_list(call: Call) -> list[dict[str, Any]]:
    """Return what was done last to the datasets that changed last, the newest first.

    :param integer offset: after leaving out so many (most 900)
    :param integer limit: at most so many (default 31, most 100)
    """
    needed = call.parameters.integer("offset", 0) + call.parameters.integer("limit", _USUAL)
    request = SearchRequest(sort="metadata_modified desc", rows=min(needed, 1000))
    found = [
        one for package in call.view.search(request).packages for one in _activities(call, package)
    ]
    found.sort(key=lambda one: str(one["timestamp"]), reverse=True)
    return _page(call, found)


def _activities(call: Call, package: Record) -> list[dict[str, Any]]:
    about = {"package": {"id": package["id"], "name": package["name"], "title": package["title"]}}
    return [{**one, "data": about} for one in call.view.records.activity(package["id"])]


def _page(call: Call, found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    offset = call.parameters.integer("offset", 0)
    return list(found[offset : offset + call.parameters.integer("limit", _USUAL, most=_MOST)])
