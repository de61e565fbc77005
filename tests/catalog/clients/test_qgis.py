"""The QGIS plugin CKAN-Browser: its requests replayed, not run. Its base ends ``/api/3/``."""

from __future__ import annotations

import httpx

from tests.catalog.clients.conftest import Catalogue


def test_lists_categories(catalogue: Catalogue) -> None:
    groups = catalogue.action("group_list", all_fields="true")
    assert ("giao-thong", "Giao thông") in {(one["name"], one["display_name"]) for one in groups}


def test_searches_with_blanks_written_as_plus(catalogue: Catalogue) -> None:
    # Sent as the plugin builds it, because a client library would quote it otherwise.
    answer = httpx.get(
        f"{catalogue.url}/api/3/action/package_search"
        "?q=&fq=(groups:giao-thong+OR+groups:moi-truong)&sort=name%20asc&rows=50&start=0",
        timeout=60,
    )
    found = catalogue.result(answer)
    assert [one["name"] for one in found["results"]] == ["by-hand-1", "by-hand-2", "by-hand-3"]
    for one in found["results"]:
        assert one["num_resources"] > 0
        for resource in one["resources"]:
            assert isinstance(resource["format"], str)
            assert resource["url"]
            assert resource["name"]


def test_asks_for_the_size_before_it_downloads(catalogue: Catalogue) -> None:
    resources = catalogue.action("package_show", id="schools")["resources"]
    stored = next(one for one in resources if one["format"] == "Parquet")
    head = httpx.head(stored["url"], timeout=60)
    assert head.status_code == 200
    assert int(head.headers["content-length"]) == stored["size"]


def test_base_address(catalogue: Catalogue) -> None:
    assert httpx.get(f"{catalogue.url}/api/3/").json() == {"version": 3}
