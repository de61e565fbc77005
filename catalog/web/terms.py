"""The local profile's own terms: what DCAT-AP has no word for.

``docs/dcat-profile.md`` explains them, a test keeps both alike. Served at ``/def/profile``.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from rdflib import Literal, URIRef
from rdflib.namespace import DCTERMS, FOAF, OWL, RDF, RDFS, SKOS, XSD

from catalog.web.graph import DCAT, DQV, Writer
from contracts.i18n import _, translate


@dataclass(frozen=True)
class Term:
    """A property of ours: of what, what it holds, and its meaning (a msgid)."""

    name: str
    domain: URIRef
    range: URIRef
    meaning: str


TERMS = (
    Term(
        "administrativeUnit",
        DCAT.Dataset,
        DCTERMS.Location,
        _("A commune that the data are about, by its code in the list in force."),
    ),
    Term(
        "agencyCode",
        FOAF.Agent,
        RDFS.Literal,
        _("The agency's electronic identification code (QĐ 20/2020/QĐ-TTg)."),
    ),
    Term(
        "sharingClass",
        DCAT.Dataset,
        SKOS.Concept,
        _("Who may have the rows: everyone, agencies, or whoever the owner grants it."),
    ),
    Term(
        "legalBasis",
        DCAT.Dataset,
        RDFS.Literal,
        _("A legal act on which the data are collected or shared."),
    ),
    Term(
        "schedule",
        DCAT.Dataset,
        RDFS.Literal,
        _("When the dataset is made: a cron line in Vietnamese time."),
    ),
    Term("steward", DCAT.Dataset, RDFS.Literal, _("Who answers for the data at the owner.")),
    Term("grain", DCAT.Dataset, RDFS.Literal, _("What one row is.")),
    Term("rows", DCAT.Dataset, XSD.integer, _("Number of rows of the newest release.")),
    Term(
        "passedRows",
        DQV.QualityMeasurement,
        XSD.integer,
        _("Rows that keep the rule."),
    ),
    Term(
        "failedRows",
        DQV.QualityMeasurement,
        XSD.integer,
        _("Rows that break the rule."),
    ),
    Term(
        "passed",
        DQV.QualityMeasurement,
        XSD.boolean,
        _("Whether the release kept the rule well enough to be published."),
    ),
)
SHARING = {
    "sharing-open": _("Open: everyone may have the rows."),
    "sharing-shared": _("Shared: agencies may have the rows."),
    "sharing-on-request": _("On request: whoever the owner grants it may have the rows."),
}
"""Sharing class → its meaning. Source: Nghị định 47/2020/NĐ-CP."""


def add_vocabulary(write: Writer) -> None:
    """The terms with their meaning in both languages."""
    ontology = URIRef(str(write.profile).rstrip("#"))
    write.type(ontology, OWL.Ontology)
    write.say(ontology, DCTERMS.title, _both(_("Terms of the shared data platform")))
    for term in TERMS:
        named = URIRef(write.profile[term.name])
        write.type(named, RDF.Property)
        write.graph.add((named, RDFS.label, Literal(term.name)))
        write.say(named, RDFS.comment, _both(term.meaning))
        write.link(named, RDFS.domain, term.domain)
        write.link(named, RDFS.range, term.range)
        write.link(named, RDFS.isDefinedBy, ontology)
    scheme = URIRef(write.profile["sharing"])
    write.type(scheme, SKOS.ConceptScheme)
    write.say(scheme, DCTERMS.title, _both(_("Sharing classes")))
    for name in SHARING:
        add_sharing_class(write, name)


def add_sharing_class(write: Writer, name: str) -> URIRef:
    """One of `SHARING`, told so that a document stands alone."""
    concept = URIRef(write.profile[name])
    write.type(concept, SKOS.Concept)
    write.link(concept, SKOS.inScheme, write.profile["sharing"])
    write.say(concept, SKOS.prefLabel, _both(SHARING[name]))
    return concept


def vocabulary_page(public_url: str) -> str:
    """The terms for people, in both languages."""
    title = " · ".join(text for text, _tag in _both(_("Terms of the shared data platform")))
    rows = "".join(
        f'<dt id="{escape(name)}"><code>{escape(public_url)}/def/profile#{escape(name)}</code></dt>'
        + "".join(f'<dd lang="{tag}">{escape(text)}</dd>' for text, tag in _both(meaning))
        for name, meaning in (*((t.name, t.meaning) for t in TERMS), *SHARING.items())
    )
    return (
        '<!doctype html><html lang="vi"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><h1>{escape(title)}</h1><dl>{rows}</dl></html>"
    )


def _both(message: str) -> list[tuple[str, str | None]]:
    return [(translate(message, "vi"), "vi"), (translate(message, "en"), "en")]
