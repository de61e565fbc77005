"""The whole catalogue as ``data.json``, for harvesters of Project Open Data's metadata.

Source: Project Open Data Metadata Schema 1.1. One document by its nature: it is sent while it
is made, page by page, and kept in a file until the catalogue changes.
"""

from __future__ import annotations

import json
import threading
import weakref
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO
from uuid import uuid4

from catalog.context import CatalogContext, View
from catalog.frequency import iso_8601
from catalog.search.request import SearchRequest
from catalog.web import values
from catalog.web.codes import authority
from catalog.web.described import Described, Part
from catalog.web.schema_org import interval

Dictionary = dict[str, Any]
SCHEMA = "https://project-open-data.cio.gov/v1.1/schema"
_ACCESS = {"PUBLIC": "public", "RESTRICTED": "restricted public", "NON_PUBLIC": "non-public"}
_AT_ONCE = 200
_PIECE = 1 << 16  # characters of one piece of an answer
_AT_A_TIME = 2  # documents made at the same time: each reads the whole catalogue


class DataJson:
    """The document of the newest state that was asked for. Safe to share between threads."""

    def __init__(self, context: CatalogContext) -> None:
        self._context = context
        self._folder = context.cache / "data-json"
        self._turns = threading.BoundedSemaphore(_AT_A_TIME)
        self._made: tuple[int, Path] | None = None

    def pieces(self, view: View) -> Iterator[str] | None:
        """The document, read from its file or while it is made; None while too many are
        being made."""
        made = self._made
        if made and made[0] == view.position():
            with suppress(FileNotFoundError):
                return _read(made[1].open(encoding="utf-8"))
        if not self._turns.acquire(blocking=False):
            return None
        pieces = self._writing(view)
        # However the answer ends, even before its first piece.
        weakref.finalize(pieces, self._turns.release)
        return pieces

    def _writing(self, view: View) -> Iterator[str]:
        self._folder.mkdir(parents=True, exist_ok=True)
        fresh = self._folder / f"{uuid4().hex}.new"
        try:
            with fresh.open("w", encoding="utf-8") as file:
                for piece in _pieces(self._context, view):
                    file.write(piece)
                    yield piece
            self._keep(view.position(), fresh)
        finally:
            fresh.unlink(missing_ok=True)

    def _keep(self, position: int, fresh: Path) -> None:
        path = self._folder / f"{position}.json"
        fresh.replace(path)
        self._made = (position, path)
        for old in self._folder.glob("*.json"):
            if old != path:
                old.unlink(missing_ok=True)


def _read(file: TextIO) -> Iterator[str]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


def _pieces(context: CatalogContext, view: View) -> Iterator[str]:
    about = {
        "@context": f"{SCHEMA}/catalog.jsonld",
        "@id": f"{context.public_url}/data.json",
        "@type": "dcat:Catalog",
        "conformsTo": SCHEMA,
        "describedBy": f"{SCHEMA}/catalog.json",
        "title": context.title,
    }
    yield json.dumps(about, ensure_ascii=False)[:-1] + ', "dataset": [\n'
    start = 0
    while found := view.search(SearchRequest(sort="name asc", start=start, rows=_AT_ONCE)).packages:
        for place, record in enumerate(found):
            comma = ",\n" if start + place else ""
            described = dataset(Described(record, context.public_url))
            yield comma + json.dumps(described, ensure_ascii=False)
        start += len(found)
    yield "\n]}\n"


def dataset(said: Described) -> Dictionary:
    """One dataset; empty parts are left out, those the schema requires never."""
    licence, title = said.licence
    name, mail = said.contact
    contact = {"@type": "vcard:Contact", "fn": name, "hasEmail": mail and f"mailto:{mail}"}
    owner = values.text(said.organization.get("title"))
    made: Dictionary = {
        "@type": "dcat:Dataset",
        "identifier": said.uri,
        "title": said.title,
        "description": said.notes,
        "keyword": said.tags or [said.name],
        "issued": said.created and said.created.date().isoformat(),
        "modified": said.modified and said.modified.isoformat(),
        "publisher": {"@type": "org:Organization", "name": owner} if owner else None,
        "contactPoint": _filled(contact) if name or mail else None,
        "accessLevel": _ACCESS.get(said.access or "", "public"),
        "license": licence,
        "rights": title,
        "spatial": ", ".join(f"{said.public_url}/id/unit/{code}" for code in said.communes),
        "temporal": interval(said.temporal),
        "accrualPeriodicity": iso_8601(said.frequency or ""),
        "landingPage": said.page,
        "language": [said.language] if said.language else None,
        "theme": [authority("data-theme", code) for code in said.themes],
        "distribution": [_distribution(part) for part in said.parts if part.address],
    }
    return _filled(made)


def _distribution(part: Part) -> Dictionary:
    kind = values.media_type(part.record.get("mimetype"))
    made: Dictionary = {
        "@type": "dcat:Distribution",
        "title": values.text(part.record.get("name")),
        "description": values.text(part.record.get("description")),
        "format": part.format,
        "downloadURL" if part.is_file and kind else "accessURL": part.address,
        "mediaType": kind if part.is_file else None,
    }
    return _filled(made)


def _filled(made: Dictionary) -> Dictionary:
    return {key: value for key, value in made.items() if value not in (None, "", [])}
