"""``robots.txt`` and the sitemap: an index, and parts of a thousand pages each.

Source: sitemaps.org 0.9 and RFC 9309. A part is one page of a search, so that no request
reads the whole catalogue.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, tostring

from starlette.exceptions import HTTPException

from catalog.context import CatalogContext, View
from catalog.search.request import SearchRequest
from catalog.web.described import Described

PER_PART = 1000
_MOST = 50_000 * PER_PART  # what one index may name, at 50,000 parts
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def robots(public_url: str) -> str:
    """Crawlers may read every page, once: not the API, nor each combination of filters."""
    closed = ("/api/", "/datastore/", "/dataset?", "/en/dataset?")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    return "\n".join([*lines, "", f"Sitemap: {public_url}/sitemap.xml", ""])


def index(context: CatalogContext, view: View) -> bytes:
    """The parts that there are."""
    count = min(view.search(SearchRequest(rows=0)).count, _MOST)
    root = Element("sitemapindex", xmlns=_NAMESPACE)
    for number in range(1, max(1, -(-count // PER_PART)) + 1):
        entry = SubElement(root, "sitemap")
        SubElement(entry, "loc").text = f"{context.public_url}/sitemap-{number}.xml"
    return _written(root)


def part(context: CatalogContext, view: View, number: int) -> bytes:
    """The pages of datasets of one part; the first has the catalogue's own pages too.

    Raises:
        HTTPException: 404 when there is no such part.
    """
    start = (number - 1) * PER_PART
    found = view.search(SearchRequest(sort="name asc", start=start, rows=PER_PART)).packages
    root = Element("urlset", xmlns=_NAMESPACE)
    if number == 1:
        for place in ("/", "/dataset", "/organization", "/units"):
            _page(root, f"{context.public_url}{place}", None)
    elif not found:
        raise HTTPException(404)
    for record in found:
        said = Described(record, context.public_url)
        _page(root, said.page, said.modified.isoformat() if said.modified else None)
    return _written(root)


def _page(root: Element, address: str, modified: str | None) -> None:
    entry = SubElement(root, "url")
    SubElement(entry, "loc").text = address
    if modified:
        SubElement(entry, "lastmod").text = modified


def _written(root: Element) -> bytes:
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written
