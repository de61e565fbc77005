"""Validating RDF against the SHACL shapes of DCAT-AP 3.0.1, from disk and nothing fetched."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pyshacl
import pytest
from rdflib import Graph
from rdflib.namespace import RDF, SH

_FOLDER = Path(
    os.environ.get(
        "DUNGCHUNG_SHAPES",
        Path(__file__).resolve().parents[4] / "shared" / "compatibility" / "dcat-ap-3.0.1",
    )
)
MANDATORY = ("shapes.ttl", "range.ttl", "mdr-vocabularies.shape.ttl")


def require() -> None:
    """Skip the test when the shapes are not here."""
    if not (_FOLDER / MANDATORY[0]).is_file():
        pytest.skip("needs the DCAT-AP 3.0.1 shapes (DUNGCHUNG_SHAPES names their folder)")


@cache
def _shapes(name: str) -> Graph:
    return Graph().parse(_FOLDER / name)


def violations(graph: Graph) -> list[str]:
    """What breaks a mandatory rule; warnings of the recommended kind are left out."""
    require()
    found = []
    for name in MANDATORY:
        _conforms, report, _text = pyshacl.validate(
            graph, shacl_graph=_shapes(name), do_owl_imports=False, advanced=False
        )
        assert isinstance(report, Graph)
        for whole in report.subjects(RDF.type, SH.ValidationReport):
            for result in report.objects(whole, SH.result):
                if report.value(result, SH.resultSeverity) == SH.Violation:
                    path, focus = (
                        report.value(result, key) for key in (SH.resultPath, SH.focusNode)
                    )
                    found.append(f"{name}: {focus} {path}")
    return found
