"""The same things for programs: where a page's data is as RDF, Atom or JSON.

Addresses only, each of which `catalog.web` and `catalog.actions` answer.
"""

from __future__ import annotations

from dataclasses import dataclass

ATOM = "application/atom+xml"
FORMS = (
    ("Turtle", "text/turtle", "ttl"),
    ("RDF/XML", "application/rdf+xml", "rdf"),
    ("JSON-LD", "application/ld+json", "jsonld"),
    ("N-Triples", "application/n-triples", "nt"),
)
"""Name, media type and suffix of the RDF forms."""


@dataclass(frozen=True)
class Alternate:
    """Another form of a page. `title` is shown to people who follow feeds, say."""

    title: str
    href: str
    media_type: str = ATOM


def feed_of(facet: str = "", name: str = "") -> str:
    """The Atom feed of an organisation or theme (`facet` as in the search), else of all."""
    kind = {"organization": "organization", "groups": "group"}.get(facet)
    return f"/feeds/{kind}/{name}.atom" if kind else "/feeds/dataset.atom"


def of_dataset(name: str) -> tuple[Alternate, ...]:
    """The description of a dataset for programs, and the feed of its releases."""
    rdf = [Alternate(title, f"/dataset/{name}.{end}", kind) for title, kind, end in FORMS]
    croissant = Alternate("Croissant", f"/dataset/{name}/croissant.jsonld", "application/ld+json")
    return (*rdf, croissant, Alternate("Atom", f"/feeds/dataset/{name}.atom"))


def of_catalogue() -> tuple[Alternate, ...]:
    """The description of the whole catalogue."""
    return tuple(Alternate(title, f"/catalog.{end}", kind) for title, kind, end in FORMS)
