"""Whether the process that left something on this machine still runs."""

from __future__ import annotations

import os


def process_is_alive(process: int) -> bool:
    """Whether a process of that number runs, ours or someone else's."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
