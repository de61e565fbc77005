"""Landlock: a process gives up, for good, every file and connection it does not need.

On ``file://`` all zones belong to one user, so separate credentials mean nothing there; the
kernel keeps the public worker to the folders named here instead. Only the system calls; what
is named is decided by `catalog.worker`. Where the kernel has no Landlock (before Linux 5.13,
macOS) `confine` says so and the caller decides.

Rule of it: Documentation/userspace-api/landlock.rst of the Linux kernel.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Iterable
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_PATH_BENEATH = 1
_NO_NEW_PRIVILEGES = 38

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REFER, _TRUNCATE, _IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
_FIRST_RIGHTS = (1 << 13) - 1
_RIGHTS_SINCE = {2: _REFER, 3: _TRUNCATE, 5: _IOCTL_DEV}
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_NO_TCP = 1 << 0 | 1 << 1  # bind and connect, since 4
_SCOPES = 1 << 0 | 1 << 1  # abstract sockets and signals, since 6


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("files", ctypes.c_uint64),
        ("network", ctypes.c_uint64),
        ("scopes", ctypes.c_uint64),
    )


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("rights", ctypes.c_uint64), ("folder", ctypes.c_int32))


def landlock_version() -> int:
    """The kernel's Landlock ABI; 0 where there is none."""
    if sys.platform != "linux":
        return 0
    found = _library().syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION_FLAG)
    return max(0, int(found))


def confine(*, readable: Iterable[Path], writable: Iterable[Path], tcp: bool) -> int:
    """Give up everything but these paths; returns the ABI used, 0 where there is none.

    Holds for this thread and what it starts, so it must run before there are other threads.
    Paths that do not exist are left out. Without `tcp` no TCP connection can be made and no
    port bound (from ABI 4 on); sockets of the file system keep working.

    Raises:
        OSError: the kernel refused although it has Landlock.
        RuntimeError: there are other threads already.
    """
    version = landlock_version()
    if version == 0:
        return 0
    if sum(1 for _ in Path("/proc/self/task").iterdir()) > 1:
        raise RuntimeError("confine() must run before any thread is started")
    handled = _FIRST_RIGHTS
    for since, right in _RIGHTS_SINCE.items():
        handled |= right if version >= since else 0
    attributes = _Ruleset(
        handled,
        _NO_TCP if version >= 4 and not tcp else 0,
        _SCOPES if version >= 6 else 0,
    )
    size = 8 if version < 4 else 16 if version < 6 else 24
    library = _library()
    rules = _checked(
        library.syscall(
            _CREATE_RULESET, ctypes.byref(attributes), ctypes.c_size_t(size), ctypes.c_uint32(0)
        )
    )
    try:
        for path in readable:
            _allow(library, rules, path, _READ)
        for path in writable:
            _allow(library, rules, path, handled & ~_EXECUTE & ~_IOCTL_DEV)
        _checked(library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
        _checked(library.syscall(_RESTRICT_SELF, rules, ctypes.c_uint32(0)))
    finally:
        os.close(rules)
    return version


def _allow(library: ctypes.CDLL, rules: int, path: Path, rights: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    rule = _Beneath(rights if path.is_dir() else rights & _FILE_RIGHTS, handle)
    _checked(
        library.syscall(_ADD_RULE, rules, _PATH_BENEATH, ctypes.byref(rule), ctypes.c_uint32(0))
    )
    # A rule is about an inode, and /proc makes a new one once nobody holds the old.
    if path.parts[:2] != ("/", "proc"):
        os.close(handle)


def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"Landlock: {errno.errorcode.get(number, number)}")
    return result
