"""Actions that read packages, and what other actions need to find one.

The search over packages is `catalog.actions.searching`.
"""

from __future__ import annotations

from collections.abc import Sequence

from catalog.access import Permission
from catalog.actions.registry import Call, action
from catalog.actions.schemas import TEXT, listed
from catalog.context import Record
from catalog.documents import Kind
from catalog.errors import GoneError, NotFoundError
from catalog.search.request import SearchRequest
from contracts.model import Access

MOST = 1000
"""The most records that one answer holds."""

_MOST_NAMES = 1_000_000


@action(Permission.READ_CATALOGUE, result=listed(TEXT))
def package_list(call: Call) -> Sequence[str]:
    """Return the names of the datasets.

    :param integer limit: at most so many
    :param integer offset: after leaving out so many
    :param boolean include_private: private ones too, where the asker may see them
    :param boolean include_drafts: drafts too, where the asker may see them
    """
    parameters = call.parameters
    names = call.view.records.package_names(
        include_private=parameters.flag("include_private"),
        include_drafts=parameters.flag("include_drafts"),
    )
    offset = parameters.integer("offset", 0)
    return names[offset : offset + parameters.integer("limit", _MOST_NAMES)]


@action(Permission.READ_CATALOGUE, result=listed("Package"))
def current_package_list_with_resources(call: Call) -> Sequence[Record]:
    """Return the datasets with their resources, the last changed first.

    :param integer limit: at most so many (default and most 1000)
    :param integer offset: after leaving out so many
    :param integer page: instead of an offset: which page of `limit` datasets, from 1
    """
    parameters = call.parameters
    limit = parameters.integer("limit", MOST, most=MOST)
    page = parameters.integer("page", 1, least=1)
    start = parameters.integer("offset", (page - 1) * limit)
    request = SearchRequest(sort="metadata_modified desc", start=start, rows=limit)
    return call.view.search(request).packages


@action(Permission.READ_CATALOGUE, result="Package")
def package_show(call: Call) -> Record:
    """Return a dataset with its resources, tags, groups and extras.

    :param string id: its id or name
    :param string name_or_id: its id or name, where no id is given
    :param boolean use_default_schema: changes nothing: there is one schema
    :param boolean include_tracking: changes nothing: nobody is tracked
    """
    return require_package(call, call.parameters.required("id", "name_or_id"))


@action(Permission.READ_CATALOGUE, result="Resource")
def resource_show(call: Call) -> Record:
    """Return a resource.

    :param string id: its id (required)
    :param boolean include_tracking: changes nothing: nobody is tracked
    """
    return require_resource(call, call.parameters.required("id"))


@action(Permission.READ_CATALOGUE, result={"type": "array", "maxItems": 0})
def resource_view_list(call: Call) -> list[Record]:
    """Return the views of a resource: none, the dataset's page shows its preview.

    :param string id: the resource's id (required)
    """
    require_resource(call, call.parameters.required("id"))
    return []


def require_package(call: Call, id_or_name: str) -> Record:
    """The package of this id or name.

    Raises:
        GoneError: it was withdrawn.
        NotFoundError: there is none, or the asker may not know that there is.
    """
    found = call.view.records.package(id_or_name)
    return found if found is not None else _missing(call, id_or_name, "Dataset was not found.")


def require_resource(call: Call, resource_id: str) -> Record:
    """The resource of this id; refusals as of `require_package`."""
    found = call.view.records.resource(resource_id)
    return found if found is not None else _missing(call, resource_id, "Resource was not found.")


def packages_of(call: Call, kind: Kind, found: Record, most: int) -> Sequence[Record]:
    """The first datasets of an organisation or group that the asker may see."""
    field = "organization" if kind is Kind.ORGANIZATION else "groups"
    request = SearchRequest(
        fq=(f'{field}:"{found["name"]}"',), sort="title asc", rows=most, include_private=True
    )
    return call.view.search(request).packages


def _missing(call: Call, identifier: str, message: str) -> Record:
    withdrawn = call.view.records.withdrawn(identifier)
    if withdrawn is not None:
        raise GoneError(withdrawn["reason"])
    raise NotFoundError(message)


def extra(package: Record, key: str) -> str | None:
    """The value of one extra of a package."""
    return next((one["value"] for one in package["extras"] if one["key"] == key), None)


def is_open(package: Record) -> bool:
    """Whether anyone may have the package's rows."""
    return extra(package, "access") == Access.OPEN
