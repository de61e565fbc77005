"""The Action API: one registry of actions, each a documented function.

Importing this package registers them all; an action is added by writing a function with
`catalog.actions.registry.action`, nowhere else.
"""

from __future__ import annotations

from catalog.actions import (
    collections,
    packages,
    rows,
    site,
    writing_collections,
    writing_packages,
)
from catalog.actions.registry import ACTIONS, Action, Call

__all__ = [
    "ACTIONS",
    "Action",
    "Call",
    "collections",
    "packages",
    "rows",
    "site",
    "writing_collections",
    "writing_packages",
]
