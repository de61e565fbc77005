"""The lineage of a release as OpenLineage: complete, with expressions, and nobody's address."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from openlineage.client.generated.column_lineage_dataset import ColumnLineageDatasetFacet

from orchestration.open_lineage import lineage_file, openlineage
from orchestration.platform import Platform
from tests.openlineage_classes import built
from tests.orchestration.conftest import Released
from tests.orchestration.homes import ALL, CommandLine, latest, platform_of

DATASETS = ("administrative_unit", "service_case", "service_case_statistics")


def event_of(platform: Platform, dataset: str) -> dict[str, Any]:
    return openlineage(platform.dataset(dataset), latest(platform, dataset))


def inputs_of(event: dict[str, Any], column: str) -> list[dict[str, Any]]:
    fields = event["outputs"][0]["facets"]["columnLineage"]["fields"]
    found: list[dict[str, Any]] = fields[column]["inputFields"]
    return found


@pytest.fixture
def platform(dungchung: CommandLine) -> Platform:
    return platform_of(dungchung.home)


@pytest.mark.parametrize("dataset", ALL)
def test_the_event_is_what_the_specification_says(released: Released, dataset: str) -> None:
    platform = platform_of(released.home)
    event = event_of(platform, dataset)
    made = built(event)
    assert datetime.fromisoformat(made.eventTime).tzinfo
    [output] = made.outputs or ()
    assert (output.facets or {}).keys() == {"schema", "version", "columnLineage"}
    known = {(item.namespace, item.name) for item in made.inputs or ()}
    lineage = (output.facets or {})["columnLineage"]
    assert isinstance(lineage, ColumnLineageDatasetFacet)
    for field in lineage.fields.values():
        for origin in field.inputFields:
            assert (origin.namespace, origin.name) in known
            for told in origin.transformations or ():
                assert told.type == "DIRECT"
                assert told.subtype in {"IDENTITY", "TRANSFORMATION", "AGGREGATION"}
    for origin in lineage.dataset or ():
        for told in origin.transformations or ():
            assert told.type == "INDIRECT"
            assert told.subtype in {"JOIN", "FILTER"}


def test_an_event_that_is_none_is_told(platform: Platform) -> None:
    event = event_of(platform, "service_case")
    facets = event["outputs"][0]["facets"]
    for broken in (
        event | {"eventType": "DONE"},
        event | {"run": {"runId": 5}},
        event | {"eventTime": "2026-11-22"},
        {name: value for name, value in event.items() if name != "job"},
        event | {"inputs": [{"name": "x"}]},
        event | {"inputs": [{"name": "x", "namespace": "y", "facets": {"schema": {}}}]},
        event | {"job": event["job"] | {"title": "x"}},
        event | {"inputs": [{"name": "x", "namespace": "y", "inputFacets": facets}]},
    ):
        with pytest.raises((AssertionError, ValueError)):
            built(broken)


def test_a_column_comes_from_each_system_by_its_own_expression(platform: Platform) -> None:
    event = event_of(platform, "service_case")
    found = {
        (item["namespace"], item["name"], item["field"]): item["transformations"]
        for item in inputs_of(event, "applicant_token")
    }
    assert set(found) == {
        ("dungchung.source.igate", "HOSO", "SoCCCD"),
        ("dungchung.source.mot_cua_2017", "TB_HOSO", "SOCMND"),
    }
    [told] = found["dungchung.source.igate", "HOSO", "SoCCCD"]
    assert told["description"] == "pseudonym(personal_id(hs.SoCCCD))"
    assert told["masking"] is True


def test_a_look_up_names_the_dataset_it_reads(platform: Platform) -> None:
    event = event_of(platform, "service_case")
    found = {(i["name"], i["field"]) for i in inputs_of(event, "applicant_admin_system")}
    assert ("administrative_unit", "code_system") in found
    versions = {
        item["name"]: item["facets"]["version"]["datasetVersion"]
        for item in event["inputs"]
        if "facets" in item
    }
    assert versions["administrative_unit"] == "1"


def test_an_exclusion_is_an_indirect_input(platform: Platform) -> None:
    event = event_of(platform, "service_case")
    indirect = event["outputs"][0]["facets"]["columnLineage"]["dataset"]
    assert {
        "namespace": "dungchung.source.igate",
        "name": "HOSO",
        "field": "DaXoa",
        "transformations": [
            {"type": "INDIRECT", "subtype": "FILTER", "description": "hs.DaXoa = 1"}
        ],
    } in indirect


def test_a_shape_is_seen_through(platform: Platform) -> None:
    found = inputs_of(event_of(platform, "administrative_unit"), "latitude")
    assert {item["name"] for item in found} == {"admin_units", "admin_units_legacy"}


def test_statistics_come_from_the_dataset_by_aggregation(platform: Platform) -> None:
    event = event_of(platform, "service_case_statistics")
    fields = event["outputs"][0]["facets"]["columnLineage"]["fields"]
    origins = [item for field in fields.values() for item in field["inputFields"]]
    assert {(i["namespace"], i["name"]) for i in origins} >= {("dungchung", "service_case")}
    told = {t["subtype"] for item in origins for t in item["transformations"]}
    assert "AGGREGATION" in told


def test_no_address_is_in_it(platform: Platform) -> None:
    for dataset in DATASETS:
        text = json.dumps(event_of(platform, dataset))
        assert "sqlite:" not in text
        assert str(platform.home) not in text


def test_it_is_written_beside_the_run_and_told(dungchung: CommandLine) -> None:
    written = lineage_file(dungchung.home, "service_case", 1)
    said = dungchung("lineage", "service_case", "--format", "openlineage")
    assert json.loads(said.out) == json.loads(written.read_text(encoding="utf-8"))
    written.unlink()
    again = dungchung("lineage", "service_case", "--format", "openlineage")
    assert json.loads(again.out) == json.loads(said.out)
    table = dungchung("lineage", "service_case", "--lang", "en")
    assert "igate.HOSO.SoCCCD" in table.out
    assert dungchung("lineage", "service_case", "--release", "9").status == 1
