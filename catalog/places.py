"""Files that any Python process of ours must be able to read, as Landlock is told them.

Libraries and what they look at on the system; no data of ours, nothing of /etc besides.
"""

from __future__ import annotations

import mimetypes
import sys
import sysconfig
from pathlib import Path

from contracts.i18n import ROOMS

_ROOT = Path(__file__).resolve().parent.parent
_SYSTEM = (
    *("/usr", "/lib", "/lib64", "/dev/null", "/dev/urandom"),
    # Of /etc only what libraries look at: others keep their secrets there.
    *("/etc/ld.so.cache", "/etc/localtime", "/etc/timezone", "/etc/os-release"),
    *("/etc/passwd", "/etc/group", "/etc/nsswitch.conf", *mimetypes.knownfiles),
    # What DuckDB looks at to know how much memory and how many processors it has.
    *("/proc/self/cgroup", "/proc/meminfo", "/proc/cpuinfo", "/proc/stat"),
    *("/proc/sys/vm/overcommit_memory", "/sys/fs/cgroup", "/sys/devices/system/cpu"),
)


def library_places() -> list[Path]:
    """Python, its libraries, our own code, and what they read of the system."""
    places = ("stdlib", "platstdlib", "purelib", "platlib")
    code = [Path(sysconfig.get_path(place)) for place in places]
    code += [Path(sys.base_prefix) / "lib", *(_ROOT / room for room in ROOMS)]
    return [*code, *map(Path, _SYSTEM)]


def interpreter_places() -> list[Path]:
    """What it takes to start another Python like this one."""
    return [Path(sys.executable).resolve(), Path(sys.prefix) / "pyvenv.cfg"]
