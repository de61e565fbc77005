"""ckanr (R): its requests replayed, not run. It posts with a query string and no body."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx

from tests.catalog.clients.conftest import Catalogue


def _post(catalogue: Catalogue, name: str, /, **parameters: Any) -> Any:
    answer = httpx.post(
        f"{catalogue.url}/api/3/action/{name}",
        params=parameters,
        headers={"X-CKAN-API-Key": ""},
        timeout=60,
    )
    return catalogue.result(answer)


def test_reads_the_version_before_every_search(catalogue: Catalogue) -> None:
    version = catalogue.action("status_show")["ckan_version"]
    assert re.match(r"\d+\.\d+", version)


def test_searches_with_facets(catalogue: Catalogue) -> None:
    found = _post(
        catalogue,
        "package_search",
        q="*:*",
        fq="organization:so-giao-thong",
        sort="name asc",
        rows=2,
        start=0,
        facet="true",
        include_drafts="FALSE",
        include_private="FALSE",
        use_default_schema="FALSE",
        **{
            "facet.limit": 5,
            "facet.mincount": 1,
            "facet.field": json.dumps(["organization", "groups", "tags", "res_format"]),
        },
    )
    assert [one["name"] for one in found["results"]] == ["by-hand-1", "by-hand-2"]
    assert found["count"] == 3
    assert found["facets"]["organization"] == {"so-giao-thong": 3}
    assert found["facets"]["groups"] == {"moi-truong": 2, "giao-thong": 1}
    assert found["facets"]["res_format"] == {"CSV": 3, "PDF": 3}
    items = found["search_facets"]["organization"]["items"]
    assert items == [{"name": "so-giao-thong", "display_name": "Sở Giao thông", "count": 3}]


def _rows_of(catalogue: Catalogue, name: str) -> str:
    resources = catalogue.action("package_show", id=name)["resources"]
    return next(one["id"] for one in resources if one["datastore_active"])


def test_reads_rows(catalogue: Catalogue) -> None:
    resource = _rows_of(catalogue, "schools")
    found = _post(
        catalogue,
        "datastore_search",
        resource_id=resource,
        filters=json.dumps({"code": "0007"}),
        limit=10,
        offset=0,
        plain="TRUE",
    )
    assert [row["pupils"] for row in found["records"]] == [49]
    assert {"id", "type"} <= found["fields"][1].keys()


def test_lists_the_tables(catalogue: Catalogue) -> None:
    found = _post(catalogue, "datastore_search", resource_id="_table_metadata", limit=100)
    assert _rows_of(catalogue, "schools") in {row["name"] for row in found["records"]}
    assert "personal" not in json.dumps(found["records"])


def test_asks_whether_an_action_is_there(catalogue: Catalogue) -> None:
    assert "rows" in catalogue.action("help_show", name="datastore_search")
    answer = httpx.get(f"{catalogue.url}/api/3/action/help_show", params={"name": "no_such"})
    assert answer.status_code == 404
    assert answer.json()["error"]["__type"] == "Not Found Error"
