"""Everything a dataset page shows, as one typed piece made from a record and a release.

Choosing and wording only. Quality is `quality_view`, the first rows are `preview`, and
finding the record and the release is `routes`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.context import Record
from catalog.portal.citing import cite
from catalog.portal.dictionary import ColumnView, dictionary
from catalog.portal.getting import (
    File,
    command,
    command_hint,
    files_of,
    safe_link,
    ways_to_ask,
)
from catalog.portal.metadata import Metadata
from catalog.portal.origin import Origin, origins_of
from catalog.portal.preview import Preview
from catalog.portal.quality_view import QualityView, quality_view, served_rows
from catalog.portal.records import AccessWords, access_words, extra, shorten, text_of
from catalog.portal.schedule import schedule_sentence
from catalog.portal.site import address
from catalog.portal.wording import Words
from contracts.i18n import _
from contracts.model import Access
from contracts.releases import Release


@dataclass(frozen=True)
class Fact:
    """A label and its value; `path` within the portal or `href` anywhere, if it is a link."""

    label: str
    value: str
    path: str = ""
    href: str = ""


@dataclass(frozen=True)
class ReleaseLine:
    """One line of the list of releases; `date` is ISO 8601."""

    number: int
    date: str
    rows: str
    withdrawn: bool


@dataclass(frozen=True)
class Link:
    """A link to a part of this page."""

    title: str
    id: str


@dataclass(frozen=True)
class DatasetPage:
    """The page. `release` is None for a record that has no manifest (written by hand)."""

    name: str
    title: str
    description: str
    summary: str
    access: AccessWords
    release: int | None
    date: str
    older: bool
    facts: tuple[Fact, ...]
    files: tuple[File, ...]
    ask: tuple[str, ...]
    curl: str
    curl_hint: str
    preview: Preview | None
    grain: str
    columns: tuple[ColumnView, ...]
    quality: QualityView | None
    origins: tuple[Origin, ...]
    releases: tuple[ReleaseLine, ...]
    schedule: str
    terms: tuple[Fact, ...]
    citation: str

    def contents(self, words: Words) -> tuple[Link, ...]:
        """The table of contents: only the parts that the page has."""
        parts = (
            ("get", _("Get the data"), True),
            ("preview", _("A first look"), self.preview is not None),
            ("dictionary", _("What each column means"), bool(self.columns)),
            ("quality", _("Quality, in counts"), self.quality is not None),
            ("origin", _("Where it comes from"), bool(self.origins)),
            ("releases", _("Releases"), bool(self.releases)),
            ("cite", _("Licence and citing"), True),
        )
        return tuple(Link(words.say(title), id_) for id_, title, there in parts if there)


@dataclass(frozen=True)
class Surroundings:
    """What the page needs besides the release: the reader, the site, other records."""

    words: Words
    site: str
    public_url: str
    owner: str
    titles: dict[str, str]
    """Name → title of every dataset the reader may see."""


def release_page(
    record: Record,
    release: Release,
    history: Sequence[Release],
    preview: Preview | None,
    around: Surroundings,
) -> DatasetPage:
    """The page of `release`; `history` holds all releases, newest first."""
    words = around.words
    metadata = Metadata.of(release, words, around.titles)
    access = access_words(release.access, words)
    curl = command(record, release, around.public_url)
    return DatasetPage(
        name=str(record["name"]),
        title=metadata.text("title") or text_of(record, "title", words),
        description=metadata.text("description"),
        summary=shorten(metadata.text("description")),
        access=access,
        release=release.release,
        date=release.created_at,
        older=release.release != history[0].release,
        facts=_facts(record, release, metadata, around),
        files=files_of(record, release, words),
        ask=ways_to_ask(release, metadata),
        curl=curl,
        curl_hint=command_hint(release, words) if curl else "",
        preview=preview,
        grain=metadata.text("grain"),
        columns=dictionary(release, metadata),
        quality=quality_view(release, metadata, words),
        origins=origins_of(release, metadata),
        releases=tuple(_line(one, words) for one in history),
        schedule=schedule_sentence(metadata.part("calendar"), words),
        terms=_terms(metadata, words),
        citation=cite(
            release,
            metadata,
            around.site,
            around.public_url
            + address(words.language, f"/dataset/{release.dataset}", release=release.release),
        ),
    )


def record_page(record: Record, around: Surroundings) -> DatasetPage:
    """The page of a record that no contract made: what its author wrote, and its files."""
    words = around.words
    licence = Fact(
        words.say(_("Licence")),
        str(record.get("license_title") or words.say(_("not stated"))),
        href=safe_link(str(record.get("license_url") or "")),
    )
    description = text_of(record, "notes", words)
    return DatasetPage(
        name=str(record["name"]),
        title=text_of(record, "title", words) or str(record["name"]),
        description=description,
        summary=shorten(description),
        access=access_words(extra(record, "access") or Access.OPEN, words),
        release=None,
        date=str(record.get("metadata_modified") or ""),
        older=False,
        facts=(_owner_fact(record, around),),
        files=tuple(
            File(
                label=str(resource.get("name") or resource.get("format") or resource["url"]),
                use=str(resource.get("description") or ""),
                href=safe_link(str(resource["url"])),
                size=None,
                sha256="",
            )
            for resource in record.get("resources") or ()
            if safe_link(str(resource["url"]))
        ),
        ask=(),
        curl="",
        curl_hint="",
        preview=None,
        grain="",
        columns=(),
        quality=None,
        origins=(),
        releases=(),
        schedule="",
        terms=(licence,),
        citation="",
    )


def _owner_fact(record: Record, around: Surroundings) -> Fact:
    organization = str((record.get("organization") or {}).get("name") or "")
    path = f"/organization/{organization}" if organization else ""
    return Fact(around.words.say(_("Published by")), around.owner, path=path)


def _facts(
    record: Record, release: Release, metadata: Metadata, around: Surroundings
) -> tuple[Fact, ...]:
    words = around.words
    return (
        _owner_fact(record, around),
        Fact(
            words.say(_("Newest data")),
            words.say(
                _("Release {number}, {date}"),
                number=release.release,
                date=words.day(release.created_at),
            ),
        ),
        Fact(words.say(_("Rows")), served_rows(release, words)),
        Fact(words.say(_("Renewed")), schedule_sentence(metadata.part("calendar"), words)),
    )


def _line(release: Release, words: Words) -> ReleaseLine:
    return ReleaseLine(
        number=release.release,
        date=release.created_at,
        rows=served_rows(release, words),
        withdrawn=release.withdrawn is not None,
    )


def _terms(metadata: Metadata, words: Words) -> tuple[Fact, ...]:
    licence = metadata.part("licence")
    titles = licence.get("title")
    title = str(titles.get(words.language) or "") if isinstance(titles, dict) else ""
    terms = [
        Fact(
            words.say(_("Licence")),
            title or str(licence.get("id") or words.say(_("not stated"))),
            href=safe_link(str(licence.get("url") or "")),
        )
    ]
    if basis := metadata.several("legal_basis"):
        terms.append(Fact(words.say(_("Legal basis")), "; ".join(basis)))
    if metadata.owner:
        terms.append(Fact(words.say(_("Owner agency")), metadata.owner))
    if steward := metadata.plain("steward"):
        terms.append(Fact(words.say(_("Data steward")), steward))
    return tuple(terms)
