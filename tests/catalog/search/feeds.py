"""Packages and a feed of them in memory, for tests of the index."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from catalog.documents import PUBLIC, Document, Kind
from catalog.search.store import IndexStore
from catalog.search.view import IndexView

EVERYONE = frozenset({PUBLIC})


def identifier(name: str) -> str:
    """The id of the record `name`."""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, name))


def package(name: str, title: str, day: int = 1, **more: Any) -> dict[str, Any]:
    """A package as the registry gives it, as far as the index looks.

    `extras`, `tags` and `formats` are given short: a mapping, names, formats.
    """
    extras = more.pop("extras", {})
    tags = more.pop("tags", ())
    formats = more.pop("formats", ("CSV",))
    schema = more.pop("schema", None)
    resources = [
        {
            "id": identifier(f"{name}/{kind}"),
            "name": "Bảng",
            "description": "",
            "format": kind,
            "url": f"http://data.example/{name}.{kind.lower()}",
            "resource_type": "file",
            **({"schema": schema} if schema else {}),
        }
        for kind in formats
    ]
    return {
        **dict.fromkeys(("author", "author_email", "maintainer", "maintainer_email", "url")),
        "id": identifier(name),
        "name": name,
        "title": title,
        "notes": "",
        "type": "dataset",
        "state": "active",
        "private": False,
        "license_id": "cc-by",
        "license_title": "Ghi công",
        "version": "1",
        "creator_user_id": None,
        "owner_org": identifier("so-tu-phap"),
        "organization": {"name": "so-tu-phap", "title": "Cơ quan một"},
        "groups": [{"name": "gove", "title": "Chủ đề một"}],
        "tags": [{"name": tag} for tag in tags],
        "extras": [{"key": key, "value": value} for key, value in extras.items()],
        "resources": resources,
        "num_resources": len(resources),
        "num_tags": len(tags),
        "metadata_created": "2026-01-01T00:00:00.000000",
        "metadata_modified": f"2026-02-{day:02d}T00:00:00.000001",
        **more,
    }


def collection(name: str, title: str) -> dict[str, Any]:
    """An organisation or group as the registry gives it."""
    return {"id": identifier(name), "name": name, "title": title, "state": "active", "extras": []}


class MemoryFeed:
    """`catalog.documents.Feed` of what was put into it. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._made = "first"
        self._newest = 0
        self._documents: dict[tuple[Kind, str], Document] = {}

    def put(
        self,
        body: Mapping[str, Any],
        labels: Iterable[str] = EVERYONE,
        kind: Kind = Kind.PACKAGE,
        activity: Sequence[Mapping[str, Any]] = (),
    ) -> int:
        """One record as it is now; the number of that change."""
        with self._lock:
            self._newest += 1
            key = (kind, body["id"])
            self._documents[key] = Document(
                kind, body["id"], self._newest, body, frozenset(labels), tuple(activity)
            )
            return self._newest

    def remove(self, body: Mapping[str, Any], kind: Kind = Kind.PACKAGE) -> int:
        """The record is no more."""
        with self._lock:
            self._newest += 1
            self._documents[kind, body["id"]] = Document(kind, body["id"], self._newest, None)
            return self._newest

    def renew(self) -> None:
        """Another generation."""
        with self._lock:
            self._made += "+"

    def generation(self) -> str:
        """Which making of the feed this is."""
        with self._lock:
            return self._made

    def position(self) -> int:
        """The newest change."""
        with self._lock:
            return self._newest

    def since(self, sequence: int, limit: int) -> Sequence[Document]:
        """The changes after `sequence`."""
        with self._lock:
            later = [one for one in self._documents.values() if one.sequence > sequence]
        return sorted(later, key=lambda one: one.sequence)[:limit]


def view_of(
    folder: Path,
    bodies: Iterable[Mapping[str, Any]],
    labels: frozenset[str] | None = EVERYONE,
) -> IndexView:
    """A view of an index of public packages."""
    store = IndexStore(folder)
    documents = [
        Document(Kind.PACKAGE, body["id"], at, body, EVERYONE)
        for at, body in enumerate(bodies, start=1)
    ]
    store.apply(documents)
    store.commit(len(documents))
    state = store.state()
    store.close()
    return IndexView(state, labels)
