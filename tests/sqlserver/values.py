"""Types of SQL Server, as a column declares them and as they and their values travel in TDS.

Rows as bytes belong here; messages around them are `tests.sqlserver.wire`.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

LATIN = bytes((0x09, 0x04, 0xD0, 0x00, 0x34))
"""SQL_Latin1_General_CP1_CI_AS: LCID 0x0409, code page 1252."""
VIETNAMESE = bytes((0x2A, 0x04, 0xD0, 0x00, 0x00))
"""Vietnamese_CI_AS: LCID 0x042A, code page 1258."""


def short(text: str) -> bytes:
    """A text of up to 255 letters after its length."""
    raw = text.encode("utf-16-le")
    return bytes([len(raw) // 2]) + raw


@dataclass(frozen=True)
class Kind:
    """A type as SQL Server declares it: ``nvarchar(50)``, ``decimal(18,2)``, ``varchar(max)``;
    `size` is in characters or bytes, None for max."""

    name: str
    size: int | None = None
    scale: int = 0
    vietnamese: bool = False

    @classmethod
    def parse(cls, declared: str) -> Kind:
        """The type that a column's declaration says."""
        head, _collate, collation = declared.lower().partition(" collate ")
        found = re.fullmatch(r"(\w+)(?:\((\w+)(?:,\s*(\d+))?\))?", head.strip())
        assert found, declared
        name, size, scale = found.groups()
        if name in ("datetime2", "time", "datetimeoffset"):
            return cls(name, None, int(size or 7))
        number = int(size) if size and size != "max" else None
        if name in ("decimal", "numeric"):
            return cls(name, number or 18, int(scale or 0))
        return cls(name, number, 0, collation.startswith("vietnamese"))


_FIXED = {
    "tinyint": (b"\x26\x01", "<B"), "smallint": (b"\x26\x02", "<h"), "int": (b"\x26\x04", "<i"),
    "bigint": (b"\x26\x08", "<q"), "bit": (b"\x68\x01", "<?"),
    "real": (b"\x6d\x04", "<f"), "float": (b"\x6d\x08", "<d"),
}  # fmt: skip
_TEXTS = {"varchar": 0xA7, "char": 0xAF, "nvarchar": 0xE7, "nchar": 0xEF}
_BYTES = {"varbinary": 0xA5, "binary": 0xAD}
_TIMES = {"time": 0x29, "datetime2": 0x2A, "datetimeoffset": 0x2B}
_DAY_ONE = date(1, 1, 1).toordinal()
_1900 = datetime(1900, 1, 1, tzinfo=UTC)


def metadata(columns: Sequence[tuple[str, Kind]]) -> bytes:
    """COLMETADATA."""
    parts = [struct.pack("<BH", 0x81, len(columns))]
    for name, kind in columns:
        parts.append(struct.pack("<IH", 0, 0x0009) + _type_info(kind) + short(name))
    return b"".join(parts)


def _type_info(kind: Kind) -> bytes:
    name = kind.name
    if name in _FIXED:
        return _FIXED[name][0]
    if name in _TEXTS:
        width = 2 if name.startswith("n") else 1
        size = 0xFFFF if kind.size is None else kind.size * width
        collation = VIETNAMESE if kind.vietnamese else LATIN
        return struct.pack("<BH", _TEXTS[name], size) + collation
    if name in _BYTES:
        return struct.pack("<BH", _BYTES[name], 0xFFFF if kind.size is None else kind.size)
    if name in _TIMES:
        return bytes((_TIMES[name], kind.scale))
    if name in ("decimal", "numeric"):
        return bytes((0x6A if name == "decimal" else 0x6C, 17, kind.size or 18, kind.scale))
    return {
        "money": b"\x6e\x08", "smallmoney": b"\x6e\x04", "datetime": b"\x6f\x08",
        "smalldatetime": b"\x6f\x04", "date": b"\x28", "uniqueidentifier": b"\x24\x10",
    }[name]  # fmt: skip


def row(kinds: Sequence[Kind], values: Sequence[Any]) -> bytes:
    """ROW, or NBCROW where something is null."""
    if None not in values:
        cells = (_cell(kind, value) for kind, value in zip(kinds, values, strict=True))
        return b"\xd1" + b"".join(cells)
    bits = bytearray((len(values) + 7) // 8)
    for at, value in enumerate(values):
        if value is None:
            bits[at // 8] |= 1 << at % 8
    pairs = zip(kinds, values, strict=True)
    return b"\xd2" + bytes(bits) + b"".join(_cell(k, v) for k, v in pairs if v is not None)


def _cell(kind: Kind, value: Any) -> bytes:
    name = kind.name
    if name in _FIXED:
        raw = struct.pack(_FIXED[name][1], value)
        return bytes([len(raw)]) + raw
    if name in _TEXTS or name in _BYTES:
        return _sized(kind, _raw(name, kind, value))
    raw = _OTHERS[name](kind, value)
    return bytes([len(raw)]) + raw


def _raw(name: str, kind: Kind, value: Any) -> bytes:
    if name in _BYTES:
        return bytes(value)
    if name.startswith("n"):
        return str(value).encode("utf-16-le")
    return str(value).encode("cp1258" if kind.vietnamese else "cp1252")


def _sized(kind: Kind, raw: bytes) -> bytes:
    if kind.size is not None:
        return struct.pack("<H", len(raw)) + raw
    return struct.pack("<QI", len(raw), len(raw)) + raw + (b"\0\0\0\0" if raw else b"")


def _decimal(kind: Kind, value: Decimal) -> bytes:
    digits = int(value.scaleb(kind.scale))
    return bytes([value >= 0]) + abs(digits).to_bytes(16, "little")


def _money(kind: Kind, value: Decimal) -> bytes:
    number = int(value.scaleb(4))
    if kind.name == "smallmoney":
        return struct.pack("<i", number)
    return struct.pack("<iI", number >> 32, number & 0xFFFFFFFF)


def _datetime(kind: Kind, value: datetime) -> bytes:
    since = value.replace(tzinfo=UTC) - _1900
    if kind.name == "smalldatetime":
        return struct.pack("<HH", since.days, since.seconds // 60)
    ticks = round((since.seconds + since.microseconds / 1e6) * 300)
    return struct.pack("<iI", since.days, ticks)


def _day(value: date) -> bytes:
    return (value.toordinal() - _DAY_ONE).to_bytes(3, "little")


def _clock(kind: Kind, value: time) -> bytes:
    micros = ((value.hour * 60 + value.minute) * 60 + value.second) * 10**6 + value.microsecond
    size = 3 if kind.scale <= 2 else 4 if kind.scale <= 4 else 5
    return (micros * 10**kind.scale // 10**6).to_bytes(size, "little")


def _offset(kind: Kind, text: str) -> bytes:
    value = datetime.fromisoformat(text)  # DuckDB keeps no offset: it is stored as text
    ahead = value.utcoffset() or timedelta()
    utc = (value - ahead).replace(tzinfo=None)
    return _clock(kind, utc.time()) + _day(utc) + struct.pack("<h", ahead // timedelta(minutes=1))


_OTHERS = {
    "decimal": _decimal, "numeric": _decimal, "money": _money, "smallmoney": _money,
    "datetime": _datetime, "smalldatetime": _datetime,
    "date": lambda _kind, value: _day(value),
    "time": _clock,
    "datetime2": lambda kind, value: _clock(kind, value.time()) + _day(value),
    "datetimeoffset": _offset,
    "uniqueidentifier": lambda _kind, value: UUID(str(value)).bytes_le,
}  # fmt: skip
