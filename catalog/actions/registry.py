"""How an action is declared and what it is given.

An action's docstring is its whole description: the first paragraph says what it does, and
one ``:param <type> <name>: sentence`` for each parameter says what it takes. Help, the
OpenAPI document and the guard in `Parameters` all come from it. The functions themselves are
the other modules of this room; HTTP is `catalog.wire`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from catalog.access import Actor, Permission
from catalog.actions.declaring import Parameter, read_docstring
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
Result = str | Mapping[str, Any]


@dataclass(frozen=True)
class Action:
    """A named action.

    `permission` is asked for before `function` runs; a function asks again where it needs
    to know the record. `reads`: it has no side effect, so a GET may call it. `result`: the
    JSON schema of what it answers, or the name of one in `catalog.actions.schemas`. `takes`:
    the form whose fields it takes besides `parameters` (a record to write).
    """

    name: str
    function: Function
    permission: Permission
    reads: bool
    result: Result
    description: str
    parameters: Mapping[str, Parameter]
    takes: type[BaseModel] | None = None

    @property
    def help(self) -> str:
        """What ``help_show`` answers."""
        return inspect.getdoc(self.function) or ""

    def read(self, data: Mapping[str, Any]) -> Parameters:
        """The parameters of one call, as this action declares them."""
        return Parameters(data, self.parameters)


ACTIONS: dict[str, Action] = {}
"""Every action by name."""


def action(
    permission: Permission,
    *,
    result: Result,
    reads: bool = True,
    takes: type[BaseModel] | None = None,
) -> Callable[[Function], Function]:
    """Register the decorated function under its own name.

    Raises:
        ValueError: the docstring says nothing, or has a ``:param`` that cannot be read, or
            there is an action of that name.
    """

    def register(function: Function) -> Function:
        name = function.__name__
        if name in ACTIONS:
            raise ValueError(f"there are two actions {name}")
        description, parameters = read_docstring(name, inspect.getdoc(function) or "")
        ACTIONS[name] = Action(
            name, function, permission, reads, result, description, parameters, takes
        )
        return function

    return register
