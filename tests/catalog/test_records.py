from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from catalog.records import (
    FORMS,
    group_from_release,
    organization_from_release,
    package_from_release,
    table_schema,
)
from catalog.registry.forms import CollectionForm, PackageForm, read_form
from contracts.i18n import translate
from contracts.releases import Release
from lakehouse.releases import Releases
from tests.catalog.province import SCHOOLS, publish, stores_at
from tests.catalog.sites import Site


@pytest.fixture
def release(reading_site: Site) -> Release:
    found = Releases(stores_at(reading_site.home)).latest("schools")
    assert found is not None
    return found


def extras(package: dict[str, object]) -> dict[str, str]:
    assert isinstance(package["extras"], list)
    return {one["key"]: one["value"] for one in package["extras"]}


def test_the_record_is_one_that_our_own_registry_accepts(release: Release) -> None:
    package = package_from_release(release)
    assert read_form(PackageForm, package).name == "schools"
    assert read_form(CollectionForm, organization_from_release(release)).name == "h20-5"
    assert read_form(CollectionForm, group_from_release(release)).name == "gove"


def test_it_says_both_languages_and_where_it_comes_from(release: Release) -> None:
    said = extras(package_from_release(release))
    assert said["title_en"] == "English schools"
    assert said["access"] == "open"
    assert said["contract"] == "schools"
    assert said["release"] == "1"
    assert said["content_hash"] == release.content_hash
    assert said["primary_key"] == "code"


def test_an_open_dataset_offers_every_form_by_path(release: Release) -> None:
    resources = package_from_release(release)["resources"]
    assert [one["format"] for one in resources] == ["CSV", "XLSX", "Parquet", "JSONL"]
    assert all(one["url"].startswith("/dataset/schools/releases/1/schools.") for one in resources)
    assert [one["datastore_active"] for one in resources].count(True) == 1
    stored = {one["format"]: one for one in resources if one["hash"]}
    assert set(stored) == {"CSV", "Parquet"}
    assert all(one["size"] > 0 for one in stored.values())


def test_a_table_too_long_for_a_sheet_has_none(release: Release) -> None:
    resources = package_from_release(replace(release, open_rows=1_048_576))["resources"]
    assert "XLSX" not in {one["format"] for one in resources}


def test_the_table_schema_leaves_out_what_is_not_open(release: Release) -> None:
    schema = table_schema(release)
    assert [field["name"] for field in schema["fields"]] == [
        "code",
        "name",
        "pupils",
        "opened",
        "quality_flag",
    ]
    assert schema["primaryKey"] == ["code"]
    assert json.loads(package_from_release(release)["resources"][0]["schema"]) == schema


def test_rows_on_request_have_a_dictionary_and_no_file(release: Release) -> None:
    asked = package_from_release(replace(release, access="on_request", files=()))
    (resource,) = asked["resources"]
    assert resource["resource_type"] == "api"
    assert not resource["datastore_active"]
    assert "head" in {field["name"] for field in json.loads(resource["schema"])["fields"]}


def test_a_draft_is_private(release: Release) -> None:
    draft = replace(release, metadata={**release.metadata, "status": "draft"})
    assert package_from_release(draft)["private"] is True


def test_tags_are_ones_that_every_ckan_accepts(release: Release) -> None:
    odd = replace(
        release, metadata={**release.metadata, "tags": ["a/b", "!", "x" * 200, "đất đai"]}
    )
    assert [tag["name"] for tag in package_from_release(odd)["tags"]] == [
        "a b",
        "x" * 100,
        "đất đai",
    ]


def test_every_form_has_a_media_type_and_both_titles() -> None:
    for form in FORMS:
        assert translate(form.title, "vi") != form.title


def test_the_same_dataset_keeps_its_ids_over_releases(home: Path) -> None:
    stores = stores_at(home)
    second = publish(stores, SCHOOLS, number=2)
    first = Releases(stores).get("schools", 1)
    assert first is not None
    ids = [
        [one["id"] for one in package_from_release(release)["resources"]]
        for release in (first, second)
    ]
    assert ids[0] == ids[1]


def covering(release: Release, first: str | None, last: str | None) -> dict[str, str]:
    told = {"from": first, "to": last, "units": ["28000", "82", "_T"]}
    return extras(
        package_from_release(replace(release, metadata={**release.metadata, "coverage": told}))
    )


@pytest.mark.parametrize(
    ("first", "last", "start", "end"),
    [
        ("2024-02", "2024-02", "2024-02-01", "2024-02-29"),
        ("2019", "2021", "2019-01-01", "2021-12-31"),
        ("2026-01-05", "2026-03-09", "2026-01-05", "2026-03-09"),
    ],
)
def test_it_says_what_time_and_communes_it_covers(
    release: Release, first: str, last: str, start: str, end: str
) -> None:
    said = covering(release, first, last)
    assert (said["temporal_start"], said["temporal_end"]) == (start, end)
    assert said["communes"] == "28000"


def test_what_still_goes_on_has_no_end(release: Release) -> None:
    assert "temporal_end" not in covering(release, "2020-01-01", None)
    assert "communes" not in extras(package_from_release(release))


def test_its_schedule_is_a_frequency_of_the_eu(release: Release) -> None:
    assert extras(package_from_release(release))["frequency"] == "DAILY"
