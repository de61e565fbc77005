"""The peak memory of this process as the kernel counts it: resident, libraries included.

Measuring only; what a run may use is the settings' ``memory_limit`` and `threads`.
"""

from __future__ import annotations

import resource
import sys
from contextlib import suppress
from pathlib import Path

_RESET_PEAK = "5"  # proc(5), /proc/pid/clear_refs
_FORGET, _STATUS = Path("/proc/self/clear_refs"), Path("/proc/self/status")


def forget_peak() -> None:
    """Let the peak begin anew from what is resident now. Where the kernel cannot (not Linux,
    or no writable ``/proc``), it stays that of the process since its start."""
    with suppress(OSError):
        _FORGET.write_text(_RESET_PEAK)


def peak_memory() -> int:
    """Bytes resident at most since `forget_peak`."""
    with suppress(OSError):
        for line in _STATUS.read_text().splitlines():
            name, _colon, value = line.partition(":")
            if name == "VmHWM":
                return int(value.removesuffix("kB")) * 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
