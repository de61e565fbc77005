from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import monotonic

import pytest

from catalog import views
from catalog.registry.snapshot import newest_copy
from catalog.search.request import SearchRequest
from catalog.views import PublicViews
from contracts.errors import Fault
from tests.catalog.sites import Site


def eventually(check: Callable[[], bool]) -> None:
    deadline = monotonic() + 30
    while not check():
        assert monotonic() < deadline


def test_a_change_becomes_public_in_one_piece(site: Site) -> None:
    before = site.context.view()
    site.agency.post(
        "/api/3/action/package_create",
        json={"name": "by_hand", "owner_org": "h20-5", "title": "Bằng tay"},
        headers=site.token("admin"),
    )
    eventually(lambda: site.context.view().records.package("by_hand") is not None)
    assert site.context.view().search(SearchRequest(q="bang tay")).count == 1
    assert before.records.package("by_hand") is None
    assert before.search(SearchRequest(q="bang tay")).count == 0


def test_a_copy_that_cannot_be_read_leaves_the_one_before(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    folder = site.config.snapshot
    (folder / "broken.db").write_bytes(b"this is not a database at all, only a few words")
    good = newest_copy(folder)
    assert good is not None
    (folder / "current").write_text("broken.db")
    eventually(lambda: "the public copy cannot be read: DatabaseError" in caplog.messages)
    view = site.context.view()
    assert view.records.package("schools") is not None
    (folder / "current").write_text(good.name)
    assert site.context.view().records.package("schools") is not None


def test_without_a_first_copy_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "_FIRST_WITHIN", 0)
    with pytest.raises(Fault) as refused:
        PublicViews(tmp_path, "")
    assert refused.value.check == "catalog.no_copy"


def test_the_keepers_view_is_never_behind(site: Site) -> None:
    assert site.context.registry is not None
    keepers = site.context.registry.views
    first = keepers()
    assert keepers() is first
    site.agency.post(
        "/api/3/action/package_create",
        json={"name": "draft_by_hand", "owner_org": "h20-5", "private": True},
        headers=site.token("admin"),
    )
    found = keepers().search(SearchRequest(q="name:draft_by_hand", include_private=True))
    assert found.count == 1
