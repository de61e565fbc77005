"""Actions that read packages and resources, and the search over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from catalog.access import Permission, allows
from catalog.actions.registry import Call, action
from catalog.context import Record, View
from catalog.errors import NotFoundError
from catalog.search.request import SearchAnswer, SearchRequest
from contracts.model import Access

_MOST_NAMES = 1_000_000


@action(Permission.READ_RECORDS)
def package_list(call: Call) -> Sequence[str]:
    """Return the names of the datasets.

    :param limit: at most so many
    :param offset: after leaving out so many
    :param include_private: drafts too, for those who may see them
    """
    private = _private(call)
    names = call.view.records.package_names(include_private=private)
    offset = call.parameters.integer("offset", 0)
    return names[offset : offset + call.parameters.integer("limit", _MOST_NAMES)]


@action(Permission.READ_RECORDS)
def package_show(call: Call) -> Record:
    """Return a dataset with its resources, tags, groups and extras.

    :param id: its id or name
    """
    return require_package(call)


@action(Permission.READ_RECORDS)
def resource_show(call: Call) -> Record:
    """Return a resource.

    :param id: its id
    """
    return require_resource(call, call.parameters.required("id"))


@action(Permission.READ_RECORDS)
def resource_view_list(call: Call) -> list[Record]:
    """Return the views of a resource: none, the dataset's page shows its preview.

    :param id: the resource's id
    """
    require_resource(call, call.parameters.required("id"))
    return []


@action(Permission.READ_RECORDS)
def package_search(call: Call) -> dict[str, Any]:
    """Search the datasets, in Lucene's grammar.

    :param q: the query; words without marks find words with marks
    :param fq: further conditions that do not change the order; ``fq_list`` for several
    :param sort: such as ``metadata_modified desc``; default: best match, then newest
    :param rows: at most so many (default 10, most 1000)
    :param start: after leaving out so many
    :param facet.field: fields whose values are counted, ``facet.limit``, ``facet.mincount``
    :param include_private: drafts too, for those who may see them
    """
    request = _request(call)
    answer = call.view.search(request)
    return {
        "count": answer.count,
        "sort": call.parameters.text("sort") or "score desc, metadata_modified desc",
        "results": call.view.records.packages(answer.ids),
        "facets": {name: dict(answer.facets.get(name, ())) for name in request.facet_fields},
        "search_facets": _search_facets(call.view, request, answer),
    }


def _request(call: Call) -> SearchRequest:
    parameters = call.parameters
    fq = [parameters.text("fq"), *parameters.listing("fq_list")]
    faceted = parameters.flag("facet", default=True)
    return SearchRequest(
        q=parameters.text("q"),
        fq=tuple(text for text in fq if text.strip()),
        sort=parameters.text("sort"),
        start=parameters.integer("start", 0),
        rows=parameters.integer("rows", 10),
        facet_fields=tuple(parameters.listing("facet.field")) if faceted else (),
        facet_limit=parameters.integer("facet.limit", 50, least=-1),
        facet_mincount=parameters.integer("facet.mincount", 1),
        include_private=_private(call),
    )


def _private(call: Call) -> bool:
    """Whether drafts are asked for by one who may see them; to others they do not exist."""
    return call.parameters.flag("include_private") and allows(call.actor, Permission.SEE_DRAFTS)


def _search_facets(
    view: View, request: SearchRequest, answer: SearchAnswer
) -> dict[str, dict[str, Any]]:
    titles: Mapping[str, Mapping[str, str]] = {
        "organization": {one["name"]: one["title"] for one in view.records.organizations()}
        if "organization" in request.facet_fields
        else {},
        "groups": {one["name"]: one["title"] for one in view.records.groups()}
        if "groups" in request.facet_fields
        else {},
    }
    return {
        name: {
            "title": name,
            "items": [
                {
                    "name": value,
                    "display_name": titles.get(name, {}).get(value, value),
                    "count": count,
                }
                for value, count in answer.facets.get(name, ())
            ],
        }
        for name in request.facet_fields
    }


def require_package(call: Call) -> Record:
    """The package that the call names, or `NotFoundError`."""
    found = call.view.records.package(call.parameters.required("id", "name_or_id"))
    if found is None:
        raise NotFoundError("Dataset was not found.")
    return found


def require_resource(call: Call, resource_id: str) -> Record:
    """The resource of this id, or `NotFoundError`."""
    found = call.view.records.resource(resource_id)
    if found is None:
        raise NotFoundError("Resource was not found.")
    return found


def extra(package: Record, key: str) -> str | None:
    """The value of one extra of a package."""
    return next((one["value"] for one in package["extras"] if one["key"] == key), None)


def is_open(package: Record) -> bool:
    """Whether anyone may have the package's rows."""
    return extra(package, "access") == Access.OPEN
