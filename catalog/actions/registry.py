"""How an action is declared and what it is given.

The functions themselves are the other modules of this room; HTTP is `catalog.wire`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from catalog.access import Actor, Permission
from catalog.actions.parameters import Parameters
from catalog.context import CatalogContext, View


@dataclass(frozen=True)
class Call:
    """One call: who asks, for what, and the state of the catalogue that they may see."""

    context: CatalogContext
    actor: Actor
    parameters: Parameters
    view: View


Function = Callable[[Call], Any]


@dataclass(frozen=True)
class Action:
    """A named action. `reads`: it has no side effect, so a GET may call it.

    `permission` is asked for before `function` runs; a function asks again where it needs
    to know the record.
    """

    name: str
    function: Function
    permission: Permission
    reads: bool

    @property
    def help(self) -> str:
        """What ``help_show`` answers."""
        return inspect.getdoc(self.function) or ""


ACTIONS: dict[str, Action] = {}
"""Every action by name."""


def action(
    permission: Permission, *, reads: bool = True, name: str | None = None
) -> Callable[[Function], Function]:
    """Register the decorated function under its own name (or `name`)."""

    def register(function: Function) -> Function:
        title = name or function.__name__
        ACTIONS[title] = Action(title, function, permission, reads)
        return function

    return register
