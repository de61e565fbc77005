"""Atom feeds: the newest datasets of all, of an organisation, of a theme; releases of one.

Source: RFC 4287, RFC 5005 (paging), RFC 6721 (what was withdrawn).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from catalog.context import CatalogContext, Record, View
from catalog.search.request import SearchRequest
from catalog.web import values
from catalog.web.described import Described
from contracts.i18n import _, translate
from contracts.releases import Release

PER_PAGE = 20
MEDIA_TYPE = "application/atom+xml"
_ATOM = "http://www.w3.org/2005/Atom"
_TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
register_namespace("at", _TOMBSTONES)


@dataclass(frozen=True)
class Channel:
    """A feed: its address, its title, the page about the same and a search's filter."""

    path: str
    title: str
    page: str
    fq: tuple[str, ...] = ()


def datasets_feed(context: CatalogContext, view: View, channel: Channel, number: int) -> bytes:
    """A page of the datasets that changed last; the first tells what was withdrawn."""
    found = view.search(
        SearchRequest(
            fq=channel.fq,
            sort="metadata_modified desc",
            start=(number - 1) * PER_PAGE,
            rows=PER_PAGE,
        )
    )
    described = [Described(record, context.public_url) for record in found.packages]
    # What is withdrawn has no owner or theme any more, so only the feed of all tells it.
    withdrawn = view.records.withdrawals(PER_PAGE) if number == 1 and not channel.fq else ()
    updated = [said.modified for said in described] + [_withdrawn_at(one) for one in withdrawn]
    root = _feed(context, channel, updated)
    _pages(root, context.public_url, channel, number, -(-found.count // PER_PAGE))
    for one in withdrawn:
        _tombstone(root, context.public_url, one)
    for said in described:
        _dataset(root, said, context)
    return _written(root)


def releases_feed(context: CatalogContext, said: Described, releases: Sequence[Release]) -> bytes:
    """The newest releases of one dataset; of a record without a contract, its newest state."""
    channel = Channel(f"/feeds/dataset/{said.name}.atom", said.title, said.page)
    newest = list(reversed(releases))[:PER_PAGE]
    moments = [values.moment(one.created_at) for one in newest] or [said.modified]
    root = _feed(context, channel, moments)
    for release in newest:
        _release(root, said, release, context)
    if not newest:
        _dataset(root, said, context)
    return _written(root)


def _feed(context: CatalogContext, channel: Channel, moments: Iterable[datetime | None]) -> Element:
    root = Element("feed", xmlns=_ATOM)
    address = f"{context.public_url}{channel.path}"
    SubElement(root, "id").text = address
    SubElement(root, "title").text = values.text(channel.title)
    SubElement(root, "updated").text = max(
        (one for one in moments if one), default=_BEGINNING
    ).isoformat()
    SubElement(root, "link", rel="self", type=MEDIA_TYPE, href=address)
    SubElement(root, "link", rel="alternate", type="text/html", href=channel.page)
    _author(root, context.title)
    return root


def _pages(root: Element, public_url: str, channel: Channel, number: int, last: int) -> None:
    for rel, page in (("first", 1), ("previous", number - 1), ("next", number + 1), ("last", last)):
        if 1 <= page <= max(1, last):
            address = f"{public_url}{channel.path}?page={page}"
            SubElement(root, "link", rel=rel, type=MEDIA_TYPE, href=address)


def _dataset(root: Element, said: Described, context: CatalogContext) -> None:
    release = said.extras.get("release") if said.from_contract else None
    title = _titled(said.title, release, context) if release else said.title
    entry = _entry(root, said.uri, title, said.modified, said.page)
    if said.created:
        SubElement(entry, "published").text = said.created.isoformat()
    _author(entry, values.text(said.organization.get("title")) or context.title)
    SubElement(entry, "summary").text = said.notes
    for tag in said.tags:
        SubElement(entry, "category", term=tag)
    for part in said.parts:
        kind = values.media_type(part.record.get("mimetype")) or "application/octet-stream"
        if part.address and part.is_file:
            SubElement(entry, "link", rel="enclosure", type=kind, href=part.address)


def _release(root: Element, said: Described, release: Release, context: CatalogContext) -> None:
    number = str(release.release)
    page = f"{said.page}?release={number}"
    title = _titled(said.title, number, context)
    moment = values.moment(release.created_at)
    entry = _entry(root, f"{said.uri}/releases/{number}", title, moment, page)
    _author(entry, values.text(said.organization.get("title")) or context.title)
    note = _("Release {release}: {rows} rows.")
    rows = release.open_rows if release.public else release.rows
    said_of_it = translate(note, context.language).format(release=number, rows=rows)
    SubElement(entry, "summary").text = said_of_it


def _titled(title: str, release: str, context: CatalogContext) -> str:
    form = translate(_("{title}, release {release}"), context.language)
    return form.format(title=title, release=release)


def _entry(root: Element, uri: str, title: str, moment: datetime | None, page: str) -> Element:
    entry = SubElement(root, "entry")
    SubElement(entry, "id").text = uri
    SubElement(entry, "title").text = title
    SubElement(entry, "updated").text = (moment or _BEGINNING).isoformat()
    SubElement(entry, "link", rel="alternate", type="text/html", href=page)
    return entry


def _author(parent: Element, name: str) -> None:
    author = SubElement(parent, "author")
    SubElement(author, "name").text = name


def _tombstone(root: Element, public_url: str, withdrawn: Record) -> None:
    """RFC 6721: the entry is gone, when, and why."""
    moment = _withdrawn_at(withdrawn) or _BEGINNING
    entry = SubElement(
        root,
        f"{{{_TOMBSTONES}}}deleted-entry",
        ref=f"{public_url}/id/dataset/{withdrawn['name']}",
        when=moment.isoformat(),
    )
    SubElement(entry, f"{{{_TOMBSTONES}}}comment").text = values.text(withdrawn.get("reason"))


def _withdrawn_at(withdrawn: Record) -> datetime | None:
    return values.moment(withdrawn.get("withdrawn"))


def _written(root: Element) -> bytes:
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written
