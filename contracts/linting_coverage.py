"""Whether the columns under ``coverage`` can say what a dataset is about without telling more.

What the coverage of a release is, `orchestration.covering` computes.
"""

from __future__ import annotations

from collections.abc import Iterator

from contracts.folder import ContractFile
from contracts.i18n import _
from contracts.linting_tools import unknown_columns
from contracts.problems import Problem

_TIMES = ("date", "timestamp", "string")
_GUARDED = ("personal", "sensitive")


def lint_coverage(file: ContractFile) -> Iterator[Problem]:
    """Everything wrong with one contract's ``coverage``."""
    document, custom = file.document, file.shape.custom_properties
    if custom.coverage is None:
        return
    columns = {column.name: column for column in file.shape.schema_[0].properties}
    where = document.custom((), "coverage")
    said = {"time": custom.coverage.time, "until": custom.coverage.until}
    named = {**said, "place": custom.coverage.place}
    yield from unknown_columns(document, where, filter(None, named.values()), columns)
    if said["until"] and not said["time"]:
        yield document.problem(
            where,
            "contract.coverage_without_start",
            _("coverage says until when rows hold, and not from when."),
            _("Add time: the column with the day from which a row holds."),
        )
    for key, name in named.items():
        if name is None or name not in columns:
            continue
        column = columns[name]
        if column.logical_type not in (("string",) if key == "place" else _TIMES):
            yield document.problem(
                where,
                "contract.coverage_type",
                _("{name} cannot be the {key} of coverage: its type is {type}."),
                _("time and until are a date, a timestamp or a text YYYY-MM; place is a text."),
                name=name,
                key=key,
                type=column.logical_type,
            )
        public = custom.access == "open" or key == "place"
        if (public and column.classification != "public") or column.classification in _GUARDED:
            yield document.problem(
                where,
                "contract.coverage_tells",
                _("{name} is {classification}: the catalogue would tell of it to everyone."),
                _("Choose a column that everyone may know, or leave this part of coverage out."),
                name=name,
                classification=column.classification,
            )
