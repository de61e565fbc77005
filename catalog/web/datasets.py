"""A record as ``dcat:Dataset`` by DCAT-AP 3 and the local profile (``docs/dcat-profile.md``).

The dataset itself; its files are `catalog.web.distributions`, its verdict
`catalog.web.quality`, who owns it `catalog.web.agents`.
"""

from __future__ import annotations

from rdflib import URIRef
from rdflib.namespace import DCTERMS, FOAF, SKOS, XSD

from catalog.web import values
from catalog.web.agents import add_contact, add_organization
from catalog.web.codes import language_code
from catalog.web.described import Described
from catalog.web.distributions import add_distribution
from catalog.web.graph import ADMS, DCAT, Writer
from catalog.web.terms import add_sharing_class
from contracts.i18n import LANGUAGES, _, translate
from contracts.model import Access


def add_dataset(write: Writer, said: Described) -> URIRef:
    """Everything that the record says about its dataset, its files and its owner."""
    subject = URIRef(said.uri)
    write.type(subject, DCAT.Dataset)
    write.say(subject, DCTERMS.title, said.said("title") or ((said.name, None),))
    write.say(subject, DCTERMS.description, said.said("notes") or ((said.notes, said.language),))
    write.say(subject, DCAT.keyword, ((tag, said.language) for tag in said.tags if tag))
    write.plain(subject, DCTERMS.identifier, said.uri, said.record["id"])
    write.document(subject, DCAT.landingPage, said.page)
    write.document(subject, FOAF.page, values.web_address(said.record.get("url")))
    write.time(subject, DCTERMS.issued, said.created)
    write.time(subject, DCTERMS.modified, said.modified)
    for theme in said.themes:
        write.concept(subject, DCAT.theme, "data-theme", theme)
    write.concept(subject, DCTERMS.accrualPeriodicity, "frequency", said.frequency)
    write.concept(subject, DCTERMS.accessRights, "access-right", said.access)
    if said.language:
        write.concept(subject, DCTERMS.language, "language", language_code(said.language))
    write.link(subject, DCTERMS.publisher, add_organization(write, said))
    write.link(subject, DCAT.contactPoint, add_contact(write, said))
    _coverage(write, subject, said)
    _schema(write, subject, said)
    _version(write, subject, said)
    _local(write, subject, said)
    for part in said.parts:
        write.link(subject, DCAT.distribution, add_distribution(write, said, part))
    return subject


def _coverage(write: Writer, subject: URIRef, said: Described) -> None:
    first, last = said.temporal
    if first or last:
        period = URIRef(f"{said.uri}#time")
        write.link(subject, DCTERMS.temporal, period)
        write.type(period, DCTERMS.PeriodOfTime)
        write.time(period, DCAT.startDate, first)
        write.time(period, DCAT.endDate, last)
    for code in said.communes:
        unit = URIRef(f"{said.public_url}/id/unit/{code}")
        write.link(subject, DCTERMS.spatial, unit)
        write.link(subject, write.profile.administrativeUnit, unit)
        write.type(unit, DCTERMS.Location)
        write.plain(unit, SKOS.notation, code)


def _schema(write: Writer, subject: URIRef, said: Described) -> None:
    if said.schema:
        standard = URIRef(table_schema_address(said))
        write.link(subject, DCTERMS.conformsTo, standard)
        write.type(standard, DCTERMS.Standard)
        write.say(standard, DCTERMS.title, ((f"{said.title}: Table Schema", said.language),))


def table_schema_address(said: Described) -> str:
    """Where the table schema of the dataset is."""
    return f"{said.page}/table-schema.json"


def _version(write: Writer, subject: URIRef, said: Described) -> None:
    write.plain(subject, DCAT.version, said.record.get("version"))
    release, rows = said.extras.get("release"), said.extras.get("rows")
    if not (said.from_contract and release and rows):
        return
    note = _("Release {release}: {rows} rows.")
    notes = ((translate(note, tag).format(release=release, rows=rows), tag) for tag in LANGUAGES)
    write.say(subject, ADMS.versionNotes, notes)
    write.link(subject, DCAT.hasCurrentVersion, f"{said.uri}/releases/{release}")


def _local(write: Writer, subject: URIRef, said: Described) -> None:
    """The terms of the local profile."""
    extras, profile = said.extras, write.profile
    if extras.get("access") in tuple(Access):
        sharing = add_sharing_class(write, f"sharing-{extras['access'].replace('_', '-')}")
        write.link(subject, profile.sharingClass, sharing)
    laws = extras.get("legal_basis", "").split(";")
    write.say(subject, profile.legalBasis, ((law.strip(), "vi") for law in laws if law.strip()))
    write.plain(subject, profile.schedule, extras.get("schedule"))
    write.say(subject, profile.grain, said.said("grain") or _grain(said))
    if said.from_contract:
        write.plain(subject, profile.steward, said.record.get("maintainer"))
        rows = extras.get("rows", "")
        write.number(subject, profile.rows, int(rows) if rows.isdigit() else None, XSD.integer)


def _grain(said: Described) -> list[tuple[str, str | None]]:
    both = ((said.extras.get("grain"), "vi"), (said.extras.get("grain_en"), "en"))
    return [(text, tag) for text, tag in both if text]
