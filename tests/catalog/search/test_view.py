"""What each asker sees: labels in every answer, count, facet and completion; records."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from catalog.documents import PUBLIC, Document, Kind
from catalog.search.fields import FACET_FIELDS
from catalog.search.request import SearchRequest
from catalog.search.state import State
from catalog.search.store import IndexStore
from catalog.search.view import IndexView
from tests.catalog.search.feeds import collection, identifier, package

OWNER = f"org:{identifier('so-tu-phap')}"
PUBLIC_RECORD = package("truong_hoc", "Trường học", tags=("giáo dục",), extras={"access": "open"})
PRIVATE = package(
    "canary", "Chim hoàng yến", private=True, tags=("chim bí mật",), formats=("BIMAT",)
)
DRAFT = package("nhap", "Bản nháp", state="draft")
HIDDEN_DRAFT = package("nhap_rieng", "Bản nháp riêng", state="draft", private=True)
GONE = {
    "id": identifier("da_rut"),
    "name": "da_rut",
    "title": "Đã rút",
    "reason": "Sai số liệu",
    "withdrawn": "2026-02-01T00:00:00.000000",
    "resources": [identifier("da_rut/CSV")],
}
ACTIVITY = ({"id": "1", "activity_type": "new package"},)


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> State:
    everyone, members = frozenset({PUBLIC}), frozenset({OWNER})
    documents = [
        Document(Kind.PACKAGE, PUBLIC_RECORD["id"], 1, PUBLIC_RECORD, everyone, ACTIVITY),
        *(
            Document(Kind.PACKAGE, body["id"], at, body, members)
            for at, body in enumerate((PRIVATE, DRAFT, HIDDEN_DRAFT), start=2)
        ),
        Document(Kind.WITHDRAWN, GONE["id"], 5, GONE, everyone),
        *(
            Document(kind, body["id"], at, body, everyone)
            for at, (kind, body) in enumerate(
                (
                    (Kind.ORGANIZATION, collection("so-tu-phap", "Sở Tư pháp")),
                    (Kind.ORGANIZATION, collection("so-khac", "Sở khác")),
                    (Kind.GROUP, collection("gove", "Chính quyền")),
                ),
                start=6,
            )
        ),
        Document(Kind.ORGANIZATION, "hidden", 9, collection("so-an", "Sở ẩn"), frozenset({OWNER})),
    ]
    store = IndexStore(tmp_path_factory.mktemp("index"))
    store.apply(documents)
    store.commit(9)
    made = store.state()
    store.close()
    return made


@pytest.fixture
def anyone(state: State) -> IndexView:
    return IndexView(state, frozenset({PUBLIC}))


@pytest.fixture
def member(state: State) -> IndexView:
    return IndexView(state, frozenset({PUBLIC, OWNER}))


@pytest.fixture
def sysadmin(state: State) -> IndexView:
    return IndexView(state, None)


def names(packages: Iterable[object]) -> set[str]:
    return {one["name"] for one in packages}  # type: ignore[index] # records are mappings


EVERYTHING = {"include_private": True, "include_drafts": True}


def test_forms_are_found_only_when_asked_for(member: IndexView) -> None:
    def found(**asked: bool) -> set[str]:
        return names(member.search(SearchRequest(**asked)).packages)

    assert found() == {"truong_hoc"}
    assert found(include_private=True) == {"truong_hoc", "canary"}
    assert found(include_drafts=True) == {"truong_hoc", "nhap"}
    assert found(**EVERYTHING) == {"truong_hoc", "canary", "nhap", "nhap_rieng"}


def test_whoever_may_not_see_it_finds_no_trace(anyone: IndexView, sysadmin: IndexView) -> None:
    for query in ("", "chim", "chim*", "title:chim", "name:canary", "private:true", "chimm~1"):
        request = SearchRequest(q=query, facet_fields=FACET_FIELDS, **EVERYTHING)
        answer = anyone.search(request)
        assert "canary" not in names(answer.packages)
        assert answer.count == len(answer.packages)
        assert "chim" not in str(answer.facets)
        assert "BIMAT" not in str(answer.facets)
    assert anyone.search(SearchRequest(q="chim hoang yenn", plain=True, **EVERYTHING)).count == 0
    assert anyone.search(SearchRequest(q="chimm", plain=True)).suggestion is None
    assert anyone.complete(Kind.PACKAGE, "chim", 9, include_private=True) == []
    assert anyone.complete_values("tags", "chim", 9) == []
    assert anyone.complete_values("res_format", "b", 9) == []
    assert anyone.complete(Kind.ORGANIZATION, "so an", 9) == []
    records = anyone.records
    assert records.package("canary") is None
    assert records.package(PRIVATE["id"]) is None
    assert records.packages([PRIVATE["id"], PUBLIC_RECORD["id"]]) == [PUBLIC_RECORD]
    assert records.resource(PRIVATE["resources"][0]["id"]) is None
    assert records.activity("canary") == ()
    assert records.tags() == ["giáo dục"]
    assert records.package_names(include_private=True, include_drafts=True) == ["truong_hoc"]
    assert records.organization("so-an") is None
    assert sysadmin.records.package("canary") == PRIVATE


def test_members_see_their_own(member: IndexView) -> None:
    records = member.records
    assert records.package("canary") == PRIVATE
    assert records.package("nhap") == DRAFT
    assert records.package_names() == ["truong_hoc"]
    assert records.package_names(include_private=True) == ["canary", "truong_hoc"]
    every = records.package_names(include_private=True, include_drafts=True)
    assert every == ["canary", "nhap", "nhap_rieng", "truong_hoc"]
    assert member.complete(Kind.PACKAGE, "chim", 9) == []
    assert len(member.complete(Kind.PACKAGE, "chim", 9, include_private=True)) == 1
    assert records.organization("so-an") is not None


def test_records(anyone: IndexView) -> None:
    records = anyone.records
    assert records.package("truong_hoc") == records.package(PUBLIC_RECORD["id"]) == PUBLIC_RECORD
    assert records.package("TRUONG_HOC") is None
    resource = PUBLIC_RECORD["resources"][0]
    assert records.resource(resource["id"]) == {**resource, "package_id": PUBLIC_RECORD["id"]}
    assert records.activity("truong_hoc") == ACTIVITY
    assert [one["name"] for one in records.organizations()] == ["so-khac", "so-tu-phap"]
    assert [one["package_count"] for one in records.organizations()] == [0, 1]
    found = records.organization(identifier("so-tu-phap"))
    assert found is not None
    assert found["title"] == "Sở Tư pháp"
    group = records.group("gove")
    assert group is not None
    assert group["package_count"] == 1
    assert records.groups() == [group]
    assert anyone.position() == 9


def test_a_withdrawn_dataset_is_told_by_any_of_its_names(anyone: IndexView) -> None:
    for named in (GONE["id"], "da_rut", *GONE["resources"]):
        assert anyone.records.withdrawn(str(named)) == GONE
    assert anyone.records.withdrawn("truong_hoc") is None
    assert anyone.records.withdrawals(5) == [GONE]
    assert anyone.records.withdrawals(0) == []
    assert anyone.records.package("da_rut") is None
    assert anyone.search(SearchRequest(q="rut", **EVERYTHING)).count == 0


def test_facets_count_what_is_found(anyone: IndexView) -> None:
    answer = anyone.search(
        SearchRequest(rows=0, facet_fields=("tags", "access", "organization", "zzz", "title"))
    )
    assert answer.facets == {
        "tags": (("giáo dục", 1),),
        "access": (("open", 1),),
        "organization": (("so-tu-phap", 1),),
    }
    none = anyone.search(SearchRequest(facet_fields=("tags",), facet_mincount=2))
    assert none.facets == {"tags": ()}
    assert anyone.search(SearchRequest(facet_fields=("tags",), facet_limit=0)).facets["tags"] == ()


def test_facets_counted_beside_the_page_are_the_same(
    anyone: IndexView, member: IndexView, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [
        SearchRequest(q=query, fq=("type:dataset",), facet_fields=FACET_FIELDS, **EVERYTHING)
        for query in ("", "chim", "bản nháp", "truong")
    ]
    before = [one.search(request) for one in (anyone, member) for request in asked]
    monkeypatch.setattr("catalog.search.view._MANY", 0)
    assert [one.search(request) for one in (anyone, member) for request in asked] == before


def test_agencies_complete_the_much_used_first(anyone: IndexView) -> None:
    found = anyone.complete(Kind.ORGANIZATION, "so", 5)
    assert [one.title for one in found] == ["Sở Tư pháp", "Sở khác"]
    assert [one.name for one in anyone.complete(Kind.GROUP, "chinh", 5)] == ["gove"]
    assert anyone.complete(Kind.WITHDRAWN, "da", 5) == []
