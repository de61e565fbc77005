"""Magda's CKAN connector: its requests replayed, not run."""

from __future__ import annotations

import httpx

from tests.catalog.clients.conftest import Catalogue


def test_pages_through_everything_oldest_first(catalogue: Catalogue) -> None:
    asked = {"sort": "metadata_created asc", "rows": 3}
    first = catalogue.action("package_search", start=0, **asked)
    seen: list[dict] = []
    while len(seen) < first["count"]:
        page = catalogue.action("package_search", start=len(seen), **asked)
        assert page["count"] == first["count"]
        assert page["results"]
        seen += page["results"]
    created = [one["metadata_created"] for one in seen]
    assert created == sorted(created)
    assert len({one["id"] for one in seen}) == first["count"]


def test_its_filters(catalogue: Catalogue) -> None:
    def names(fq: str) -> set[str]:
        found = catalogue.action("package_search", fq=fq, rows=1000)
        assert found["count"] == len(found["results"])
        return {one["name"] for one in found["results"]}

    everything = names("organization:*")
    ours = names('(organization:"so-giao-thong" OR organization:"no-such-thing")')
    assert ours == {"by-hand-1", "by-hand-2", "by-hand-3"}
    assert names('-organization:"so-giao-thong"') == everything - ours
    assert names('title:"Làm tay 2"') == {"by-hand-2"}


def test_reads_organisations_in_pages(catalogue: Catalogue) -> None:
    asked = {
        "all_fields": "true",
        "include_groups": "true",
        "include_extras": "true",
        "include_tags": "true",
        "limit": 1000,
    }
    found = catalogue.action("organization_list", offset=0, **asked)
    ours = next(one for one in found if one["name"] == "so-giao-thong")
    assert [(extra["key"], extra["value"]) for extra in ours["extras"]] == [("a", "b")]
    assert ours["package_count"] == 3
    assert catalogue.action("organization_list", offset=len(found), **asked) == []
    shown = catalogue.action("organization_show", id=ours["id"])
    assert shown["title"] == ours["title"]
    completed = catalogue.action("organization_autocomplete", q="giao thong", limit=5)
    assert "so-giao-thong" in {one["name"] for one in completed}


def test_its_links_lead_to_pages(catalogue: Catalogue) -> None:
    shown = catalogue.action("package_show", id="by-hand-1")
    page = httpx.get(f"{catalogue.url}/dataset/{shown['id']}", follow_redirects=True)
    assert page.status_code == 200
    assert shown["title"] in page.text
