"""Whether the files of an index are as they were written.

Every file of the index ends with a footer that the library writes: JSON with the CRC-32 of
all bytes before it, the JSON's length, and a magic number. The library itself compares them
only when asked, which its Python form cannot; a file damaged on disk would else give wrong
answers or end the process.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_MAGIC = 1337
_TAIL = struct.Struct("<II")  # length of the JSON, magic number
_PIECE = 1 << 20  # bytes read at once
_PARTS = {"fast", "fieldnorm", "idx", "pos", "store", "term"}
"""The files that every segment has; others (``7.del``) only where something was deleted."""


def intact(folder: Path) -> bool:
    """Whether each segment file that ``meta.json`` needs is there and whole."""
    try:
        segments = json.loads((folder / "meta.json").read_bytes())["segments"]
        return all(_segment_intact(folder, segment) for segment in segments)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _segment_intact(folder: Path, segment: Mapping[str, Any]) -> bool:
    name = segment["segment_id"].replace("-", "")
    files = [folder / f"{name}.{part}" for part in sorted(_PARTS)]
    if (deletes := segment["deletes"]) is not None:
        files.append(folder / f"{name}.{deletes['opstamp']}.del")
    return all(map(_whole, files))


def _whole(path: Path) -> bool:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        if size < _TAIL.size:
            return False
        file.seek(size - _TAIL.size)
        length, magic = _TAIL.unpack(file.read(_TAIL.size))
        end = size - _TAIL.size - length
        if magic != _MAGIC or end < 0:
            return False
        file.seek(end)
        promised = json.loads(file.read(length))["crc"]
        file.seek(0)
        crc = 0
        while end > 0:
            piece = file.read(min(_PIECE, end))
            if not piece:
                return False
            crc = zlib.crc32(piece, crc)
            end -= len(piece)
        return bool(crc == promised)
