"""What stands in a record, as the open web may write it: texts, days, addresses, sizes.

Records come from people and other catalogues, so nothing is taken for what it should be:
what cannot be written is left out (None).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote, urlsplit

_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MAIL = re.compile(r"[^\s<>\"@:/]+@[^\s<>\"@:/]+\.[^\s<>\"@:/]+")
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]*")
_DIGEST = re.compile(r"(md5|sha1|sha256):([0-9a-fA-F]{32,64})")
_SAFE = "!#$%&'()*+,/:;=?@[]~"
_SCHEMES = ("http", "https", "ftp")


def text(value: object) -> str:
    """A text without the characters that XML cannot hold; empty for anything else."""
    return _NOT_IN_XML.sub("", value).strip() if isinstance(value, str) else ""


def web_address(value: object) -> str | None:
    """A whole ``http``, ``https`` or ``ftp`` address, quoted so that it can stand in RDF."""
    written = text(value)
    try:
        parts = urlsplit(written)
        named = parts.scheme in _SCHEMES and bool(parts.hostname)
    except ValueError:
        return None
    if not named:
        return None
    # Signs of "[]" may only enclose an IPv6 host; elsewhere they are quoted too.
    safe = _SAFE if written.count("[") <= 1 and "://[" in written else _SAFE.replace("[]", "")
    return re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", quote(written, safe=safe))


def mail_address(value: object) -> str | None:
    """An e-mail address, without ``mailto:``."""
    written = text(value).removeprefix("mailto:")
    return written if _MAIL.fullmatch(written) else None


def media_type(value: object) -> str | None:
    """A MIME type without parameters."""
    written = text(value).partition(";")[0].strip().lower()
    return written if _MEDIA_TYPE.fullmatch(written) else None


def digest(value: object) -> tuple[str, str] | None:
    """Algorithm and hexadecimal value of a ``hash`` such as ``sha256:…``."""
    found = _DIGEST.fullmatch(text(value))
    return (found[1], found[2].lower()) if found else None


def size(value: object) -> int | None:
    """A number of bytes."""
    number = int(value) if isinstance(value, str) and re.fullmatch(r"\d{1,18}", value) else value
    if not isinstance(number, int) or isinstance(number, bool):
        return None
    return number if number >= 0 else None


def day(value: object) -> date | None:
    """The day of an ISO day or time, as it is written."""
    found = _parsed(value)
    return found.date() if found else None


def moment(value: object) -> datetime | None:
    """An ISO time, or a day's beginning, in UTC; without an offset it is UTC, as CKAN's are."""
    found = _parsed(value)
    if found is None or found.tzinfo is None:
        return found and found.replace(tzinfo=UTC)
    try:
        return found.astimezone(UTC)
    except OverflowError:
        return None


def _parsed(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(text(value))
    except ValueError:
        return None


def several(value: object) -> list[str]:
    """The texts of an extra that holds one, a JSON list of them, or ``{a,b}`` of CKAN's."""
    written = text(value)
    if written[:1] == "[":
        try:
            found = json.loads(written)
        except (ValueError, RecursionError):
            return []
        return [text(one) for one in found if text(one)] if isinstance(found, list) else []
    return [part for part in re.split(r"[,{}\s]+", written) if part]


def mapping(value: object) -> Mapping[str, Any]:
    """`value` if it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}
