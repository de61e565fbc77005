"""The open web over HTTP, on both workers of a catalogue."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from xml.etree import ElementTree

import httpx
import jsonschema
import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import DCTERMS, FOAF, RDF
from starlette.testclient import TestClient

from catalog.access import ANONYMOUS
from catalog.web.data_json import DataJson
from catalog.web.graph import DCAT, DQV, HYDRA
from catalog.web.negotiation import SYNTAXES
from tests.catalog.province import SCHOOLS, publish, stores_at, withdraw
from tests.catalog.sites import PUBLIC_URL, Site
from tests.catalog.web.shapes import violations

ATOM = "{http://www.w3.org/2005/Atom}"
GONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
OPEN = {"administrative_unit", "administrative_unit_crosswalk", "cases", "schools"}


@pytest.fixture
def web(reading_site: Site) -> TestClient:
    return reading_site.public


def document(client: TestClient, address: str, **headers: str) -> Graph:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200, answer.text
    kind = answer.headers["content-type"].partition(";")[0]
    (syntax, *_others) = [one for one in SYNTAXES.values() if one.media_type == kind]
    return Graph().parse(data=answer.content, format=syntax.serializer)


def names(graph: Graph) -> set[str]:
    found = graph.subjects(RDF.type, DCAT.Dataset)
    return {str(one).rpartition("/")[2] for one in found}


@pytest.mark.parametrize("suffix", SYNTAXES)
def test_a_dataset_by_the_ending_of_its_address(web: TestClient, suffix: str) -> None:
    graph = document(web, f"/dataset/schools.{suffix}")
    dataset = URIRef(f"{PUBLIC_URL}/id/dataset/schools")
    assert (dataset, RDF.type, DCAT.Dataset) in graph
    assert graph.value(dataset, DCAT.hasVersion) == URIRef(f"{dataset}/releases/1")


def test_a_dataset_by_the_accept_header(web: TestClient) -> None:
    assert names(document(web, "/dataset/schools", accept="text/turtle")) == {"schools"}
    page = web.get("/dataset/schools", headers={"accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    catalogue = document(web, "/catalog", accept="application/ld+json")
    assert names(catalogue) == OPEN
    people = web.get("/catalog", headers={"accept": "text/html"}, follow_redirects=False)
    assert (people.status_code, people.headers["location"]) == (303, "/dataset")


def test_a_dataset_by_its_uuid(web: TestClient) -> None:
    found = web.get("/api/3/action/package_show?id=schools").json()["result"]["id"]
    assert names(document(web, f"/dataset/{found}.ttl")) == {"schools"}


def test_the_catalogue_keeps_every_mandatory_rule_of_dcat_ap(web: TestClient) -> None:
    graph = document(web, "/catalog.ttl")
    assert names(graph) == OPEN
    assert violations(graph) == []
    for name in OPEN:
        assert violations(document(web, f"/dataset/{name}.rdf")) == []


def test_the_pages_of_the_catalogue(web: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.web.catalogue.PER_PAGE", 3)
    address, seen, pages = "/catalog.ttl?q=*:*&profiles=euro_dcat_ap_3", list[str](), 0
    while address:
        graph = document(web, address)
        seen.extend(names(graph))
        (page,) = graph.subjects(RDF.type, HYDRA.PagedCollection)
        assert (page, RDF.type, HYDRA.PartialCollectionView) in graph
        assert str(graph.value(page, HYDRA.totalItems)) == str(len(OPEN))
        assert "profiles=euro_dcat_ap_3" in str(graph.value(page, HYDRA.last))
        following = graph.value(page, HYDRA.next)
        address = str(following).removeprefix(PUBLIC_URL) if following else ""
        pages += 1
    assert (sorted(seen), pages) == (sorted(OPEN), 2)


def test_only_what_changed_since(web: TestClient) -> None:
    assert names(document(web, "/catalog.ttl?modified_since=2026-01-01")) == OPEN
    assert names(document(web, "/catalog.ttl?modified_since=2036-01-01T00:00:00Z")) == set()
    offset = "2026-03-02T09:00:00%2B07:00"
    assert names(document(web, f"/catalog.ttl?modified_since={offset}")) == set(OPEN)
    assert names(document(web, "/catalog.ttl?fq=organization:h20-5&q=schools")) == {"schools"}


@pytest.mark.parametrize(
    "query", ["page=0", "page=x", "modified_since=soon", "q=title:[", "profiles=mine"]
)
def test_a_question_that_makes_no_sense_is_400(web: TestClient, query: str) -> None:
    assert web.get(f"/catalog.ttl?{query}").status_code == 400


@pytest.mark.parametrize(
    "address",
    [
        "/dataset/nothing.ttl",
        "/dataset/nothing/croissant.jsonld",
        "/dataset/nothing/table-schema.json",
        "/feeds/dataset/nothing.atom",
        "/feeds/organization/nothing.atom",
        "/feeds/group/nothing.atom",
        "/feeds/dataset.atom?page=0",
        "/organization/nothing.ttl",
        "/sitemap-9.xml",
        "/id/dataset/nothing",
        "/id/dataset/schools/releases/9",
        "/id/dataset/schools/releases/x",
        "/id/organization/nothing",
        "/id/unit/x",
        "/dataset/schools.docx",
        "/dataset/secret_plan.ttl",
        "/feeds/dataset/secret_plan.atom",
        "/id/dataset/secret_plan",
        "/id/dataset/secret_plan/releases/1",
        "/organization/canary-1.ttl",
    ],
)
def test_what_is_not_there_or_not_public_is_404(web: TestClient, address: str) -> None:
    assert web.get(address, follow_redirects=False).status_code == 404


def test_a_draft_is_told_to_who_may_see_it(reading_site: Site) -> None:
    address, token = "/dataset/secret_plan.ttl", reading_site.token("admin")
    answer = reading_site.agency.get(address, headers=token)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "private, no-store"
    assert reading_site.agency.get(address).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/dataset/schools.ttl",
        "/catalog.rdf",
        "/dataset/schools/croissant.jsonld",
        "/feeds/dataset.atom",
        "/feeds/dataset/schools.atom",
        "/sitemap.xml",
        "/data.json",
        "/def/profile.ttl",
    ],
)
def test_who_has_it_already_gets_304(web: TestClient, address: str) -> None:
    first = web.get(address)
    assert first.headers["cache-control"] == "public, max-age=60"
    again = web.get(address, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = web.head(address)
    assert head.headers.get("content-length") == first.headers.get("content-length")
    if "last-modified" in first.headers:
        since = {"if-modified-since": first.headers["last-modified"]}
        assert web.get(address, headers=since).status_code == 304
        past = {"if-modified-since": "Thu, 01 Jan 1970 00:00:00 GMT"}
        assert web.get(address, headers=past).status_code == 200


def test_a_persistent_address_leads_where_accept_wants(web: TestClient) -> None:
    def led(address: str, accept: str) -> str:
        answer = web.get(address, headers={"accept": accept}, follow_redirects=False)
        assert answer.status_code == 303
        assert "Accept" in answer.headers["vary"]
        return str(answer.headers["location"]).removeprefix(PUBLIC_URL)

    assert led("/id/dataset/schools", "text/html") == "/dataset/schools"
    assert led("/id/dataset/schools", "*/*") == "/dataset/schools"
    assert led("/id/dataset/schools", "text/turtle") == "/dataset/schools.ttl"
    assert led("/id/dataset/schools", "text/csv") == "/dataset/schools/releases/1/schools.csv"
    release = "/id/dataset/schools/releases/1"
    assert led(release, "text/html") == "/dataset/schools?release=1"
    assert led(release, "text/csv") == "/dataset/schools/releases/1/schools.csv"
    assert led("/id/organization/h20-5", "text/html") == "/organization/h20-5"
    assert led("/id/organization/h20-5", "text/turtle") == "/organization/h20-5.ttl"
    assert led("/id/unit/28000", "text/html") == "/units/28000"


def test_an_organisation_is_an_agent(web: TestClient) -> None:
    graph = document(web, "/organization/h20-5.ttl")
    (agent,) = graph.subjects(RDF.type, FOAF.Agent)
    assert str(agent) == f"{PUBLIC_URL}/id/organization/h20-5"


def test_our_own_terms(web: TestClient) -> None:
    graph = document(web, "/def/profile", accept="text/turtle")
    assert (URIRef(f"{PUBLIC_URL}/def/profile#sharingClass"), RDF.type, None) in graph
    page = web.get("/def/profile", headers={"accept": "text/html"})
    assert "sharingClass" in page.text
    assert page.headers["content-type"].startswith("text/html")


def test_the_terms_are_those_of_the_documentation(web: TestClient) -> None:
    graph = document(web, "/def/profile.nt")
    text = (Path(__file__).parents[3] / "docs" / "dcat-profile.md").read_text(encoding="utf-8")
    terms = {str(term).rpartition("#")[2] for term in graph.subjects(RDF.type, RDF.Property)}
    assert "sharingClass" in terms
    assert {term for term in terms if f"`dungchung:{term}`" not in text} == set()


def entries(client: TestClient, address: str) -> list[str]:
    feed = ElementTree.fromstring(client.get(address).content)
    assert feed.tag == f"{ATOM}feed"
    for required in ("id", "title", "updated", "author"):
        assert feed.find(f"{ATOM}{required}") is not None
    return [str(one.findtext(f"{ATOM}id")) for one in feed.iter(f"{ATOM}entry")]


def test_the_feeds(web: TestClient) -> None:
    uris = {f"{PUBLIC_URL}/id/dataset/{name}" for name in OPEN}
    assert set(entries(web, "/feeds/dataset.atom")) == uris
    assert set(entries(web, "/feeds/organization/h20-5.atom")) == uris
    assert set(entries(web, "/feeds/group/gove.atom")) == uris
    assert entries(web, "/feeds/dataset.atom?page=2") == []
    assert entries(web, "/feeds/dataset/schools.atom") == [
        f"{PUBLIC_URL}/id/dataset/schools/releases/1"
    ]


def test_the_sitemap_names_every_page(web: TestClient) -> None:
    assert f"Sitemap: {PUBLIC_URL}/sitemap.xml" in web.get("/robots.txt").text
    index = ElementTree.fromstring(web.get("/sitemap.xml").content)
    (part,) = [str(one.text) for one in index.iter(f"{SITEMAP}loc")]
    pages = ElementTree.fromstring(web.get(part.removeprefix(PUBLIC_URL)).content)
    found = {str(one.text).removeprefix(PUBLIC_URL) for one in pages.iter(f"{SITEMAP}loc")}
    assert {f"/dataset/{name}" for name in OPEN} < found
    for address in found:
        assert web.get(address).status_code == 200


def test_data_json(web: TestClient) -> None:
    told = web.get("/data.json").json()
    assert {one["identifier"].rpartition("/")[2] for one in told["dataset"]} == OPEN
    jsonschema.validate(told, POD)


POD = {
    "type": "object",
    "required": ["conformsTo", "dataset"],
    "properties": {
        "dataset": {
            "items": {
                "required": [
                    *("title", "description", "keyword", "modified", "publisher"),
                    *("contactPoint", "identifier", "accessLevel"),
                ],
                "properties": {
                    "accessLevel": {"enum": ["public", "restricted public", "non-public"]},
                    "keyword": {"type": "array", "minItems": 1},
                    "contactPoint": {"required": ["fn", "hasEmail"]},
                    "accrualPeriodicity": {"pattern": "^R/P"},
                },
            }
        }
    },
}
"""The fields that Project Open Data's schema 1.1 requires of everyone."""


def test_croissant_and_the_table_schema(web: TestClient) -> None:
    told = web.get("/dataset/schools/croissant.jsonld").json()
    assert told["conformsTo"] == "http://mlcommons.org/croissant/1.0"
    (rows,) = told["recordSet"]
    files = {one["@id"] for one in told["distribution"]}
    assert {one["source"]["fileObject"]["@id"] for one in rows["field"]} < files
    schema = web.get("/dataset/schools/table-schema.json").json()
    assert [one["name"] for one in rows["field"]] == [one["name"] for one in schema["fields"]]
    assert "head" not in json.dumps(told)
    guarded = web.get("/dataset/cases/croissant.jsonld").json()
    assert "recordSet" not in guarded
    assert "distribution" not in guarded


def eventually(check: Callable[[], bool]) -> None:
    deadline = monotonic() + 30
    while not check():
        assert monotonic() < deadline


@pytest.fixture
def after_withdrawal(site: Site) -> TestClient:
    gone = withdraw(stores_at(site.home), "schools")
    told = site.agency.post(
        "/api/3/action/package_delete", json={"id": "schools"}, headers=site.token("publisher")
    )
    assert told.json()["success"], told.text
    assert gone.withdrawn
    return site.public


def test_a_withdrawn_dataset_is_gone_with_its_reason_from_every_surface(
    after_withdrawal: TestClient, site: Site
) -> None:
    web = after_withdrawal
    eventually(lambda: web.get("/dataset/schools.ttl").status_code == 410)
    addresses = (
        *(f"/dataset/schools.{suffix}" for suffix in SYNTAXES),
        "/dataset/schools/croissant.jsonld",
        "/dataset/schools/table-schema.json",
        "/feeds/dataset/schools.atom",
        "/id/dataset/schools",
        "/id/dataset/schools/releases/1",
    )
    for address in addresses:
        answer = web.get(address, follow_redirects=False)
        assert (answer.status_code, answer.text) == (410, "Sai phạm vi\n"), address
    assert names(document(web, "/catalog.ttl")) == OPEN - {"schools"}
    assert "schools" not in web.get("/data.json").text
    assert "schools" not in web.get("/sitemap-1.xml").text
    feed = ElementTree.fromstring(web.get("/feeds/dataset.atom").content)
    (tombstone,) = feed.iter(GONE)
    assert tombstone.get("ref") == f"{PUBLIC_URL}/id/dataset/schools"
    assert "Sai phạm vi" in "".join(tombstone.itertext())


def test_a_new_release_is_another_answer(site: Site) -> None:
    tag = site.public.get("/dataset/schools.ttl").headers["etag"]
    publish(stores_at(site.home), SCHOOLS, 2)
    held = {"if-none-match": tag}
    assert site.public.get("/dataset/schools.ttl", headers=held).status_code == 200


def test_the_dataset_document_has_the_verdict(web: TestClient) -> None:
    graph = document(web, "/dataset/schools.ttl")
    assert set(graph.subjects(DQV.computedOn, None)) == set()
    dataset = URIRef(f"{PUBLIC_URL}/id/dataset/schools")
    assert graph.value(dataset, DCTERMS.publisher) is not None


def test_no_more_than_two_read_the_whole_catalogue_at_once(reading_site: Site) -> None:
    maker = DataJson(reading_site.context)
    view = reading_site.context.view(ANONYMOUS)
    first, second = maker.pieces(view), maker.pieces(view)
    assert first is not None
    assert second is not None
    assert maker.pieces(view) is None
    told = json.loads("".join(first))
    assert {one["identifier"].rpartition("/")[2] for one in told["dataset"]} == OPEN
    again = maker.pieces(view)
    assert again is not None
    assert json.loads("".join(again)) == told
    del first, second


@pytest.mark.parametrize(
    "address",
    [
        *(f"/dataset/schools.{suffix}" for suffix in SYNTAXES),
        "/catalog.jsonld",
        "/data.json",
        "/feeds/dataset.atom",
        "/sitemap-1.xml",
        "/dataset/schools/croissant.jsonld",
    ],
)
def test_the_confined_worker_can_do_it_too(served: tuple[str, Path], address: str) -> None:
    for _once in range(2):
        answer = httpx.get(served[0] + address, timeout=30)
        assert answer.status_code == 200, answer.text
        assert "schools" in answer.text
