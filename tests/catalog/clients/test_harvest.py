"""ckanext-harvest's CKAN harvester: its requests replayed, not run."""

from __future__ import annotations

import re

from tests.catalog.clients.conftest import Catalogue

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}")


def _gather(catalogue: Catalogue, fq: str = "", rows: int = 2) -> dict[str, dict]:
    """All pages, as the harvester reads them: until one is empty."""
    found: dict[str, dict] = {}
    start = 0
    while True:
        asked = {"rows": rows, "start": start, "sort": "id asc"} | ({"fq": fq} if fq else {})
        page = catalogue.action("package_search", **asked)["results"]
        if not page:
            return found
        assert not found.keys() & {one["id"] for one in page}
        found |= {one["id"]: one for one in page}
        start += rows


def test_gathers_every_record_once_in_the_order_of_ids(catalogue: Catalogue) -> None:
    found = _gather(catalogue)
    assert list(found) == sorted(found)
    assert sorted(one["name"] for one in found.values()) == catalogue.action("package_list")


def test_has_what_the_import_needs(catalogue: Catalogue) -> None:
    for one in _gather(catalogue, rows=100).values():
        assert one["type"] == "dataset"
        assert isinstance(one["resources"], list)
        assert all(tag["name"] for tag in one["tags"])
        assert all(group["id"] and group["name"] for group in one["groups"])
        assert one["owner_org"] == one["organization"]["id"]
        assert all(isinstance(extra["value"], str) for extra in one["extras"])
        # An update is skipped unless the text of its time is greater: one form for all.
        assert _TIME.fullmatch(one["metadata_modified"])


def test_filters_by_organisation_as_it_writes_them(catalogue: Catalogue) -> None:
    everything = set(_gather(catalogue))
    ours = set(_gather(catalogue, "organization:so-giao-thong"))
    assert len(ours) == 3
    assert set(_gather(catalogue, "-organization:so-giao-thong")) == everything - ours
    both = "organization:so-giao-thong OR organization:h20-5"
    assert ours < set(_gather(catalogue, both))
    assert len(_gather(catalogue, "groups:moi-truong")) == 2


def test_asks_for_what_changed_since(catalogue: Catalogue) -> None:
    newest = max(one["metadata_modified"] for one in _gather(catalogue).values())
    assert len(_gather(catalogue, f"metadata_modified:[{newest}Z TO *]")) >= 1
    assert _gather(catalogue, "metadata_modified:[2199-01-01T00:00:00Z TO *]") == {}


def test_reads_groups_and_organisations(catalogue: Catalogue) -> None:
    group = catalogue.action("group_show", id="moi-truong")
    assert (group["type"], group["title"]) == ("group", "Môi trường")
    owner = catalogue.action("organization_show", id="so-giao-thong")
    assert (owner["type"], owner["name"]) == ("organization", "so-giao-thong")
    assert catalogue.action("organization_show", id=owner["id"])["name"] == "so-giao-thong"
