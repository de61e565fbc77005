"""The verdict on a release in the Data Quality Vocabulary, and the releases there are.

Source: W3C DQV. Counts only, as the manifest has them; a dataset's own document carries this,
lists do not.
"""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import URIRef
from rdflib.namespace import PROV, SKOS, XSD

from catalog.web import values
from catalog.web.described import Described
from catalog.web.graph import DCAT, DQV, Writer
from contracts.releases import Release


def add_verdict(write: Writer, said: Described, release: Release) -> None:
    """One measurement per check: how many rows broke it, of how many, and whether it passed."""
    dataset = URIRef(said.uri)
    titles = values.mapping(release.metadata.get("checks"))
    moment = values.moment(release.created_at)
    for result in release.verdict.results:
        metric = URIRef(f"{said.uri}#check-{result.check}")
        write.type(metric, DQV.Metric)
        title = values.mapping(titles.get(result.check))
        texts = ((values.text(title.get(tag)), tag) for tag in ("vi", "en"))
        write.say(metric, SKOS.definition, ((text, tag) for text, tag in texts if text))
        write.plain(metric, SKOS.notation, result.check)
        write.link(metric, DQV.expectedDataType, XSD.integer)
        found = URIRef(f"{said.uri}/releases/{release.release}#measured-{result.check}")
        write.type(found, DQV.QualityMeasurement)
        write.link(dataset, DQV.hasQualityMeasurement, found)
        write.link(found, DQV.computedOn, dataset)
        write.link(found, DQV.isMeasurementOf, metric)
        write.number(found, DQV.value, result.failed, XSD.integer)
        write.number(found, write.profile.failedRows, result.failed, XSD.integer)
        passed = result.evaluated - result.failed
        write.number(found, write.profile.passedRows, max(0, passed), XSD.integer)
        write.number(found, write.profile.passed, result.passed, XSD.boolean)
        write.time(found, PROV.generatedAtTime, moment)


def add_history(write: Writer, said: Described, release: Release, numbers: Iterable[int]) -> None:
    """The releases there were, each citable, and the dataset that this one was made from."""
    subject = URIRef(said.uri)
    for number in numbers:
        write.link(subject, DCAT.hasVersion, f"{said.uri}/releases/{number}")
    derived = release.metadata.get("derived_from")
    if isinstance(derived, str):
        write.link(subject, PROV.wasDerivedFrom, f"{said.public_url}/id/dataset/{derived}")
