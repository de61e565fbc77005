"""A column may have any name that is legal in a contract: also one that the gate itself uses.

Names are not drawn but taken: every word of the texts in this room's code, so every relation,
column, alias and function that its SQL could mean instead, and every word that
DuckDB keeps for itself.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pytest

import quality
from contracts.checks import CheckKind
from contracts.model import SYSTEM_COLUMNS, Access, Contract, Reference
from quality.gate import GateResult, run_gate
from tests.quality.building import check, column, connect, contract, values

_AT_ONCE = 110
_JUDGED = 4
"""Columns of a gate that have a rule of their own: Great Expectations takes its time."""


def texts() -> Iterator[str]:
    """Every text of the room's code, but for what stands alone (docstrings)."""
    for path in Path(quality.__path__[0]).rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and id(node) not in alone:
                yield str(node.value).lower()


def legal_names() -> list[str]:
    """What could be taken for something else; not what a contract may not name."""
    words = {word for text in texts() for word in re.findall(r"[a-z][a-z0-9_]*", text)}
    reserved = "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category <> 'unreserved'"
    words |= set(map(str, values(duckdb.connect(), reserved)))
    return sorted(words - {column.name for column in SYSTEM_COLUMNS})


NAMES = legal_names()


def named(names: Sequence[str]) -> Contract:
    """A contract whose key is all of these columns, and together a reference."""
    first, *rest = names
    reference = Reference("don_vi", first, None, tuple((name, name) for name in rest))
    checks = [
        check(f"{first}.readable", CheckKind.READABLE, first),
        check(f"{first}.reference", CheckKind.REFERENCE, first, reference=reference),
        check("primary_key.unique", CheckKind.UNIQUE, *names),
    ]
    for name in names[-_JUDGED:]:
        known = f"\"{name}\" IN ('v', 'w')"
        checks += [
            check(f"{name}.required", CheckKind.REQUIRED, name, predicate=f'"{name}" IS NOT NULL'),
            check(f"{name}.values", CheckKind.VALUES, name, predicate=known, values=("v", "w")),
            check(f"{name}.pattern", CheckKind.PATTERN, name, predicate=known),
        ]
    columns = [column(name, key=at) for at, name in enumerate(names, 1)]
    return contract(columns, checks, access=Access.OPEN, tolerance=0.9)


def judged(names: Sequence[str]) -> tuple[duckdb.DuckDBPyConnection, GateResult]:
    """The gate over a row that is good, an older one of its key, one without a value, one that
    could not be read, and two served rows of another source."""
    good, other = dict.fromkeys(names, "v"), dict.fromkeys(names, "w")
    batch = [
        {**good, "_order": 2},
        {**good, "_order": 1},
        {**good, names[-1]: None},
        {**good, names[0]: None, "_unreadable": [names[0]]},
    ]
    dataset = named(names)
    served = [{**row, "source_system": "khac"} for row in (good, other)]
    connection = connect(dataset, batch, served)
    items = ", ".join(f"unnest(['v', 'w']) AS \"{name}\"" for name in names)
    connection.execute(f"CREATE VIEW ref_don_vi AS SELECT {items}")
    units = contract([column(name) for name in names], [], name="don_vi")
    result = run_gate(
        connection, dataset, full_sources=frozenset(), references={"don_vi": units},
        precedence={"igate": 1, "khac": 2}, canaries=("Canary",),
    )  # fmt: skip
    return connection, result


@pytest.mark.parametrize("first", range(0, len(NAMES), _AT_ONCE))
def test_every_word_may_name_a_column(first: int) -> None:
    names = [*NAMES[first : first + _AT_ONCE], "more_columns"]
    connection, result = judged(names)
    assert (result.verdict.refused_by, result.privacy.refused_by) == ((), ())
    account = result.accounts["igate"]
    assert account.quarantined_by == {
        f"{names[0]}.readable": 1, f"{names[0]}.reference": 1, f"{names[-1]}.required": 1,
        "primary_key.unique": 1,
    }  # fmt: skip
    assert (account.accepted, account.quarantined) == (1, 3)
    assert values(connection, "SELECT source_system FROM candidate ORDER BY 1") == ["igate", "khac"]


def test_what_names_the_gate_could_confuse_is_found() -> None:
    """The two that it did confuse, and one of each sort."""
    assert {"rules", "refused", "candidate", "cells", "row_number", "select"} <= set(NAMES)
