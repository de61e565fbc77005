"""What the linters of contracts, mappings and sources share: the whole folder at hand.

Here belong looking up names across files and saying that a name is unknown. No rule about a
particular file belongs here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from sqlglot import exp

from contracts.documents import Document, Path_, unknown
from contracts.errors import Fault
from contracts.folder import Folder
from contracts.i18n import _
from contracts.loading_contract import sql_type
from contracts.model import SYSTEM_COLUMNS
from contracts.problems import Problem
from contracts.sql import aggregates, calls_of, parse_expression, reads_clock

SERVED = {column.name: column.sql_type for column in SYSTEM_COLUMNS}


@dataclass(frozen=True)
class Surroundings:
    """Everything a rule may ask about: all files, and the functions SQL may call."""

    folder: Folder
    functions: frozenset[str]

    @cached_property
    def types(self) -> Mapping[str, Mapping[str, str]]:
        """Columns of each readable dataset with their DuckDB types, system columns included."""
        return {
            name: {column.name: sql_type(column) for column in file.shape.schema_[0].properties}
            | SERVED
            for name, file in self.folder.contracts.items()
        }

    @cached_property
    def names(self) -> frozenset[str]:
        """Names of all datasets, also of those whose contract could not be read."""
        return frozenset(self.folder.contracts) | frozenset(self.folder.mappings)


def unknown_columns(
    document: Document, where: Path_, names: Iterable[str], known: Collection[str]
) -> Iterator[Problem]:
    """A problem for each name that is not a column."""
    for name in names:
        if name not in known:
            yield unknown(document, where, "contract.unknown_column", name, known)


def read_sql(
    document: Document, where: Path_, text: str, functions: frozenset[str]
) -> tuple[exp.Expression | None, tuple[Problem, ...]]:
    """The tree of an expression, or the problem of `contracts.sql` at its line."""
    try:
        return parse_expression(text, functions), ()
    except Fault as fault:
        return None, (document.located(where, fault),)


def no_aggregate(document: Document, where: Path_, tree: exp.Expr) -> Iterator[Problem]:
    """An expression that judges or makes one row must not read several."""
    if aggregates(tree):
        yield document.problem(
            where,
            "sql.aggregate",
            _("An aggregate such as count or max is not allowed here."),
            _("This expression sees one row; use a table rule or a derivation."),
        )


def no_clock(document: Document, where: Path_, tree: exp.Expr) -> Iterator[Problem]:
    """What a row holds must not depend on when it was read."""
    if reads_clock(tree):
        yield document.problem(
            where,
            "sql.clock",
            _("The present time must not decide what a row holds."),
            _("The same input must give the same rows; take the time from a column."),
        )


def no_lookup(document: Document, where: Path_, tree: exp.Expr) -> Iterator[Problem]:
    """Look-ups belong to a mapping; elsewhere there is no table to look into."""
    if any(True for _call in calls_of(tree, "lookup")):
        yield document.problem(
            where,
            "sql.lookup",
            _("lookup can only be used in a mapping."),
            _("Compare with the codes themselves."),
        )
