"""`ObjectStore`: what a zone of object storage can do, whichever way it is kept.

The vocabulary only. The two kinds are `lakehouse.file_store` and `lakehouse.s3_store`;
opening them from settings is `lakehouse.stores`.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from contracts.errors import Fault, Place
from contracts.i18n import _

CHUNK = 1 << 20
"""Bytes per piece when an object is streamed or copied."""

_SEGMENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._=+-]*")


class Zone(StrEnum):
    """The parts of object storage, each with its own bucket and its own credentials."""

    LANDING = "landing"
    SHARED = "shared"
    QUARANTINE = "quarantine"
    OPEN = "open"
    RELEASES = "releases"


@dataclass(frozen=True)
class S3Credentials:
    """A key pair of the S3 server. The secret is never shown by `repr`."""

    access_key: str
    secret_key: str = field(repr=False)


@dataclass(frozen=True)
class ObjectInfo:
    """An object as a listing tells it; `size` in bytes."""

    key: str
    size: int


class ObjectStore(ABC):
    """One zone. Keys are ``a/b/c`` of plain ASCII segments; anything else is refused.

    Every method raises `Fault`: ``store.bad_key``, ``store.missing`` (no such object),
    ``store.denied`` (credentials do not reach it), ``store.no_bucket`` or
    ``store.unreachable``.
    """

    zone: Zone

    @abstractmethod
    def put(
        self, key: str, data: bytes | Path, media_type: str = "application/octet-stream"
    ) -> None:
        """Write an object whole: a reader sees the old one or the new one."""

    @abstractmethod
    def put_if_absent(self, key: str, data: bytes) -> bool:
        """Write an object only where there is none.

        True if the object now holds exactly `data`: written by this call, or by an earlier
        one with the same bytes (whose answer may have been lost on the way). False if it
        holds something else.
        """

    @abstractmethod
    def get(self, key: str) -> bytes:
        """The whole object in memory; for manifests and other small things."""

    @abstractmethod
    def stream(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` up to, not including, `end`, in pieces of about 1 MiB."""

    @abstractmethod
    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """All objects whose key starts with `prefix`, by key."""

    @abstractmethod
    def folders(self, prefix: str = "") -> Iterator[str]:
        """The names directly below `prefix` (empty or ending in ``/``) that hold objects."""

    @abstractmethod
    def delete(self, key: str) -> None:
        """Remove an object; nothing happens where there is none."""

    @abstractmethod
    def stat(self, key: str) -> ObjectInfo | None:
        """The object's size, or None where there is none."""

    @abstractmethod
    def presigned(self, key: str, expires: timedelta) -> str | None:
        """A link anyone can fetch until it expires, or None where there is none to give:
        on ``file://``, and in every zone but `Zone.OPEN`."""

    @abstractmethod
    def local(self, key: str, sha256: str | None = None, size: int | None = None) -> Path:
        """A file with the object's bytes: downloaded once, or the stored file itself.

        Raises:
            Fault: ``store.corrupt`` if the bytes are not those of `sha256` or `size`.
        """

    @abstractmethod
    def delta_uri(self, table: str) -> str:
        """Where delta-rs finds the table of this name."""

    @property
    @abstractmethod
    def storage_options(self) -> dict[str, str]:
        """What delta-rs needs to reach it."""

    @abstractmethod
    def ensure(self) -> None:
        """Make the bucket or folder if there is none."""


def check_key(zone: Zone, key: str) -> str:
    """`key` if it is a plain key, so that no key reaches outside its zone."""
    if all(_SEGMENT.fullmatch(segment) for segment in key.split("/")):
        return key
    raise Fault(
        "store.bad_key",
        _("This is not a name that the zone {zone} can hold."),
        remedy=_("Use letters without marks, digits, “-”, “_” and “.” between slashes."),
        zone=zone.value,
    )


def missing(zone: Zone, key: str) -> Fault:
    """The refusal where an object is not there."""
    return Fault(
        "store.missing",
        _("The zone {zone} holds no such object."),
        remedy=_("If it was there before, restore it from a backup and run the dataset again."),
        place=Place(file=key),
        zone=zone.value,
    )


def corrupt(zone: Zone, key: str) -> Fault:
    """The refusal where stored bytes are not the ones that were written."""
    return Fault(
        "store.corrupt",
        _("The file in the zone {zone} is not the one that was published."),
        remedy=_("Restore it from a backup, or run the dataset again to publish a new release."),
        place=Place(file=key),
        zone=zone.value,
    )
