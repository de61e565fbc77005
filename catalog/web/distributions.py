"""A resource as ``dcat:Distribution``: where it is, its form, size, checksum and licence."""

from __future__ import annotations

from rdflib import Literal, URIRef
from rdflib.namespace import DCTERMS, OWL, RDFS, SKOS, XSD

from catalog.web import values
from catalog.web.codes import authority, file_type, language_code, language_tag, licence_code
from catalog.web.described import Described, Part
from catalog.web.graph import DCAT, SPDX, Writer


def add_distribution(write: Writer, said: Described, part: Part) -> URIRef:
    """Everything that a resource says; one without an address is got at the dataset's page."""
    record = part.record
    subject = URIRef(f"{said.page}/resource/{part.id}")
    write.type(subject, DCAT.Distribution)
    english = values.text(record.get("name_en"))
    names = [(values.text(record.get("name")), said.language), (english, "en")]
    write.say(subject, DCTERMS.title, ((text, tag) for text, tag in names if text))
    about = [
        (values.text(record.get("description")), said.language),
        (values.text(record.get("description_en")), "en"),
    ]
    write.say(subject, DCTERMS.description, ((text, tag) for text, tag in about if text))
    access = values.web_address(record.get("access_url")) or part.address or said.page
    write.link(subject, DCAT.accessURL, access)
    write.link(subject, DCAT.downloadURL, part.address if part.is_file else None)
    kind = file_type(part.format)
    write.concept(subject, DCTERMS["format"], "file-type", kind)
    write.media_type(subject, record.get("mimetype"))
    write.number(subject, DCAT.byteSize, values.size(record.get("size")), XSD.nonNegativeInteger)
    issued = record.get("issued") or record.get("created")
    write.time(subject, DCTERMS.issued, values.moment(issued))
    modified = record.get("last_modified") or record.get("modified")
    write.time(subject, DCTERMS.modified, values.moment(modified))
    tag = language_tag(record.get("language")) or said.language
    if tag:
        write.concept(subject, DCTERMS.language, "language", language_code(tag))
    _checksum(write, subject, part)
    _licence(write, subject, said)
    _service(write, subject, said, part)
    return subject


def _checksum(write: Writer, subject: URIRef, part: Part) -> None:
    found = values.digest(part.record.get("hash"))
    if found is None:
        return
    algorithm, value = found
    checksum = URIRef(f"{subject}#checksum")
    write.link(subject, SPDX.checksum, checksum)
    write.type(checksum, SPDX.Checksum)
    named = SPDX[f"checksumAlgorithm_{algorithm}"]
    # DCAT-AP 3.0.1 wants the address with https, SPDX itself has http.
    method = URIRef(named.replace("http://", "https://"))
    write.link(checksum, SPDX.algorithm, method)
    write.type(method, SPDX.ChecksumAlgorithm)
    write.link(method, OWL.sameAs, named)
    written = Literal(value, datatype=XSD.hexBinary, normalize=False)
    write.graph.add((checksum, SPDX.checksumValue, written))


def _licence(write: Writer, subject: URIRef, said: Described) -> None:
    address, title = said.licence
    code = licence_code(address)
    if code:
        write.concept(subject, DCTERMS.license, "licence", code)
        write.link(URIRef(authority("licence", code)), SKOS.exactMatch, address)
    elif address or title:
        licence = URIRef(address or f"{said.uri}#licence")
        write.link(subject, DCTERMS.license, licence)
        write.type(licence, DCTERMS.LicenseDocument)
        write.say(licence, RDFS.label, ((title, said.language),) if title else ())


def _service(write: Writer, subject: URIRef, said: Described, part: Part) -> None:
    if part.record.get("datastore_active"):
        write.link(subject, DCAT.accessService, add_service(write, said.public_url))


def add_service(write: Writer, public_url: str) -> URIRef:
    """The Action API, through which rows can be asked for."""
    service = URIRef(f"{public_url}/id/service/action-api")
    write.type(service, DCAT.DataService)
    write.say(service, DCTERMS.title, (("CKAN Action API", "en"),))
    write.link(service, DCAT.endpointURL, f"{public_url}/api/3/action")
    write.link(service, DCAT.endpointDescription, f"{public_url}/api/openapi.json")
    return service
