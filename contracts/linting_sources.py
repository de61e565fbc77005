"""Whether the sources make sense: one name and one connection each, and no secret in a file.

What of a source a mapping must not name is `contracts.linting_never`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from contracts.documents import Document
from contracts.folder import SourcesFile
from contracts.i18n import _
from contracts.loading_sources import declared_twice
from contracts.mappings import SCHEMES, SourceKind
from contracts.problems import Problem
from contracts.profile.mapping import SourceShape

_DECLARED = {
    "tables": (SourceKind.JSON, SourceKind.INBOX),
    "sheets": (SourceKind.XLSX, SourceKind.XLS, SourceKind.INBOX),
    "pages": (SourceKind.API,),
}
_SECRET = re.compile(
    r"//[^/@]*:[^/@]+@|^api[^/]*//[^/]*@|\b(password|passwd|pwd|secret|token)\s*=", re.IGNORECASE
)
_PLACEHOLDER = re.compile(r"\{(?!home\}|package:[A-Za-z0-9_.-]+\})")


def lint_sources(files: Iterable[SourcesFile]) -> Iterator[Problem]:
    """Everything wrong in the sources of all files."""
    names: dict[str, str] = {}
    connections: dict[str, str] = {}
    for file in files:
        document = file.document
        for name, source in file.shape.root.items():
            if name in names:
                yield declared_twice(document, name, names[name])
            names.setdefault(name, document.file)
            yield from _connection(document, name, source, connections)
            yield from _default(document, name, source)
            yield from _declared(document, name, source)
            yield from _never(document, name, source)


def _connection(
    document: Document, name: str, source: SourceShape, connections: dict[str, str]
) -> Iterator[Problem]:
    other = connections.setdefault(source.connection, name)
    if other != name:
        yield document.problem(
            (name, "connection"),
            "source.duplicate_connection",
            _("{variable} is the connection of {other} already."),
            _("Give each source a variable of its own."),
            variable=source.connection,
            other=other,
        )


def _default(document: Document, name: str, source: SourceShape) -> Iterator[Problem]:
    if source.default is None:
        return
    where = (name, "default")
    scheme, separator, _rest = source.default.partition("://")
    if not separator or scheme not in SCHEMES:
        yield document.problem(
            where,
            "source.scheme",
            _("The connection must begin with one of: {schemes}."),
            _("For example sqlite:///{{home}}/demo/igate.db."),
            schemes=", ".join(f"{known}://" for known in SCHEMES),
        )
    if _SECRET.search(source.default):
        yield document.problem(
            where,
            "source.secret",
            _("A default connection must not hold a password."),
            _("Take it out and set {variable} where the platform runs."),
            variable=source.connection,
        )
    if _PLACEHOLDER.search(source.default):
        yield document.problem(
            where,
            "source.placeholder",
            _("Only {{home}} and {{package:NAME}} can stand in braces."),
            _("Correct the placeholder."),
        )
    yield from _belongs(document, name, source, SCHEMES.get(scheme))


def _belongs(
    document: Document, name: str, source: SourceShape, kind: SourceKind | None
) -> Iterator[Problem]:
    """Each way to say where tables are goes with the kinds of source that read it."""
    for key, kinds in _DECLARED.items():
        if getattr(source, key) and kind is not None and kind not in kinds:
            yield document.problem(
                (name, key),
                "source.tables",
                _("{key} goes with {kinds} alone."),
                _("Remove it; the other kinds of source name their tables themselves."),
                key=key,
                kinds=", ".join(f"{kind}://" for kind in kinds),
            )


def _declared(document: Document, name: str, source: SourceShape) -> Iterator[Problem]:
    for table, sheet in source.sheets.items():
        for key in ("until", "skip"):
            try:
                re.compile(getattr(sheet, key) or "")
            except re.error:
                yield document.problem(
                    (name, "sheets", table, key),
                    "source.pattern",
                    _("This is not a valid regular expression."),
                    _("Put a backslash before brackets and dots that are meant as they are."),
                )
        first, _dash, last = (sheet.header or "").partition("-")
        if last and int(last) < int(first):
            yield document.problem(
                (name, "sheets", table, "header"),
                "source.header",
                _("The header ends before it begins."),
                _("Write its first and its last row, such as 4-6."),
            )
    for table, pages in source.pages.items():
        if pages.paging == "cursor" and pages.next is None:
            yield document.problem(
                (name, "pages", table),
                "source.cursor",
                _("A page must say where it holds the cursor of the next one."),
                _("Add next, such as meta.next."),
            )


def _never(document: Document, name: str, source: SourceShape) -> Iterator[Problem]:
    for position, entry in enumerate(source.never):
        if entry.table == "*" and entry.columns is None:
            yield document.problem(
                (name, "never", position),
                "source.never",
                _("table: * goes with columns: else nothing of the source could be read."),
                _("Name the columns, or the table."),
            )
