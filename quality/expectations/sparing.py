"""Libraries that Great Expectations imports and the gate never uses: loaded when first used.

Only that; what Great Expectations is asked is elsewhere.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType

UNUSED = ("altair", "scipy.stats")
"""Charts of distributions, and the tests behind two expectations about them: a quarter of the
import's seconds."""


class _Later(ModuleType):
    """Stands for a module until something is looked up in it."""

    def __getattr__(self, name: str) -> object:
        return getattr(import_module(self.__name__), name)


@contextmanager
def spared() -> Iterator[None]:
    """Within it, an import of one of `UNUSED` costs nothing; whoever imported it there has the
    real one on first use. One that is imported already is left as it is."""
    waiting = [name for name in UNUSED if name not in sys.modules]
    for name in waiting:
        sys.modules[name] = _Later(name)
    try:
        yield
    finally:
        for name in waiting:
            del sys.modules[name]
