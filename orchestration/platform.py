"""`Platform`: everything a pipeline needs, assembled once from settings.

Assembly only. It opens contracts, stores and secrets lazily, so that a command that needs
none of them (``--help``) pays for none.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path

import yaml

from contracts.errors import Fault
from contracts.folder import SOURCES
from contracts.i18n import _
from contracts.loading import Datasets, load_datasets
from contracts.mappings import Dataset
from contracts.times import VIETNAM
from lakehouse.probe import probe
from lakehouse.releases import Releases
from lakehouse.stores import S3Credentials, Stores, StoreSettings, Zone, open_stores
from orchestration.secrets import PSEUDONYM_KEY, secret_bytes
from orchestration.settings import Settings, load_settings
from standardization.functions import FUNCTIONS
from standardization.sources import resolve_dsn


@dataclass(frozen=True)
class Platform:
    """Settings, contracts, stores and secrets of one home.

    `environ` is where connection variables of sources are read from; `now` the clock.
    """

    settings: Settings
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    fixed_now: datetime | None = None

    @property
    def home(self) -> Path:
        """The absolute home, made when it is not there."""
        home = self.settings.home.resolve()
        home.mkdir(parents=True, exist_ok=True)
        return home

    @property
    def public_url(self) -> str:
        """Address people reach the catalogue under, without a slash at its end."""
        settings = self.settings
        return (settings.public_url or f"http://{settings.host}:{settings.port}").rstrip("/")

    @property
    def now(self) -> datetime:
        """The clock, in UTC."""
        return self.fixed_now or datetime.now(UTC)

    @property
    def today(self) -> date:
        """The day in Vietnam."""
        return self.now.astimezone(VIETNAM).date()

    @cached_property
    def catalogue_of_datasets(self) -> Datasets:
        """Contracts, mappings and sources. Raises the first Fault found in them."""
        return load_datasets(self.settings.datasets, frozenset(FUNCTIONS))

    @cached_property
    def stores(self) -> Stores:
        """The zones of object storage, probed: a store on which commits would not be safe is
        refused here."""
        stores = open_stores(self.store_settings)
        stores.ensure()
        probe(stores[Zone.RELEASES])
        return stores

    @property
    def store_settings(self) -> StoreSettings:
        """Store settings with the platform's own credentials for every zone."""
        return store_settings(self.settings, self.home / "cache")

    @cached_property
    def releases(self) -> Releases:
        """The manifests."""
        return Releases(self.stores)

    @cached_property
    def pseudonym_key(self) -> bytes:
        """The key of `pseudonym()`, made at first use."""
        return secret_bytes(self.home, PSEUDONYM_KEY)

    def dataset(self, name: str) -> Dataset:
        """The dataset called `name`. Raises Fault ``dataset.unknown``."""
        datasets = self.catalogue_of_datasets.datasets
        if name not in datasets:
            raise unknown_dataset(name, datasets)
        return datasets[name]

    def dsn(self, source: str) -> str:
        """The DSN of a source, from its connection variable or its secret-free default."""
        return resolve_dsn(self.catalogue_of_datasets.sources[source], self.environ, self.home)


def unknown_dataset(name: str, known: Iterable[str]) -> Fault:
    """There is no such dataset; the remedy names those there are."""
    return Fault(
        "dataset.unknown",
        _("There is no dataset called {name}."),
        remedy=_("The datasets are: {names}."),
        name=name,
        names=", ".join(known) or "–",
    )


def store_settings(settings: Settings, cache: Path) -> StoreSettings:
    """Where the zones are, with the platform's own credentials for every one of them.

    Raises:
        Fault: ``settings.s3_credentials`` when the store is on S3 and its keys are not set.
    """
    credentials: dict[Zone, S3Credentials | None] = {}
    if settings.storage.startswith("s3://"):
        access, secret = settings.s3_access_key, settings.s3_secret_key
        if not (settings.s3_endpoint and access and secret):
            raise Fault(
                "settings.s3_credentials",
                _("The store is on S3, but its address or keys are not set."),
                remedy=_("Set {names}."),
                names="DUNGCHUNG_S3_ENDPOINT, DUNGCHUNG_S3_ACCESS_KEY, DUNGCHUNG_S3_SECRET_KEY",
            )
        credentials = dict.fromkeys(Zone, S3Credentials(access, secret.get_secret_value()))
    return StoreSettings(
        url=settings.storage,
        cache=cache,
        credentials=credentials,
        endpoint=settings.s3_endpoint,
        region=settings.s3_region,
    )


def prepare_public_access(platform: Platform) -> None:
    """Make the buckets and their policies, with the platform's own key as administrator.

    Raises:
        Fault: ``store.not_s3`` on plain files, which have no policies; ``store.denied``.
    """
    settings = platform.settings
    access, secret = settings.s3_access_key, settings.s3_secret_key
    if not (settings.storage.startswith("s3://") and access and secret):
        raise Fault(
            "store.not_s3",
            _("The store is a folder: it has no buckets to prepare."),
            remedy=_("Set DUNGCHUNG_STORE_URL to s3://… and its keys first."),
        )
    # Imported here, as the S3 client is nowhere else needed at start.
    from lakehouse.buckets import prepare_buckets

    prepare_buckets(
        platform.store_settings,
        S3Credentials(access, secret.get_secret_value()),
        writers=dict.fromkeys(Zone, access),
        public=settings.s3_open_principal or settings.s3_open_access_key,
    )


def open_platform(environ: Mapping[str, str] | None = None, **overrides: object) -> Platform:
    """The platform of the environment. `overrides` replace single settings (command-line
    options). Raises Fault for an unknown or unusable setting."""
    environ = dict(os.environ if environ is None else environ)
    settings = load_settings(environ)
    given = {name: value for name, value in overrides.items() if value is not None}
    if given:
        settings = settings.model_copy(update=given)
    declared = _declared_connections(settings.datasets)
    if declared:
        load_settings(environ, sources=declared)
    return Platform(settings, environ)


def _declared_connections(root: Path) -> frozenset[str]:
    """Connection variables named in ``sources.yaml``, at the top and in datasets' folders;
    a file that cannot be read has none (the linter tells why)."""
    found: set[str] = set()
    for path in (root / SOURCES, *root.glob(f"*/{SOURCES}")):
        with suppress(OSError, yaml.YAMLError, AttributeError, KeyError, TypeError):
            document = yaml.safe_load(path.read_text(encoding="utf-8"))
            found.update(str(source["connection"]) for source in document.values())
    return frozenset(found)
