"""From settings to the catalogue: its configuration and its registry.

Only hand-over of values; everything about the catalogue itself is in `catalog`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import SecretStr
from sqlmodel import Session

from catalog.config import CatalogConfig, ZoneKeys
from catalog.registry.database import open_registry
from contracts.errors import Fault
from contracts.i18n import _
from lakehouse.stores import Zone
from orchestration.cli.console import detect_language
from orchestration.platform import Platform

OPERATOR = "dungchung"
"""Who did what the command line did, in the catalogue's books."""


def catalog_config(platform: Platform) -> CatalogConfig:
    """The catalogue's configuration.

    Raises:
        Fault: ``serve.needs_s3`` when it should answer beyond this machine from ``file://``:
            separate credentials for public and private rows mean nothing there.
    """
    settings = platform.settings
    on_s3 = settings.storage.startswith("s3://")
    if settings.host not in ("127.0.0.1", "localhost", "::1") and not on_s3:
        raise Fault(
            "serve.needs_s3",
            _("On a store of plain files the catalogue answers to this machine only."),
            remedy=_("Keep DUNGCHUNG_HOST at 127.0.0.1, or set DUNGCHUNG_STORE_URL to s3://…"),
        )
    return CatalogConfig(
        home=platform.home,
        store_url=settings.storage,
        store_endpoint=settings.s3_endpoint,
        store_region=settings.s3_region,
        zones=_keys(settings.s3_access_key, settings.s3_secret_key, tuple(Zone)) if on_s3 else {},
        public_zones=(
            _keys(
                settings.s3_open_access_key,
                settings.s3_open_secret_key,
                (Zone.OPEN, Zone.RELEASES),
            )
            if on_s3
            else {}
        ),
        database_url=settings.database_url,
        public_url=settings.public_url,
        host=settings.host,
        language=settings.lang or detect_language(platform.environ),
        sql=settings.sql,
    )


def _keys(
    access: str | None, secret: SecretStr | None, zones: tuple[Zone, ...]
) -> dict[Zone, ZoneKeys | None]:
    """The key pair for each zone; None (ask anonymously) without one."""
    pair = ZoneKeys(access_key=access, secret_key=secret) if access and secret else None
    return dict.fromkeys(zones, pair)


@contextmanager
def registry_session(platform: Platform) -> Iterator[Session]:
    """A session of the catalogue's registry; committed at the end."""
    engine = open_registry(catalog_config(platform).registry_url)
    try:
        with Session(engine) as session:
            yield session
            session.commit()
    finally:
        engine.dispose()
