"""What a catalogue process is told: read from JSON on its standard input, never from files.

Where the values come from (``DUNGCHUNG_*`` variables) is `orchestration.settings`. A process
gets only its own part: `for_public` leaves out every credential that the public worker must
not have.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_serializer

from contracts.i18n import Language
from lakehouse.stores import S3Credentials, Stores, StoreSettings, Zone, open_stores

PUBLIC_ZONES = (Zone.OPEN, Zone.RELEASES)
AGENCY_ZONES = (Zone.OPEN, Zone.RELEASES, Zone.SHARED)


class ZoneKeys(BaseModel):
    """The key pair of one zone on S3."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    access_key: str
    secret_key: SecretStr

    @field_serializer("secret_key", when_used="json")
    def _reveal(self, secret: SecretStr) -> str:
        # JSON goes only down the pipe to the worker that needs the key.
        return secret.get_secret_value()


class CatalogConfig(BaseModel):
    """The whole configuration of ``serve``.

    `home` is ``DUNGCHUNG_HOME``. `database_url` None means SQLite in `home`. `zones` and
    `public_zones` hold the S3 keys of the agency worker and of the public worker (None: the
    bucket is asked anonymously); on ``file://`` both are empty. `public_url` has no slash at
    its end; None means the address that is served. `allowed_hosts` are further names the
    router answers to. `sql`: whether anyone may ask in SQL.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    home: Path
    store_url: str
    store_endpoint: str | None = None
    store_region: str = "us-east-1"
    zones: dict[Zone, ZoneKeys | None] = Field(default_factory=dict)
    public_zones: dict[Zone, ZoneKeys | None] = Field(default_factory=dict)
    database_url: SecretStr | None = None
    public_url: str | None = None
    allowed_hosts: tuple[str, ...] = ()
    host: str = "127.0.0.1"
    title: str = "Dùng Chung"
    language: Language = "vi"
    sql: bool = False

    @field_serializer("database_url", when_used="json")
    def _reveal(self, secret: SecretStr | None) -> str | None:
        return secret.get_secret_value() if secret else None

    @property
    def registry_url(self) -> str:
        """Address of the registry's database."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.home / 'registry' / 'registry.db'}"

    @property
    def snapshot(self) -> Path:
        """Folder of the public copies of the registry; it holds nothing else."""
        return self.home / "public"

    @property
    def secrets(self) -> Path:
        """Folder of the secrets made at first start."""
        return self.home / "secrets"

    @property
    def public_cache(self) -> Path:
        """The public worker's own downloads and conversions."""
        return self.home / "cache" / "public"

    @property
    def agency_cache(self) -> Path:
        """The agency worker's own downloads and conversions."""
        return self.home / "cache" / "agency"

    def for_public(self) -> CatalogConfig:
        """The same without what only the agency worker may have."""
        return self.model_copy(update={"zones": {}, "database_url": None})

    def open_public(self) -> Stores:
        """The zones of the public worker."""
        return self._open(self.public_cache, self.public_zones, PUBLIC_ZONES)

    def open_agency(self) -> Stores:
        """The zones of the agency worker."""
        return self._open(self.agency_cache, self.zones, AGENCY_ZONES)

    def _open(
        self, cache: Path, keys: dict[Zone, ZoneKeys | None], zones: tuple[Zone, ...]
    ) -> Stores:
        credentials = {
            zone: S3Credentials(pair.access_key, pair.secret_key.get_secret_value())
            if pair
            else None
            for zone, pair in keys.items()
        }
        settings = StoreSettings(
            url=self.store_url,
            cache=cache,
            endpoint=self.store_endpoint,
            region=self.store_region,
            credentials=credentials,
        )
        return open_stores(settings, zones)
