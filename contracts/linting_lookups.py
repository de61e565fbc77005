"""Whether the look-ups of a mapping make sense: their calls, their texts and their codes.

The rest of a mapping is checked in `contracts.linting_mapping`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlglot import exp

from contracts.deriving import allowed_values
from contracts.documents import Document, Path_, unknown
from contracts.folder import ContractFile
from contracts.i18n import _
from contracts.linting_tools import Surroundings, read_sql
from contracts.loading_contract import list_key
from contracts.problems import Problem
from contracts.profile.mapping import MappingShape
from contracts.sql import calls_of
from contracts.text import match_key


def lint_calls(
    document: Document, where: Path_, tree: exp.Expr, lookups: Collection[str]
) -> Iterator[Problem]:
    """Each ``lookup('name', x)`` names a look-up of the mapping."""
    for call in calls_of(tree, "lookup"):
        name = call.expressions[0] if call.expressions else None
        if len(call.expressions) != 2 or not isinstance(name, exp.Literal) or not name.is_string:
            yield document.problem(
                where,
                "mapping.lookup",
                _("lookup takes the name of a look-up in quotes and what is looked up."),
                _("For example: lookup('status', hs.TrangThai)."),
            )
        elif name.name not in lookups:
            yield unknown(
                document,
                where,
                "mapping.unknown_lookup",
                name.name,
                lookups,
            )


def lint_lookups(
    dataset: str,
    document: Document,
    shape: MappingShape,
    contract: ContractFile,
    around: Surroundings,
) -> Iterator[Problem]:
    """Look-ups say one thing for one text, and give only what their column may hold."""
    for name, table in shape.lookups.items():
        seen: dict[str, str] = {}
        for written, code in table.items():
            if seen.setdefault(match_key(written), code) != code:
                yield document.problem(
                    ("lookups", name, written),
                    "mapping.lookup_conflict",
                    _("Two texts of the look-up {name} differ only by marks, case or spaces."),
                    _("Give them one code; look-ups compare without marks, case and spaces."),
                    name=name,
                )
    for column in contract.shape.schema_[0].properties:
        text = shape.columns.get(column.name)
        if text is None or column.logical_type != "string":
            continue
        listed = column.custom_properties.code_list
        key = list_key(dataset, listed) if listed else ("", "")
        allowed = allowed_values(column, around.folder.lists.get(key))
        if allowed is not None:
            tree, _problems = read_sql(document, ("columns",), text, around.functions)
            yield from _codes(document, shape, column.name, tree, allowed)


def _codes(
    document: Document,
    shape: MappingShape,
    column: str,
    tree: exp.Expression | None,
    allowed: Collection[str],
) -> Iterator[Problem]:
    for part in _results(tree):
        where: Path_ = ("columns", column)
        if isinstance(part, exp.Literal) and part.is_string and part.name not in allowed:
            yield unknown(document, where, "mapping.unknown_code", part.name, allowed)
        elif isinstance(part, exp.Anonymous) and part.name.lower() == "lookup":
            name = part.expressions[0].name if part.expressions else ""
            for source_text, code in shape.lookups.get(name, {}).items():
                if code not in allowed:
                    where = ("lookups", name, source_text)
                    yield unknown(document, where, "mapping.unknown_code", code, allowed)


def _results(tree: exp.Expression | None) -> Iterator[exp.Expression]:
    """The parts of an expression that can be its value."""
    if isinstance(tree, exp.Paren):
        yield from _results(tree.this)
    elif isinstance(tree, exp.Coalesce):
        for part in (tree.this, *tree.expressions):
            yield from _results(part)
    elif isinstance(tree, exp.Case):
        for branch in tree.args["ifs"]:
            yield from _results(branch.args["true"])
        yield from _results(tree.args.get("default"))
    elif tree is not None:
        yield tree
