"""Opening the zones of object storage from settings.

Where settings come from belongs to `orchestration` and `catalog`; what a zone can do, to
`lakehouse.store`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from contracts.errors import Fault
from contracts.i18n import _
from lakehouse.cache import DEFAULT_LIMIT, LocalCache
from lakehouse.file_store import FileStore
from lakehouse.store import ObjectInfo, ObjectStore, S3Credentials, Zone

__all__ = [
    "ObjectInfo",
    "ObjectStore",
    "S3Credentials",
    "StoreSettings",
    "Stores",
    "Zone",
    "open_stores",
]


@dataclass(frozen=True)
class StoreSettings:
    """Where object storage is, and what reaches it.

    `url` is ``file:///folder`` (one folder per zone below it) or ``s3://prefix`` (one bucket
    per zone: ``prefix-open`` …) at `endpoint`, an http or https address. `credentials` per
    zone matter on S3 only: None asks anonymously, a zone that is absent cannot be opened.
    `cache` is this process's own folder of downloads, at most `cache_bytes` big.
    """

    url: str
    cache: Path
    endpoint: str | None = None
    region: str = "us-east-1"
    credentials: Mapping[Zone, S3Credentials | None] = field(default_factory=dict)
    cache_bytes: int = DEFAULT_LIMIT


class Stores:
    """The zones this process may use: ``stores[Zone.OPEN]``."""

    def __init__(self, zones: Mapping[Zone, ObjectStore]) -> None:
        self._zones = dict(zones)

    def __getitem__(self, zone: Zone) -> ObjectStore:
        try:
            return self._zones[zone]
        except KeyError:
            raise Fault(
                "store.closed",
                _("This process has no access to the zone {zone}."),
                remedy=_("Run it where the zone's credentials are set, or leave it closed."),
                zone=zone.value,
            ) from None

    def __iter__(self) -> Iterator[ObjectStore]:
        return iter(self._zones.values())

    def ensure(self) -> None:
        """Make the folders or buckets that are not there yet."""
        for store in self:
            store.ensure()


def open_stores(settings: StoreSettings, zones: Collection[Zone] = tuple(Zone)) -> Stores:
    """The zones `zones` of the store that `settings` describe; nothing is contacted yet.

    Raises:
        Fault: ``store.url`` (not ``file:///…`` or ``s3://…``), ``store.no_endpoint``.
    """
    address = urlsplit(settings.url)
    if address.scheme == "file" and address.path.startswith("/") and not address.netloc:
        root = Path(unquote(address.path))
        return Stores({zone: FileStore(zone, root / zone.value) for zone in zones})
    if address.scheme != "s3" or not address.netloc or address.path.strip("/"):
        raise Fault(
            "store.url",
            _("The address of the object store is neither a folder nor an S3 prefix."),
            remedy=_("Set DUNGCHUNG_STORE_URL to file:///folder or s3://prefix."),
        )
    if urlsplit(settings.endpoint or "").scheme not in ("http", "https"):
        raise Fault(
            "store.no_endpoint",
            _("The S3 server's address is not set, or is not an http or https address."),
            remedy=_("Set DUNGCHUNG_S3_ENDPOINT to the address of the S3 server."),
        )
    # Imported here: the S3 client costs a third of a second, and a store of files needs none.
    from lakehouse.s3_store import S3Store

    cache = LocalCache(settings.cache, settings.cache_bytes)
    return Stores(
        {
            zone: S3Store(
                zone,
                f"{address.netloc}-{zone.value}",
                settings.endpoint or "",
                settings.region,
                settings.credentials[zone],
                cache,
            )
            for zone in zones
            if zone in settings.credentials
        }
    )
