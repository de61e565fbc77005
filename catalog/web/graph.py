"""Writing RDF: the prefixes in use, and statements that leave out what there is nothing to say.

No knowledge of records belongs here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, FOAF, PROV, RDF, RDFS, SKOS, XSD

from catalog.web import codes, values
from catalog.web.described import Said

ADMS = Namespace("http://www.w3.org/ns/adms#")
# rdflib's own is that of DCAT 2, without versions.
DCAT = Namespace("http://www.w3.org/ns/dcat#")
DQV = Namespace("http://www.w3.org/ns/dqv#")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
_PREFIXES = {
    "adms": ADMS,
    "dcat": DCAT,
    "dct": DCTERMS,
    "dqv": DQV,
    "foaf": FOAF,
    "hydra": HYDRA,
    "owl": Namespace("http://www.w3.org/2002/07/owl#"),
    "prov": PROV,
    "rdf": RDF,
    "rdfs": RDFS,
    "skos": SKOS,
    "spdx": SPDX,
    "vcard": VCARD,
    "xsd": XSD,
}
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types"
_CLASSES = {
    "access-right": (DCTERMS.RightsStatement, SKOS.Concept),
    "data-theme": (SKOS.Concept,),
    "file-type": (DCTERMS.MediaTypeOrExtent, SKOS.Concept),
    "frequency": (DCTERMS.Frequency, SKOS.Concept),
    "language": (DCTERMS.LinguisticSystem, SKOS.Concept),
    "licence": (DCTERMS.LicenseDocument, SKOS.Concept),
}


class Writer:
    """A graph that is being written. `profile` is the namespace of our own terms."""

    def __init__(self, public_url: str) -> None:
        self.graph = Graph(bind_namespaces="none")
        self.profile = Namespace(f"{public_url}/def/profile#")
        for prefix, namespace in _PREFIXES.items():
            self.graph.bind(prefix, namespace)
        self.graph.bind("dungchung", self.profile)

    def type(self, subject: URIRef, *classes: URIRef) -> None:
        """`subject` is one of each of `classes`."""
        for one in classes:
            self.graph.add((subject, RDF.type, one))

    def link(self, subject: URIRef, predicate: URIRef, target: str | None) -> None:
        """A statement about another thing, unless there is none."""
        if target:
            self.graph.add((subject, predicate, URIRef(target)))

    def say(self, subject: URIRef, predicate: URIRef, texts: Iterable[Said]) -> None:
        """Texts, each with the language it is in."""
        for text, tag in texts:
            self.graph.add((subject, predicate, Literal(text, lang=tag)))

    def plain(self, subject: URIRef, predicate: URIRef, *texts: object) -> None:
        """Texts of no language."""
        self.say(
            subject, predicate, ((values.text(one), None) for one in texts if values.text(one))
        )

    def number(self, subject: URIRef, predicate: URIRef, value: int | None, kind: URIRef) -> None:
        """A number of the datatype `kind`."""
        if value is not None:
            self.graph.add((subject, predicate, Literal(value, datatype=kind)))

    def time(self, subject: URIRef, predicate: URIRef, value: date | None) -> None:
        """A day or a time."""
        if value is not None:
            kind = XSD.dateTime if isinstance(value, datetime) else XSD.date
            self.graph.add((subject, predicate, Literal(value.isoformat(), datatype=kind)))

    def concept(self, subject: URIRef, predicate: URIRef, table: str, code: str | None) -> None:
        """A code of one of the EU's tables, told so that the document stands alone."""
        if not code:
            return
        concept = URIRef(codes.authority(table, code))
        self.link(subject, predicate, concept)
        self.type(concept, *_CLASSES[table])
        self.link(concept, SKOS.inScheme, f"{codes.AUTHORITY}/{table}")
        title = codes.THEMES_BY_CODE.get(code) if table == "data-theme" else None
        labels: list[Said] = [(title.vi, "vi"), (title.en, "en")] if title else [(code, None)]
        self.say(concept, SKOS.prefLabel, labels)

    def media_type(self, subject: URIRef, written: object) -> None:
        """``dcat:mediaType``, as IANA calls it."""
        kind = values.media_type(written)
        if kind:
            named = URIRef(f"{_MEDIA_TYPES}/{kind}")
            self.link(subject, DCAT.mediaType, named)
            self.type(named, DCTERMS.MediaType)

    def document(self, subject: URIRef, predicate: URIRef, address: str | None) -> None:
        """A page of the web."""
        if address:
            self.link(subject, predicate, address)
            self.type(URIRef(address), FOAF.Document)
