"""The Action API: one registry of actions, each a documented function.

Importing this package registers them all; an action is added by writing a function with
`catalog.actions.registry.action` in any module of this room, nowhere else.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from catalog.actions.registry import ACTIONS, Action, Call

for _module in iter_modules(__path__, f"{__name__}."):
    import_module(_module.name)

__all__ = ["ACTIONS", "Action", "Call"]
