"""schema.org, Croissant and data.json of records of every kind."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from rdflib import Graph

from catalog.web import croissant, data_json, schema_org
from catalog.web.described import Described
from contracts.releases import Release
from lakehouse.releases import Releases
from tests import real_metadata
from tests.catalog.province import stores_at
from tests.catalog.web.records import PUBLIC_URL, by_hand, extra, of_release, shown


@pytest.fixture
def release(built: Path) -> Release:
    found = Releases(stores_at(built)).latest("schools")
    assert found is not None
    told = {"from": "2000-01", "to": None, "units": ["28000"]}
    return replace(found, metadata={**found.metadata, "coverage": told})


def test_schema_org_of_a_contract(release: Release) -> None:
    told = schema_org.dataset(of_release(release), PUBLIC_URL)
    assert told["@id"] == f"{PUBLIC_URL}/id/dataset/schools"
    assert told["name"] == "Trường học"
    assert told["alternateName"] == "English schools"
    assert told["isAccessibleForFree"] is True
    assert told["temporalCoverage"] == "2000-01-01/.."
    assert told["spatialCoverage"] == [
        {"@type": "AdministrativeArea", "@id": f"{PUBLIC_URL}/id/unit/28000"}
    ]
    assert [one["name"] for one in told["variableMeasured"]][:2] == ["code", "name"]
    csv = told["distribution"][0]
    assert csv["encodingFormat"] == "text/csv"
    assert csv["sha256"] == next(one.sha256 for one in release.files if one.format == "csv")


def test_schema_org_says_no_more_than_the_record() -> None:
    told = schema_org.dataset(by_hand(resources=[], tags=[]), PUBLIC_URL)
    absent = {"temporalCoverage", "spatialCoverage", "distribution", "keywords", "version"}
    assert not absent & set(told)
    assert None not in told.values()


def test_croissant_names_columns_by_the_file_that_holds_them(release: Release) -> None:
    told = croissant.croissant(Described(of_release(release), PUBLIC_URL))
    (rows,) = told["recordSet"]
    assert rows["key"] == [{"@id": "rows/code"}]
    kinds = {one["name"]: one["dataType"] for one in rows["field"]}
    assert kinds == {
        "code": "sc:Text",
        "name": "sc:Text",
        "pupils": "sc:Integer",
        "opened": "sc:Date",
        "quality_flag": "sc:Text",
    }
    assert told["version"] == "1.0.0"
    graph = Graph().parse(data=json.dumps(told), format="json-ld")
    assert len(graph) > 50


def test_a_record_without_columns_has_no_record_set() -> None:
    told = croissant.croissant(Described(by_hand(), PUBLIC_URL))
    assert "recordSet" not in told
    assert told["distribution"][0]["contentUrl"] == "https://files.example/Danh%20s%C3%A1ch.csv"


def test_data_json_of_a_record_by_hand() -> None:
    record = by_hand(
        maintainer="Ban quản lý",
        maintainer_email="mailto:cho@example.vn",
        extras=[
            extra("frequency", "R/P1Y"),
            extra("temporal_start", "2020-01-01"),
            extra("temporal_end", "2020-12-31"),
        ],
    )
    told = data_json.dataset(Described(record, PUBLIC_URL))
    assert told["accrualPeriodicity"] == "R/P1Y"
    assert told["temporal"] == "2020-01-01/2020-12-31"
    assert told["contactPoint"]["hasEmail"] == "mailto:cho@example.vn"
    assert told["accessLevel"] == "public"
    assert told["distribution"][0]["mediaType"] == "text/csv"


def test_access_levels_of_data_json(release: Release) -> None:
    for access, level in (("shared", "restricted public"), ("on_request", "restricted public")):
        guarded = of_release(replace(release, access=access, files=()))
        assert data_json.dataset(Described(guarded, PUBLIC_URL))["accessLevel"] == level
    draft = data_json.dataset(Described(by_hand(private=True), PUBLIC_URL))
    assert draft["accessLevel"] == "non-public"


def test_every_real_record_can_be_written_in_every_format() -> None:
    real_metadata.require()
    packages = real_metadata.packages()
    owners = {one["name"]: one for one in real_metadata.organizations(packages)}
    for package in packages:
        record = shown(package, owners[package["owner_org"]])
        said = Described(record, PUBLIC_URL)
        for told in (
            schema_org.dataset(record, PUBLIC_URL),
            croissant.croissant(said),
            data_json.dataset(said),
        ):
            assert json.loads(json.dumps(told)) == told
            assert told["keyword" if "accessLevel" in told else "name"]
