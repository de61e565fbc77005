"""Whether ``nearDuplicates`` names columns by which two rows can be told to say one thing.

What is linked, `standardization.linking` decides.
"""

from __future__ import annotations

from collections.abc import Iterator

from contracts.folder import ContractFile
from contracts.i18n import _
from contracts.linting_tools import unknown_columns
from contracts.problems import Problem


def lint_near_duplicates(file: ContractFile) -> Iterator[Problem]:
    """Rows are named by one column, compared as texts, and ordered by a time."""
    document, shape = file.document, file.shape
    rule, where = shape.custom_properties.near_duplicates, document.custom((), "nearDuplicates")
    if rule is None:
        return
    columns = {column.name: column for column in shape.schema_[0].properties}
    named = (rule.column, rule.at, *rule.same, *rule.alike)
    yield from unknown_columns(document, where, named, columns)
    keys = [column for column in columns.values() if column.primary_key]
    texts = {rule.column, *rule.alike, *(key.name for key in keys)}
    wrong = {name for name in texts & columns.keys() if columns[name].logical_type != "string"}
    if rule.at in columns and columns[rule.at].logical_type not in ("timestamp", "date"):
        wrong.add(rule.at)
    if wrong or len(keys) > 1:
        yield document.problem(
            where,
            "contract.near_duplicates",
            _("Near-duplicates need a key of one text column, texts to compare and a time."),
            _("Name such columns, or remove nearDuplicates."),
        )
