"""Records as DCAT-AP 3: what is said, and that the shapes of DCAT-AP find nothing wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, FOAF, RDF, XSD

from catalog.web.datasets import add_dataset
from catalog.web.described import Described
from catalog.web.graph import ADMS, DCAT, DQV, SPDX, Writer
from catalog.web.quality import add_history, add_verdict
from catalog.web.terms import add_vocabulary
from contracts.checks import CheckResult, Verdict
from contracts.releases import Release
from lakehouse.releases import Releases
from tests import real_metadata
from tests.catalog.province import TABLES, stores_at
from tests.catalog.web.records import PUBLIC_URL, by_hand, extra, of_release, shown
from tests.catalog.web.shapes import violations

EU = "http://publications.europa.eu/resource/authority"
SAMPLE = 60


def graph_of(*records: dict[str, Any]) -> Graph:
    write = Writer(PUBLIC_URL)
    for record in records:
        add_dataset(write, Described(record, PUBLIC_URL))
    return write.graph


@pytest.fixture
def release(built: Path) -> Release:
    found = Releases(stores_at(built)).latest("schools")
    assert found is not None
    told = {"from": "2000-01", "to": "2000-09-07", "units": ["28000", "28003"]}
    return replace(found, metadata={**found.metadata, "coverage": told})


def test_a_dataset_of_a_contract(release: Release) -> None:
    graph = graph_of(of_release(release))
    dataset = URIRef(f"{PUBLIC_URL}/id/dataset/schools")
    assert (dataset, RDF.type, DCAT.Dataset) in graph
    assert set(graph.objects(dataset, DCTERMS.title)) == {
        Literal("Trường học", lang="vi"),
        Literal("English schools", lang="en"),
    }
    assert graph.value(dataset, DCTERMS.accrualPeriodicity) == URIRef(f"{EU}/frequency/DAILY")
    assert graph.value(dataset, DCAT.theme) == URIRef(f"{EU}/data-theme/GOVE")
    assert graph.value(dataset, DCTERMS.accessRights) == URIRef(f"{EU}/access-right/PUBLIC")
    assert graph.value(dataset, DCAT.version) == Literal("1")
    assert len(set(graph.objects(dataset, ADMS.versionNotes))) == 2
    owner = graph.value(dataset, DCTERMS.publisher)
    assert owner == URIRef(f"{PUBLIC_URL}/id/organization/h20-5")
    period = graph.value(dataset, DCTERMS.temporal)
    assert graph.value(period, DCAT.startDate) == Literal("2000-01-01", datatype=XSD.date)
    assert graph.value(period, DCAT.endDate) == Literal("2000-09-07", datatype=XSD.date)
    units = {str(unit) for unit in graph.objects(dataset, DCTERMS.spatial)}
    assert units == {f"{PUBLIC_URL}/id/unit/28000", f"{PUBLIC_URL}/id/unit/28003"}


def test_its_files_have_size_checksum_licence_and_type(release: Release) -> None:
    graph = graph_of(of_release(release))
    files = {
        str(graph.value(one, DCAT.mediaType)).rpartition("/")[2]: one
        for one in graph.subjects(RDF.type, DCAT.Distribution)
    }
    csv = files["csv"]
    assert graph.value(csv, DCTERMS["format"]) == URIRef(f"{EU}/file-type/CSV")
    assert graph.value(csv, DCTERMS.license) == URIRef(f"{EU}/licence/CC_BY_4_0")
    assert graph.value(csv, DCAT.downloadURL) == graph.value(csv, DCAT.accessURL)
    entry = next(one for one in release.files if one.format == "csv")
    checksum = graph.value(csv, SPDX.checksum)
    assert str(graph.value(checksum, SPDX.checksumValue)).lower() == entry.sha256
    assert graph.value(csv, DCAT.byteSize) == Literal(entry.bytes, datatype=XSD.nonNegativeInteger)
    assert (csv, DCAT.accessService, None) in graph


def test_the_local_profile(release: Release) -> None:
    write = Writer(PUBLIC_URL)
    add_dataset(write, Described(of_release(replace(release, access="on_request")), PUBLIC_URL))
    dataset, local = URIRef(f"{PUBLIC_URL}/id/dataset/schools"), write.profile
    said = {
        str(predicate).rpartition("#")[2]: write.graph.value(dataset, predicate)
        for predicate in set(write.graph.predicates(dataset))
        if str(predicate).startswith(str(local))
    }
    assert said["sharingClass"] == local["sharing-on-request"]
    assert said["legalBasis"] == Literal("Luật Dữ liệu 60/2024/QH15", lang="vi")
    assert said["schedule"] == Literal("0 6 * * *")
    assert said["steward"] == Literal("steward@example.vn")
    assert set(said) == {
        *("sharingClass", "legalBasis", "schedule", "steward", "grain", "rows"),
        "administrativeUnit",
    }
    (agency,) = write.graph.objects(None, local.agencyCode)
    assert agency == Literal("H20.5")


def test_every_local_term_in_use_is_defined(release: Release) -> None:
    write, terms = Writer(PUBLIC_URL), Writer(PUBLIC_URL)
    said = Described(of_release(release), PUBLIC_URL)
    add_dataset(write, said)
    add_verdict(write, said, judged(release))
    add_vocabulary(terms)
    used = {
        one
        for triple in write.graph
        for one in triple
        if isinstance(one, URIRef) and one.startswith(str(write.profile))
    }
    assert used <= set(terms.graph.subjects())


def judged(release: Release) -> Release:
    results = (
        CheckResult("code.required", True, 250, 0),
        CheckResult("pupils.range", True, 250, 3),
    )
    checks = {"pupils.range": {"vi": "Số học sinh", "en": "Pupils"}}
    return replace(
        release,
        verdict=Verdict(True, results, "tests"),
        metadata={**release.metadata, "checks": checks, "derived_from": "pupils"},
    )


def test_the_verdict_is_one_measurement_per_check(release: Release) -> None:
    write = Writer(PUBLIC_URL)
    said = Described(of_release(release), PUBLIC_URL)
    add_dataset(write, said)
    add_verdict(write, said, judged(release))
    add_history(write, said, judged(release), [1, 2])
    graph, dataset = write.graph, URIRef(said.uri)
    measured = {
        str(graph.value(one, DQV.isMeasurementOf)).rpartition("#")[2]: (
            graph.value(one, write.profile.passedRows),
            graph.value(one, write.profile.failedRows),
        )
        for one in graph.objects(dataset, DQV.hasQualityMeasurement)
    }
    assert measured == {
        "check-code.required": (Literal(250), Literal(0)),
        "check-pupils.range": (Literal(247), Literal(3)),
    }
    assert len(set(graph.objects(dataset, DCAT.hasVersion))) == 2
    assert violations(graph) == []


def test_a_record_by_hand_says_what_it_can() -> None:
    graph = graph_of(by_hand())
    dataset = URIRef(f"{PUBLIC_URL}/id/dataset/markets")
    assert graph.value(dataset, DCTERMS.title) == Literal("Chợ truyền thống")
    assert graph.value(dataset, DCTERMS.description) == Literal("Chợ truyền thống")
    (file,) = graph.subjects(RDF.type, DCAT.Distribution)
    assert graph.value(file, DCAT.downloadURL) == URIRef(
        "https://files.example/Danh%20s%C3%A1ch.csv"
    )
    assert graph.value(dataset, DCAT.theme) == URIRef(f"{EU}/data-theme/ECON")


def test_what_cannot_be_written_is_left_out() -> None:
    resources = [
        {"id": "5f3a0c1e-0000-4000-8000-000000000003", "url": "", "size": "much", "hash": "x"}
    ]
    odd = by_hand(
        title="a\x00b",
        maintainer_email="nobody",
        license_id="notspecified",
        resources=resources,
        extras=[extra("temporal_start", "soon"), extra("theme", "[broken"), extra("language", "x")],
    )
    graph = graph_of(odd)
    assert graph.value(URIRef(f"{PUBLIC_URL}/id/dataset/markets"), DCTERMS.title) == Literal("ab")
    assert violations(graph) == []
    for syntax in ("turtle", "xml", "nt", "n3", "json-ld"):
        assert len(Graph().parse(data=graph.serialize(format=syntax), format=syntax)) == len(graph)


@settings(max_examples=40)
@given(
    st.text(max_size=40),
    st.lists(st.tuples(st.sampled_from(["theme", "language", "frequency", "access"]), st.text())),
)
def test_whatever_a_record_holds_can_be_read_again(
    text: str, extras: Sequence[tuple[str, str]]
) -> None:
    record = by_hand(
        title=text, notes=text, author=text, extras=[extra(key, value) for key, value in extras]
    )
    graph = graph_of(record)
    assert len(Graph().parse(data=graph.serialize(format="xml"), format="xml")) == len(graph)


def test_dcat_ap_finds_nothing_wrong_in_the_catalogue_of_the_province(built: Path) -> None:
    releases = Releases(stores_at(built))
    newest = [release for table in TABLES if (release := releases.latest(table.name))]
    graph = graph_of(*(of_release(release) for release in newest), by_hand())
    assert len(set(graph.subjects(RDF.type, DCAT.Dataset))) == len(TABLES) + 1
    assert violations(graph) == []


def real_graph(step: int) -> Graph:
    real_metadata.require()
    packages = real_metadata.packages()
    owners = {one["name"]: one for one in real_metadata.organizations(packages)}
    return graph_of(*(shown(package, owners[package["owner_org"]]) for package in packages[::step]))


def test_dcat_ap_finds_nothing_wrong_in_a_sample_of_real_records() -> None:
    graph = real_graph(20)
    assert len(set(graph.subjects(RDF.type, DCAT.Dataset))) >= SAMPLE
    assert len(set(graph.subjects(RDF.type, FOAF.Agent))) > 1
    assert violations(graph) == []


@pytest.mark.long
def test_dcat_ap_finds_nothing_wrong_in_all_real_records() -> None:
    graph = real_graph(1)
    assert len(set(graph.subjects(RDF.type, DCAT.Dataset))) == len(real_metadata.packages())
    assert violations(graph) == []
