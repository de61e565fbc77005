"""Whether a derivation and the sources make sense: inputs, breakdowns, connections.

Mappings are in `contracts.linting_mapping`; circles of datasets are found in loading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from contracts.documents import Document, Path_, unknown
from contracts.folder import ContractFile, MappingFile
from contracts.i18n import _
from contracts.linting_contract import repeated
from contracts.linting_mapping import lint_columns, lint_conditions, lint_names
from contracts.linting_tools import Surroundings, no_aggregate, no_clock, no_lookup, read_sql
from contracts.mappings import SourceKind
from contracts.problems import Problem
from contracts.profile.mapping import DerivationShape, SourceShape
from contracts.sql import aggregates

SCHEMES = tuple(kind.value for kind in SourceKind)
_SECRET = re.compile(r"//[^/@]*:[^/@]+@|\b(password|passwd|pwd|secret|token)\s*=", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\{(?!home\}|package:[A-Za-z0-9_.-]+\})")


def lint_derivation(
    file: MappingFile, contract: ContractFile, around: Surroundings
) -> Iterator[Problem]:
    """Everything wrong in one derivation."""
    document, shape = file.document, file.shape
    if not isinstance(shape, DerivationShape):
        raise TypeError(document.file)
    if shape.derive not in around.names:
        yield unknown(
            document, ("derive",), "derivation.unknown_dataset", shape.derive, around.names
        )
    yield from lint_columns(
        document, ("dimensions",), {**shape.measures, **shape.dimensions}, contract
    )
    both = [(("dimensions", n), n) for n in shape.dimensions]
    both += [(("measures", n), n) for n in shape.measures]
    yield from repeated(document, both, "derivation.duplicate_column")
    if shape.reconcile not in shape.measures:
        yield unknown(
            document, ("reconcile",), "derivation.reconcile", shape.reconcile, shape.measures
        )
    yield from _expressions(document, shape, around)
    yield from lint_conditions(document, {"exclude": shape.exclude})
    yield from _statistics(shape, contract)


def _expressions(
    document: Document, shape: DerivationShape, around: Surroundings
) -> Iterator[Problem]:
    columns = around.types.get(shape.derive)
    aliases = {"i": frozenset(columns) if columns else None}
    texts: list[tuple[Path_, str]] = [
        (("dimensions", name), text) for name, text in shape.dimensions.items()
    ]
    texts += [(("measures", name), text) for name, text in shape.measures.items()]
    texts += [(("exclude", name), condition.when) for name, condition in shape.exclude.items()]
    for where, text in texts:
        tree, problems = read_sql(document, where, text, around.functions)
        yield from problems
        if tree is None:
            continue
        yield from no_clock(document, where, tree)
        yield from no_lookup(document, where, tree)
        yield from lint_names(document, where, tree, aliases)
        if where[0] != "measures":
            yield from no_aggregate(document, where, tree)
        elif not aggregates(tree):
            yield document.problem(
                where,
                "derivation.not_aggregate",
                _("A measure must aggregate, e.g. count(*)."),
                _("Use an aggregate, or make it a dimension."),
            )


def _statistics(shape: DerivationShape, contract: ContractFile) -> Iterator[Problem]:
    document, custom = contract.document, contract.shape.custom_properties
    where = document.custom((), "breakdowns")
    for number, breakdown in enumerate(custom.breakdowns):
        for name in breakdown.by:
            if name not in shape.dimensions:
                place = (*where, "value", number)
                yield unknown(document, place, "contract.breakdown", name, shape.dimensions)
    rule = custom.disclosure
    for name in (rule.total, *rule.parts) if rule else ():
        if name not in shape.measures:
            place = document.custom((), "disclosure")
            yield unknown(document, place, "contract.disclosure", name, shape.measures)


def lint_sources(document: Document, sources: dict[str, SourceShape]) -> Iterator[Problem]:
    """Connections: one variable each, and a default that holds no secret."""
    variables = [((name, "connection"), source.connection) for name, source in sources.items()]
    yield from repeated(document, variables, "source.duplicate_connection")
    for name, source in sources.items():
        if source.default is None:
            continue
        where = (name, "default")
        scheme, separator, _rest = source.default.partition("://")
        if not separator or scheme not in SCHEMES:
            yield document.problem(
                where,
                "source.scheme",
                _("The connection must begin with one of: {schemes}."),
                _("For example sqlite:///{{home}}/demo/igate.db."),
                schemes=", ".join(f"{known}://" for known in SCHEMES),
            )
        if _SECRET.search(source.default):
            yield document.problem(
                where,
                "source.secret",
                _("A default connection must not hold a password."),
                _("Take it out and set {variable} where the platform runs."),
                variable=source.connection,
            )
        if _PLACEHOLDER.search(source.default):
            yield document.problem(
                where,
                "source.placeholder",
                _("Only {{home}} and {{package:NAME}} can stand in braces."),
                _("Correct the placeholder."),
            )
        if source.tables and scheme != "json":
            yield document.problem(
                (name, "tables"),
                "source.tables",
                _("tables goes with json:// alone."),
                _("Remove it; the other kinds of source name their tables themselves."),
            )
