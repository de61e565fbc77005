"""How a release or a record is cited: one sentence that is ready to copy."""

from __future__ import annotations

from datetime import datetime

from catalog.context import Record
from catalog.identifiers import naive_utc
from catalog.portal.metadata import Metadata
from catalog.portal.wording import Words
from contracts.i18n import _
from contracts.releases import Release
from contracts.times import VIETNAM


def cite(release: Release, metadata: Metadata, site: str, location: str, *, part: str = "") -> str:
    """How to cite a release: owner, year, title, release, day, site and lasting address.
    `part` names the part of it that is cited, e.g. one commune."""
    words = metadata.words
    return words.say(
        _("{owner} ({year}). {title}, release {number} of {date}. {site}. {location}"),
        owner=metadata.owner,
        year=datetime.fromisoformat(release.created_at).astimezone(VIETNAM).year,
        title=": ".join(text for text in (metadata.text("title"), part) if text),
        number=release.release,
        date=words.day(release.created_at),
        site=site,
        location=location,
    )


def cite_record(
    record: Record, title: str, words: Words, owner: str, site: str, location: str
) -> str:
    """How to cite a record that no contract made: its author or owner, year, title, site and
    lasting address."""
    changed = str(record.get("metadata_modified") or record.get("metadata_created") or "")
    return words.say(
        _("{owner} ({year}). {title}. {site}. {location}"),
        owner=str(record.get("author") or owner or site),
        year=naive_utc(changed).year if changed else "–",
        title=title,
        site=site,
        location=location,
    )
