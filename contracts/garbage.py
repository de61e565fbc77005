"""Sparing Python's garbage collector what stays in any case.

Only that. It matters to processes that live for seconds: looking through what their imports made
was a tenth of the start, and a fifth of a second at the end.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def kept() -> Iterator[None]:
    """What is made within it, as a rule by imports, is not looked through, then or later."""
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collected:
            gc.enable()
