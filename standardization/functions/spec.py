"""What a cleaning function is: its SQL, its words for the public, its examples.

Here belong the types that every function module shares and the small tools for writing SQL. The
functions themselves belong in the module named for what they clean.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from contracts.quoting import literal

CHANGED_TEXT = "{made} <> {x}::VARCHAR"
"""`SqlFunction.changed` of the functions that give the text itself back, put right."""
# Most codes have their zero: the rest is not looked at for them.
LOST_ZERO = (
    "CASE WHEN {made} = {x}::VARCHAR THEN false "
    "ELSE starts_with({made}, '0') AND NOT starts_with(ltrim({x}::VARCHAR), '0') END"
)
"""`SqlFunction.changed` of codes whose leading zeros are restored; spaces are form."""

TextFunction: TypeAlias = "Callable[[str], str | None]"


@dataclass(frozen=True)
class SqlFunction:
    """A documented function that a mapping may call in its SQL expressions.

    ``macro`` is the body of a ``CREATE MACRO``. ``parses`` says that NULL out of an input that
    is not a null word means *unreadable*, so that the engine quarantines the row.
    ``changed`` is SQL over ``{x}`` (the first argument, of any type) and ``{made}`` (what the
    function gave, not NULL there): whether it put right more than the form of the value. Without
    it the function never makes a row *fixed*.
    """

    name: str
    parameters: tuple[str, ...]
    returns: str
    title: Mapping[str, str]
    rule: str
    examples: tuple[tuple[tuple[object, ...], object], ...]
    macro: str
    parses: bool = False
    changed: str | None = None

    @property
    def asks(self) -> bool:
        """Whether its SQL asks a query, with whose answer DuckDB joins every row."""
        return "(SELECT " in self.macro


@dataclass(frozen=True)
class Helper:
    """A macro or Python function that only other functions call; mappings may not.

    Exactly one of ``macro`` and ``read`` is set. ``read`` takes one text that is not NULL. It is
    for the few odd cells of a column: a call costs a third of a microsecond, while an Arrow
    function costs half a millisecond for each 2,048 rows that hold an odd one.
    """

    name: str
    parameters: tuple[str, ...]
    macro: str | None = None
    read: TextFunction | None = None


def let(name: str, value: str, body: str) -> str:
    """SQL that evaluates ``value`` once per row and reads it as ``name`` in ``body``.

    A macro is pasted text: without this, an argument named five times is computed five times,
    and nested functions grow exponentially. The list of one costs 0.1 microseconds a row, and
    unlike a bare CASE it is computed once for each value of a Parquet dictionary.

    DuckDB prepares ``body`` anew for each 2,048 rows, its regular expressions and the whole of a
    nested ``let`` that a row reaches: what odd cells need is better left to a `Helper.read`.
    """
    return f"list_transform([{value}], lambda {name}: {body})[1]"


def usually(test: str, value: str, otherwise: str) -> str:
    """SQL over ``x`` that gives ``value`` where ``test`` holds, ``otherwise`` elsewhere and NULL
    for NULL: for columns whose values differ, so that a `let` around it would only cost.

    ``x`` is pasted wherever it is named; in a mapping it is a column, as calls in it are computed
    in a layer below.
    """
    return f"CASE WHEN x IS NULL THEN NULL WHEN {test} THEN {value} ELSE {otherwise} END"


def word_list(words: tuple[str, ...]) -> str:
    """``words`` as the right-hand side of SQL ``IN``."""
    return "(" + ", ".join(literal(word) for word in words) + ")"
