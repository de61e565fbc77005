"""Reading the index for two things of one answer at once, where a core is free.

Only for work that the index does without Python's lock; nothing here knows what it is.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_Made = TypeVar("_Made")
_POOL = ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="beside")


def beside(work: Callable[[], _Made]) -> Callable[[], _Made]:
    """Begin `work` in another thread; what is given back waits for what it makes.

    Where all threads are busy until then, whoever waits does it: many answers at once take
    no longer than one after the other, and nobody waits for another's turn.
    """
    begun = _POOL.submit(work)
    return lambda: work() if begun.cancel() else begun.result()
