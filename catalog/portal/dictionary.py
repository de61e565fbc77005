"""The data dictionary: every column of a release in words, and how it was made."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.portal.metadata import Metadata
from catalog.portal.wording import Words
from contracts.i18n import _
from contracts.model import SYSTEM_COLUMNS, Access, Classification
from contracts.releases import ColumnSchema, Release

_KINDS = {
    "string": _("text"),
    "integer": _("whole number"),
    "number": _("number"),
    "date": _("day"),
    "timestamp": _("moment"),
    "time": _("time of day"),
    "boolean": _("yes or no"),
    "array": _("list"),
    "object": _("structure"),
}


_KEEPERS = frozenset(
    column.name for column in SYSTEM_COLUMNS if column.classification is Classification.INTERNAL
)


@dataclass(frozen=True)
class How:
    """How one source's column was made."""

    source: str
    text: str


@dataclass(frozen=True)
class CodeTitle:
    """One entry of a code list."""

    code: str
    title: str


@dataclass(frozen=True)
class ColumnView:
    """One column of the dictionary; `kept_back` says why it is not published, if so."""

    name: str
    title: str
    description: str
    kind: str
    unit: str
    required: bool
    kept_back: str
    how: tuple[How, ...]
    codes: tuple[CodeTitle, ...]


def dictionary(release: Release, metadata: Metadata) -> tuple[ColumnView, ...]:
    """The columns of `release` in contract order. What every table holds for its keepers
    alone is left out of open datasets; a column of their own that is kept back is told."""
    hidden = _KEEPERS if release.access == Access.OPEN else frozenset()
    return tuple(
        _column(column, release, metadata) for column in release.schema if column.name not in hidden
    )


def _column(column: ColumnSchema, release: Release, metadata: Metadata) -> ColumnView:
    words = metadata.words
    at = 0 if words.language == "vi" else 1
    codes = metadata.codes(column.code_list)
    kind = _("code from a list") if codes else _KINDS.get(column.logical_type, _("text"))
    return ColumnView(
        name=column.name,
        title=column.title[at],
        description=column.description[at],
        kind=words.say(kind),
        unit=column.unit or "",
        required=column.required,
        kept_back=_kept_back(column, release, words),
        how=tuple(
            How(metadata.source_title(source), _sentence(texts[at]))
            for source, texts in column.how.items()
        ),
        codes=tuple(CodeTitle(code, title) for code, title in codes),
    )


def _sentence(text: str) -> str:
    """`text` with a capital at its start and a full stop at its end."""
    stripped = text.strip().rstrip(".;")
    return f"{stripped[:1].upper()}{stripped[1:]}." if stripped else ""


def _kept_back(column: ColumnSchema, release: Release, words: Words) -> str:
    if column.classification in (Classification.PERSONAL, Classification.SENSITIVE):
        return words.say(_("personal data"))
    if column.classification == Classification.INTERNAL and release.access == Access.OPEN:
        return words.say(_("not published"))
    return ""
