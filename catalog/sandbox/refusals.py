"""Why a question in SQL was refused, as data: the check, the clause, a name.

What is said about it is `catalog.actions.sql`. Nothing here ever holds a value of a row, a
literal of the question or an engine's words.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    """`check` names the check that refused, `clause` where in the SELECT ("" unknown),
    `name` a function or table as it was written."""

    check: str
    clause: str = ""
    name: str = ""


class SqlRefusedError(Exception):
    """The question was refused."""

    def __init__(self, check: str, clause: str = "", name: str = "") -> None:
        self.refusal = Refusal(check, clause, name[:100])
        super().__init__(check)
