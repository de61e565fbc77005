"""The search over packages as CKAN gives it: parameters in, facets out.

What a query means and how it is answered is `catalog.search`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from catalog.access import Permission
from catalog.actions.packages import MOST
from catalog.actions.registry import Call, action
from catalog.context import Record, Records
from catalog.errors import ValidationError
from catalog.licences import LICENCES
from catalog.search.request import SearchAnswer, SearchRequest

_SORT = "score desc, metadata_modified desc"
_MOST_FACETS = 50


@action(Permission.READ_CATALOGUE, result="SearchResult")
def package_search(call: Call) -> dict[str, Any]:
    """Search the datasets, in Lucene's grammar; words without marks find words with marks.

    :param string q: the query, such as ``giao duc AND tags:"một cửa"``; default: every dataset
    :param string|array fq: a condition that does not change the order, or several
    :param string|array fq_list: further conditions, all of which must hold
    :param string sort: such as ``metadata_modified desc``; default: best match, then newest
    :param integer rows: at most so many (default 10, most 1000)
    :param integer start: after leaving out so many
    :param boolean facet: whether to count the values of fields (default true)
    :param list facet.field: the fields whose values are counted, such as ``["tags"]``
    :param integer facet.limit: at most so many values of a field (default 50, -1: all)
    :param integer facet.mincount: only values with at least so many datasets (default 1)
    :param list fl: instead of whole datasets, only these fields of each
    :param boolean include_drafts: drafts too, where the asker may see them
    :param boolean include_private: private ones too, where the asker may see them
    :param boolean use_default_schema: changes nothing: there is one schema
    """
    request = _request(call)
    answer = call.view.search(request)
    fields = call.parameters.listing("fl")
    return {
        "count": answer.count,
        "sort": request.sort or _SORT,
        "results": [_only(one, fields) for one in answer.packages] if fields else answer.packages,
        "facets": {name: dict(answer.facets.get(name, ())) for name in request.facet_fields},
        "search_facets": _search_facets(call.view.records, request.facet_fields, answer),
    }


def _request(call: Call) -> SearchRequest:
    parameters = call.parameters
    sort = parameters.text("sort").strip()
    faceted = parameters.flag("facet", default=True)
    return SearchRequest(
        q=parameters.text("q"),
        fq=(*_conditions(call, "fq"), *_conditions(call, "fq_list")),
        sort="" if sort == "rank" else sort,
        start=parameters.integer("start", 0),
        rows=parameters.integer("rows", 10, most=MOST),
        facet_fields=tuple(dict.fromkeys(parameters.listing("facet.field"))) if faceted else (),
        facet_limit=parameters.integer("facet.limit", _MOST_FACETS, least=-1),
        facet_mincount=parameters.integer("facet.mincount", 1),
        include_private=parameters.flag("include_private"),
        include_drafts=parameters.flag("include_drafts"),
    )


def _conditions(call: Call, name: str) -> Sequence[str]:
    """One text or several; a comma is part of a condition, it parts none."""
    value = call.parameters.json(name)
    if not isinstance(value, list):
        value = [call.parameters.text(name)]
    if not all(isinstance(one, str) for one in value):
        raise ValidationError({name: ["Must be a text or a list of texts"]})
    return [one for one in value if one.strip()]


def _search_facets(
    records: Records, fields: Sequence[str], answer: SearchAnswer
) -> dict[str, dict[str, Any]]:
    made: dict[str, dict[str, Any]] = {}
    for field in fields:
        title = _titles(records).get(field)
        items = [
            {
                "name": value,
                "display_name": (title(value) if title else None) or value,
                "count": count,
            }
            for value, count in answer.facets.get(field, ())
        ]
        # CKAN's own order; by count they are in ``facets``.
        items.sort(key=lambda item: str(item["display_name"]), reverse=True)
        made[field] = {"title": field, "items": items}
    return made


def _titles(records: Records) -> Mapping[str, Callable[[str], str | None]]:
    """For each field whose values have titles, how to find one."""
    return {
        "organization": lambda name: _title(records.organization(name)),
        "groups": lambda name: _title(records.group(name)),
        "license_id": lambda name: LICENCES[name].title if name in LICENCES else None,
    }


def _title(record: Record | None) -> str | None:
    return record["title"] if record else None


def _only(package: Record, fields: Sequence[str]) -> dict[str, Any]:
    """The fields of a package that were asked for, each as an index would hold it."""
    made: dict[str, Any] = {}
    for field in fields:
        value = _indexed(package, field)
        if value not in (None, [], ""):
            made[field] = value
    return made


def _indexed(package: Record, field: str) -> Any:
    if field == "organization":
        return (package["organization"] or {}).get("name")
    if field in ("tags", "groups"):
        return [one["name"] for one in package[field]]
    if field.startswith("res_"):
        return [one.get(field.removeprefix("res_")) for one in package["resources"]]
    if field in package:
        return package[field]
    key = field.removeprefix("extras_")
    return next((one["value"] for one in package["extras"] if one["key"] == key), None)
