"""Everything a dataset page shows, as one typed piece made from a record and a release.

Choosing and wording only. Quality is `quality_view`, the first rows are `preview`, finding
the record and the release is `dataset_routes`; `record_page` is for records without one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from catalog.context import Record
from catalog.portal.citing import cite
from catalog.portal.coverage import places_covered, time_covered
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
from catalog.portal.programs import Way, ways_for_programs
from catalog.portal.quality_view import QualityView, quality_view, served_rows
from catalog.portal.records import AccessWords, access_words, shorten, text_of
from catalog.portal.schedule import schedule_sentence
from catalog.portal.wording import Words
from contracts.i18n import _
from contracts.releases import Release

_LONG = 1200
"""A description of more characters than this is folded."""
_SHOWN = 600
"""Its first paragraph is shown whole up to so many characters."""


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
class Description:
    """What a dataset is: the paragraphs shown at once, and all of them where those are not."""

    shown: tuple[str, ...]
    more: tuple[str, ...]


@dataclass(frozen=True)
class DatasetPage:
    """The page. `release` is None for a record that has no manifest (written by hand); then
    all that a contract would say stays empty. `lasting` is the persistent address."""

    name: str
    title: str
    description: Description
    summary: str
    access: AccessWords
    date: str
    facts: tuple[Fact, ...]
    files: tuple[File, ...]
    programs: tuple[Way, ...]
    terms: tuple[Fact, ...]
    lasting: str
    citation: str
    release: int | None = None
    older: bool = False
    ask: tuple[str, ...] = ()
    curl: str = ""
    curl_hint: str = ""
    preview: Preview | None = None
    grain: str = ""
    columns: tuple[ColumnView, ...] = ()
    quality: QualityView | None = None
    origins: tuple[Origin, ...] = ()
    releases: tuple[ReleaseLine, ...] = ()
    schedule: str = ""

    def contents(self, words: Words) -> tuple[Link, ...]:
        """The table of contents: only the parts that the page has."""
        parts = (
            ("get", _("Get the data"), True),
            ("preview", _("A first look"), self.preview is not None),
            ("dictionary", _("What each column means"), bool(self.columns)),
            ("quality", _("Quality, in counts"), self.quality is not None),
            ("origin", _("Where it comes from"), bool(self.origins)),
            ("releases", _("Releases"), bool(self.releases)),
            ("api", _("For programs"), True),
            ("cite", _("Licence and citing"), True),
        )
        return tuple(Link(words.say(title), id_) for id_, title, there in parts if there)


@dataclass(frozen=True)
class Surroundings:
    """What the page needs besides the release: the reader, the site, other records. `place`
    names a commune by its code."""

    words: Words
    site: str
    public_url: str
    owner: str
    place: Callable[[str], str]
    titles: dict[str, str]
    """Name → title of the datasets that the release was made from."""
    withdrawn: dict[str, str]
    """The same of those that were withdrawn since; nothing links to them."""

    def lasting(self, name: str, release: int | None = None) -> str:
        """The persistent address of a dataset or of one release."""
        part = f"/releases/{release}" if release is not None else ""
        return f"{self.public_url}/id/dataset/{name}{part}"


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
        description=described(metadata.text("description")),
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
        origins=origins_of(release, metadata, around.withdrawn),
        releases=tuple(_line(one, words) for one in history),
        schedule=schedule_sentence(metadata.part("calendar"), words),
        programs=ways_for_programs(record, words, rows=release.public),
        terms=_terms(metadata, words),
        lasting=around.lasting(release.dataset),
        citation=cite(
            release,
            metadata,
            around.site,
            around.lasting(release.dataset, release.release),
        ),
    )


def described(text: str) -> Description:
    """A description cut into paragraphs; a long one shows its beginning and folds the whole.
    It is text: whatever marks it holds are shown as they are."""
    every = tuple(part.strip() for part in re.split(r"\n\s*\n", text) if part.strip())
    if sum(map(len, every)) <= _LONG:
        return Description(every, ())
    shown = [every[0]] if len(every[0]) <= _SHOWN else []
    return Description((*shown, shorten(every[len(shown)])), every)


def common_facts(record: Record, around: Surroundings) -> tuple[Fact, ...]:
    """Who publishes it, and what time and place it covers, as far as that is said."""
    say = around.words.say
    organization = str((record.get("organization") or {}).get("name") or "")
    time = time_covered(record, around.words)
    places = places_covered(record, around.words, around.place)
    facts = (
        Fact(say(_("Published by")), around.owner, path=f"/organization/{organization}"),
        Fact(say(_("Time covered")), time),
        Fact(say(_("Places covered")), places),
    )
    return tuple(fact for fact in facts if fact.value)


def _facts(
    record: Record, release: Release, metadata: Metadata, around: Surroundings
) -> tuple[Fact, ...]:
    words = around.words
    return (
        *common_facts(record, around),
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
