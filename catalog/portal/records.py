"""Catalogue records (CKAN dictionaries) as the small typed pieces that pages show.

What a release says beyond its record is `catalog.portal.dataset_page`; making records is
`catalog.records`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from catalog.context import Record, Records
from catalog.portal.column_match import MatchedColumn, matching_columns
from catalog.portal.wording import Words
from contracts.i18n import _
from contracts.model import Access

_SUMMARY = 180
_FORMATS = 8
"""Formats named on a card."""
_LABELS = {
    Access.OPEN: _("Open"),
    Access.SHARED: _("Shared between agencies"),
    Access.ON_REQUEST: _("On request"),
}
_EXPLAINED = {
    Access.OPEN: _("Anyone may read, download and use it again. No account is needed."),
    Access.SHARED: _(
        "Agencies of the province use it through an access token. Its description, columns and "
        "quality are public; its rows are not."
    ),
    Access.ON_REQUEST: _(
        "Its rows are given to an agency that asks for them and has a legal ground. Its "
        "description, columns and quality are public."
    ),
}


@dataclass(frozen=True)
class AccessWords:
    """An access level: `value` for style, `label` on the badge, `explained` in a sentence."""

    value: str
    label: str
    explained: str


@dataclass(frozen=True)
class Card:
    """A dataset in a list. `date` is ISO 8601; `organization` its owner's record name;
    `release` empty for a record that no contract made; `columns` those that were asked for."""

    name: str
    title: str
    summary: str
    access: AccessWords
    organization: str
    owner: str
    release: str
    date: str
    formats: tuple[str, ...]
    columns: tuple[MatchedColumn, ...] = ()


@dataclass(frozen=True)
class Named:
    """An organisation or theme: record name, title, description, number of datasets."""

    name: str
    title: str
    description: str
    count: int


def text_of(record: Record, field: str, words: Words) -> str:
    """`field` in the reader's language: the record itself is Vietnamese, extras English."""
    if words.language == "en" and (translated := extra(record, f"{field}_en")):
        return translated
    return str(record.get(field) or "")


def extra(record: Record, key: str) -> str:
    """The extra called `key`, or an empty text."""
    for entry in record.get("extras") or ():
        if entry["key"] == key:
            return str(entry["value"] or "")
    return ""


def access_words(value: str, words: Words) -> AccessWords:
    """Badge and sentence of an access level; an unknown one counts as on request."""
    try:
        access = Access(value)
    except ValueError:
        access = Access.ON_REQUEST
    return AccessWords(access.value, words.say(_LABELS[access]), words.say(_EXPLAINED[access]))


def owner_titles(records: Records, words: Words) -> dict[str, str]:
    """Record name → title of every organisation."""
    return {
        str(record["name"]): text_of(record, "title", words) for record in records.organizations()
    }


def card(record: Record, owners: Mapping[str, str], words: Words, query: str = "") -> Card:
    """The card of a package record; `owners` as from `owner_titles`, `query` what was asked."""
    owner = record.get("organization") or {}
    organization = str(owner.get("name") or "")
    formats = {str(entry.get("format") or "") for entry in record.get("resources") or ()}
    return Card(
        name=str(record["name"]),
        title=text_of(record, "title", words) or str(record["name"]),
        summary=shorten(text_of(record, "notes", words)),
        access=access_words(extra(record, "access") or Access.OPEN, words),
        organization=organization,
        owner=owners.get(organization) or str(owner.get("title") or organization),
        release=extra(record, "release"),
        date=str(record.get("metadata_modified") or ""),
        formats=tuple(sorted(formats - {"", "API"}))[:_FORMATS],
        columns=matching_columns(record, query, words),
    )


def cards(
    records: Iterable[Record], owners: Mapping[str, str], words: Words, query: str = ""
) -> tuple[Card, ...]:
    """The cards of package records, in their order."""
    return tuple(card(record, owners, words, query) for record in records)


def named(record: Record, words: Words) -> Named:
    """An organisation or theme record."""
    return Named(
        name=str(record["name"]),
        title=text_of(record, "title", words) or str(record["name"]),
        description=text_of(record, "description", words),
        count=int(record.get("package_count") or 0),
    )


def shorten(text: str) -> str:
    """The first sentence or two of `text`, cut between words with an ellipsis."""
    flat = " ".join(text.split())
    if len(flat) <= _SUMMARY:
        return flat
    return flat[:_SUMMARY].rsplit(" ", 1)[0].rstrip(" ,;:.") + " …"
