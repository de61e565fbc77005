"""``sources.yaml`` as the frozen `Source`: where sector databases are and what is never read.

Whether the sources make sense is `contracts.linting_sources`; opening them is
`standardization.sources`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from contracts.documents import Document
from contracts.folder import SourcesFile
from contracts.i18n import _
from contracts.mappings import Never, Pages, Paging, Sheet, Source
from contracts.model import Localized
from contracts.problems import Problem
from contracts.profile.mapping import PagesShape, SheetShape, SourceShape


def build_sources(files: Iterable[SourcesFile]) -> dict[str, Source]:
    """All sources by name. Fault ``source.duplicate`` where a name is declared twice."""
    sources: dict[str, Source] = {}
    places: dict[str, str] = {}
    for file in files:
        for name, shape in file.shape.root.items():
            if name in places:
                raise declared_twice(file.document, name, places[name]).fault()
            places[name] = file.document.file
            sources[name] = _source(name, shape, file.document.line((name,)))
    return sources


def declared_twice(document: Document, name: str, other: str) -> Problem:
    """The source `name` of `document` stands in the file `other` too."""
    return document.problem(
        (name,),
        "source.duplicate",
        _("The source {name} is declared in {other} too."),
        _("Keep one of the two; every dataset may read from it."),
        name=name,
        other=other,
    )


def never_of(shape: SourceShape) -> tuple[Never, ...]:
    """What of the source must never be read."""
    return tuple(
        Never(entry.table, tuple(entry.columns or ()), Localized(entry.why, entry.why_en))
        for entry in shape.never
    )


def _source(name: str, shape: SourceShape, line: int) -> Source:
    return Source(
        name=name,
        title=Localized(shape.title, shape.title_en),
        owner_agency=shape.owner_agency,
        connection=shape.connection,
        default=shape.default,
        schema=shape.schema_,
        tables=shape.tables,
        sheets={table: _sheet(sheet) for table, sheet in shape.sheets.items()},
        pages={table: _pages(pages) for table, pages in shape.pages.items()},
        never=never_of(shape),
        line=line,
    )


def _sheet(shape: SheetShape) -> Sheet:
    first, _dash, last = (shape.header or "").partition("-")
    return Sheet(
        sheet=shape.sheet,
        header_first=int(first) if first else None,
        header_last=int(last or first) if first else None,
        until=shape.until,
        skip=shape.skip,
        section=shape.section,
        sheet_column=shape.sheet_column,
    )


def _pages(shape: PagesShape) -> Pages:
    paging = Paging(shape.paging)
    return Pages(
        path=shape.path,
        rows=shape.rows,
        paging=paging,
        parameter=shape.parameter or paging.value,
        size=shape.size,
        size_parameter=shape.size_parameter,
        next=shape.next,
        total=shape.total,
        since=shape.since,
    )


def meaning_of(source: SourceShape) -> bytes:
    """What of a source's entry changes what is read from it."""
    return json.dumps(
        [source.schema_, sorted(source.tables.items())]
        + [
            {name: shape.model_dump() for name, shape in shapes.items()}
            for shapes in (source.sheets, source.pages)
            if shapes
        ],
        sort_keys=True,
    ).encode()
