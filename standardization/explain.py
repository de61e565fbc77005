"""How each column was made, for the data dictionary, and where it comes from.

Here belong the one sentence per column and source (Vietnamese and English) and the column
lineage, both read off the mapping's expressions. The sentence of a function is its own
title, in `standardization.functions`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from contracts.i18n import LANGUAGES, Language, _, translate
from contracts.joins import TableUse
from contracts.model import Disclosure
from standardization.expressions import LOOKUP
from standardization.finding import READS
from standardization.functions import FUNCTIONS

_UNIT_CALLS = {
    "resolve_unit": _("Resolved to the administrative unit valid on the day."),
    "unit_now": _("Brought to the administrative unit of today."),
    "near_unit": _("Compared with the place of the unit valid on the day."),
    "address_parts": _("Split from the right by the names of the units valid on the day."),
    "agency_by_name": _("Found by the name of the agency valid on the day."),
}


@dataclass(frozen=True)
class How:
    """What columns are explained from: the source's name, the aliases (case folded) and,
    for a shape (a use without a table), where its columns come from."""

    source: str
    uses: Mapping[str, TableUse]
    shape_origins: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def origins(how: How, tree: exp.Expr) -> tuple[str, ...]:
    """The ``table.column``s that an expression reads; ``ref.<dataset>.column`` for another
    dataset's."""
    return tuple(dict.fromkeys(_origins(how, tree)))


def lineage(how: How, tree: exp.Expr) -> tuple[str, ...]:
    """The `origins` of an expression, and what the look-ups in it read of other datasets."""
    found = dict.fromkeys(_origins(how, tree))
    for call in tree.find_all(exp.Anonymous):
        dataset, columns = READS.get(str(call.this).lower(), ("", ()))
        found |= dict.fromkeys(f"ref.{dataset}.{column}" for column in columns)
    return tuple(found)


def explain(how: How, tree: exp.Expr) -> tuple[str, str]:
    """The sentence (vi, en): where the value is read, then what was done, in order."""
    vi, en = (_sentence(how, tree, language) for language in LANGUAGES)
    return vi, en


def explain_dimension(how: How, tree: exp.Expr) -> tuple[str, str]:
    """The sentence (vi, en) of a dimension that a derived dataset groups by."""
    return _derived(how, tree, _("Grouped by {columns} of {dataset}."))


def explain_derived_row(how: How, tree: exp.Expr) -> tuple[str, str]:
    """The sentence (vi, en) of a column made from the same row of another dataset."""
    return _derived(how, tree, _("Made from {columns} of {dataset}, row by row."))


def explain_observed(how: How, tree: exp.Expr) -> tuple[str, str]:
    """The sentence (vi, en) of a column that a formula computes."""
    return _derived(how, tree, _("Computed from {columns} of {dataset}."))


def explain_measure(how: How, tree: exp.Expr, disclosure: Disclosure | None) -> tuple[str, str]:
    """The sentence (vi, en) of a measure; `disclosure` where the measure is protected."""
    found = _derived(how, tree, _("Counted over the rows of {dataset}."))
    if disclosure is None:
        return found
    rule = _("Hidden where under {threshold}, otherwise rounded to {step}.")
    vi, en = (
        f"{sentence} "
        + translate(rule, language).format(threshold=disclosure.threshold, step=disclosure.round_to)
        for sentence, language in zip(found, LANGUAGES, strict=True)
    )
    return vi, en


def _derived(how: How, tree: exp.Expr, message: str) -> tuple[str, str]:
    columns = ", ".join(origin.split(".")[-1] for origin in origins(how, tree))
    vi, en = (
        " ".join(
            dict.fromkeys(
                (
                    translate(message, language).format(dataset=how.source, columns=columns),
                    *_done(tree, language),
                )
            )
        )
        for language in LANGUAGES
    )
    return vi, en


def _origins(how: How, tree: exp.Expr) -> Iterator[str]:
    for column in tree.find_all(exp.Column):
        alias, name = (part.name for part in column.parts[:2])
        use = how.uses[alias.casefold()]
        if use.table:
            yield f"{'ref.' if use.dataset else ''}{use.table}.{name}"
        else:
            yield from how.shape_origins.get(name, ())


def _sentence(how: How, tree: exp.Expr, language: Language) -> str:
    read = origins(how, tree)
    if isinstance(tree, exp.Null):
        return translate(_("This source does not hold it."), language)
    if not read:
        return translate(_("The same for every row of this source."), language)
    own = [origin for origin in read if not origin.startswith("ref.")]
    parts = []
    if own:
        text = translate(_("Read from {source}: {columns}."), language)
        parts.append(text.format(source=how.source, columns=", ".join(own)))
    referenced = dict.fromkeys(o.split(".")[1] for o in read if o.startswith("ref."))
    for dataset in referenced:
        parts.append(translate(_("Looked up in {dataset}."), language).format(dataset=dataset))
    parts.extend(dict.fromkeys(_done(tree, language)))
    return " ".join(parts)


def _done(tree: exp.Expr, language: Language) -> Iterator[str]:
    """What each call did, innermost first."""
    for call in reversed(list(tree.find_all(exp.Anonymous, bfs=False))):
        name = str(call.this).lower()
        if name == LOOKUP:
            yield translate(_("Matched with the source's list of values."), language)
        elif name in _UNIT_CALLS:
            yield translate(_UNIT_CALLS[name], language)
        elif name in FUNCTIONS:
            yield FUNCTIONS[name].title[language]
