"""A release as an OpenLineage event: which source column became which column, and how.

Made from the manifest (origins) and the definition it was made by (expressions), never from
rows. Sources are named by their name here, never by their address.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from contracts.errors import Fault
from contracts.mappings import Dataset
from contracts.releases import Release
from contracts.sql import aggregates, columns_of, parse_expression
from standardization.functions import FUNCTIONS

NAMESPACE = "dungchung"
_SPEC = "https://openlineage.io/spec"
_EVENT = f"{_SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent"
_PRODUCER = "urn:dungchung:platform"
_REFERENCE = "ref."
_MASKING = ("pseudonym", "mask_personal")
Json = dict[str, Any]


def openlineage(dataset: Dataset, release: Release) -> Json:
    """The RunEvent of `release`; `dataset` must be the definition it was made by, else the
    expressions told beside its columns are those of another."""
    run = uuid5(NAMESPACE_URL, f"{_PRODUCER}:{release.dataset}:{release.release}")
    return {
        "eventType": "COMPLETE",
        "eventTime": release.created_at,
        "producer": _PRODUCER,
        "schemaURL": _EVENT,
        "run": {"runId": str(run)},
        "job": {"namespace": NAMESPACE, "name": release.dataset},
        "inputs": _inputs(release),
        "outputs": [
            {
                "namespace": NAMESPACE,
                "name": release.dataset,
                "facets": {
                    "schema": _facet("1-2-0", "SchemaDatasetFacet", fields=_fields(release)),
                    "version": _facet(
                        "1-0-1",
                        "DatasetVersionDatasetFacet",
                        datasetVersion=str(release.release),
                    ),
                    "columnLineage": _facet(
                        "1-2-0", "ColumnLineageDatasetFacet", **_lineage(dataset, release)
                    ),
                },
                "outputFacets": {
                    "outputStatistics": _facet(
                        "1-0-2", "OutputStatisticsOutputDatasetFacet", rowCount=release.rows
                    )
                },
            }
        ],
    }


def lineage_file(home: Path, dataset: str, release: int) -> Path:
    """Where the event of a release lies, beside the run."""
    return home / "lineage" / dataset / f"{release}.json"


def write_lineage(home: Path, dataset: Dataset, release: Release) -> Path:
    """Write the event of `release`; gives its file."""
    path = lineage_file(home, release.dataset, release.release)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(openlineage(dataset, release), ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def _facet(version: str, name: str, **content: object) -> Json:
    url = f"{_SPEC}/facets/{version}/{name}.json#/$defs/{name}"
    return {"_producer": _PRODUCER, "_schemaURL": url, **content}


def _fields(release: Release) -> list[Json]:
    return [
        {"name": c.name, "type": c.type, "description": c.description[1]} for c in release.schema
    ]


def _inputs(release: Release) -> list[Json]:
    """Every table and dataset that a column comes from, and the releases that were read."""
    origins = (origin for found in release.lineage.values() for origin in found)
    versions = {
        item.source.removeprefix(_REFERENCE): item.release
        for item in release.inputs
        if item.release is not None
    }
    names = dict.fromkeys((_named(origin)[:2] for origin in origins), None)
    names |= dict.fromkeys((NAMESPACE, name) for name in versions)
    found: list[Json] = []
    for namespace, name in sorted(names):
        entry: Json = {"namespace": namespace, "name": name}
        if namespace == NAMESPACE and name in versions:
            version = str(versions[name])
            facet = _facet("1-0-1", "DatasetVersionDatasetFacet", datasetVersion=version)
            entry["facets"] = {"version": facet}
        found.append(entry)
    return found


def _named(origin: str) -> tuple[str, str, str]:
    """Namespace, name and field of ``source.table.column`` or ``ref.<dataset>.column``."""
    place, _dot, column = origin.rpartition(".")
    if place.startswith(_REFERENCE):
        return NAMESPACE, place.removeprefix(_REFERENCE), column
    source, _dot, table = place.partition(".")
    return f"{NAMESPACE}.source.{source}", table, column


def _lineage(dataset: Dataset, release: Release) -> Json:
    fields = {}
    for name, origins in release.lineage.items():
        inputs = []
        for origin in origins:
            namespace, table, column = _named(origin)
            source = namespace.removeprefix(f"{NAMESPACE}.source.")
            texts = dict.fromkeys(_expressions(dataset, name, source))
            inputs.append(
                {
                    "namespace": namespace,
                    "name": table,
                    "field": column,
                    "transformations": [_transformation(text) for text in texts],
                }
            )
        fields[name] = {"inputFields": inputs}
    return {"fields": fields, "dataset": _indirect(dataset)}


def _expressions(dataset: Dataset, column: str, source: str) -> Iterator[str]:
    """The expressions that make the column, of mappings from `source` if that is one."""
    sources = {mapping.source for mapping in dataset.mappings}
    for mapping in dataset.mappings:
        if source in sources and mapping.source != source:
            continue
        made: Mapping[str, str] = (
            mapping.aggregate.grouping.expressions if mapping.aggregate else mapping.columns
        )
        if column in made:
            yield made[column]
    if dataset.derivation and column in dataset.derivation.expressions:
        yield dataset.derivation.expressions[column]
    for formula in dataset.observation.formulas if dataset.observation else ():
        yield formula.by.get(column) or " / ".join(
            filter(None, (formula.numerator, formula.denominator))
        )


def _transformation(text: str) -> Json:
    try:
        tree = parse_expression(text, frozenset(FUNCTIONS))
    except Fault:  # a formula's text that only its own compiler reads
        return {"type": "DIRECT", "subtype": "TRANSFORMATION", "description": text}
    subtype = "AGGREGATION" if aggregates(tree) else "TRANSFORMATION"
    if tree.key == "column":
        subtype = "IDENTITY"
    masking = any(f"{name}(" in text for name in _MASKING)
    return {"type": "DIRECT", "subtype": subtype, "description": text, "masking": masking}


def _indirect(dataset: Dataset) -> list[Json]:
    """What decides which rows there are: joins and exclusions, with the columns they read."""
    found: list[Json] = []
    for mapping in dataset.mappings:
        tables = {use.alias.casefold(): use for use in mapping.uses}
        conditions = [("JOIN", join.on) for join in mapping.joins]
        conditions += [("FILTER", item.condition) for item in mapping.exclusions]
        for subtype, text in conditions:
            for alias, column in _columns(text):
                use = tables.get(alias.casefold())
                if use is None or not use.table:
                    continue
                name = f"ref.{use.table}" if use.dataset else f"{mapping.source}.{use.table}"
                namespace, table, field = _named(f"{name}.{column}")
                told = {"type": "INDIRECT", "subtype": subtype, "description": text}
                entry = {"namespace": namespace, "name": table, "field": field}
                found.append({**entry, "transformations": [told]})
    derivation = dataset.derivation
    for item in derivation.exclusions if derivation else ():
        for _alias, column in _columns(item.condition):
            told = {"type": "INDIRECT", "subtype": "FILTER", "description": item.condition}
            entry = {"namespace": NAMESPACE, "name": dataset.derived_from[0], "field": column}
            found.append({**entry, "transformations": [told]})
    return found


def _columns(text: str) -> list[tuple[str, str]]:
    tree = parse_expression(text, frozenset(FUNCTIONS))
    return sorted(columns_of(tree))
