"""``_table_metadata``: every resource whose rows can be asked for, as CKAN's DataStore lists
its tables; R's ckanr finds its tables by it. Not an action of its own.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping

from catalog.actions.registry import Call
from catalog.identifiers import CONTRACT_EXTRA
from catalog.search.request import SearchRequest
from lakehouse.rows import Field, Page

TABLES = "_table_metadata"
"""What is asked for as a resource."""
_FIELDS = (
    Field("_id", "text", "VARCHAR"),
    Field("name", "text", "VARCHAR"),
    Field("oid", "int8", "BIGINT"),
    Field("alias_of", "text", "VARCHAR"),
)
_STEP = 1000


def row_tables(call: Call, limit: int, offset: int) -> tuple[Page, int]:
    """A page of the tables that the asker may know of, and how many there are: of each
    resource with rows its id, and its dataset's name as an alias."""
    tables = sorted(_tables(call), key=lambda table: str(table["name"]))
    return Page(tuple(tables[offset : offset + limit]), None, _FIELDS), len(tables)


def _tables(call: Call) -> Iterator[dict[str, object]]:
    start = 0
    while True:
        request = SearchRequest(
            fq=(f"extras:{CONTRACT_EXTRA}=*",),
            sort="name asc",
            start=start,
            rows=_STEP,
            include_private=True,
        )
        answer = call.view.search(request)
        for package in answer.packages:
            yield from _of_package(package)
        start += _STEP
        if start >= answer.count:
            return


def _of_package(package: Mapping[str, object]) -> Iterator[dict[str, object]]:
    resources = package["resources"]
    for resource in resources if isinstance(resources, list | tuple) else ():
        if resource["datastore_active"]:
            yield _table(str(resource["id"]), None)
            yield _table(str(package["name"]), str(resource["id"]))


def _table(name: str, alias_of: str | None) -> dict[str, object]:
    number = zlib.crc32(name.encode())
    return {"_id": f"{number:08x}", "name": name, "oid": number, "alias_of": alias_of}
