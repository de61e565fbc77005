"""A view that answers what a test says, and keeps what it was asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from catalog.context import Record
from catalog.documents import Kind
from catalog.search.request import Completion, SearchAnswer, SearchRequest


@dataclass
class FakeRecords:
    """Records by name, of as many organisations and themes as a test gives."""

    every: Sequence[Record] = ()
    agencies: Sequence[Record] = ()
    themes: Sequence[Record] = ()

    def package(self, id_or_name: str) -> Record | None:
        return next((one for one in self.every if one["name"] == id_or_name), None)

    def packages(self, ids: Sequence[str]) -> Sequence[Record]:
        return [one for one in self.every if one["id"] in ids]

    def package_names(
        self, *, include_private: bool = False, include_drafts: bool = False
    ) -> Sequence[str]:
        return sorted(str(one["name"]) for one in self.every)

    def withdrawn(self, id_or_name: str) -> Record | None:
        return None

    def withdrawals(self, limit: int) -> Sequence[Record]:
        return ()

    def activity(self, id_or_name: str) -> Sequence[Record]:
        return ()

    def resource(self, resource_id: str) -> Record | None:
        return None

    def organizations(self) -> Sequence[Record]:
        return self.agencies

    def organization(self, id_or_name: str) -> Record | None:
        return next((one for one in self.agencies if one["name"] == id_or_name), None)

    def groups(self) -> Sequence[Record]:
        return self.themes

    def group(self, id_or_name: str) -> Record | None:
        return next((one for one in self.themes if one["name"] == id_or_name), None)

    def tags(self) -> Sequence[str]:
        return ()


@dataclass
class FakeView:
    """Answers every search with `answer`."""

    answer: SearchAnswer = field(default_factory=lambda: SearchAnswer((), 0))
    records: FakeRecords = field(default_factory=FakeRecords)
    asked: list[SearchRequest] = field(default_factory=list)

    def search(self, request: SearchRequest) -> SearchAnswer:
        self.asked.append(request)
        return self.answer

    def complete(
        self, kind: Kind, text: str, limit: int, *, include_private: bool = False
    ) -> Sequence[Completion]:
        return ()

    def complete_values(self, field: str, text: str, limit: int) -> Sequence[str]:
        return ()

    def position(self) -> int:
        return 1


def package(name: str, **more: Any) -> dict[str, Any]:
    """A small record."""
    return {
        "id": f"id-{name}",
        "name": name,
        "title": name.title(),
        "notes": "",
        "organization": None,
        "owner_org": None,
        "tags": [],
        "groups": [],
        "extras": [],
        "resources": [],
        "metadata_modified": "2026-11-02T03:04:05.000006",
        **more,
    }


def collection(name: str, count: int, title: str = "") -> dict[str, Any]:
    """A small organisation or theme."""
    return {
        "id": f"id-{name}",
        "name": name,
        "title": title or name,
        "extras": [],
        "package_count": count,
    }
